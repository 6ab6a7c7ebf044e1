using Carillon.Core.Channels;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Moderation;

// GET /channels/{channelArn}/bans/{memberArn} -> 200.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record DescribeChannelBanRequest
{
    public string ChannelArn { get; init; } = "";

    public string MemberArn { get; init; } = "";
}

internal sealed record DescribeChannelBanResponse(ChannelBanShape ChannelBan);

/// <summary>ChannelBan of the service model; also the payload of the events of bans.</summary>
internal sealed record ChannelBanShape(
    IdentityShape Member, string ChannelArn, DateTimeOffset CreatedTimestamp, IdentityShape CreatedBy)
{
    public static ChannelBanShape Of(Ban ban, string channelArn, Arns arns) => new(
        IdentityShape.Of(ban.Person, arns), channelArn, ban.Created.ToTime(), IdentityShape.Of(ban.CreatedBy, arns));
}

internal static class DescribeChannelBan
{
    public static readonly Operation<DescribeChannelBanRequest, DescribeChannelBanResponse> Operation = new(
        nameof(DescribeChannelBan), Route.Get("/channels/{channelArn}/bans/{memberArn}"), 200, Bearer.Required,
        Declares.NotFound, In: null, ModerationJson.Default.DescribeChannelBanResponse,
        Bind: (r, call) => r with { ChannelArn = call.Path("channelArn"), MemberArn = call.Path("memberArn") },
        Resources: (r, call) => [call.BearerArn, r.ChannelArn],
        Handle: (r, call) =>
        {
            var ban = call.Store.Read(view => Bans.Describe(
                view, call.Bearer, call.Channel(r.ChannelArn), call.Arns.PersonAddress(r.MemberArn)));
            return Task.FromResult(new DescribeChannelBanResponse(
                ChannelBanShape.Of(ban, r.ChannelArn, call.Arns)));
        });
}
