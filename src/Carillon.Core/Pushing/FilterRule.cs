using System.Text;
using System.Text.Json;

namespace Carillon.Core.Pushing;

/// <summary>
/// Says by its attributes whether a message is worth a push. The rule is a JSON object. Each member names an attribute and
/// lists conditions, of which one must hold: a text is found among the attribute's values, and
/// <c>{"anything-but": [...]}</c> holds where none of its texts is. All members must hold; of the objects under
/// <c>$or</c> one. Texts are compared exactly.
/// </summary>
/// <remarks>Source: "Using filter rules to filter messages", Amazon Chime SDK developer guide, read 2026-11.</remarks>
public sealed class FilterRule
{
    /// <summary>UTF-8 bytes of a rule (developer guide, as the two that follow).</summary>
    public const int MostBytes = 2048;

    /// <summary>Attributes named and texts listed, together.</summary>
    public const int MostComplexity = 20;

    /// <summary>Objects under one <c>$or</c>.</summary>
    public const int MostConstraints = 5;

    private const string Or = "$or";
    private const string AnythingBut = "anything-but";

    private readonly Clause _whole;

    private FilterRule(Clause whole, int complexity)
    {
        _whole = whole;
        Complexity = complexity;
    }

    public int Complexity { get; }

    /// <exception cref="FormatException">It is no rule, or too large; the message says why, without quoting it.</exception>
    public static FilterRule Parse(string text)
    {
        if (Encoding.UTF8.GetByteCount(text) > MostBytes)
        {
            throw new FormatException($"It is larger than {MostBytes} bytes.");
        }

        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 8 });
            var complexity = 0;
            var whole = ReadClause(document.RootElement, ref complexity, mayHoldOr: true);
            return complexity <= MostComplexity
                ? new(whole, complexity)
                : throw new FormatException($"Its attributes and values are more than {MostComplexity} together.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            // Half a surrogate pair is an InvalidOperationException behind an escape, and an ArgumentException without.
            throw new FormatException("It is not JSON.");
        }
    }

    /// <param name="attributes">Of a message: its values by name.</param>
    public bool Lets(IReadOnlyDictionary<string, IReadOnlyList<string>> attributes) => _whole.Holds(attributes);

    private static Clause ReadClause(JsonElement element, ref int complexity, bool mayHoldOr)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("It is not an object.");
        }

        var tests = new Dictionary<string, IReadOnlyList<Condition>>(StringComparer.Ordinal);
        List<Clause>? alternatives = null;
        foreach (var member in element.EnumerateObject())
        {
            if (member.Name == Or && mayHoldOr)
            {
                // Whichever of two readers take: the same name twice means different things to them.
                alternatives = alternatives is null ? ReadAlternatives(member.Value, ref complexity) : throw Twice();
                continue;
            }

            // AWS leaves an $or inside of another open; we refuse it.
            if (member.Name.StartsWith('$'))
            {
                throw new FormatException("An operator stands where none may.");
            }

            complexity++;
            if (!tests.TryAdd(member.Name, ReadConditions(member.Value, ref complexity)))
            {
                throw Twice();
            }
        }

        return tests.Count == 0 && alternatives is null
            ? throw new FormatException("It names no attribute.")
            : new(tests, alternatives);
    }

    private static List<Clause> ReadAlternatives(JsonElement element, ref int complexity)
    {
        if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() is 0 or > MostConstraints)
        {
            throw new FormatException($"{Or} must list 1 to {MostConstraints} constraints.");
        }

        var alternatives = new List<Clause>();
        foreach (var constraint in element.EnumerateArray())
        {
            alternatives.Add(ReadClause(constraint, ref complexity, mayHoldOr: false));
        }

        return alternatives;
    }

    private static List<Condition> ReadConditions(JsonElement element, ref int complexity)
    {
        if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() == 0)
        {
            throw new FormatException("An attribute must list at least one condition.");
        }

        var conditions = new List<Condition>();
        foreach (var condition in element.EnumerateArray())
        {
            conditions.Add(ReadCondition(condition, ref complexity));
        }

        return conditions;
    }

    private static Condition ReadCondition(JsonElement element, ref int complexity)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            complexity++;
            return new(false, [element.GetString()!]);
        }

        if (element.ValueKind != JsonValueKind.Object || element.EnumerateObject().ToList() is not [var only]
            || only.Name != AnythingBut || only.Value.ValueKind != JsonValueKind.Array || only.Value.GetArrayLength() == 0)
        {
            throw new FormatException($"A condition must be a text or {AnythingBut} with a list of texts.");
        }

        var texts = new List<string>();
        foreach (var text in only.Value.EnumerateArray())
        {
            complexity++;
            texts.Add(text.ValueKind == JsonValueKind.String
                ? text.GetString()!
                : throw new FormatException($"{AnythingBut} must list texts."));
        }

        return new(true, texts);
    }

    private static FormatException Twice() => new("It names an attribute twice.");

    private sealed record Clause(
        IReadOnlyDictionary<string, IReadOnlyList<Condition>> Tests, IReadOnlyList<Clause>? Alternatives)
    {
        public bool Holds(IReadOnlyDictionary<string, IReadOnlyList<string>> attributes) =>
            Tests.All(test =>
            {
                var values = attributes.TryGetValue(test.Key, out var found) ? found : [];
                return test.Value.Any(condition => condition.Holds(values));
            })
            && (Alternatives is null || Alternatives.Any(clause => clause.Holds(attributes)));
    }

    /// <remarks>The guide: anything-but lets through whatever does not hold the value, so also what lacks the attribute.</remarks>
    private sealed record Condition(bool Excludes, IReadOnlyList<string> Texts)
    {
        public bool Holds(IReadOnlyList<string> values) =>
            values.Any(value => Texts.Contains(value, StringComparer.Ordinal)) != Excludes;
    }
}
