using System.Text.Json;
using System.Text.Json.Serialization;

namespace Carillon.Events.Core.Shows;

/// <summary>What the organiser's form holds. A draft may lack anything; <see cref="PublishCheck"/> says what is missing.</summary>
/// <remarks>
/// Members have setters, here and in the records below, because the generated readers give null or zero to an <c>init</c>
/// member that is left out, whatever its default is. Nothing changes one that was read.
/// </remarks>
public sealed record ShowDefinition
{
    public string Title { get; set; } = "";

    public string Artist { get; set; } = "";

    /// <summary>Plain text.</summary>
    public string About { get; set; } = "";

    /// <summary>http or https; null for none.</summary>
    public string? PictureUrl { get; set; }

    /// <summary>An IANA name, <c>Europe/Vienna</c>: where the event takes place.</summary>
    public string Zone { get; set; } = "UTC";

    public DateTimeOffset? StartsAt { get; set; }

    public DateTimeOffset? DoorsAt { get; set; }

    public DateTimeOffset? EndsAt { get; set; }

    public Player Player { get; set; } = new();

    public TicketPlan Tickets { get; set; } = new();

    public ChatRules Chat { get; set; } = new();
}

/// <param name="Kind"><c>hls</c>, <c>youtube</c>, <c>vimeo</c>, <c>iframe</c> or <c>none</c>.</param>
public sealed record Player(string Kind = "none", string? Url = null)
{
    public static IReadOnlyList<string> Kinds { get; } = ["hls", "youtube", "vimeo", "iframe", "none"];

    public IReadOnlyList<Caption> Captions { get; set; } = [];
}

/// <param name="Lang">A BCP 47 tag.</param>
/// <param name="Url">A WebVTT file.</param>
public sealed record Caption(
    [property: JsonRequired] string Lang, [property: JsonRequired] string Label, [property: JsonRequired] string Url);

/// <param name="Planned">How many are expected: the platform is shaped for it.</param>
public sealed record TicketPlan(int Planned = 0)
{
    public IReadOnlyList<string> Tiers { get; set; } = ["standard"];

    /// <summary>The tier of tickets that name none; empty where there are no tiers.</summary>
    [JsonIgnore]
    public string UsualTier => Tiers.Count > 0 ? Tiers[0] : "";
}

/// <summary>The chat, as the form has it and as the desk changes it during the show.</summary>
public sealed record ChatRules
{
    public bool Enabled { get; set; } = true;

    /// <summary><c>one</c>: all see all. <c>parts</c>: an elastic channel, whose parts do not see each other.</summary>
    public string Audience { get; set; } = "one";

    /// <summary>Seconds between two messages of one fan, 0 to 120.</summary>
    public int SlowSeconds { get; set; }

    /// <summary><c>open</c>, <c>emoji</c>, <c>staff</c> or <c>tier</c> (all tiers but the first).</summary>
    public string Mode { get; set; } = "open";

    /// <summary>
    /// Characters of Unicode (code points), 1 to 1,000. Not as people count them, which depends on the version of Unicode: so the
    /// page, the form and the processor count alike, and the longest message has 4,000 bytes of UTF-8 where the platform takes 4,096.
    /// </summary>
    public int MaxLength { get; set; } = 300;

    /// <summary>How much of <see cref="MaxLength"/> a text takes.</summary>
    public static int LengthOf(string text)
    {
        var length = text.Length;
        for (var i = 1; i < text.Length; i++)
            if (char.IsSurrogatePair(text[i - 1], text[i])) length--;
        return length;
    }

    public IReadOnlyList<string> Reactions { get; set; } = ["👏", "❤️", "🔥", "😂", "😮", "🎉"];

    public IReadOnlyList<WordRule> Words { get; set; } = [];

    /// <summary>The words that hold for every show hold for this one too.</summary>
    public bool CommonWords { get; set; } = true;

    /// <summary>A fan's first message waits for a moderator.</summary>
    public bool HoldFirst { get; set; }
}

/// <param name="Match"><c>word</c>, <c>part</c> or <c>regex</c>.</param>
/// <param name="Action"><c>hold</c>, <c>refuse</c> or <c>mask</c>.</param>
public sealed record WordRule([property: JsonRequired] string Text, string Match = "word", string Action = "hold");

/// <summary>How definitions are spelled in rows, on the wire and in files: camel case, absent members have their defaults.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ShowDefinition))]
[JsonSerializable(typeof(IReadOnlyList<WordRule>))]
public sealed partial class DefinitionJson : JsonSerializerContext
{
    public static string Write(ShowDefinition definition) =>
        JsonSerializer.Serialize(definition, Default.ShowDefinition);

    public static string WriteWords(IReadOnlyList<WordRule> words) => JsonSerializer.Serialize(words, Default.IReadOnlyListWordRule);

    /// <exception cref="JsonException">They are no words.</exception>
    public static IReadOnlyList<WordRule> ReadWords(string json) =>
        JsonSerializer.Deserialize(json, Default.IReadOnlyListWordRule) ?? throw new JsonException("It is null.");

    /// <exception cref="JsonException">It is no definition.</exception>
    public static ShowDefinition Read(string json) =>
        JsonSerializer.Deserialize(json, Default.ShowDefinition) ?? throw new JsonException("It is null.");
}
