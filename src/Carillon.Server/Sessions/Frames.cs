using System.Text.Json.Serialization;
using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Messages;
using Carillon.Server.Http;
using Carillon.Server.Operations;
using Carillon.Server.Operations.Channels;
using Carillon.Server.Operations.Memberships;
using Carillon.Server.Operations.Messages;
using Carillon.Sockets;
using Carillon.Wire.RestJson;
using Carillon.Wire.Session;

namespace Carillon.Server.Sessions;

/// <summary>Events as frames. A frame is encoded once, however many sessions get it.</summary>
internal sealed class Frames(Arns arns, TimeProvider time)
{
    private long _made;

    /// <summary>Frames made so far: one an event that somebody hears.</summary>
    public long Made => Volatile.Read(ref _made);

    public SharedFrame SessionEstablished() => Frame(SessionFrame.Encode(SessionEvents.SessionEstablished, Words.System, 0, []));

    private SharedFrame Frame(ReadOnlySpan<byte> payload)
    {
        Interlocked.Increment(ref _made);
        return SharedFrame.Text(payload, time);
    }

    public SharedFrame Of(string eventType, ChannelEvent happened, Message message) => Frame(SessionFrame.Encode(
        eventType, Words.Of(message.Type), happened.Sequence,
        ChannelMessageShape.Of(message, arns.Channel(happened.Channel), arns, happened.Channel.Sub?.Id),
        FramesJson.Default.ChannelMessageShape));

    public SharedFrame Of(string eventType, ChannelEvent happened) => Frame(SessionFrame.Encode(
        eventType, Words.System, happened.Sequence, ChannelShape.Of(happened.Channel, arns), FramesJson.Default.ChannelShape));

    public SharedFrame Of(string eventType, ChannelEvent happened, Member member) => Frame(SessionFrame.Encode(
        eventType, Words.System, happened.Sequence,
        ChannelMembershipShape.Of(member, arns.Channel(happened.Channel), arns), FramesJson.Default.ChannelMembershipShape,
        happened is MemberLeft { WithSubChannel: true } ? SessionEvents.SubChannelDeleted : null));

    public SharedFrame Of(ChannelEvent happened, MemberBatch batch) => Frame(SessionFrame.Encode(
        SessionEvents.BatchCreateChannelMembership, Words.System, happened.Sequence,
        new(
            IdentityShape.Of(batch.Members[0].InvitedBy, arns), Words.Membership(batch.Members[0].Hidden),
            [.. batch.Members.Select(m => IdentityShape.Of(m.Person, arns))], arns.Channel(happened.Channel)),
        FramesJson.Default.BatchChannelMemberships));

    public SharedFrame Of(ChannelDetails details) => Frame(SessionFrame.Encode(
        SessionEvents.ChannelDetails, Words.System, 0,
        new(
            ChannelSummary.Of(details.Membership.Channel, arns),
            [.. details.Messages.Select(m => ChannelMessageSummary.Of(m, arns))],
            [.. details.Members.Select(m => new ChannelMembershipSummary(IdentityShape.Of(m.Person, arns)))],
            Words.Time(details.Membership.ReadMarker), details.HasMoreMessages, details.Membership.Channel.Sub?.Id),
        FramesJson.Default.ChannelDetailsShape));
}

/// <summary>What a session may be told about a channel before anything happens in it.</summary>
internal sealed record ChannelDetails(
    Membership Membership, IReadOnlyList<Message> Messages, IReadOnlyList<Member> Members, bool HasMoreMessages);

/// <summary>Payload of CHANNEL_DETAILS (developer guide, "Prefetch", 2026-11).</summary>
/// <param name="SubChannelId">AWS leaves open how the part of an elastic channel is told; we name it here.</param>
internal sealed record ChannelDetailsShape(
    ChannelSummary Channel, IReadOnlyList<ChannelMessageSummary> ChannelMessages,
    IReadOnlyList<ChannelMembershipSummary> ChannelMemberships, DateTimeOffset? ReadMarkerTimestamp,
    bool ChannelMessagesHasMore, string? SubChannelId);

[JsonSourceGenerationOptions(
    Converters = [typeof(IsoMillisecondsConverter)], DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ChannelMessageShape))]
[JsonSerializable(typeof(ChannelShape))]
[JsonSerializable(typeof(ChannelMembershipShape))]
[JsonSerializable(typeof(BatchChannelMemberships))]
[JsonSerializable(typeof(ChannelDetailsShape))]
internal sealed partial class FramesJson : JsonSerializerContext;
