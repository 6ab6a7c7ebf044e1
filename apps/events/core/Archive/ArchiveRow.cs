namespace Carillon.Events.Core.Archive;

public enum ArchiveKind
{
    Said = 0,
    Edited = 1,
    Redacted = 2,
    Deleted = 3,

    /// <summary>A part of an elastic channel was merged into another, and is gone with its messages. It is no row.</summary>
    PartEnded = 4,

    /// <summary>Said, and never shown: refused by the rules or by staff, or nobody has decided on it.</summary>
    Withheld = 5,

    /// <summary>The platform held it no more when the archive was held against it.</summary>
    Missing = 6,
}

/// <summary>What happened to a message, as the stream tells it.</summary>
/// <param name="MessageId">Empty where it is about a part.</param>
/// <param name="At">When; of a message that was said, when it was let pass. Microseconds.</param>
/// <param name="Sender">ARN.</param>
/// <param name="Content">Null where it is not told any more.</param>
/// <param name="Targeted">Said to one member only; the platform does not count it.</param>
/// <param name="Answers">The id of the message that it answers; null where it answers none.</param>
/// <param name="Found">No stream told of it; the platform held it when the archive was held against it.</param>
public sealed record ArchiveEvent(
    ArchiveKind Kind, string MessageId, long At, string? Sender, string? Name, string? Type, string? Content, string? Part,
    bool Targeted, string? Answers = null, bool Found = false);

/// <summary>Whose act took a message away, kept it from being shown or let it pass, by the desk's log.</summary>
public sealed record Removal(string By, string? Reason);

/// <summary>What the rules and the staff did with a message, which no stream tells.</summary>
/// <param name="Outcome">Of what was never shown: <c>refused</c>, <c>lost</c> or <c>waiting</c>; null where it was shown.</param>
/// <param name="Why">Why it was not shown, one of <see cref="Talk.Why"/> or a moderator's words; null where it was.</param>
/// <param name="Held">Why it waited for a moderator; null where it did not.</param>
/// <param name="Written">As its sender wrote it, where words of it were covered; null where none was.</param>
public sealed record Handling(string? Outcome, string? Why, string? Held, string? Written);

/// <summary>A row of an archive.</summary>
/// <param name="Entry">The JSON text that <paramref name="Hash"/> covers, after the hash of the row before.</param>
/// <param name="Removed">The number of the row that took the message away; null while it stands.</param>
public sealed record ArchiveRow(long Number, ArchiveKind Kind, string MessageId, string Entry, byte[] Hash, long? Removed);

/// <summary>A show's archive as a whole. Times are microseconds.</summary>
/// <param name="Messages">That were said.</param>
/// <param name="Removed">Of those, redacted or deleted.</param>
/// <param name="Standing">That the platform should hold: said to all, and not deleted.</param>
/// <param name="Head">The hash of the last row; null while there is none.</param>
/// <param name="Verified">Held against the platform's own count, and equal.</param>
/// <param name="Counted">What the platform held then.</param>
/// <param name="Withheld">That were said and never shown; not among <paramref name="Messages"/>.</param>
public sealed record ArchiveHead(
    long Show, bool Closed, long Rows, long Messages, long Removed, long Standing, long? FirstAt, long? LastAt, byte[]? Head,
    bool Verified, long? Counted, long? QuietSince, long Withheld);

/// <summary>A show whose stream is read.</summary>
/// <param name="Ends">Nobody can say anything any more: the archive is to be closed when it holds everything.</param>
/// <param name="Until">Whoever reads it does so until then; microseconds.</param>
public sealed record ArchivedShow(
    long Key, string Id, bool Ends, string StreamName, string ChannelArn, string AdminArn, bool Elastic, long Until, string? Owner);

/// <summary>What was added to an archive that differed from what the platform holds.</summary>
/// <param name="Found">Messages that the platform holds, and removals, of which no stream told.</param>
/// <param name="Missing">Messages that the platform holds no more.</param>
public readonly record struct Mended(long Found, long Missing);
