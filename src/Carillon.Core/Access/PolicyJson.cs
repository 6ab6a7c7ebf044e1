using System.Text.Json;

namespace Carillon.Core.Access;

public static class PolicyLength
{
    /// <summary>In characters, white space not counted, as IAM counts.</summary>
    public static int Of(string document) => document.Count(letter => !char.IsWhiteSpace(letter));
}

/// <summary>The parts of JSON that policies use, read without tolerance.</summary>
internal static class PolicyJson
{
    /// <summary>Levels of objects and arrays; a useful policy has six.</summary>
    public const int MaxDepth = 32;

    public const string NoVendor = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";

    /// <param name="text">The document as it was sent.</param>
    /// <param name="maxLength">In characters, white space outside and inside of strings not counted, as IAM counts.</param>
    public static JsonDocument Parse(string text, int maxLength)
    {
        foreach (var letter in text)
        {
            // Source: the pattern of PolicyDocument in the IAM API Reference.
            if (letter is not ('\t' or '\n' or '\r' or (>= ' ' and <= '\u00FF')))
                throw new MalformedPolicyException("The policy contains a character beyond U+00FF; write it as a \\u escape.");
        }
        if (PolicyLength.Of(text) > maxLength)
            throw new MalformedPolicyException($"The policy is longer than {maxLength} characters, white space not counted.");
        try
        {
            return JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxDepth });
        }
        catch (JsonException e)
        {
            throw new MalformedPolicyException(
                "Syntax errors in policy. It is not JSON, or nested too deep, "
                + $"at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.");
        }
    }

    /// <summary>The members of an object; the same name twice is refused, because readers differ on which counts.</summary>
    public static List<(string Name, JsonElement Value)> Members(
        JsonElement element, string what, StringComparer? names = null)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw new MalformedPolicyException($"Syntax errors in policy. {what} must be an object.");
        var seen = new HashSet<string>(names ?? StringComparer.Ordinal);
        var members = new List<(string, JsonElement)>();
        foreach (var member in element.EnumerateObject())
        {
            var name = Unescaped(() => member.Name);
            if (!seen.Add(name))
                throw new MalformedPolicyException($"Syntax errors in policy. {what} has {name} twice.");
            members.Add((name, member.Value));
        }
        return members;
    }

    public static string Text(JsonElement element, string what) => element.ValueKind == JsonValueKind.String
        ? Unescaped(() => element.GetString()!)
        : throw new MalformedPolicyException($"Syntax errors in policy. {what} must be a string.");

    /// <summary>A string, or an array of at least one.</summary>
    /// <param name="element">What was found.</param>
    /// <param name="what">Its name, for the sentence.</param>
    /// <param name="scalars">Whether numbers, true and false may stand in place of strings, as in conditions.</param>
    public static string[] Texts(JsonElement element, string what, bool scalars = false)
    {
        if (element.ValueKind != JsonValueKind.Array)
            return [Scalar(element)];
        string[] texts = [.. element.EnumerateArray().Select(Scalar)];
        return texts.Length > 0
            ? texts
            : throw new MalformedPolicyException($"Syntax errors in policy. {what} must not be empty.");

        string Scalar(JsonElement one) =>
            scalars && one.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False
                ? one.GetRawText()
                : Text(one, what);
    }

    /// <remarks>JSON can escape half a surrogate pair, which is no text.</remarks>
    private static string Unescaped(Func<string> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException)
        {
            throw new MalformedPolicyException("Syntax errors in policy. A \\u escape stands for no character.");
        }
    }
}
