namespace Carillon.Events.Core.Talk;

public enum SaidState
{
    Sent = 0,

    /// <summary>A moderator looks at it first; nobody else sees it.</summary>
    Held = 1,

    Refused = 2,

    /// <summary>Gone from the fans' pages, and from the platform once it is too late to take that back.</summary>
    Hidden = 3,

    Removed = 4,

    /// <summary>It was let pass, and the platform would not have it any more.</summary>
    Lost = 5,
}

/// <summary>A message that a show's channel was asked about, and what became of it.</summary>
/// <param name="Number">The ticket's; null for staff.</param>
/// <param name="UserId">The sender's, on the platform.</param>
/// <param name="CallbackId">What the platform waits for an answer under.</param>
/// <param name="Text">As its sender wrote it.</param>
/// <param name="Masked">What was let pass instead; null where nothing was covered.</param>
/// <param name="Sent">When the platform took it, microseconds.</param>
/// <param name="At">When it was judged, microseconds.</param>
/// <param name="Waits">It stands in the queue: held, or reported.</param>
/// <param name="Kept">Staff have looked at what was reported, and let it stand.</param>
/// <param name="Held">Why it waited for a moderator, whatever was decided then; null where it did not.</param>
public sealed record Said(
    long Key, long Show, string MessageId, string CallbackId, long? Number, string UserId, string? SubChannelId, string Text,
    string? Masked, long Sent, long At, SaidState State, string? Why, bool Waits, long Reports, bool Kept, string? Held = null);

/// <summary>How a ticket has talked so far.</summary>
/// <param name="Sent">Messages that were let pass.</param>
/// <param name="Last">When the last one that was not refused was sent; microseconds, 0 for never.</param>
/// <param name="Flood">Up to when its allowance is used; microseconds.</param>
/// <param name="Look">Of its last text.</param>
/// <param name="Repeats">How often it said that in a row, the first time at <paramref name="RepeatsFrom"/>.</param>
/// <param name="Removed">Messages that were removed.</param>
/// <param name="TimeoutUntil">Microseconds; null for none. It may have passed.</param>
public sealed record Talker(
    long Show, long Number, long Sent = 0, long Last = 0, long Flood = 0, long Look = 0, long Repeats = 0, long RepeatsFrom = 0,
    long Removed = 0, long? TimeoutUntil = null, string? TimeoutReason = null)
{
    /// <summary>The time-out that is running then; null for none.</summary>
    public (long Until, string? Reason)? TimeoutAt(long now) => TimeoutUntil is { } until && until > now ? (until, TimeoutReason) : null;
}

public enum ErrandKind
{
    /// <summary>The answer to a callback: the message may pass, changed or not, or is refused.</summary>
    Answer = 0,

    Redact = 1,

    /// <summary>The ban of a ticket, as it is by then.</summary>
    Ban = 2,
}

/// <summary>Something that the platform has yet to be told.</summary>
/// <param name="Number">The ticket's; null for staff.</param>
/// <param name="Content">Replaces the message's; null leaves it.</param>
/// <param name="Due">Not before; microseconds.</param>
/// <param name="Asked">Since when it is wanted; microseconds.</param>
/// <param name="Taken">It may have gone out: it cannot be called off any more.</param>
public sealed record Errand(
    long Key, long Show, ErrandKind Kind, long? Number, string? MessageId, string? CallbackId, string? SubChannelId, bool Deny,
    string? Content, long Due, long Asked = 0, long Tries = 0, bool Taken = false);

/// <summary>Why fans reported a message, each reason once.</summary>
/// <param name="Reason">As it was given; null where none was.</param>
public sealed record ReportReason(string? Reason, long Count);

/// <summary>What stands above the chat for all.</summary>
/// <param name="Kind">Of its author: <c>artist</c>, <c>moderator</c> or <c>fan</c>.</param>
public sealed record Pin(string MessageId, string UserId, string Author, string Kind, string Text);

/// <summary>Counts of a show's messages; <paramref name="Waiting"/> stand in the queue now.</summary>
public sealed record TalkCounts(long Sent, long Waiting, long Refused, long Removed);

/// <summary>Who acts at the desk.</summary>
/// <param name="Staff">The staff member's key; null for an organiser.</param>
public sealed record Actor(string Name, long? Staff);

/// <summary>What somebody did at the desk.</summary>
/// <param name="Act">One of <see cref="Acts"/>.</param>
/// <param name="Before">What an undo brings back, in JSON.</param>
/// <param name="Undone">The entry that took this one back.</param>
public sealed record LogEntry(
    long Key, long Show, long At, string By, long? Staff, string Act, long? Number, string? MessageId, string? Reason, long? Until,
    string? Before, long? Undone);

/// <summary>The words of the log.</summary>
public static class Acts
{
    public const string Approve = "approve";
    public const string Refuse = "refuse";
    public const string Keep = "keep";
    public const string Remove = "remove";
    public const string Restore = "restore";
    public const string Timeout = "timeout";
    public const string Ban = "ban";
    public const string Lift = "lift";

    /// <summary>A ban ran out; nobody did that.</summary>
    public const string Over = "over";

    public const string Pin = "pin";
    public const string Rules = "rules";
    public const string Undo = "undo";
}

/// <summary>Somebody of a show's audience, as the desk sees them: not who bought the ticket.</summary>
/// <param name="Reason">Of the ban or time-out.</param>
/// <param name="Until">When it ends, microseconds; null for never or none.</param>
public sealed record Person(
    long Number, string UserId, string? Nickname, string Tier, PersonState State, string? Reason, long? Until, long Sent, long Removed,
    bool Here);

public enum PersonState
{
    Valid,
    Timeout,
    Banned,
    Revoked,
}
