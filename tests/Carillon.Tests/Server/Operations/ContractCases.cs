using System.Text.Json.Nodes;

namespace Carillon.Tests.Server.Operations;

/// <summary>A request that is good but for one member, or touches one bound.</summary>
/// <param name="Refused">What the model says of it, and our known differences.</param>
internal sealed record ContractCase(ContractMember Member, string Kind, bool Refused, Action<ContractRequest> Spoil)
{
    /// <summary>Every bound of every member: broken, and touched.</summary>
    public static IEnumerable<ContractCase> Of(Contract contract) => contract.Members
        .SelectMany(m => m.Location is null ? InBody(m) : Outside(m)).Select(c => Ours(contract.Name, c));

    /// <summary>
    /// Where the server is wider than the model on purpose: Type may be left out of a membership, as AWS's own examples do,
    /// and Metadata may hold line breaks, as callers print their JSON with them.
    /// </summary>
    private static ContractCase Ours(string operation, ContractCase c) => (operation, c.Member.Name, c.Kind) switch
    {
        ("CreateChannelMembership", "Type", "missing" or "null") => c with { Refused = false },
        (_, "Metadata" or "ChannelMessage/Metadata", "pattern") => c with { Refused = false },
        _ => c,
    };

    private static IEnumerable<ContractCase> Outside(ContractMember member)
    {
        if (member.Location is "header" or "querystring")
        {
            yield return new(member, "missing", member.Required, r => r.With(member, null));
        }

        if (member.Location == "querystring")
        {
            // An empty parameter is an absent one.
            yield return new(member, "empty", member.Required, r => r.With(member, ""));
        }

        foreach (var (kind, value, refused) in Values(member))
        {
            var text = value?.ToString() ?? "";

            // An empty label is another path, and a token that fits is still none of this list.
            if (text.Length > 0 && (refused || member.Name != "NextToken"))
            {
                yield return new(member, kind, refused, r => r.With(member, text));
            }
        }
    }

    private static IEnumerable<ContractCase> InBody(ContractMember member) => Nested(
        member, member, r => r.Body, (r, value) => r.Body[member.WireName] = value, r => r.Body.Remove(member.WireName));

    /// <param name="top">The member of the request that this one stands in.</param>
    private static IEnumerable<ContractCase> Nested(
        ContractMember top, ContractMember member, Func<ContractRequest, JsonNode> parent,
        Action<ContractRequest, JsonNode?> set, Action<ContractRequest>? remove)
    {
        var named = member with { Name = top == member ? member.Name : $"{top.Name}/{member.Name}" };
        if (remove is not null)
        {
            yield return new(named, "missing", member.Required, remove);
            yield return new(named, "null", member.Required, r => set(r, null));
        }

        foreach (var (kind, value, refused) in Values(member).Concat(WrongTypes(member)))
        {
            yield return new(named, kind, refused, r => set(r, value?.DeepClone()));
        }

        switch (member.Type)
        {
            case "list":
                foreach (var inner in Nested(
                    top, member.Element!, r => parent(r)[member.WireName]!, (r, value) => set(r, new JsonArray(value)), null))
                {
                    yield return inner with { Member = inner.Member with { Name = $"{named.Name}[]" } };
                }

                yield return new(named, "null element", true, r => set(r, new JsonArray((JsonNode?)null)));
                break;
            case "structure":
                foreach (var part in member.Members!)
                {
                    JsonObject Whole() => (JsonObject)member.Sample();
                    foreach (var inner in Nested(
                        top, part, r => parent(r),
                        (r, value) =>
                        {
                            var whole = Whole();
                            whole[part.WireName] = value;
                            set(r, whole);
                        },
                        r =>
                        {
                            var whole = Whole();
                            whole.Remove(part.WireName);
                            set(r, whole);
                        }))
                    {
                        yield return inner;
                    }
                }

                break;
            case "map":
                yield return new(named, "key too long", true, r => set(r, new JsonObject { [new string('k', member.Key!.Max!.Value + 1)] = member.Value!.Sample() }));
                yield return new(named, "null value", true, r => set(r, new JsonObject { ["key"] = null }));
                yield return new(named, "key empty", true, r => set(r, new JsonObject { [""] = member.Value!.Sample() }));
                foreach (var inner in Nested(
                    top, member.Value!, r => parent(r), (r, value) => set(r, new JsonObject { ["key"] = value }), null))
                {
                    yield return inner;
                }

                break;
        }
    }

    private static IEnumerable<(string Kind, JsonNode? Value, bool Refused)> Values(ContractMember member)
    {
        switch (member.Type)
        {
            case "string" when member.Enum is not null:
                yield return ("enum", "NO_SUCH_WORD", true);
                yield return ("enum in lower case", member.Enum[0].ToLowerInvariant(), true);
                foreach (var word in member.Enum)
                {
                    yield return ("enum " + word, word, false);
                }

                break;
            case "string":
                if (member.Min > 0)
                {
                    yield return ("min - 1", new string('a', member.Min.Value - 1), true);
                    yield return ("min", member.TextOf(member.Shortest), false);
                }

                if (member.Max is { } max)
                {
                    yield return ("max + 1", member.TextOf(max + 1), true);
                    yield return ("max", member.TextOf(member.Longest), false);
                }

                if (Breaks(member.Pattern) is { } broken)
                {
                    yield return ("pattern", broken, true);
                }

                break;
            case "integer":
                if (member.Min is { } smallest)
                {
                    yield return ("min - 1", smallest - 1, true);
                    yield return ("min", smallest, false);
                }

                if (member.Max is { } largest)
                {
                    yield return ("max", largest, false);
                    yield return ("max + 1", largest + 1, true);
                }

                yield return ("huge", 99999999999, true);
                if (member.Location is not null)
                {
                    yield return ("no number", "ten", true);
                    yield return ("fraction", "1.5", true);
                }

                break;
            case "boolean":
                yield return ("true", true, false);
                yield return ("false", false, false);
                break;
            case "timestamp":
                yield return ("no timestamp", "yesterday", true);
                yield return ("seconds", "1700000000", true);
                yield return ("no fraction", "2024-01-02T03:04:05Z", false);
                yield return ("micros", "2024-01-02T03:04:05.678901Z", false);
                yield return ("millis", "2024-01-02T03:04:05.678Z", false);
                break;
            case "list":
                var most = member.Max ?? 0;
                if (member.Min > 0)
                {
                    yield return ("min - 1", new JsonArray(), true);
                }

                if (most > 0)
                {
                    yield return ("max + 1", new JsonArray([.. Enumerable.Range(0, most + 1).Select(i => Numbered(member.Element!, i))]), true);
                    yield return ("max", new JsonArray([.. Enumerable.Range(0, most).Select(i => Numbered(member.Element!, i))]), false);
                }

                break;
        }
    }

    private static JsonNode Numbered(ContractMember element, int number)
    {
        var sample = element.Sample();
        if (sample is JsonObject tag && tag.ContainsKey("Key") && tag.ContainsKey("Value"))
        {
            tag["Key"] = $"key-{number}";
        }

        return sample;
    }

    private static IEnumerable<(string Kind, JsonNode? Value, bool Refused)> WrongTypes(ContractMember member)
    {
        foreach (var (type, value) in new (string, JsonNode)[]
        {
            ("number", 5), ("text", "text"), ("boolean", true), ("list", new JsonArray()), ("object", new JsonObject()),
        })
        {
            var fits = (member.Type, type) is ("string", "text") or ("integer", "number") or ("boolean", "boolean") or ("list", "list")
                or ("map" or "structure", "object");
            if (!fits)
            {
                yield return (type + " for " + member.Type, value, true);
            }
        }
    }

    /// <summary>A text that breaks the pattern.</summary>
    public static string? Breaks(string? pattern) => pattern switch
    {
        null or @"[\s\S]*" => null,
        ContractMember.Arn => "arn:AWS:chime:us-east-1:1:app-instance/a",
        ".*" => "two\nlines",
        @".*\S.*" => "   ",
        "[-_a-zA-Z0-9]*" => "with space",
        "^([A-Za-z]_?)+$" => "a__b",
        _ when pattern.StartsWith("arn:", StringComparison.Ordinal) => "arn:aws:s3:::bucket/with-a-name-that-is-long-enough-for-any-bound",
        _ => "bell\u0007bell",
    };
}
