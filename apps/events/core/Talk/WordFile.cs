using System.Text;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Tickets;

namespace Carillon.Events.Core.Talk;

/// <summary>A file of words, read: the rules that are sound, and why the other lines are none.</summary>
public sealed record WordFile(IReadOnlyList<WordRule> Words, IReadOnlyList<RefusedLine> Refused)
{
    /// <summary>Records in one file. Our choice: no list takes more, even where each line was wrong once.</summary>
    public const int MostLines = 5000;

    private static readonly string[] columns = ["text", "match", "action"];

    /// <summary>
    /// Reads comma, semicolon or tab separated values with a header of text and, where wanted, match and action; a line that
    /// leaves these out holds a whole word. Where a text begins with a sign of a formula, one apostrophe before it is none of it.
    /// </summary>
    /// <remarks>
    /// Why a line is refused: <c>columns</c>, <c>text</c>, <c>match</c>, <c>action</c>, <c>pattern</c>, <c>letters</c>,
    /// <c>long</c>, <c>twice</c> or <c>quotes</c>.
    /// </remarks>
    /// <exception cref="Refused">BadRequest with why: <c>header</c>, <c>lines</c> or <c>encoding</c>.</exception>
    public static WordFile Read(ReadOnlySpan<byte> bytes)
    {
        var (words, refused) = (new List<WordRule>(), new List<RefusedLine>());
        var known = new HashSet<(string Text, string Match)>();
        int[]? places = null;
        foreach (var (line, fields) in Csv.Read(bytes))
        {
            if (fields is null)
            {
                refused.Add(new RefusedLine(line, "quotes"));
                continue;
            }

            if (fields.All(string.IsNullOrWhiteSpace)) continue;
            if (places is null)
            {
                places = [.. columns.Select(c => fields.FindIndex(f => f.Trim().Equals(c, StringComparison.OrdinalIgnoreCase)))];
                if (places[0] < 0) throw new Refused(Reason.BadRequest, "why", "header");
                continue;
            }

            if (words.Count + refused.Count == MostLines) throw new Refused(Reason.BadRequest, "why", "lines");
            var (word, why) = ReadLine(fields, places);
            if (word is not null && !known.Add((word.Text, word.Match))) why = "twice";
            if (why is null) words.Add(word!);
            else refused.Add(new RefusedLine(line, why));
        }

        return places is null ? throw new Refused(Reason.BadRequest, "why", "header") : new WordFile(words, refused);
    }

    private static (WordRule? Word, string? Why) ReadLine(List<string> fields, int[] places)
    {
        if (places.Any(p => p >= fields.Count)) return (null, "columns");
        var text = Armed(fields[places[0]].Trim());
        var match = places[1] < 0 ? "" : fields[places[1]].Trim();
        var action = places[2] < 0 ? "" : fields[places[2]].Trim();
        var word = new WordRule(
            text, match.Length == 0 ? "word" : match.ToLowerInvariant(), action.Length == 0 ? "hold" : action.ToLowerInvariant());
        if (text.Length == 0) return (null, "text");
        if (text.Length > WordList.MostLength) return (null, "long");
        if (text.EnumerateRunes().Any(r => Rune.IsControl(r) || r == Rune.ReplacementChar)) return (null, "letters");
        if (word.Match is not ("word" or "part" or "regex")) return (null, "match");
        if (word.Action is not ("hold" or "refuse" or "mask")) return (null, "action");
        return WordList.IsSound(word) ? (word, null) : (null, word.Match == "regex" ? "pattern" : "text");
    }

    // Words may well begin with such a sign; in the file an apostrophe keeps a spreadsheet from running it.
    private static string Armed(string cell) => cell.StartsWith('\'') && IsFormula(cell[1..]) ? cell[1..] : cell;

    private static bool IsFormula(string text) => text.TrimStart('\'') is [var first, ..]
        && first is '=' or '+' or '-' or '@' or '\t' or '\r' or '＝' or '＋' or '－' or '＠';
}
