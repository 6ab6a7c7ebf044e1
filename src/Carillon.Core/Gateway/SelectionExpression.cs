using System.Text;
using System.Text.Json;

namespace Carillon.Core.Gateway;

/// <summary>
/// A selection expression of API Gateway: text in which variables stand, <c>$request.body.action</c> or
/// <c>${request.body.service}/${request.body.action}</c>. Read once, evaluated once for each message, never recursively.
/// </summary>
/// <remarks>API Gateway Developer Guide, "WebSocket selection expressions", read 2026-11.</remarks>
public sealed class SelectionExpression
{
    private const string Body = "request.body";

    private readonly Part[] _parts;

    private SelectionExpression(string text, Part[] parts) => (Text, _parts) = (text, parts);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>The variables in it, without <c>$</c> and braces.</summary>
    public IEnumerable<string> Variables => _parts.Where(p => p.Path is not null).Select(p => p.Text);

    /// <exception cref="FormatException">A brace is not closed, or a variable has no name or a malformed path.</exception>
    public static SelectionExpression Parse(string text)
    {
        // The console shows the dollar sign beside its field, so tutorials write the expression without it.
        var source = text.StartsWith(Body + ".", StringComparison.Ordinal) ? "$" + text : text;
        var parts = new List<Part>();
        var literal = new StringBuilder();
        for (var i = 0; i < source.Length;)
        {
            if (source[i] == '\\' && i + 1 < source.Length && source[i + 1] == '$')
            {
                literal.Append('$');
                i += 2;
            }
            else if (source[i] != '$')
            {
                literal.Append(source[i++]);
            }
            else
            {
                var name = TakeName(source, ref i);
                if (literal.Length > 0)
                {
                    parts.Add(new(literal.ToString(), null));
                    literal.Clear();
                }

                parts.Add(new(name, PathOf(name)));
            }
        }

        if (literal.Length > 0)
        {
            parts.Add(new(literal.ToString(), null));
        }

        return new(text, [.. parts]);
    }

    /// <summary>What a message selects; empty where it is no JSON object, or has nothing of what is asked.</summary>
    /// <param name="message">UTF-8, whatever it holds.</param>
    public string Evaluate(ReadOnlyMemory<byte> message)
    {
        if (_parts is [{ Path: null } only])
        {
            return only.Text;
        }

        try
        {
            using var document = JsonDocument.Parse(message);
            return Evaluate(document.RootElement);
        }
        catch (JsonException)
        {
            return "";
        }
    }

    private string Evaluate(JsonElement root)
    {
        // What is no object has no members, and text around nothing must not select anything.
        if (root.ValueKind != JsonValueKind.Object)
        {
            return "";
        }

        if (_parts is [{ Path: { } path }])
        {
            return Find(root, path) is { } found ? Spell(found) : "";
        }

        var text = new StringBuilder();
        foreach (var part in _parts)
        {
            text.Append(part.Path is null ? part.Text : Find(root, part.Path) is { } value ? Spell(value) : "");
        }

        return text.ToString();
    }

    private static string TakeName(string source, ref int at)
    {
        at++;
        var braced = at < source.Length && source[at] == '{';
        var start = braced ? at + 1 : at;
        var end = start;
        while (end < source.Length && (braced ? source[end] != '}' : IsNameLetter(source[end])))
        {
            end++;
        }

        if ((braced && end == source.Length) || end == start)
        {
            throw new FormatException($"The selection expression '{source}' has a variable without a name or an end.");
        }

        at = braced ? end + 1 : end;
        return source[start..end];
    }

    private static bool IsNameLetter(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '[' or ']';

    /// <summary>Of a variable of the body its steps; of any other none, so it evaluates to nothing.</summary>
    private static Step[] PathOf(string name)
    {
        if (!name.StartsWith(Body, StringComparison.Ordinal)
            || (name.Length > Body.Length && name[Body.Length] is not ('.' or '[')))
        {
            return [Step.Never];
        }

        // AWS documents dotted names alone; an index in brackets is understood as JSONPath has it.
        var steps = new List<Step>();
        for (var i = Body.Length; i < name.Length;)
        {
            var isIndex = name[i] == '[';
            var end = isIndex ? name.IndexOf(']', i) : name.AsSpan(i + 1).IndexOfAny('.', '[') is var at and >= 0 ? i + 1 + at : name.Length;
            var word = end < 0 ? "" : name[(i + 1)..end].Trim('\'', '"');
            if (word.Length == 0 || (isIndex && end + 1 < name.Length && name[end + 1] is not ('.' or '[')))
            {
                throw new FormatException($"'{name}' is no path in the body.");
            }

            var number = isIndex && int.TryParse(word, System.Globalization.NumberStyles.None, null, out var index) ? index : -1;
            steps.Add(new(word, number));
            i = isIndex ? end + 1 : end;
        }

        return [.. steps];
    }

    private static JsonElement? Find(JsonElement root, Step[] path)
    {
        var here = root;
        foreach (var step in path)
        {
            if (step.Index >= 0 && here.ValueKind == JsonValueKind.Array)
            {
                if (step.Index >= here.GetArrayLength())
                {
                    return null;
                }

                here = here[step.Index];
            }
            else if (here.ValueKind != JsonValueKind.Object || ReferenceEquals(step.Name, Step.Never.Name) || Member(here, step.Name) is not { } next)
            {
                return null;
            }
            else
            {
                here = next;
            }
        }

        return here;
    }

    /// <summary>The last of that name, as most readers of JSON have it.</summary>
    private static JsonElement? Member(JsonElement element, string name)
    {
        try
        {
            return element.TryGetProperty(name, out var value) ? value : null;
        }
        catch (InvalidOperationException)
        {
            // An escape in a name beside it stands for half a character.
            return null;
        }
    }

    /// <remarks>Arrays are spelled as AWS documents it; AWS leaves objects open, so they are spelled in the same manner.</remarks>
    private static string Spell(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                try
                {
                    return value.GetString()!;
                }
                catch (InvalidOperationException)
                {
                    return "";
                }

            case JsonValueKind.Null:
                return "";
            case JsonValueKind.Array:
                return $"[{string.Join(", ", value.EnumerateArray().Select(Spell))}]";
            case JsonValueKind.Object:
                return $"{{{string.Join(", ", value.EnumerateObject().Select(p => $"{p.Name}={Spell(p.Value)}"))}}}";
            default:
                return value.GetRawText();
        }
    }

    /// <param name="Text">A literal, or the variable's name.</param>
    /// <param name="Path">Null for a literal.</param>
    private readonly record struct Part(string Text, Step[]? Path);

    private readonly record struct Step(string Name, int Index)
    {
        /// <summary>No member has it.</summary>
        public static Step Never { get; } = new(new string('\0', 1), -1);
    }
}
