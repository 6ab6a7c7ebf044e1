using Carillon.Core.Channels;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Moderation;

// GET /channels/{channelArn}/moderators/{channelModeratorArn} -> 200.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record DescribeChannelModeratorRequest
{
    public string ChannelArn { get; init; } = "";

    public string ChannelModeratorArn { get; init; } = "";
}

internal sealed record DescribeChannelModeratorResponse(ChannelModeratorShape ChannelModerator);

/// <summary>ChannelModerator of the service model; also the payload of the events of moderators.</summary>
internal sealed record ChannelModeratorShape(
    IdentityShape Moderator, string ChannelArn, DateTimeOffset CreatedTimestamp, IdentityShape CreatedBy)
{
    public static ChannelModeratorShape Of(Moderator moderator, string channelArn, Arns arns) => new(
        IdentityShape.Of(moderator.Person, arns), channelArn, moderator.Created.ToTime(),
        IdentityShape.Of(moderator.CreatedBy, arns));
}

internal static class DescribeChannelModerator
{
    public static readonly Operation<DescribeChannelModeratorRequest, DescribeChannelModeratorResponse> Operation = new(
        nameof(DescribeChannelModerator), Route.Get("/channels/{channelArn}/moderators/{channelModeratorArn}"), 200, Bearer.Required,
        Declares.NotFound, In: null, ModerationJson.Default.DescribeChannelModeratorResponse,
        Bind: (r, call) => r with { ChannelArn = call.Path("channelArn"), ChannelModeratorArn = call.Path("channelModeratorArn") },
        Resources: (r, call) => [call.BearerArn, r.ChannelArn],
        Handle: (r, call) =>
        {
            var moderator = call.Store.Read(view => Moderators.Describe(
                view, call.Bearer, call.Channel(r.ChannelArn), call.Arns.PersonAddress(r.ChannelModeratorArn)));
            return Task.FromResult(new DescribeChannelModeratorResponse(
                ChannelModeratorShape.Of(moderator, r.ChannelArn, call.Arns)));
        });
}
