using Carillon.Server.Http;

namespace Carillon.Server.Operations.Memberships;

// DELETE /channels/{channelArn}/memberships/{memberArn} -> 204.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record DeleteChannelMembershipRequest : IInSubChannel
{
    public string ChannelArn { get; init; } = "";

    public string MemberArn { get; init; } = "";

    public string? SubChannelId { get; init; }
}

internal static class DeleteChannelMembership
{
    public static readonly Operation<DeleteChannelMembershipRequest, Nothing> Operation = new(
        nameof(DeleteChannelMembership), Route.Delete("/channels/{channelArn}/memberships/{memberArn}"), 204,
        Bearer.Required, Declares.Conflict, In: null, Out: null,
        Bind: (r, call) => r with
        {
            ChannelArn = call.Path("channelArn"),
            MemberArn = call.Path("memberArn"),
            SubChannelId = call.Query("sub-channel-id"),
        },
        Resources: (r, call) => [call.BearerArn, r.ChannelArn],
        Handle: (r, call) =>
        {
            var bearer = call.Bearer;
            return call.Store.Write(ledger =>
            {
                Core.Channels.Memberships.Delete(
                    ledger, bearer, call.Channel(r.ChannelArn, r.SubChannelId), call.Arns.PersonAddress(r.MemberArn));
                return Nothing.Value;
            });
        });
}
