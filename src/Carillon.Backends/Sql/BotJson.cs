using System.Text.Json;
using System.Text.Json.Serialization;
using Carillon.Core.Identity;

namespace Carillon.Backends.Sql;

/// <summary>A bot's configuration as its row keeps it; a member that is added later must have a default.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LexConfiguration))]
internal sealed partial class BotJson : JsonSerializerContext
{
    public static string Write(LexConfiguration configuration) =>
        JsonSerializer.Serialize(configuration, Default.LexConfiguration);

    public static LexConfiguration Read(string json) => JsonSerializer.Deserialize(json, Default.LexConfiguration)!;
}
