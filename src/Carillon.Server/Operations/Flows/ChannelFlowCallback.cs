using System.Text.Json.Serialization;
using Carillon.Core.Flows;
using Carillon.Server.Http;
using Carillon.Server.Operations.Messages;

namespace Carillon.Server.Operations.Flows;

// POST /channels/{channelArn}?operation=channel-flow-callback -> 200.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record ChannelFlowCallbackRequest
{
    [JsonIgnore]
    public string ChannelArn { get; init; } = "";

    public string? CallbackId { get; init; }

    /// <summary>True denies the message.</summary>
    public bool? DeleteResource { get; init; }

    public ChannelMessageCallback? ChannelMessage { get; init; }
}

/// <summary>What is null stays as the sender wrote it. (AWS leaves that open.)</summary>
internal sealed record ChannelMessageCallback(
    string? MessageId, string? Content, string? Metadata, PushNotificationConfiguration? PushNotification,
    IReadOnlyDictionary<string, MessageAttributeValue>? MessageAttributes, string? SubChannelId, string? ContentType);

internal sealed record ChannelFlowCallbackResponse(string ChannelArn, string CallbackId);

internal static class ChannelFlowCallback
{
    public static readonly Operation<ChannelFlowCallbackRequest, ChannelFlowCallbackResponse> Operation = new(
        nameof(ChannelFlowCallback), Route.Post("/channels/{channelArn}?operation=channel-flow-callback"), 200, Bearer.None,
        Declares.Conflict, FlowsJson.Default.ChannelFlowCallbackRequest, FlowsJson.Default.ChannelFlowCallbackResponse,
        Bind: (r, call) => r with { ChannelArn = call.Path("channelArn") },
        Check: (r, must) =>
            MessageRules.CheckAttributes(r.ChannelMessage?.MessageAttributes, must),
        Resources: (r, _) => [r.ChannelArn],
        Handle: async (r, call) =>
        {
            var message = r.ChannelMessage!;
            var verdict = new Verdict(
                r.DeleteResource == true, message.Content, message.Metadata,
                MessageRules.Attributes(message.MessageAttributes), message.ContentType, message.PushNotification?.Read());
            await call.Store.Write(ledger =>
            {
                Processing.Callback(
                    ledger, call.Channel(r.ChannelArn, message.SubChannelId), r.CallbackId!, message.MessageId!, verdict);
                return true;
            });
            return new(r.ChannelArn, r.CallbackId!);
        });
}
