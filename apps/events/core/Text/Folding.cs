using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Carillon.Events.Core;

/// <summary>
/// Text as it is compared: without case, marks and styles, and, where looks decide, with every character replaced by the one
/// that it can be taken for.
/// </summary>
public static class Folding
{
    private const int hangulFirst = 0xAC00, hangulLast = 0xD7A3;

    private static readonly FrozenDictionary<int, string> plain, look;

    static Folding()
    {
        using var stream = typeof(Folding).Assembly.GetManifestResourceStream("folding.txt")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        Dictionary<int, string> plains = [], looks = [];
        var into = plains;
        while (reader.ReadLine() is { } line)
        {
            if (line == "# look") into = looks;
            var tab = line.IndexOf('\t', StringComparison.Ordinal);
            if (tab < 0) continue;
            foreach (var rune in line[(tab + 1)..].EnumerateRunes()) into[rune.Value] = line[..tab];
        }

        (plain, look) = (plains.ToFrozenDictionary(), looks.ToFrozenDictionary());
    }

    /// <summary>For finding: lower case, without marks and styles; runs of space are one, none at the ends.</summary>
    public static string Search(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
            {
                if (folded.Length > 0 && folded[^1] != ' ') folded.Append(' ');
                continue;
            }

            if (!IsMark(rune)) Lower(folded, Plain(rune));
        }

        return folded.ToString().TrimEnd();
    }

    /// <summary>
    /// What a name looks like: two names that share one of these can be taken for each other. There are up to four, because
    /// some letters look alike only in one case (the Cyrillic В and the Latin B; their small ones differ), and some only
    /// in their own style; to put all that look alike in any way under one key would make h, n and v the same.
    /// </summary>
    public static IReadOnlyList<string> LookKeys(string name)
    {
        var (stripped, raw) = (new StringBuilder(name.Length), new StringBuilder(name.Length));
        foreach (var rune in name.EnumerateRunes())
        {
            if (IsMark(rune) || Rune.IsWhiteSpace(rune)) continue;
            stripped.Append(Plain(rune));
            raw.Append(rune);
        }

        var basis = stripped.ToString();
        string[] keys = [LookOf(basis), LookOf(Lower(basis)), LookOf(Upper(basis)), LookOf(raw.ToString())];
        return [.. keys.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>One character without marks and styles; itself where it has none. Never empty but for marks alone.</summary>
    internal static string Plain(Rune rune)
    {
        if (plain.TryGetValue(rune.Value, out var known)) return known;
        // Unicode calls white letters in black circles and squares pictures; whoever reads reads letters.
        if (rune.Value is (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189)) return ((char)('A' + (rune.Value - 0x1F150) % 0x20)).ToString();
        return rune.Value is >= hangulFirst and <= hangulLast ? Jamo(rune.Value) : rune.ToString();
    }

    /// <summary>One character as the one that it looks like.</summary>
    internal static string Look(Rune rune) => look.TryGetValue(rune.Value, out var known) ? known : Plain(rune);

    /// <summary>Marks, and what shows nothing: neither counts in a comparison.</summary>
    internal static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark
        or UnicodeCategory.EnclosingMark or UnicodeCategory.Format or UnicodeCategory.Control;

    internal static string Lower(string text)
    {
        var lower = new StringBuilder(text.Length);
        Lower(lower, text);
        return lower.ToString();
    }

    private static void Lower(StringBuilder into, string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case 'ß' or 'ẞ':
                    into.Append("ss");
                    break;
                case 'ς':
                    into.Append('σ');
                    break;
                default:
                    into.Append(Rune.ToLowerInvariant(rune));
                    break;
            }
        }
    }

    private static string Upper(string text)
    {
        var upper = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) upper.Append(Rune.ToUpperInvariant(rune));
        return upper.ToString();
    }

    private static string LookOf(string text)
    {
        var looks = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) looks.Append(Look(rune));
        // Small letters of what it looks like; then what is left of i, l, 1 and o, 0 is one.
        return Lower(looks.ToString()).Replace('i', 'l').Replace('1', 'l').Replace('|', 'l').Replace('0', 'o');
    }

    /// <summary>A syllable as the letters that it is made of (Unicode 3.12).</summary>
    private static string Jamo(int syllable)
    {
        var index = syllable - hangulFirst;
        var (lead, vowel, tail) = (0x1100 + index / 588, 0x1161 + index % 588 / 28, 0x11A7 + index % 28);
        return tail == 0x11A7 ? $"{(char)lead}{(char)vowel}" : $"{(char)lead}{(char)vowel}{(char)tail}";
    }
}
