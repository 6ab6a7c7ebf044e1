using System.Text;

namespace Carillon.Events.Core;

/// <summary>Comma, semicolon or tab separated values, as spreadsheets save them.</summary>
internal static class Csv
{
    // What 0x80 to 0x9F are in Windows-1252; spreadsheets still write it. U+FFFD stands for what is not assigned.
    private const string windows = "€\uFFFD‚ƒ„…†‡ˆ‰Š‹Œ\uFFFDŽ\uFFFD\uFFFD‘’“”•–—˜™š›œ\uFFFDžŸ";

    private static readonly char[] separators = [',', ';', '\t'];

    /// <summary>
    /// The records of a file in UTF-8, UTF-16 or Windows-1252, each with the line where it begins, from 1. Null fields: its
    /// quotes do not add up; reading goes on with the next line.
    /// </summary>
    /// <exception cref="Refused">BadRequest with why: <c>encoding</c>.</exception>
    public static IEnumerable<(int Line, List<string>? Fields)> Read(ReadOnlySpan<byte> bytes)
    {
        var text = Decode(bytes);
        return Records(text, SeparatorOf(text));
    }

    private static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE])) return Strict(new UnicodeEncoding(false, false, true), bytes[2..]);
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])) return Strict(new UnicodeEncoding(true, false, true), bytes[2..]);
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])) return Strict(new UTF8Encoding(false, true), bytes[3..]);
        if (System.Text.Unicode.Utf8.IsValid(bytes)) return Encoding.UTF8.GetString(bytes);
        return string.Create(bytes.Length, bytes.ToArray(), static (chars, from) =>
        {
            for (var i = 0; i < chars.Length; i++) chars[i] = from[i] is >= 0x80 and <= 0x9F ? windows[from[i] - 0x80] : (char)from[i];
        });
    }

    private static string Strict(Encoding encoding, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return encoding.GetString(bytes);
        }
        catch (ArgumentException)
        {
            throw new Refused(Reason.BadRequest, "why", "encoding");
        }
    }

    /// <summary>Whichever comes most in the first line.</summary>
    private static char SeparatorOf(string text)
    {
        var first = text.AsSpan(0, Math.Min(text.AsSpan().IndexOfAny('\r', '\n') is >= 0 and var end ? end : text.Length, 4096)).ToString();
        return separators.MaxBy(c => first.Count(f => f == c));
    }

    /// <summary>RFC 4180, with any line end. Null fields: its quotes do not add up; reading goes on with the next line.</summary>
    private static IEnumerable<(int Line, List<string>? Fields)> Records(string text, char separator)
    {
        var (at, line) = (0, 1);
        while (at < text.Length)
        {
            var (began, fields, sound) = (line, new List<string>(), true);
            var startOfRecord = at;
            while (true)
            {
                var field = new StringBuilder();
                if (at < text.Length && text[at] == '"')
                {
                    at++;
                    while (at < text.Length && (text[at] != '"' || (at + 1 < text.Length && text[at + 1] == '"')))
                    {
                        if (text[at] == '"') at++;
                        else if (text[at] == '\n') line++;
                        field.Append(text[at++]);
                    }

                    if (at == text.Length)
                    {
                        sound = false;
                        break;
                    }

                    at++;
                    sound &= at == text.Length || text[at] == separator || text[at] is '\r' or '\n';
                }

                while (at < text.Length && text[at] != separator && text[at] is not ('\r' or '\n')) field.Append(text[at++]);
                fields.Add(field.ToString());
                if (at == text.Length || text[at] != separator) break;
                at++;
            }

            if (!sound)
            {
                // A quote that never ends would swallow the rest of the file: only its own line is given up.
                line = began;
                at = text.IndexOfAny(['\r', '\n'], startOfRecord) is >= 0 and var end ? end : text.Length;
            }

            if (at < text.Length && text[at] == '\r') at++;
            if (at < text.Length && text[at] == '\n') at++;
            line++;
            yield return (began, sound ? fields : null);
        }
    }
}
