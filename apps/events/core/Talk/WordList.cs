using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Carillon.Events.Core.Shows;

namespace Carillon.Events.Core.Talk;

/// <summary>What a word list does with a text.</summary>
public enum WordAction
{
    /// <summary>The words are covered, the text goes on.</summary>
    Mask,

    /// <summary>A moderator looks at it first.</summary>
    Hold,

    /// <summary>It is not sent.</summary>
    Refuse,
}

/// <param name="Rule">The rule that struck.</param>
/// <param name="Start">Where in the text, in UTF-16 units.</param>
public sealed record WordHit(WordRule Rule, int Start, int Length);

/// <param name="Action">The strongest of the rules that struck; null where none did.</param>
/// <param name="Masked">The text with everything covered that a masking rule struck.</param>
public sealed record WordVerdict(WordAction? Action, string Masked, IReadOnlyList<WordHit> Hits);

/// <summary>
/// A show's words, compiled. Texts are compared as they look: without case, marks and styles, with look-alikes and the usual
/// digits for letters folded, and without what shows nothing.
/// </summary>
public sealed class WordList
{
    /// <summary>Rules in one list. Our choice.</summary>
    public const int MostRules = 1000;

    /// <summary>UTF-16 units of one rule. Our choice.</summary>
    public const int MostLength = 200;

    /// <summary>Hits that one answer tells. Our choice: more explain nothing more.</summary>
    private const int mostHits = 100;

    public static WordList Empty { get; } = new([]);

    private readonly List<Word> words = [];
    private readonly List<(WordRule Rule, WordAction Action, Regex Regex)> patterns = [];

    private WordList(IEnumerable<WordRule> rules)
    {
        foreach (var rule in rules)
        {
            var action = ActionOf(rule)!.Value;
            if (rule.Match == "regex") patterns.Add((rule, action, Compile(rule.Text)));
            else words.Add(new Word(rule, action, [.. Variants.Select(v => Fold(rule.Text, v).Text).Where(t => t.Length > 0).Distinct()]));
        }
    }

    /// <summary>Compiles the rules; all must be <see cref="IsSound"/>.</summary>
    public static WordList Of(IReadOnlyList<WordRule> rules) => rules.Count == 0 ? Empty : new WordList(rules);

    /// <summary>Whether the rule can be kept: known words for match and action, and a pattern that can be matched in linear time.</summary>
    public static bool IsSound(WordRule? rule)
    {
        if (rule is not { Text.Length: > 0 and <= MostLength } || ActionOf(rule) is null) return false;
        switch (rule.Match)
        {
            case "word" or "part":
                return Fold(rule.Text, Look.Raw).Text.Length > 0;
            case "regex":
                try
                {
                    return !Compile(rule.Text).IsMatch("");
                }
                catch (Exception e) when (e is ArgumentException or NotSupportedException)
                {
                    return false;
                }

            default:
                return false;
        }
    }

    /// <summary>What would happen to the text, and why.</summary>
    public WordVerdict Judge(string text)
    {
        var hits = new List<(WordHit Hit, WordAction Action)>();
        if (words.Count > 0)
        {
            foreach (var variant in Variants)
            {
                var folded = Fold(text, variant);
                foreach (var word in words)
                    foreach (var spelling in word.Spellings) Find(folded, word, spelling, hits);
            }
        }

        foreach (var (rule, action, regex) in patterns)
            foreach (var match in regex.EnumerateMatches(text))
            {
                if (hits.Count >= mostHits) break;
                if (match.Length > 0) hits.Add((new WordHit(rule, match.Index, match.Length), action));
            }

        if (hits.Count == 0) return new WordVerdict(null, text, []);
        return new WordVerdict(
            hits.Max(h => h.Action), Mask(text, hits.Where(h => h.Action == WordAction.Mask).Select(h => h.Hit)),
            [.. hits.Select(h => h.Hit).Distinct().OrderBy(h => h.Start)]);
    }

    private static void Find(Folded text, Word word, string spelling, List<(WordHit, WordAction)> hits)
    {
        for (var at = text.Text.IndexOf(spelling, StringComparison.Ordinal); at >= 0 && hits.Count < mostHits;
            at = text.Text.IndexOf(spelling, at + 1, StringComparison.Ordinal))
        {
            var end = at + spelling.Length;
            // Inside what one character was folded to nothing begins and nothing ends.
            if ((at > 0 && text.From[at] == text.From[at - 1]) || (end < text.Text.Length && text.From[end] == text.From[end - 1]))
                continue;
            if (word.Rule.Match == "word" && (IsWordAt(text.Text, at - 1) || IsWordAt(text.Text, end))) continue;
            var (start, last) = (text.From[at], text.From[end - 1]);
            hits.Add((new WordHit(word.Rule, start, text.Ends[last] - start), word.Action));
        }
    }

    private static bool IsWordAt(string text, int at) =>
        at >= 0 && at < text.Length && (char.IsLetterOrDigit(text[at]) || char.IsSurrogate(text[at]) && !IsSymbol(text, at));

    private static bool IsSymbol(string text, int at) =>
        CharUnicodeInfo.GetUnicodeCategory(text, char.IsLowSurrogate(text[at]) && at > 0 ? at - 1 : at) == UnicodeCategory.OtherSymbol;

    private static string Mask(string text, IEnumerable<WordHit> hits)
    {
        var covered = new bool[text.Length];
        foreach (var hit in hits) covered.AsSpan(hit.Start, hit.Length).Fill(true);
        var masked = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            var length = StringInfo.GetNextTextElementLength(text, i);
            masked.Append(covered[i] && !char.IsWhiteSpace(text[i]) ? "*" : text.Substring(i, length));
            i += length;
        }

        return masked.ToString();
    }

    // In linear time whatever the text: no pattern of a moderator's can hold the show up.
    private static Regex Compile(string pattern) => new(
        pattern, RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    private static WordAction? ActionOf(WordRule rule) => rule.Action switch
    {
        "mask" => WordAction.Mask,
        "hold" => WordAction.Hold,
        "refuse" => WordAction.Refuse,
        _ => null,
    };

    /// <summary>As for names, letters look alike in one case only; besides, digits stand for letters.</summary>
    private enum Look
    {
        Plain,
        Raw,
        Lower,
        Upper,
    }

    private static readonly Look[] Variants = [Look.Plain, Look.Raw, Look.Lower, Look.Upper];

    private static Folded Fold(string text, Look look)
    {
        var folded = new StringBuilder(text.Length);
        var from = new List<int>(text.Length);
        var ends = new int[text.Length];
        var at = 0;
        var start = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var mark = Folding.IsMark(rune);
            if (!mark) start = at;
            var next = at + rune.Utf16SequenceLength;
            // Marks belong to what they stand on.
            ends[start] = next;
            at = next;
            if (mark) continue;
            // However wide a gap is, it is one.
            if (Rune.IsWhiteSpace(rune) && folded.Length > 0 && folded[^1] == ' ') continue;
            foreach (var letter in Letters(rune, look).EnumerateRunes())
            {
                var small = Rune.ToLowerInvariant(letter);
                var text16 = look == Look.Plain ? small.ToString() : Digit(small);
                foreach (var unit in text16)
                {
                    folded.Append(unit);
                    from.Add(start);
                }
            }
        }

        return new Folded(folded.ToString(), from, ends);
    }

    private static string Letters(Rune rune, Look look)
    {
        if (Rune.IsWhiteSpace(rune)) return " ";
        var plain = Folding.Plain(rune);
        if (look == Look.Plain) return plain;
        var letters = new StringBuilder();
        foreach (var part in plain.EnumerateRunes())
        {
            var cased = look switch { Look.Lower => Rune.ToLowerInvariant(part), Look.Upper => Rune.ToUpperInvariant(part), _ => part };
            var alike = Folding.Look(cased);
            // Where one character looks like two (m like rn), each would find words that nobody wrote: burn is no bum.
            letters.Append(alike.Length == 1 ? alike : cased.ToString());
        }

        return letters.ToString();
    }

    private static string Digit(Rune small) => small.Value switch
    {
        '0' => "o",
        '1' or '!' or '|' or 'i' => "l",
        '3' => "e",
        '4' or '@' => "a",
        '5' or '$' => "s",
        '7' => "t",
        _ => small.ToString(),
    };

    /// <param name="From">Where in the original each unit of the folded text comes from.</param>
    /// <param name="Ends">Where the character ends, with its marks, that begins there.</param>
    private sealed record Folded(string Text, List<int> From, int[] Ends);

    private sealed record Word(WordRule Rule, WordAction Action, IReadOnlyList<string> Spellings);
}
