using Carillon.Server.Http;

namespace Carillon.Server.Operations.Memberships;

// GET /channels/{channelArn}/memberships/{memberArn} -> 200.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record DescribeChannelMembershipRequest : IInSubChannel
{
    public string ChannelArn { get; init; } = "";

    public string MemberArn { get; init; } = "";

    public string? SubChannelId { get; init; }
}

internal sealed record DescribeChannelMembershipResponse(ChannelMembershipShape ChannelMembership);

internal static class DescribeChannelMembership
{
    public static readonly Operation<DescribeChannelMembershipRequest, DescribeChannelMembershipResponse> Operation = new(
        nameof(DescribeChannelMembership), Route.Get("/channels/{channelArn}/memberships/{memberArn}"), 200,
        Bearer.Required, Declares.NotFound, In: null, MembershipsJson.Default.DescribeChannelMembershipResponse,
        Bind: (r, call) => r with
        {
            ChannelArn = call.Path("channelArn"),
            MemberArn = call.Path("memberArn"),
            SubChannelId = call.Query("sub-channel-id"),
        },
        Resources: (r, call) => [call.BearerArn, r.ChannelArn],
        Handle: (r, call) =>
        {
            var member = call.Store.Read(view => Core.Channels.Memberships.Describe(
                view, call.Bearer, call.Channel(r.ChannelArn, r.SubChannelId), call.Arns.PersonAddress(r.MemberArn)));
            return Task.FromResult(new DescribeChannelMembershipResponse(
                ChannelMembershipShape.Of(member, r.ChannelArn, call.Arns)));
        });
}
