using System.Text.Json.Nodes;
using Carillon.Core.Access;
using Xunit;

namespace Carillon.Tests.Core.Access;

/// <summary>Random policies and requests, decided by the product and by <see cref="NaivePolicies"/>.</summary>
public class PolicyReferenceTests
{
    private static readonly string[] Actions = ["chime:Send", "chime:Get", "chime:GetAll", "iam:Get", "CHIME:send"];

    private static readonly string[] ActionPatterns =
        ["chime:*", "chime:send", "*:Get*", "*", "iam:?et", "chime:G*t*l", "chime:*S*", "kinesis:*"];

    private static readonly string[] Arns =
        ["*", "arn:aws:chime:r:1:user/a", "arn:aws:chime:r:1:user/a:b", "arn:aws:chime:r:1:channel/a*b", "arn:aws:iam::1:role/a/b"];

    private static readonly string[] ResourcePatterns =
    [
        "*", "arn:aws:chime:*", "arn:aws:chime:r:1:user/*", "arn:aws:chime:r:1:user/?", "arn:*:iam::*:role/*b",
        "arn:aws:chime:r:1:user/${my:name}", "arn:aws:chime:r:1:*/${my:name, 'a'}", "arn:aws:chime:r:1:channel/${my:star}b",
        "arn:aws:chime:r:1:channel/a${*}b", "arn:aws:chime:*:*:*/${my:list}*", "arn:aws:chime:r:1:USER/a",
    ];

    private static readonly string[] RequestedKeys =
        ["my:name", "my:star", "my:list", "my:number", "my:flag", "my:arn", "my:time", "my:ip", "my:bytes"];

    private static readonly string[] Keys = [.. RequestedKeys, "my:none", "MY:Name"];

    private static readonly string[] TextOperators =
    [
        "StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike",
    ];

    private static readonly string[] NumberOperators =
    [
        "NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan",
        "NumericGreaterThanEquals",
    ];

    private static readonly string[] DateOperators =
        ["DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals"];

    private static readonly string[] ArnValues =
    [
        "*", "arn:aws:iam::1:role/*", "arn:aws:iam::1:role/a", "arn:*:iam::?:*", "arn:aws:*:*:*:role/a", "a:b:c:d:e:f", "arn:aws:iam::1:${my:name}",
        "arn:aws:iam::${my:star}:role/${my:none, 'a'}",
    ];

    private static readonly string[] Networks = ["10.0.0.0/8", "10.1.2.3", "10.1.2.0/23", "0.0.0.0/0", "2001:db8::/32", "::1"];

    private static readonly string[] Texts =
        ["a", "A", "a*", "?", "*", "a:b", "${my:name}", "${my:none}", "x${my:star}", "${my:none, 'a'}", "${*}", "7"];

    [Fact]
    public void Thousands_of_random_decisions_are_those_of_a_naive_reading()
    {
        var (allowed, refused) = (0, 0);
        for (var seed = 0; seed < 12_000; seed++)
        {
            var random = new Random(seed);
            List<JsonObject> identity = [.. Many(random, 1, 3, Document)];
            List<JsonObject> session = random.Next(3) == 0 ? [.. Many(random, 1, 2, Document)] : [];
            var keys = RequestKeys(random);
            var action = Pick(random, Actions);
            List<string> arns = [.. Many(random, 1, 2, r => Pick(r, Arns))];

            var expected = new NaivePolicies(identity, session, action, arns, keys).Allowed();
            var context = new ContextKeys();
            foreach (var (key, values) in keys)
                _ = values.Length == 1 ? context.Set(key, values[0]) : context.Set(key, values);
            var actual = Policy.Evaluate(
                new Grants(false, [.. identity.Select(Compile)], [.. session.Select(Compile)]),
                new AccessRequest(action, [.. arns.Select(a => new AccessTarget(a))], context));

            Assert.True(expected == actual.IsAllowed,
                $"seed {seed}: expected {expected}, was {actual}\n{action} on {string.Join(" ", arns)}\n"
                + string.Join("\n", identity.Concat(session).Select(d => d.ToJsonString())));
            _ = expected ? allowed++ : refused++;
        }
        // A generator that only ever produced one answer would prove nothing.
        Assert.InRange(allowed, 1000, 11_000);
        Assert.InRange(refused, 1000, 11_000);
    }

    private static Policy Compile(JsonObject document) => Policy.Parse(document.ToJsonString());

    private static JsonObject Document(Random random)
    {
        var document = new JsonObject();
        if (Pick(random, ["2012-10-17", "2012-10-17", "2012-10-17", "2012-10-17", "2008-10-17", ""]) is { Length: > 0 } version)
            document["Version"] = version;
        document["Statement"] = random.Next(6) == 0
            ? Statement(random)
            : new JsonArray([.. Many(random, 1, 4, Statement)]);
        return document;
    }

    private static JsonObject Statement(Random random)
    {
        var statement = new JsonObject
        {
            ["Effect"] = random.Next(4) == 0 ? "Deny" : "Allow",
            [random.Next(5) == 0 ? "NotAction" : "Action"] = OneOrMany(random, ActionPatterns),
            [random.Next(5) == 0 ? "NotResource" : "Resource"] = OneOrMany(random, ResourcePatterns),
        };
        if (random.Next(2) == 0)
        {
            var conditions = new JsonObject();
            for (var i = random.Next(1, 3); i > 0; i--)
                Condition(random, conditions);
            statement["Condition"] = conditions;
        }
        return statement;
    }

    private static void Condition(Random random, JsonObject conditions)
    {
        var (name, values) = random.Next(13) switch
        {
            8 => (Pick(random, DateOperators), OneOrMany(random, ["2026-01-02T03:04:05Z", "2026-01-02", "1767323045", "2030"])),
            9 => (Pick(random, ["IpAddress", "NotIpAddress"]), OneOrMany(random, Networks)),
            10 => ("BinaryEquals", OneOrMany(random, ["YQ==", "YWI=", ""])),
            11 or 12 => (Pick(random, ["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"]), OneOrMany(random, ArnValues)),
            0 => ("Null", OneOrMany(random, ["true", "false"])),
            1 => ("Bool", OneOrMany(random, ["true", "false"])),
            2 or 3 => (Pick(random, NumberOperators), OneOrMany(random, ["7", "7.0", "-3", "100"])),
            _ => (Pick(random, TextOperators), OneOrMany(random, Texts)),
        };
        if (name != "Null")
        {
            name = Pick(random, ["", "", "ForAllValues:", "ForAnyValue:"]) + name + Pick(random, ["", "", "IfExists"]);
        }
        conditions[name] = new JsonObject { [Pick(random, Keys)] = values };
    }

    private static Dictionary<string, string[]> RequestKeys(Random random)
    {
        var keys = new Dictionary<string, string[]>();
        foreach (var key in RequestedKeys)
        {
            if (random.Next(4) > 0)
                keys[key] = [];
        }
        foreach (var key in keys.Keys.ToList())
        {
            keys[key] = key switch
            {
                "my:number" => [Pick(random, ["7", "-3", "8.5", "seven"])],
                "my:flag" => [Pick(random, ["true", "false"])],
                "my:list" => [.. Many(random, 0, 3, r => Pick(r, ["a", "b", "a*", "7"]))],
                "my:arn" => [Pick(random, ["arn:aws:iam::1:role/a", "arn:aws:iam::1:role/a:b", "arn:aws:iam::*:role/a", "none", "a:b:c:d:e:f"])],
                "my:time" => [Pick(random, ["2026-01-02T03:04:05Z", "2026-01-02T00:00:00Z", "1767323045", "yesterday", "2031"])],
                "my:ip" => [Pick(random, ["10.1.2.3", "10.1.3.255", "11.0.0.1", "::ffff:10.1.2.3", "2001:db8::7", "2001:db9::7", "::1", "here"])],
                "my:bytes" => [Pick(random, ["YQ==", "YWI=", "YQ", "", "*"])],
                "my:star" => [Pick(random, ["a*", "*", "?"])],
                _ => [Pick(random, ["a", "a:b", "A", "*"])],
            };
        }
        return keys;
    }

    private static JsonNode OneOrMany(Random random, string[] from) => random.Next(2) == 0
        ? JsonValue.Create(Pick(random, from))
        : new JsonArray([.. Many(random, 1, 3, r => JsonValue.Create(Pick(r, from)))]);

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];

    private static List<T> Many<T>(Random random, int least, int most, Func<Random, T> make) =>
        Enumerable.Range(0, random.Next(least, most + 1)).Select(_ => make(random)).ToList();
}
