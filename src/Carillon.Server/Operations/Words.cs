using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Messages;
using Carillon.Server.Http;

namespace Carillon.Server.Operations;

/// <summary>The enum values of the service models, and what they are in Core.</summary>
internal static class Words
{
    public const string Unrestricted = "UNRESTRICTED";
    public const string Restricted = "RESTRICTED";
    public const string Public = "PUBLIC";
    public const string Private = "PRIVATE";
    public const string Default = "DEFAULT";
    public const string Hidden = "HIDDEN";
    public const string Standard = "STANDARD";
    public const string Control = "CONTROL";
    public const string System = "SYSTEM";
    public const string Persistent = "PERSISTENT";
    public const string NonPersistent = "NON_PERSISTENT";
    public const string Ascending = "ASCENDING";
    public const string CreatedTimestamp = "CREATED_TIMESTAMP";
    public const string LastMessageTimestamp = "LAST_MESSAGE_TIMESTAMP";
    public const string Sent = "SENT";
    public const string Pending = "PENDING";
    public const string Denied = "DENIED";
    public const string Failed = "FAILED";
    public const string Continue = "CONTINUE";
    public const string Abort = "ABORT";
    public const string Async = "ASYNC";
    public const string StandardMessages = "STANDARD_MESSAGES";
    public const string Auto = "AUTO";
    public const string All = "ALL";
    public const string Mentions = "MENTIONS";
    public const string None = "NONE";
    public const string Members = "MEMBERS";
    public const string EqualsOperator = "EQUALS";
    public const string ChannelData = "Channel";
    public const string ChannelMessageData = "ChannelMessage";

    public static string Of(ChannelMode mode) => mode == ChannelMode.Restricted ? Restricted : Unrestricted;

    public static string Of(ChannelPrivacy privacy) => privacy == ChannelPrivacy.Private ? Private : Public;

    public static string Of(MessageType type) => type == MessageType.Control ? Control : Standard;

    public static string Of(MessageStatus status) => status switch
    {
        MessageStatus.Pending => Pending,
        MessageStatus.Denied => Denied,
        MessageStatus.Failed => Failed,
        _ => Sent,
    };

    public static string Membership(bool hidden) => hidden ? Hidden : Default;

    public static ChannelMode? Mode(string? word) =>
        word is null ? null : word == Restricted ? ChannelMode.Restricted : ChannelMode.Unrestricted;

    public static DateTimeOffset? Time(Instant? instant) => instant?.ToTime();
}

/// <summary>Shapes that many operations share, named as the service models name them.</summary>
internal sealed record IdentityShape(string Arn, string? Name)
{
    public static IdentityShape Of(Person person, Arns arns) => new(arns.Person(person), person.Name);
}

internal sealed record TagShape(string? Key, string? Value)
{
    /// <summary>AWS's own tags ("Tag naming limits", AWS General Reference, 2026-11).</summary>
    private const string Reserved = "aws:";

    public static IReadOnlyList<Tag> Read(IReadOnlyList<TagShape>? tags) =>
        [.. (tags ?? []).Select(tag => new Tag(tag.Key!, tag.Value!))];

    public static string Fingerprint(IReadOnlyList<TagShape>? tags) =>
        string.Join('\n', (tags ?? []).Select(tag => $"{tag.Key}\n{tag.Value}"));

    public static void Check(IReadOnlyList<TagShape>? tags, Must must)
    {
        must.Hold(
            tags is null || tags.Select(tag => tag.Key).Distinct(StringComparer.Ordinal).Count() == tags.Count,
            "A tag key may stand in 'tags' once.");
        CheckKeys([.. (tags ?? []).Select(tag => tag.Key!)], must);
    }

    public static void CheckKeys(IReadOnlyList<string>? keys, Must must) => must.Hold(
        (keys ?? []).All(key => key?.StartsWith(Reserved, StringComparison.OrdinalIgnoreCase) != true),
        $"Tag keys that start with '{Reserved}' are reserved.");
}

internal sealed record ExpirationSettings(int? ExpirationDays, string? ExpirationCriterion)
{
    public static ExpirationSettings? Of(Expiration? expiration) => expiration is null
        ? null
        : new(
            expiration.Days,
            expiration.Criterion == Core.Identity.ExpirationCriterion.LastMessageTimestamp
                ? Words.LastMessageTimestamp
                : Words.CreatedTimestamp);

    public Expiration Read() => new(
        ExpirationDays!.Value,
        ExpirationCriterion == Words.LastMessageTimestamp
            ? Core.Identity.ExpirationCriterion.LastMessageTimestamp
            : Core.Identity.ExpirationCriterion.CreatedTimestamp);
}
