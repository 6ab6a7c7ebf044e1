using System.Text.Json.Serialization;

namespace Carillon.Start;

internal sealed record StatusAnswer(
    string Version, string Region, string Account, bool Ready, string Plain, string? Tls, bool CaPem, bool Demo,
    IReadOnlyList<Face> Faces, OperatorAnswer? Operator);

internal sealed record OperatorAnswer(string? DataFolder, string? CredentialsFile, int Sessions);

internal sealed record DemoRequest(string? As);

internal sealed record DemoAnswer(
    DemoCredentials Credentials, string AppInstanceArn, string UserArn, string ChannelArn, DateTimeOffset Expiration,
    string Region, string Endpoint);

/// <remarks>Printing it shows nothing of the secret.</remarks>
internal sealed record DemoCredentials(string AccessKeyId, string SecretAccessKey, string SessionToken)
{
    public override string ToString() => $"{nameof(DemoCredentials)} {AccessKeyId}";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StatusAnswer))]
[JsonSerializable(typeof(DemoRequest))]
[JsonSerializable(typeof(DemoAnswer))]
internal sealed partial class StartJson : JsonSerializerContext;
