using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Carillon.Server.Gateway;

/// <summary>What is known of whoever holds a connection, from its handshake on. It is what a lost connection's row keeps.</summary>
/// <param name="DomainName">Where its API is reached over TLS: host, port and path, without a scheme.</param>
/// <param name="ConnectedAt">Milliseconds since 1970.</param>
/// <param name="Authorizer">What its authorizer said, in the shape of events; null without one.</param>
/// <param name="Identity">What IAM knows of the caller, in the shape of events; null without a signature.</param>
internal sealed record GatewayPeer(
    string Id, string Api, string Stage, string DomainName, long ConnectedAt, string SourceIp, string? UserAgent,
    JsonObject? Authorizer = null, JsonObject? Identity = null)
{
    /// <summary>Where a client connects to, or nothing of it: null for rows of another version.</summary>
    public static GatewayPeer? Read(string detail)
    {
        try
        {
            return JsonSerializer.Deserialize(detail, GatewayPeerJson.Default.GatewayPeer);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public string Write() => JsonSerializer.Serialize(this, GatewayPeerJson.Default.GatewayPeer);
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(GatewayPeer))]
internal sealed partial class GatewayPeerJson : JsonSerializerContext;
