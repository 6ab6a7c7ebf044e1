using System.Buffers;

namespace Carillon.Server.Http;

/// <summary>A pattern of the service model and the check that means the same, in one pass without backtracking.</summary>
internal sealed record Pattern(string Text, Func<string, bool> Matches);

/// <summary>Patterns of the service models chime-sdk-messaging 2021-05-15 and chime-sdk-identity 2021-04-20.</summary>
internal static class Patterns
{
    private static readonly SearchValues<char> ArnPart = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-.");
    private static readonly SearchValues<char> IdPart =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:-_.@");
    private static readonly SearchValues<char> TokenPart =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>Four parts of up to 63 characters after "arn:", the first of them not empty, then up to 1,024.</summary>
    public static readonly Pattern ChimeArn = new(
        @"arn:[a-z0-9-\.]{1,63}:[a-z0-9-\.]{0,63}:[a-z0-9-\.]{0,63}:[a-z0-9-\.]{0,63}:[^/].{0,1023}", IsArn);

    /// <summary>Of app instance users and channels.</summary>
    public static readonly Pattern Id = new(
        @"[A-Za-z0-9]([A-Za-z0-9\:\-\_\.\@]{0,62}[A-Za-z0-9])?",
        text => text.Length is > 0 and <= 64 && char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1])
            && !text.AsSpan().ContainsAnyExcept(IdPart));

    /// <summary>Of client request tokens, message ids and sub-channel ids.</summary>
    public static readonly Pattern Token = new("[-_a-zA-Z0-9]*", text => !text.AsSpan().ContainsAnyExcept(TokenPart));

    /// <summary>Of names: tab, line ends, and everything printable.</summary>
    public static readonly Pattern ResourceName = new(
        @"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]*",
        text => text.All(IsNameCharacter));

    /// <summary>Of a user's name: at least one character that is no space.</summary>
    public static readonly Pattern UserName = new(
        @".*\S.*", text => text.All(IsNameCharacter) && !string.IsNullOrWhiteSpace(text));

    /// <summary>Of the title of a push notification.</summary>
    public static readonly Pattern Line = new(".*", text => !text.AsSpan().ContainsAny('\r', '\n'));

    private static bool IsNameCharacter(char character) =>
        character is '\t' or '\n' or '\r' or '\u0085' or (>= ' ' and <= '~') or (>= '\u00A0' and <= '\uFFFD');

    private static bool IsArn(string text)
    {
        if (!text.StartsWith("arn:", StringComparison.Ordinal))
        {
            return false;
        }

        var rest = text.AsSpan(4);
        for (var part = 0; part < 4; part++)
        {
            var end = rest.IndexOf(':');
            if (end < (part == 0 ? 1 : 0) || end > 63 || rest[..end].ContainsAnyExcept(ArnPart))
            {
                return false;
            }

            rest = rest[(end + 1)..];
        }

        return rest.Length is >= 1 and <= 1024 && rest[0] != '/' && !rest.ContainsAny('\r', '\n');
    }
}
