using System.Globalization;
using System.Text;

namespace Carillon.Events.Core.Talk;

/// <summary>Why a nickname is refused.</summary>
public enum NicknameFault
{
    Empty,
    Long,

    /// <summary>It holds what shows nothing, turns the direction, or piles up marks.</summary>
    Letters,

    /// <summary>It looks like somebody of the staff.</summary>
    Reserved,

    /// <summary>It holds a word that the show does not allow.</summary>
    Word,
}

/// <summary>What came of looking at a nickname: either its clean form with its look, or a fault.</summary>
public sealed record NicknameCheck(string Text, IReadOnlyList<string> LookKeys, NicknameFault? Fault)
{
    internal static NicknameCheck No(NicknameFault fault) => new("", [], fault);
}

/// <summary>Which names fans may give themselves (RFC 8266, made stricter).</summary>
public static class Nickname
{
    /// <summary>In characters as people count them. Our choice.</summary>
    public const int MostGraphemes = 32;

    /// <summary>Marks on one base. Our choice: no living script needs more.</summary>
    public const int MostMarks = 4;

    /// <summary>In UTF-16 units, whatever it looks like. Our choice.</summary>
    private const int mostUnits = 200;

    // Names that say "I belong to the house", in any show.
    private static readonly string[] houseNames = ["admin", "administrator", "moderator", "mod", "staff", "system", "support", "artist", "carillon", "official"];

    private static readonly HashSet<string> house = [.. houseNames.SelectMany(Folding.LookKeys)];

    // Words that say it wherever in a name they stand.
    private static readonly string[] titles = ["admin", "administrator", "moderator", "official"];

    private static readonly HashSet<string> titleKeys = [.. titles.SelectMany(Folding.LookKeys)];

    /// <summary>Looks at a nickname by itself; whether it is taken the store knows.</summary>
    /// <param name="reserved">Names of the staff; a nickname may not look like one of them.</param>
    /// <param name="words">The show's words; one that would hold, refuse or mask a message refuses a name.</param>
    public static NicknameCheck Check(string? typed, IEnumerable<string> reserved, WordList words)
    {
        if (typed is null) return NicknameCheck.No(NicknameFault.Empty);
        if (typed.Length > mostUnits) return NicknameCheck.No(NicknameFault.Long);
        var text = Clean(typed);
        if (text is null) return NicknameCheck.No(NicknameFault.Letters);
        if (text.Length == 0) return NicknameCheck.No(NicknameFault.Empty);
        if (new StringInfo(text).LengthInTextElements > MostGraphemes) return NicknameCheck.No(NicknameFault.Long);
        var keys = Folding.LookKeys(text);
        if (keys.Any(k => k.Length == 0)) return NicknameCheck.No(NicknameFault.Letters);
        if (IsOfTheHouse(text, keys, reserved))
            return NicknameCheck.No(NicknameFault.Reserved);
        return words.Judge(text).Action is not null ? NicknameCheck.No(NicknameFault.Word) : new(text, keys, null);
    }

    /// <summary>Three names that are free, near the one that was wanted.</summary>
    /// <param name="isFree">Whether a checked name is free.</param>
    /// <param name="dice">Below its argument, at random.</param>
    public static IReadOnlyList<string> Suggest(string text, Func<NicknameCheck, bool> isFree, Func<int, int> dice)
    {
        var elements = StringInfo.ParseCombiningCharacters(text);
        var stem = elements.Length > MostGraphemes - 4 ? text[..elements[MostGraphemes - 4]].TrimEnd() : text;
        var found = new List<string>();
        // Two digits first, three once those are many: a bound, because a show may have a hundred thousand Annas.
        for (var attempt = 0; attempt < 24 && found.Count < 3; attempt++)
        {
            var candidate = $"{stem} {(attempt < 8 ? 10 + dice(90) : 100 + dice(900))}";
            var check = Check(candidate, [], WordList.Empty);
            if (check.Fault is null && !found.Contains(check.Text) && isFree(check)) found.Add(check.Text);
        }

        return found;
    }

    /// <summary>Also where signs and pictures dress it up: Amalia with a tick beside it is taken for her the more easily.</summary>
    private static bool IsOfTheHouse(string text, IReadOnlyList<string> keys, IEnumerable<string> reserved)
    {
        var words = WordsOf(text);
        var all = keys.Concat(Folding.LookKeys(string.Concat(words))).Where(k => k.Length > 0).ToHashSet(StringComparer.Ordinal);
        return all.Overlaps(house) || words.Any(w => Folding.LookKeys(w).Any(titleKeys.Contains))
            || reserved.Any(name => all.Overlaps(Folding.LookKeys(name)) || all.Overlaps(Folding.LookKeys(string.Concat(WordsOf(name))).Where(k => k.Length > 0)));
    }

    /// <summary>What is letters and digits, without what stands between.</summary>
    private static List<string> WordsOf(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || Folding.IsMark(rune)) word.Append(rune);
            else if (word.Length > 0) End();
        }

        End();
        return words;

        void End()
        {
            if (word.Length > 0) words.Add(word.ToString());
            word.Clear();
        }
    }

    /// <summary>Without space at the ends and with single ones inside; null where it holds what a name may not.</summary>
    private static string? Clean(string typed)
    {
        var clean = new StringBuilder(typed.Length);
        var marks = 0;
        var runes = typed.EnumerateRunes().ToArray();
        for (var i = 0; i < runes.Length; i++)
        {
            var rune = runes[i];
            if (rune == Rune.ReplacementChar) return null;
            switch (Rune.GetUnicodeCategory(rune))
            {
                case UnicodeCategory.SpaceSeparator:
                    if (clean.Length > 0 && clean[^1] != ' ') clean.Append(' ');
                    marks = 0;
                    continue;
                case UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark:
                    // The emoji selector and skin tones belong to what they follow.
                    if (clean.Length == 0 || ++marks > MostMarks) return null;
                    break;
                case UnicodeCategory.Format:
                    // The zero-width joiner makes families of emoji; between letters it only hides. Everything else of its kind
                    // shows nothing or turns the direction.
                    if (rune.Value != 0x200D || i == 0 || i == runes.Length - 1 || !IsPicture(Base(runes, i)) || !IsPicture(runes[i + 1]))
                        return null;
                    break;
                case UnicodeCategory.Control or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse
                    or UnicodeCategory.Surrogate or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator:
                    return null;
                default:
                    if (IsBlank(rune)) return null;
                    marks = 0;
                    break;
            }

            clean.Append(rune);
        }

        return clean.ToString().TrimEnd(' ');
    }

    private static Rune Base(Rune[] runes, int at)
    {
        do at--;
        while (at > 0 && (runes[at].Value is 0xFE0F or (>= 0x1F3FB and <= 0x1F3FF)));
        return runes[at];
    }

    private static bool IsPicture(Rune rune) => Rune.GetUnicodeCategory(rune) == UnicodeCategory.OtherSymbol || rune.Value is 0x2640 or 0x2642;

    // Letters by their category, and yet nothing is seen: Hangul fillers and the empty braille pattern.
    private static bool IsBlank(Rune rune) => rune.Value is 0x115F or 0x1160 or 0x3164 or 0xFFA0 or 0x2800;
}
