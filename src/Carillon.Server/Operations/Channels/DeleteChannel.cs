using Carillon.Server.Http;

namespace Carillon.Server.Operations.Channels;

// DELETE /channels/{channelArn} -> 204.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record DeleteChannelRequest
{
    public string ChannelArn { get; init; } = "";
}

internal static class DeleteChannel
{
    public static readonly Operation<DeleteChannelRequest, Nothing> Operation = new(
        nameof(DeleteChannel), Route.Delete("/channels/{channelArn}"), 204, Bearer.Required, Declares.Conflict,
        In: null, Out: null,
        Bind: (r, call) => r with { ChannelArn = call.Path("channelArn") },
        Resources: (r, call) => [call.BearerArn, r.ChannelArn],
        Handle: (r, call) =>
        {
            var bearer = call.Bearer;
            return call.Store.Write(ledger =>
            {
                Core.Channels.Channels.Delete(ledger, bearer, call.Channel(r.ChannelArn));
                return Nothing.Value;
            });
        });
}
