using System.Text.Json;

namespace Carillon.Core.Messages;

/// <summary>A message's attributes, which are kept as the JSON of AWS's shape.</summary>
internal static class MessageAttributes
{
    /// <summary>The values of each; none where there are none.</summary>
    public static Dictionary<string, IReadOnlyList<string>> Read(string? json)
    {
        var attributes = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (json is null)
        {
            return attributes;
        }

        using var document = JsonDocument.Parse(json);
        foreach (var attribute in document.RootElement.EnumerateObject())
        {
            var values = attribute.Value.TryGetProperty("StringValues", out var list) && list.ValueKind == JsonValueKind.Array
                ? list.EnumerateArray().Select(value => value.GetString()!)
                : [];
            attributes[attribute.Name] = [.. values];
        }

        return attributes;
    }
}
