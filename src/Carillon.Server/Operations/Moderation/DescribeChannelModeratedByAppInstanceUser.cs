using Carillon.Core.Channels;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Moderation;

// GET /channels/{channelArn}?scope=app-instance-user-moderated-channel -> 200.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record DescribeChannelModeratedByAppInstanceUserRequest
{
    public string ChannelArn { get; init; } = "";

    public string? AppInstanceUserArn { get; init; }
}

internal sealed record DescribeChannelModeratedByAppInstanceUserResponse(ChannelModeratedByAppInstanceUserSummary Channel);

internal static class DescribeChannelModeratedByAppInstanceUser
{
    public static readonly
        Operation<DescribeChannelModeratedByAppInstanceUserRequest, DescribeChannelModeratedByAppInstanceUserResponse> Operation = new(
        nameof(DescribeChannelModeratedByAppInstanceUser),
        Route.Get("/channels/{channelArn}?scope=app-instance-user-moderated-channel"), 200, Bearer.Required, Declares.Nothing,
        In: null, ModerationJson.Default.DescribeChannelModeratedByAppInstanceUserResponse,
        Bind: (r, call) => r with
        {
            ChannelArn = call.Path("channelArn"),
            AppInstanceUserArn = call.Query("app-instance-user-arn"),
        },
        Resources: (r, call) => [call.BearerArn, r.ChannelArn],
        Handle: (r, call) =>
        {
            var channel = call.Store.Read(view => Moderators.DescribeOf(
                view, call.Bearer, call.Channel(r.ChannelArn), call.Arns.PersonAddress(r.AppInstanceUserArn!)));
            return Task.FromResult(new DescribeChannelModeratedByAppInstanceUserResponse(
                ChannelModeratedByAppInstanceUserSummary.Of(channel, call.Arns)));
        });
}
