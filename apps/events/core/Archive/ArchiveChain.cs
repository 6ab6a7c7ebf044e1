using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Carillon.Events.Core.Archive;

/// <summary>
/// Rows of an archive and their hashes: SHA-256 over the hash of the row before (32 zero bytes before the first) and the
/// row's JSON text in UTF-8. Whoever has the last hash can tell that no row was changed, added or left out.
/// </summary>
public static class ArchiveChain
{
    public static readonly byte[] Beginning = new byte[32];

    public static byte[] Next(byte[] before, string entry)
    {
        var text = Encoding.UTF8.GetBytes(entry);
        var all = new byte[before.Length + text.Length];
        before.CopyTo(all, 0);
        text.CopyTo(all, before.Length);
        return SHA256.HashData(all);
    }

    /// <summary>The text of a row. Members that are not known are null.</summary>
    /// <param name="show">The id of the show, so that a row of one archive does not fit into another.</param>
    /// <param name="ticket">The sender's ticket; null for staff.</param>
    /// <param name="decided">Who took it away, refused it or let it pass; null where the desk knows nothing of that.</param>
    /// <param name="handling">Null where nothing was done with it.</param>
    public static string Entry(
        string show, long number, ArchiveEvent happened, long? ticket, Removal? decided, Handling? handling = null)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("show", show);
            json.WriteNumber("number", number);
            json.WriteString("kind", Word(happened.Kind));
            json.WriteString("messageId", happened.MessageId);
            json.WriteString("at", Times.FromMicroseconds(happened.At).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", null));
            if (happened.Kind is ArchiveKind.Said or ArchiveKind.Edited or ArchiveKind.Withheld)
            {
                json.WriteString("sender", happened.Sender);
                json.WriteString("name", happened.Name);
                json.WriteString("role", Role(happened.Sender));
                if (ticket is { } known) json.WriteNumber("ticket", known);
                json.WriteString("type", happened.Type);
                if (happened.Part is not null) json.WriteString("part", happened.Part);
                if (happened.Answers is not null) json.WriteString("inReplyTo", happened.Answers);
                if (happened.Targeted) json.WriteBoolean("targeted", true);
                if (happened.Found) json.WriteBoolean("found", true);
                json.WriteString("content", happened.Content);
                if (handling?.Written is { } written) json.WriteString("written", written);
                if (handling?.Outcome is { } outcome) json.WriteString("outcome", outcome);
                if (handling?.Why is { } why) json.WriteString("why", why);
                if (handling?.Held is { } held) json.WriteString("held", held);
            }

            if (decided is not null)
            {
                json.WriteString("by", decided.By);
                json.WriteString("reason", decided.Reason);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    public static string Word(ArchiveKind kind) => kind switch
    {
        ArchiveKind.Said => "said",
        ArchiveKind.Edited => "edited",
        ArchiveKind.Redacted => "redacted",
        ArchiveKind.Withheld => "withheld",
        ArchiveKind.Missing => "missing",
        _ => "deleted",
    };

    /// <summary>The user's id on the platform; null where it is none.</summary>
    public static string? UserIdOf(string? arn) =>
        arn?.LastIndexOf("/user/", StringComparison.Ordinal) is >= 0 and var at ? arn[(at + 6)..] : null;

    private static string Role(string? sender) => UserIdOf(sender) switch
    {
        { } id when id.StartsWith("artist-", StringComparison.Ordinal) => "artist",
        { } id when id.StartsWith("mod-", StringComparison.Ordinal) => "moderator",
        { } id when id.StartsWith("t-", StringComparison.Ordinal) => "fan",
        _ => "organiser",
    };
}
