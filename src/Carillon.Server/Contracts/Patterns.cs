using System.Buffers;

namespace Carillon.Server.Contracts;

internal delegate bool TextCheck(ReadOnlySpan<char> text);

/// <summary>A pattern of the service models and the check that means the same, in one pass without backtracking.</summary>
internal sealed record Pattern(string Text, TextCheck Matches);

/// <summary>Every pattern of the models chime-sdk-messaging 2021-05-15 and chime-sdk-identity 2021-04-20, and those of kinesis
/// 2013-12-02 that requests to the operations here can hold.</summary>
internal static class Patterns
{
    private const string Digits = "0123456789";
    private const string Lower = "abcdefghijklmnopqrstuvwxyz";
    private const string Upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    private static readonly SearchValues<char> ArnPart = SearchValues.Create(Lower + Digits + "-.");
    private static readonly SearchValues<char> IdPart = SearchValues.Create(Upper + Lower + Digits + ":-_.@");
    private static readonly SearchValues<char> TokenPart = SearchValues.Create(Upper + Lower + Digits + "-_");
    private static readonly SearchValues<char> FunctionPart = SearchValues.Create(Upper + Lower + Digits + "-_.");
    private static readonly SearchValues<char> LowerLetters = SearchValues.Create(Lower);
    private static readonly SearchValues<char> DigitsOnly = SearchValues.Create(Digits);
    private static readonly SearchValues<char> IdDigits = SearchValues.Create(Lower + Digits);
    private static readonly SearchValues<char> AliasPart = SearchValues.Create(Upper + Digits);

    /// <summary>Four parts of up to 63 characters after "arn:", the first of them not empty, then up to 1,024.</summary>
    public static readonly Pattern ChimeArn = new(
        @"arn:[a-z0-9-\.]{1,63}:[a-z0-9-\.]{0,63}:[a-z0-9-\.]{0,63}:[a-z0-9-\.]{0,63}:[^/].{0,1023}", IsArn);

    /// <summary>Of app instance users and channels.</summary>
    public static readonly Pattern Id = new(
        @"[A-Za-z0-9]([A-Za-z0-9\:\-\_\.\@]{0,62}[A-Za-z0-9])?",
        text => text.Length is > 0 and <= 64 && char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1])
            && !text.ContainsAnyExcept(IdPart));

    /// <summary>Of client request tokens, message ids and sub-channel ids.</summary>
    public static readonly Pattern Token = new("[-_a-zA-Z0-9]*", text => !text.ContainsAnyExcept(TokenPart));

    /// <summary>Of names: tab, line ends, and everything printable.</summary>
    public static readonly Pattern ResourceName = new(
        @"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]*", IsName);

    /// <summary>Of a user's name: at least one character that is no space.</summary>
    public static readonly Pattern UserName = new(@".*\S.*", text => IsLine(text) && !text.IsWhiteSpace());

    /// <summary>Whatever stands in one line.</summary>
    public static readonly Pattern Line = new(".*", IsLine);

    public static readonly Pattern Anything = new(@"[\s\S]*", _ => true);

    public static readonly Pattern LambdaArn = new(
        @"arn:aws:lambda:[a-z]{2}-[a-z]+-\d{1}:\d{12}:function:[a-zA-Z0-9\-_\.]+(:(\$LATEST|[a-zA-Z0-9\-_]+))?", IsLambdaArn);

    public static readonly Pattern LexArn = new(
        @"arn:aws:lex:[a-z]{2}-[a-z]+-\d{1}:\d{12}:bot-alias/[A-Z0-9]{10}/[A-Z0-9]{10}", IsLexArn);

    /// <summary>Letters, each with an underscore behind it or none.</summary>
    public static readonly Pattern IntentName = new("^([A-Za-z]_?)+$", IsIntentName);

    /// <summary>Of streams and shards.</summary>
    public static readonly Pattern StreamName = new(
        "[a-zA-Z0-9_.-]+", text => text.Length > 0 && !text.ContainsAnyExcept(FunctionPart));

    public static readonly Pattern HashKey = new(@"0|([1-9]\d{0,38})", text => IsNumber(text, 39));

    public static readonly Pattern SequenceNumber = new(@"0|([1-9]\d{0,128})", text => IsNumber(text, 129));

    public static readonly Pattern StreamArn = new(
        @"arn:aws.*:kinesis:.*:\d{12}:stream/\S+", text => IsStreamArn(text, besideAccount: true));

    /// <summary>Of streams and what belongs to them.</summary>
    public static readonly Pattern StreamResourceArn = new(
        @"arn:aws.*:kinesis:.*:\d{12}:.*stream/\S+", text => IsStreamArn(text, besideAccount: false));

    public static readonly Pattern StreamId = new(
        "[a-z0-9]{20}-[a-z0-9]{3}",
        text => text.Length == 24 && text[20] == '-' && !text[..20].ContainsAnyExcept(IdDigits) && !text[21..].ContainsAnyExcept(IdDigits));

    public static IReadOnlyList<Pattern> All { get; } =
        [ChimeArn, Id, Token, ResourceName, UserName, Line, Anything, LambdaArn, LexArn, IntentName, StreamName,
            HashKey, SequenceNumber, StreamArn, StreamResourceArn, StreamId];

    /// <exception cref="NotSupportedException">There is no check for it.</exception>
    public static Pattern Of(string text) =>
        All.FirstOrDefault(p => p.Text == text) ?? throw new NotSupportedException($"No check means {text}.");

    // The models' dot leaves out line ends.
    private static bool IsLine(ReadOnlySpan<char> text) => !text.ContainsAny('\r', '\n');

    private static bool IsName(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (character is not ('\t' or '\n' or '\r' or '\u0085' or (>= ' ' and <= '~') or (>= '\u00A0' and <= '\uFFFD')))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsArn(ReadOnlySpan<char> text)
    {
        if (!text.StartsWith("arn:", StringComparison.Ordinal))
        {
            return false;
        }

        var rest = text[4..];
        for (var part = 0; part < 4; part++)
        {
            var end = rest.IndexOf(':');
            if (end < (part == 0 ? 1 : 0) || end > 63 || rest[..end].ContainsAnyExcept(ArnPart))
            {
                return false;
            }

            rest = rest[(end + 1)..];
        }

        return rest.Length is >= 1 and <= 1024 && rest[0] != '/' && IsLine(rest);
    }

    private static bool IsLambdaArn(ReadOnlySpan<char> text)
    {
        if (!TakeRegionAndAccount(ref text, "arn:aws:lambda:") || !Take(ref text, "function:"))
        {
            return false;
        }

        var colon = text.IndexOf(':');
        var name = colon < 0 ? text : text[..colon];
        var version = colon < 0 ? "x" : text[(colon + 1)..];
        return name.Length > 0 && !name.ContainsAnyExcept(FunctionPart)
            && (version.SequenceEqual("$LATEST") || (version.Length > 0 && !version.ContainsAnyExcept(TokenPart)));
    }

    private static bool IsLexArn(ReadOnlySpan<char> text) =>
        TakeRegionAndAccount(ref text, "arn:aws:lex:") && Take(ref text, "bot-alias/")
        && text.Length == 21 && text[10] == '/'
        && !text[..10].ContainsAnyExcept(AliasPart) && !text[11..].ContainsAnyExcept(AliasPart);

    /// <summary>Takes <c>{start}[a-z]{2}-[a-z]+-\d:\d{12}:</c>.</summary>
    private static bool TakeRegionAndAccount(ref ReadOnlySpan<char> text, string start)
    {
        if (!Take(ref text, start))
        {
            return false;
        }

        var end = text.IndexOf(':');
        if (end < 6 || text.Length < end + 14 || text[end + 13] != ':' || text.Slice(end + 1, 12).ContainsAnyExcept(DigitsOnly))
        {
            return false;
        }

        var region = text[..end];
        text = text[(end + 14)..];
        return region[2] == '-' && region[^2] == '-' && char.IsAsciiDigit(region[^1])
            && !region[..2].ContainsAnyExcept(LowerLetters) && !region[3..^2].ContainsAnyExcept(LowerLetters);
    }

    private static bool Take(ref ReadOnlySpan<char> text, string start)
    {
        if (!text.StartsWith(start, StringComparison.Ordinal))
        {
            return false;
        }

        text = text[start.Length..];
        return true;
    }

    private static bool IsNumber(ReadOnlySpan<char> text, int mostDigits) =>
        text is "0" || (text.Length > 0 && text.Length <= mostDigits && text[0] != '0' && !text.ContainsAnyExcept(DigitsOnly));

    /// <param name="besideAccount">Whether <c>stream/</c> follows the account at once.</param>
    private static bool IsStreamArn(ReadOnlySpan<char> text, bool besideAccount)
    {
        const string start = "arn:aws";
        const string service = ":kinesis:";
        const string stream = "stream/";
        if (!text.StartsWith(start, StringComparison.Ordinal))
        {
            return false;
        }

        // What comes first is looked for from the front and the stream from the back, so that the most is left between them.
        var at = text[start.Length..].IndexOf(service, StringComparison.Ordinal);
        if (at < 0)
        {
            return false;
        }

        var region = start.Length + at + service.Length;
        var behind = text.LastIndexOf(stream, StringComparison.Ordinal);
        if (behind >= 0 && behind + stream.Length == text.Length)
        {
            behind = text[..behind].LastIndexOf(stream, StringComparison.Ordinal);
        }

        for (; behind >= region; behind = besideAccount ? text[..behind].LastIndexOf(stream, StringComparison.Ordinal) : -1)
        {
            if (text[..behind].ContainsAny('\r', '\n') || HasSpace(text[(behind + stream.Length)..]))
            {
                continue;
            }

            var rest = text[region..behind];
            if (besideAccount ? rest.Length >= 14 && IsAccount(rest[^14..]) : HasAccount(rest))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasAccount(ReadOnlySpan<char> text)
    {
        for (var i = 0; i + 14 <= text.Length; i++)
        {
            if (IsAccount(text.Slice(i, 14)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsAccount(ReadOnlySpan<char> text) =>
        text[0] == ':' && text[13] == ':' && !text[1..13].ContainsAnyExcept(DigitsOnly);

    private static bool HasSpace(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (char.IsWhiteSpace(character))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsIntentName(ReadOnlySpan<char> text)
    {
        var before = '_';
        foreach (var character in text)
        {
            if (!(character == '_' ? before != '_' : char.IsAsciiLetter(character)))
            {
                return false;
            }

            before = character;
        }

        return text.Length > 0;
    }
}
