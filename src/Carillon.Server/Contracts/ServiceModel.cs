using System.Text.Json;
using System.Text.Json.Serialization;

namespace Carillon.Server.Contracts;

/// <summary>A service model, as far as requests go; a <c>.json</c> beside this file.</summary>
/// <param name="Source">Where the data comes from, with its version.</param>
/// <param name="Service">The service's id, as the SDKs print it.</param>
/// <param name="Shapes">By the names of the model.</param>
/// <param name="Operations">All that the service has, served or not.</param>
internal sealed record ServiceModel(
    string Source, string Service, string ApiVersion, IReadOnlyDictionary<string, ModelShape> Shapes,
    IReadOnlyDictionary<string, ModelOperation> Operations)
{
    public static ServiceModel Identity { get; } = Load("chime-sdk-identity.json");

    public static ServiceModel Messaging { get; } = Load("chime-sdk-messaging.json");

    public static ServiceModel Kinesis { get; } = Load("kinesis.json");

    private static ServiceModel Load(string name)
    {
        using var stream = typeof(ServiceModel).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded.");
        return JsonSerializer.Deserialize(stream, ServiceModelJson.Default.ServiceModel)!;
    }
}

/// <param name="Route">Method and path with its selector: <c>GET /channels?scope=...</c>.</param>
/// <param name="Status">Of a successful answer.</param>
internal sealed record ModelOperation(
    string Route, int Status, IReadOnlyList<string> Errors, IReadOnlyDictionary<string, ModelMember> Members);

/// <param name="In">path, query or header; null in the body.</param>
/// <param name="As">Its name in path, query or header.</param>
/// <param name="Token">SDKs make one up where the caller gives none.</param>
internal sealed record ModelMember(string Shape, string? In, string? As, bool Required, bool Token);

/// <param name="Min">Characters, elements or value, by type. Null: none.</param>
/// <param name="Max">As Min.</param>
/// <param name="Pattern">Of the whole text.</param>
/// <param name="Sensitive">Its values belong in no log and no sentence. Ours quote no value of any shape.</param>
/// <param name="Of">A list's elements.</param>
/// <param name="Key">A map's keys.</param>
/// <param name="Value">A map's values.</param>
internal sealed record ModelShape(
    string Type, int? Min, int? Max, string? Pattern, string[]? Enum, bool Sensitive, string? Of, string? Key,
    string? Value, IReadOnlyDictionary<string, ModelMember>? Members);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ServiceModel))]
internal sealed partial class ServiceModelJson : JsonSerializerContext;
