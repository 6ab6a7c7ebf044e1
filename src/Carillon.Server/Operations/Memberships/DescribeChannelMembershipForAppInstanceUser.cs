using Carillon.Server.Http;

namespace Carillon.Server.Operations.Memberships;

// GET /channels/{channelArn}?scope=app-instance-user-membership -> 200.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record DescribeChannelMembershipForAppInstanceUserRequest
{
    public string ChannelArn { get; init; } = "";

    public string? AppInstanceUserArn { get; init; }
}

internal sealed record DescribeChannelMembershipForAppInstanceUserResponse(
    ChannelMembershipForAppInstanceUserSummary ChannelMembership);

internal static class DescribeChannelMembershipForAppInstanceUser
{
    public static readonly
        Operation<DescribeChannelMembershipForAppInstanceUserRequest, DescribeChannelMembershipForAppInstanceUserResponse> Operation = new(
        nameof(DescribeChannelMembershipForAppInstanceUser), Route.Get("/channels/{channelArn}?scope=app-instance-user-membership"),
        200, Bearer.Required, Declares.Nothing, In: null,
        MembershipsJson.Default.DescribeChannelMembershipForAppInstanceUserResponse,
        Bind: (r, call) => r with
        {
            ChannelArn = call.Path("channelArn"),
            AppInstanceUserArn = call.Query("app-instance-user-arn"),
        },
        Resources: (r, call) => [call.BearerArn, r.ChannelArn],
        Handle: (r, call) =>
        {
            var membership = call.Store.Read(view => Core.Channels.Memberships.DescribeOf(
                view, call.Bearer, call.Channel(r.ChannelArn), call.Arns.PersonAddress(r.AppInstanceUserArn!)));
            return Task.FromResult(new DescribeChannelMembershipForAppInstanceUserResponse(
                ChannelMembershipForAppInstanceUserSummary.Of(membership, call.Arns)));
        });
}
