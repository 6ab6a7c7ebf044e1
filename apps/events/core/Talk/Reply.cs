using System.Text.RegularExpressions;

namespace Carillon.Events.Core.Talk;

/// <summary>An answer to a message says so in its Metadata, by that message's id and by nothing else.</summary>
public static partial class Reply
{
    /// <summary>
    /// True for Metadata that is empty or an answer's. Whatever else a message carried would be seen by nobody who keeps
    /// order, and by everybody whose client shows it.
    /// </summary>
    public static bool IsPlain(string? metadata) => string.IsNullOrEmpty(metadata) || Form().IsMatch(metadata);

    /// <summary>The id of the message that is answered; null where none is.</summary>
    public static string? To(string? metadata) =>
        metadata is not null && Form().Match(metadata) is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex("""\A\{"inReplyTo":"([-_a-zA-Z0-9]{1,128})"\}\z""", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
