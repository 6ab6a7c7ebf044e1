using Carillon.Core.Messages;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Messages;

// DELETE /channels/{channelArn}/messages/{messageId} -> 204.  Shape: chime-sdk-messaging 2021-05-15. Administrators only.
internal sealed record DeleteChannelMessageRequest : IInSubChannel
{
    public string ChannelArn { get; init; } = "";

    public string MessageId { get; init; } = "";

    public string? SubChannelId { get; init; }
}

internal static class DeleteChannelMessage
{
    public static readonly Operation<DeleteChannelMessageRequest, Nothing> Operation = new(
        nameof(DeleteChannelMessage), Route.Delete("/channels/{channelArn}/messages/{messageId}"), 204, Bearer.Required,
        Declares.Nothing, In: null, Out: null,
        Bind: (r, call) => r with
        {
            ChannelArn = call.Path("channelArn"),
            MessageId = call.Path("messageId"),
            SubChannelId = call.Query("sub-channel-id"),
        },
        Resources: (r, call) => [call.BearerArn, r.ChannelArn],
        Handle: (r, call) =>
        {
            var bearer = call.Bearer;
            return call.Store.Write(ledger =>
            {
                Editing.Delete(ledger, bearer, call.Channel(r.ChannelArn, r.SubChannelId), r.MessageId);
                return Nothing.Value;
            });
        });
}
