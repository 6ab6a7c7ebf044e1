using Carillon.Core.Channels;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Moderation;

// DELETE /channels/{channelArn}/moderators/{channelModeratorArn} -> 204.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record DeleteChannelModeratorRequest
{
    public string ChannelArn { get; init; } = "";

    public string ChannelModeratorArn { get; init; } = "";
}

internal static class DeleteChannelModerator
{
    public static readonly Operation<DeleteChannelModeratorRequest, Nothing> Operation = new(
        nameof(DeleteChannelModerator), Route.Delete("/channels/{channelArn}/moderators/{channelModeratorArn}"), 204, Bearer.Required,
        Declares.Nothing, In: null, Out: null,
        Bind: (r, call) => r with { ChannelArn = call.Path("channelArn"), ChannelModeratorArn = call.Path("channelModeratorArn") },
        Resources: (r, call) => [call.BearerArn, r.ChannelArn],
        Handle: (r, call) =>
        {
            var bearer = call.Bearer;
            return call.Store.Write(ledger =>
            {
                Moderators.Delete(ledger, bearer, call.Channel(r.ChannelArn), call.Arns.PersonAddress(r.ChannelModeratorArn));
                return Nothing.Value;
            });
        });
}
