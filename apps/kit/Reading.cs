using System.Text.Json;
using System.Xml.Linq;

namespace Carillon.Kit;

/// <summary>Reads single values out of answers.</summary>
public static class Reading
{
    /// <summary>The member's text; null when it is absent or no text.</summary>
    public static string? Text(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>The text of the first descendant of that local name; null when there is none.</summary>
    public static string? Text(this XElement xml, string name) =>
        xml.Descendants().FirstOrDefault(e => e.Name.LocalName == name)?.Value;
}
