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
/// <param name="Common">The rule is of the list that holds for every show.</param>
public sealed record WordHit(WordRule Rule, int Start, int Length, bool Common);

/// <param name="Action">The strongest of the rules that struck; null where none did.</param>
/// <param name="Masked">The text with everything covered that a masking rule struck.</param>
/// <param name="Hits">At least one of each rule that struck.</param>
public sealed record WordVerdict(WordAction? Action, string Masked, IReadOnlyList<WordHit> Hits);

/// <summary>
/// A show's words, compiled. Texts are compared as they look: without case, marks and styles, with look-alikes and the usual
/// digits for letters folded, and without what shows nothing. Patterns are looked for in the text as it stands, and without
/// marks, styles and what shows nothing.
/// </summary>
public sealed class WordList
{
    /// <summary>Rules in one list. Our choice.</summary>
    public const int MostRules = 1000;

    /// <summary>Patterns among them. Our choice: each is matched by itself against every message.</summary>
    public const int MostPatterns = 100;

    /// <summary>UTF-16 units of one rule. Our choice.</summary>
    public const int MostLength = 200;

    /// <summary>Hits beyond the first of each rule that one answer tells. Our choice: more explain nothing more.</summary>
    private const int mostHits = 100;

    public static WordList Empty { get; } = new([], []);

    private readonly IReadOnlyList<Word> words;
    private readonly IReadOnlyList<Pattern> patterns;

    private WordList(IReadOnlyList<Word> words, IReadOnlyList<Pattern> patterns) => (this.words, this.patterns) = (words, patterns);

    /// <summary>Compiles the rules; all must be <see cref="IsSound"/>.</summary>
    /// <param name="common">They hold for every show.</param>
    public static WordList Of(IReadOnlyList<WordRule> rules, bool common = false)
    {
        if (rules.Count == 0) return Empty;
        var (words, patterns) = (new List<Word>(), new List<Pattern>());
        foreach (var rule in rules)
        {
            var struck = new Rule(rule, ActionOf(rule)!.Value, common);
            if (rule.Match == "regex") patterns.Add(new Pattern(struck, Compile(rule.Text)));
            else words.Add(new Word(struck, [.. Variants.Select(v => Fold(rule.Text, v).Text).Where(t => t.Length > 0).Distinct()]));
        }

        return new WordList(words, patterns);
    }

    /// <summary>Both lists as one, without compiling either again.</summary>
    public WordList With(WordList other) => ReferenceEquals(other, Empty) ? this
        : ReferenceEquals(this, Empty) ? other : new WordList([.. words, .. other.words], [.. patterns, .. other.patterns]);

    /// <summary>The member of a list that cannot be: <c>words</c> where there are too many, or <c>words[3]</c>; null where all is well.</summary>
    public static string? Fault(IReadOnlyList<WordRule> rules)
    {
        if (rules.Count > MostRules || rules.Count(r => r?.Match == "regex") > MostPatterns) return "words";
        for (var i = 0; i < rules.Count; i++)
            if (!IsSound(rules[i])) return $"words[{i}]";
        return null;
    }

    /// <summary>Whether the rule can be kept: known words for match and action, and a pattern that can be matched in linear time.</summary>
    public static bool IsSound(WordRule? rule)
    {
        if (rule is not { Text.Length: > 0 and <= MostLength } || ActionOf(rule) is null) return false;
        switch (rule.Match)
        {
            case "word" or "part":
                // Gaps alone would strike every sentence.
                return !string.IsNullOrWhiteSpace(Fold(rule.Text, Look.Raw).Text);
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
        var strikes = new Strikes(text);
        if (words.Count > 0)
        {
            foreach (var variant in Variants)
            {
                var folded = Fold(text, variant);
                foreach (var word in words)
                    foreach (var spelling in word.Spellings) Find(folded, word.Rule, spelling, strikes);
            }
        }

        if (patterns.Count > 0)
        {
            var folded = Fold(text, Look.Plain);
            var dressed = !folded.Text.Equals(text, StringComparison.OrdinalIgnoreCase);
            foreach (var (rule, regex) in patterns)
            {
                foreach (var match in regex.EnumerateMatches(text))
                    if (match.Length > 0 && !strikes.Add(rule, match.Index, match.Length)) break;
                if (!dressed) continue;
                foreach (var match in regex.EnumerateMatches(folded.Text))
                    if (match.Length > 0 && !Strike(folded, rule, match.Index, match.Length, strikes)) break;
            }
        }

        return strikes.Verdict();
    }

    private static void Find(Folded text, Rule rule, string spelling, Strikes strikes)
    {
        for (var at = text.Text.IndexOf(spelling, StringComparison.Ordinal); at >= 0;
            at = text.Text.IndexOf(spelling, at + 1, StringComparison.Ordinal))
        {
            var end = at + spelling.Length;
            // Inside what one character was folded to nothing begins and nothing ends.
            if ((at > 0 && text.From[at] == text.From[at - 1]) || (end < text.Text.Length && text.From[end] == text.From[end - 1]))
                continue;
            if (rule.Written.Match == "word" && (IsWordAt(text.Text, at - 1) || IsWordAt(text.Text, end))) continue;
            if (!Strike(text, rule, at, spelling.Length, strikes)) return;
        }
    }

    /// <param name="at">In the folded text.</param>
    /// <returns>False where no further hit of the rule would tell or change anything.</returns>
    private static bool Strike(Folded text, Rule rule, int at, int length, Strikes strikes)
    {
        var (start, last) = (text.From[at], text.From[at + length - 1]);
        return strikes.Add(rule, start, text.Ends[last] - start);
    }

    private static bool IsWordAt(string text, int at) =>
        at >= 0 && at < text.Length && (char.IsLetterOrDigit(text[at]) || char.IsSurrogate(text[at]) && !IsSymbol(text, at));

    private static bool IsSymbol(string text, int at) =>
        CharUnicodeInfo.GetUnicodeCategory(text, char.IsLowSurrogate(text[at]) && at > 0 ? at - 1 : at) == UnicodeCategory.OtherSymbol;

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
            // A line's end and a tab are controls and gaps: as gaps they part words.
            var mark = Folding.IsMark(rune) && !Rune.IsWhiteSpace(rune);
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

    private sealed record Rule(WordRule Written, WordAction Action, bool Common);

    private sealed record Word(Rule Rule, IReadOnlyList<string> Spellings);

    private sealed record Pattern(Rule Rule, Regex Regex);

    /// <summary>What struck a text. Everything counts, however much there is; what is told of it has an end.</summary>
    private sealed class Strikes(string text)
    {
        private readonly HashSet<Rule> struck = [];
        private readonly HashSet<WordHit> hits = [];
        private bool[]? covered;
        private WordAction? action;

        /// <returns>False where no further hit of the rule would tell or change anything.</returns>
        public bool Add(Rule rule, int start, int length)
        {
            if (action is null || rule.Action > action) action = rule.Action;
            if (struck.Add(rule) || hits.Count < mostHits) hits.Add(new WordHit(rule.Written, start, length, rule.Common));
            if (rule.Action != WordAction.Mask) return hits.Count < mostHits;
            (covered ??= new bool[text.Length]).AsSpan(start, length).Fill(true);
            return true;
        }

        public WordVerdict Verdict() => new(action, Masked(), [.. hits.OrderBy(h => h.Start)]);

        private string Masked()
        {
            if (covered is null) return text;
            var masked = new StringBuilder(text.Length);
            for (var i = 0; i < text.Length;)
            {
                var length = StringInfo.GetNextTextElementLength(text, i);
                // An element is covered whole: what hides behind a mark of it is not left over.
                var element = text.AsSpan(i, length);
                masked.Append(covered.AsSpan(i, length).Contains(true) && !element.IsWhiteSpace() ? "*" : element);
                i += length;
            }

            return masked.ToString();
        }
    }
}
