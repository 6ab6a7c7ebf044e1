using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Carillon.Core;
using Carillon.Core.Channels;

namespace Carillon.Backends.Sql;

/// <summary>Kinds of events in the log; the numbers are stored and never change their meaning.</summary>
internal enum EventKind
{
    MessageUpdated = 1,
    MessageRedacted = 2,
    MessageDeleted = 3,
    ChannelCreated = 4,
    ChannelUpdated = 5,
    ChannelDeleted = 6,
    MemberJoined = 7,
    MemberLeft = 8,
    ModeratorCreated = 9,
    ModeratorDeleted = 10,
    BanCreated = 11,
    BanDeleted = 12,
    ChannelExpirationUpdated = 13,
    SubChannelCreated = 14,
    SubChannelDeleted = 15,
    MemberMoved = 16,
}

/// <summary>What an event says beyond who and when, as it was then: rows of the tables show only what is now.</summary>
internal static class EventDetail
{
    public static EventKind KindOf(ChannelEvent happened) => happened switch
    {
        MessageUpdated => EventKind.MessageUpdated,
        MessageRedacted => EventKind.MessageRedacted,
        MessageDeleted => EventKind.MessageDeleted,
        ChannelCreated => EventKind.ChannelCreated,
        ChannelUpdated => EventKind.ChannelUpdated,
        ChannelDeleted => EventKind.ChannelDeleted,
        MemberJoined => EventKind.MemberJoined,
        MemberLeft => EventKind.MemberLeft,
        ModeratorCreated => EventKind.ModeratorCreated,
        ModeratorDeleted => EventKind.ModeratorDeleted,
        BanCreated => EventKind.BanCreated,
        BanDeleted => EventKind.BanDeleted,
        ChannelExpirationUpdated => EventKind.ChannelExpirationUpdated,
        SubChannelCreated => EventKind.SubChannelCreated,
        SubChannelDeleted => EventKind.SubChannelDeleted,
        MemberMoved => EventKind.MemberMoved,
        _ => throw new UnreachableException($"{happened.GetType().Name} is not kept in the log."),
    };

    public static string Of(Channel channel) => JsonSerializer.Serialize(
        new ChannelDetail(
            channel.Name, (int)channel.Mode, (int)channel.Privacy, channel.Metadata, channel.Updated.Microseconds,
            channel.Expiration?.Days, (int?)channel.Expiration?.Criterion)
        {
            Flow = channel.FlowId,
        },
        EventJson.Default.ChannelDetail);

    public static string Of(SubChannel sub) =>
        JsonSerializer.Serialize(new SubChannelDetail(sub.Id), EventJson.Default.SubChannelDetail);

    public static string Of(MemberMoved moved) => JsonSerializer.Serialize(
        new MoveDetail(moved.From.Id, moved.Member.Sub!.Id, moved.Member.InvitedBy.Key.Value, moved.Member.Created.Microseconds),
        EventJson.Default.MoveDetail);

    public static string Of(Member member) => JsonSerializer.Serialize(
        new MemberDetail(member.Hidden, member.InvitedBy.Key.Value, member.Created.Microseconds),
        EventJson.Default.MemberDetail);
}

/// <summary>The last two are absent from what older versions wrote.</summary>
internal sealed record ChannelDetail(
    string Name, int Mode, int Privacy, string? Metadata, long Updated, int? ExpireDays = null, int? ExpireFrom = null)
{
    /// <summary>Left out where there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Flow { get; init; }
}

internal sealed record MemberDetail(bool Hidden, long InvitedBy, long Created);

internal sealed record SubChannelDetail(string Id);

internal sealed record MoveDetail(string From, string Into, long InvitedBy, long Created);

[JsonSerializable(typeof(ChannelDetail))]
[JsonSerializable(typeof(SubChannelDetail))]
[JsonSerializable(typeof(MoveDetail))]
[JsonSerializable(typeof(MemberDetail))]
internal sealed partial class EventJson : JsonSerializerContext;
