using System.Text.Json.Serialization;
using Carillon.Core.Messages;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Messages;

// POST /channels/{channelArn}/messages/{messageId}?operation=redact -> 200.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record RedactChannelMessageRequest : IInSubChannel
{
    [JsonIgnore]
    public string ChannelArn { get; init; } = "";

    [JsonIgnore]
    public string MessageId { get; init; } = "";

    public string? SubChannelId { get; init; }
}

internal sealed record RedactChannelMessageResponse(string ChannelArn, string MessageId, string? SubChannelId);

internal static class RedactChannelMessage
{
    public static readonly Operation<RedactChannelMessageRequest, RedactChannelMessageResponse> Operation = new(
        nameof(RedactChannelMessage), Route.Post("/channels/{channelArn}/messages/{messageId}?operation=redact"), 200,
        Bearer.Required, Declares.Conflict,
        MessagesJson.Default.RedactChannelMessageRequest, MessagesJson.Default.RedactChannelMessageResponse,
        Bind: (r, call) => r with { ChannelArn = call.Path("channelArn"), MessageId = call.Path("messageId") },
        Resources: (r, call) => [call.BearerArn, r.ChannelArn],
        Handle: async (r, call) =>
        {
            var bearer = call.Bearer;
            var message = await call.Store.Write(ledger =>
                Editing.Redact(ledger, bearer, call.Channel(r.ChannelArn, r.SubChannelId), r.MessageId));
            return new(r.ChannelArn, message.Id, r.SubChannelId);
        });
}
