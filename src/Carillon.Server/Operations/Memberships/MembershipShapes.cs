using Carillon.Core.Channels;
using Carillon.Server.Http;
using Carillon.Server.Operations.Channels;

namespace Carillon.Server.Operations.Memberships;

/// <summary>ChannelMembership of the service model; also the payload of the membership events.</summary>
internal sealed record ChannelMembershipShape(
    IdentityShape InvitedBy, string Type, IdentityShape Member, string ChannelArn, DateTimeOffset CreatedTimestamp,
    DateTimeOffset LastUpdatedTimestamp, string? SubChannelId)
{
    public static ChannelMembershipShape Of(Member member, string channelArn, Arns arns) => new(
        IdentityShape.Of(member.InvitedBy, arns), Words.Membership(member.Hidden), IdentityShape.Of(member.Person, arns),
        channelArn, member.Created.ToTime(), member.Updated.ToTime(), member.Sub?.Id);
}

/// <summary>BatchChannelMemberships of the service model; also the payload of BATCH_CREATE_CHANNEL_MEMBERSHIP.</summary>
internal sealed record BatchChannelMemberships(
    IdentityShape InvitedBy, string Type, IReadOnlyList<IdentityShape> Members, string ChannelArn,
    string? SubChannelId = null);

internal sealed record ChannelMembershipSummary(IdentityShape Member);

internal sealed record AppInstanceUserMembershipSummary(string Type, DateTimeOffset? ReadMarkerTimestamp, string? SubChannelId);

/// <summary>A channel with what the user is in it; clients rely on both halves being there.</summary>
internal sealed record ChannelMembershipForAppInstanceUserSummary(
    ChannelSummary ChannelSummary, AppInstanceUserMembershipSummary AppInstanceUserMembershipSummary)
{
    public static ChannelMembershipForAppInstanceUserSummary Of(Membership membership, Arns arns) => new(
        ChannelSummary.Of(membership.Channel, arns),
        new(Words.Membership(membership.Hidden), Words.Time(membership.ReadMarker), membership.Channel.Sub?.Id));
}
