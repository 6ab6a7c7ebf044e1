using System.Text.Json;
using System.Text.RegularExpressions;

namespace Carillon.Server.Gateway;

/// <summary>
/// JSON Schema draft 4 as models use it: type, enum, properties, required, additionalProperties, items, the bounds of texts, numbers,
/// lists and objects, pattern, allOf, anyOf, oneOf, not. Anything else in a schema is refused where the model is made.
/// </summary>
internal sealed class JsonSchema
{
    private const int Deepest = 32;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);
    private static readonly HashSet<string> Types = ["object", "array", "string", "number", "integer", "boolean", "null"];

    private readonly List<Func<JsonElement, bool>> _rules = [];

    private JsonSchema()
    {
    }

    /// <exception cref="FormatException">It cannot be used; the sentence says why.</exception>
    public static JsonSchema Parse(string schema)
    {
        try
        {
            using var document = JsonDocument.Parse(schema);
            return Of(document.RootElement.Clone(), 0);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException or KeyNotFoundException)
        {
            throw new FormatException("Invalid model schema specified: " + e.Message, e);
        }
    }

    public bool Allows(JsonElement value) => _rules.TrueForAll(rule => rule(value));

    private static JsonSchema Of(JsonElement schema, int depth)
    {
        if (schema.ValueKind != JsonValueKind.Object || depth > Deepest)
        {
            throw new FormatException("Invalid model schema specified: a schema is an object, at most 32 deep.");
        }

        var made = new JsonSchema();
        foreach (var member in schema.EnumerateObject())
        {
            made.Take(member.Name, member.Value, schema, depth);
        }

        return made;
    }

    private void Take(string name, JsonElement rule, JsonElement schema, int depth)
    {
        switch (name)
        {
            case "$schema" or "id" or "title" or "description" or "default" or "format" or "exclusiveMinimum" or "exclusiveMaximum":
                return;
            case "type":
                string[] types = rule.ValueKind == JsonValueKind.Array ? [.. rule.EnumerateArray().Select(t => t.GetString()!)] : [rule.GetString()!];
                if (!types.All(Types.Contains))
                {
                    throw new FormatException("Invalid model schema specified: a type is none of JSON's.");
                }

                _rules.Add(v => types.Any(t => IsOf(v, t)));
                return;
            case "enum":
                var allowed = rule.EnumerateArray().ToArray();
                _rules.Add(v => allowed.Any(a => JsonElement.DeepEquals(a, v)));
                return;
            case "required":
                var required = rule.EnumerateArray().Select(r => r.GetString()!).ToArray();
                _rules.Add(v => v.ValueKind != JsonValueKind.Object || required.All(r => v.TryGetProperty(r, out _)));
                return;
            case "properties":
                var properties = rule.EnumerateObject().ToDictionary(p => p.Name, p => Of(p.Value, depth + 1), StringComparer.Ordinal);
                _rules.Add(v => v.ValueKind != JsonValueKind.Object
                    || v.EnumerateObject().All(p => !properties.TryGetValue(p.Name, out var known) || known.Allows(p.Value)));
                return;
            case "additionalProperties":
                var named = schema.TryGetProperty("properties", out var own)
                    ? own.EnumerateObject().Select(p => p.Name).ToHashSet(StringComparer.Ordinal) : [];
                var others = rule.ValueKind == JsonValueKind.Object ? Of(rule, depth + 1) : null;
                var any = others is null && rule.GetBoolean();
                _rules.Add(v => v.ValueKind != JsonValueKind.Object
                    || v.EnumerateObject().All(p => named.Contains(p.Name) || (others?.Allows(p.Value) ?? any)));
                return;
            case "items":
                var items = Of(rule, depth + 1);
                _rules.Add(v => v.ValueKind != JsonValueKind.Array || v.EnumerateArray().All(items.Allows));
                return;
            case "minLength" or "maxLength":
                Bound(rule.GetInt32(), name == "minLength", v => v.ValueKind == JsonValueKind.String ? v.GetString()!.EnumerateRunes().Count() : null);
                return;
            case "minItems" or "maxItems":
                Bound(rule.GetInt32(), name == "minItems", v => v.ValueKind == JsonValueKind.Array ? v.GetArrayLength() : null);
                return;
            case "minProperties" or "maxProperties":
                Bound(rule.GetInt32(), name == "minProperties", v => v.ValueKind == JsonValueKind.Object ? v.EnumerateObject().Count() : null);
                return;
            case "minimum" or "maximum":
                var isLeast = name == "minimum";
                var excluded = schema.TryGetProperty(isLeast ? "exclusiveMinimum" : "exclusiveMaximum", out var flag) && flag.GetBoolean();
                var edge = rule.GetDouble();
                _rules.Add(v => v.ValueKind != JsonValueKind.Number
                    || (isLeast ? v.GetDouble() > edge : v.GetDouble() < edge) || (!excluded && v.GetDouble() == edge));
                return;
            case "pattern":
                var pattern = new Regex(rule.GetString()!, RegexOptions.ECMAScript, Patience);
                _rules.Add(v => v.ValueKind != JsonValueKind.String || Matches(pattern, v.GetString()!));
                return;
            case "uniqueItems":
                if (rule.GetBoolean())
                {
                    _rules.Add(v => v.ValueKind != JsonValueKind.Array
                        || v.EnumerateArray().Select(e => e.GetRawText()).Distinct(StringComparer.Ordinal).Count() == v.GetArrayLength());
                }

                return;
            case "allOf" or "anyOf" or "oneOf":
                var parts = rule.EnumerateArray().Select(p => Of(p, depth + 1)).ToArray();
                _rules.Add(name switch
                {
                    "allOf" => v => parts.All(p => p.Allows(v)),
                    "anyOf" => v => parts.Any(p => p.Allows(v)),
                    _ => v => parts.Count(p => p.Allows(v)) == 1,
                });
                return;
            case "not":
                var forbidden = Of(rule, depth + 1);
                _rules.Add(v => !forbidden.Allows(v));
                return;
            default:
                throw new FormatException($"Invalid model schema specified: the keyword {name} is not supported.");
        }
    }

    private void Bound(int edge, bool isLeast, Func<JsonElement, int?> measure) =>
        _rules.Add(v => measure(v) is not { } size || (isLeast ? size >= edge : size <= edge));

    private static bool Matches(Regex pattern, string text)
    {
        try
        {
            return pattern.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    private static bool IsOf(JsonElement value, string type) => value.ValueKind switch
    {
        JsonValueKind.Object => type == "object",
        JsonValueKind.Array => type == "array",
        JsonValueKind.String => type == "string",
        JsonValueKind.True or JsonValueKind.False => type == "boolean",
        JsonValueKind.Null => type == "null",
        _ => type == "number" || (type == "integer" && value.TryGetDecimal(out var number) && decimal.Truncate(number) == number),
    };
}
