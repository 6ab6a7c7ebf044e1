using System.Text.Json.Nodes;
using Carillon.Core.Pushing;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Carillon.Tests.Core.Pushing;

public class FilterRuleTests
{
    private const string Bob = """{"mention":["Bob"]}""";
    private const string NoRoom = """{"type":[{"anything-but": ["Room"]}]}""";
    private const string Both = """{"type":[{"anything-but": ["Room"]}],"mention":["Bob"]}""";
    private const string Either = """{"$or":[{"mention":["Bob"]},{"type":[{"anything-but": ["Room"]}]}]}""";

    /// <summary>The developer guide's rules and messages, and what lies beside them.</summary>
    [Theory]
    [InlineData(Bob, "mention=Bob,Alice", true)]
    [InlineData(Bob, "mention=Tom", false)]
    [InlineData(Bob, "mention=bob", false)]
    [InlineData(Bob, "Mention=Bob", false)]
    [InlineData(Bob, "mention=Bobby", false)]
    [InlineData(Bob, "mention=", false)]
    [InlineData(Bob, "", false)]
    [InlineData("""{"mention":["Bob","Tom"]}""", "mention=Tom", true)]
    [InlineData(NoRoom, "type=Conversation", true)]
    [InlineData(NoRoom, "type=Room", false)]
    [InlineData(NoRoom, "type=Conversation,Room", false)]
    [InlineData(NoRoom, "", true)]
    [InlineData(NoRoom, "other=Room", true)]
    [InlineData(Both, "mention=Bob;type=Conversation", true)]
    [InlineData(Both, "mention=Bob;type=Room", false)]
    [InlineData(Both, "mention=Tom;type=Conversation", false)]
    [InlineData(Both, "mention=Bob", true)]
    [InlineData(Either, "mention=Bob", true)]
    [InlineData(Either, "type=Conversation", true)]
    [InlineData(Either, "mention=Bob;type=Room", true)]
    [InlineData(Either, "mention=Tom;type=Room", false)]
    [InlineData("""{"a":["1"],"$or":[{"b":["1"]},{"c":["1"]}]}""", "b=1", false)]
    [InlineData("""{"a":["1"],"$or":[{"b":["1"]},{"c":["1"]}]}""", "a=1", false)]
    [InlineData("""{"a":["1"],"$or":[{"b":["1"]},{"c":["1"]}]}""", "a=1;c=1", true)]
    [InlineData("""{"a":["1",{"anything-but":["2"]}]}""", "a=2", false)]
    [InlineData("""{"a":["1",{"anything-but":["2"]}]}""", "a=1,2", true)]
    [InlineData("""{"anything-but":["x"]}""", "anything-but=x", true)]
    [InlineData("""{"\u0061":["\u0031"]}""", "a=1", true)]
    public void It_lets_through_what_the_guide_says(string rule, string attributes, bool lets) =>
        Assert.Equal(lets, FilterRule.Parse(rule).Lets(Attributes(attributes)));

    [Theory]
    [InlineData("")]
    [InlineData("mention")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"a":[]}""")]
    [InlineData("""{"a":"b"}""")]
    [InlineData("""{"a":{"anything-but":["b"]}}""")]
    [InlineData("""{"a":[1]}""")]
    [InlineData("""{"a":[null]}""")]
    [InlineData("""{"a":[["b"]]}""")]
    [InlineData("""{"a":[{}]}""")]
    [InlineData("""{"a":[{"anything-but":[]}]}""")]
    [InlineData("""{"a":[{"anything-but":"b"}]}""")]
    [InlineData("""{"a":[{"anything-but":[1]}]}""")]
    [InlineData("""{"a":[{"prefix":["b"]}]}""")]
    [InlineData("""{"a":[{"anything-but":["b"],"prefix":["c"]}]}""")]
    [InlineData("""{"a":[{"anything-but":["b"],"anything-but":["c"]}]}""")]
    [InlineData("""{"a":["b"],"a":["c"]}""")]
    [InlineData("""{"$or":[]}""")]
    [InlineData("""{"$or":{}}""")]
    [InlineData("""{"$or":["a"]}""")]
    [InlineData("""{"$or":[{}]}""")]
    [InlineData("""{"$or":[{"a":["b"]}],"$or":[{"c":["d"]}]}""")]
    [InlineData("""{"$or":[{"$or":[{"a":["b"]}]}]}""")]
    [InlineData("""{"$and":[{"a":["b"]}]}""")]
    [InlineData("""{"a":["b"]} x""")]
    [InlineData("""{"a":["b"],}""")]
    [InlineData("""{"a":["\ud800"]}""")]
    [InlineData("""{"\ud800":["a"]}""")]
    public void What_is_no_rule_is_refused_without_being_quoted(string rule)
    {
        var why = Assert.Throws<FormatException>(() => FilterRule.Parse(rule)).Message;

        Assert.True(rule.Length < 5 || !why.Contains(rule, StringComparison.Ordinal), why);
    }

    [Fact]
    public void The_guides_example_of_complexity_counts_four() => Assert.Equal(4, FilterRule.Parse(Both).Complexity);

    [Theory]
    [InlineData(20, true)]
    [InlineData(21, false)]
    public void A_rule_has_twenty_attributes_and_values_at_most(int complexity, bool fits)
    {
        var values = new JsonArray([.. Enumerable.Range(0, complexity - 3).Select(i => (JsonNode)$"{i}")]);
        var rule = new JsonObject { ["$or"] = new JsonArray(new JsonObject { ["a"] = values }, new JsonObject { ["b"] = new JsonArray("x") }) };

        Holds(fits, rule.ToJsonString());
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(6, false)]
    public void An_or_has_five_constraints_at_most(int constraints, bool fits)
    {
        var list = Enumerable.Range(0, constraints).Select(i => (JsonNode)new JsonObject { [$"{i}"] = new JsonArray("x") });

        Holds(fits, new JsonObject { ["$or"] = new JsonArray([.. list]) }.ToJsonString());
    }

    [Theory]
    [InlineData(2048, true)]
    [InlineData(2049, false)]
    public void A_rule_has_two_kilobytes_at_most(int bytes, bool fits)
    {
        const string frame = """{"a":["é"]}""";
        Holds(fits, frame.Replace("é", "é" + new string('x', bytes - frame.Length - 1), StringComparison.Ordinal));
    }

    private static void Holds(bool fits, string rule)
    {
        if (fits)
        {
            FilterRule.Parse(rule);
        }
        else
        {
            Assert.Throws<FormatException>(() => FilterRule.Parse(rule));
        }
    }

    private static readonly Gen<string> word = Gen.Elements("a", "b", "c", "A", "", "anything-but", "é", "\"\\");

    private static readonly Gen<string> name = Gen.Elements("k", "l", "m", "anything-but", "K");

    private static readonly Gen<JsonNode> condition = Gen.OneOf(
        word.Select(text => (JsonNode)JsonValue.Create(text)!),
        word.NonEmptyListOf().Select(texts => (JsonNode)new JsonObject
        {
            ["anything-but"] = new JsonArray([.. texts.Take(3).Select(t => (JsonNode)t)]),
        }));

    private static readonly Gen<JsonObject> clause = name.Zip(condition.NonEmptyListOf()).NonEmptyListOf().Select(tests =>
    {
        var made = new JsonObject();
        foreach (var (key, conditions) in tests.Take(3))
        {
            made[key] = new JsonArray([.. conditions.Take(2).Select(c => c.DeepClone())]);
        }

        return made;
    });

    private static readonly Gen<JsonObject> rule = clause.Zip(clause.ListOf()).Select(parts =>
    {
        var made = (JsonObject)parts.Item1.DeepClone();
        if (parts.Item2.Count > 0)
        {
            made["$or"] = new JsonArray([.. parts.Item2.Take(5).Select(c => c.DeepClone())]);
        }

        return made;
    });

    private static readonly Gen<Dictionary<string, IReadOnlyList<string>>> message = name.Zip(word.ListOf()).ListOf().Select(pairs =>
        pairs.GroupBy(p => p.Item1).ToDictionary(g => g.Key, g => (IReadOnlyList<string>)[.. g.First().Item2]));

    [Fact]
    public void It_agrees_with_a_plain_reading_of_the_guide()
    {
        var (read, let) = (0, 0);
        Prop.ForAll(rule.Zip(message).ToArbitrary(), pair =>
        {
            FilterRule parsed;
            try
            {
                parsed = FilterRule.Parse(pair.Item1.ToJsonString());
            }
            catch (FormatException)
            {
                return Complexity(pair.Item1) > 20;
            }

            var lets = parsed.Lets(pair.Item2);
            read++;
            let += lets ? 1 : 0;
            return parsed.Complexity == Complexity(pair.Item1) && lets == Naive(pair.Item1, pair.Item2);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

        // Had nearly all been one way, agreeing would prove little.
        Assert.InRange(let, read / 20, read * 19 / 20);
    }

    [Fact]
    public void Whatever_the_text_it_is_a_rule_or_refused() => Prop.ForAll(
        Gen.OneOf(
            ArbMap.Default.GeneratorFor<NonNull<string>>().Select(s => s.Get),
            rule.Zip(Gen.Choose(0, 80)).Select(p => p.Item1.ToJsonString() is var text && p.Item2 < text.Length
                ? text.Remove(p.Item2, 1)
                : p.Item1.ToJsonString())).ToArbitrary(),
        text =>
        {
            try
            {
                FilterRule.Parse(text).Lets(Attributes("k=a"));
            }
            catch (FormatException)
            {
                // Refused.
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    private static bool Naive(JsonObject rule, Dictionary<string, IReadOnlyList<string>> message)
    {
        foreach (var (key, conditions) in rule)
        {
            var met = false;
            foreach (var condition in conditions!.AsArray())
            {
                if (key == "$or")
                {
                    met = met || Naive(condition!.AsObject(), message);
                    continue;
                }

                var values = message.GetValueOrDefault(key) ?? [];
                if (condition is JsonValue text)
                {
                    met = met || values.Contains((string)text!);
                }
                else
                {
                    var clean = true;
                    foreach (var banned in condition!["anything-but"]!.AsArray())
                    {
                        clean = clean && !values.Contains((string)banned!);
                    }

                    met = met || clean;
                }
            }

            if (!met)
            {
                return false;
            }
        }

        return true;
    }

    private static int Complexity(JsonObject rule) => rule.Sum(member => member.Key == "$or"
        ? member.Value!.AsArray().Sum(clause => Complexity(clause!.AsObject()))
        : 1 + member.Value!.AsArray().Sum(condition => condition is JsonObject but ? but["anything-but"]!.AsArray().Count : 1));

    /// <summary>From <c>name=value,value;name=value</c>.</summary>
    private static Dictionary<string, IReadOnlyList<string>> Attributes(string text) => text
        .Split(';', StringSplitOptions.RemoveEmptyEntries)
        .Select(attribute => attribute.Split('='))
        .ToDictionary(a => a[0], a => (IReadOnlyList<string>)a[1].Split(',', StringSplitOptions.RemoveEmptyEntries));
}
