using System.Text.Json.Serialization;
using Carillon.Core.Messages;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Messages;

// PUT /channels/{channelArn}/messages/{messageId} -> 200.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record UpdateChannelMessageRequest : IInSubChannel
{
    [JsonIgnore]
    public string ChannelArn { get; init; } = "";

    [JsonIgnore]
    public string MessageId { get; init; } = "";

    public string? Content { get; init; }

    public string? Metadata { get; init; }

    public string? SubChannelId { get; init; }

    public string? ContentType { get; init; }
}

internal sealed record UpdateChannelMessageResponse(
    string ChannelArn, string MessageId, ChannelMessageStatusStructure Status, string? SubChannelId);

internal static class UpdateChannelMessage
{
    public static readonly Operation<UpdateChannelMessageRequest, UpdateChannelMessageResponse> Operation = new(
        nameof(UpdateChannelMessage), Route.Put("/channels/{channelArn}/messages/{messageId}"), 200, Bearer.Required,
        Declares.Conflict,
        MessagesJson.Default.UpdateChannelMessageRequest, MessagesJson.Default.UpdateChannelMessageResponse,
        Bind: (r, call) => r with { ChannelArn = call.Path("channelArn"), MessageId = call.Path("messageId") },
        Resources: (r, call) => [call.BearerArn, r.ChannelArn],
        Handle: async (r, call) =>
        {
            var bearer = call.Bearer;
            var message = await call.Store.Write(ledger => Editing.Update(
                ledger, bearer, call.Channel(r.ChannelArn, r.SubChannelId), r.MessageId, r.Content!, r.Metadata, r.ContentType));
            call.Held(message.Status);
            return new(r.ChannelArn, message.Id, ChannelMessageStatusStructure.Of(message.Status), r.SubChannelId);
        });
}
