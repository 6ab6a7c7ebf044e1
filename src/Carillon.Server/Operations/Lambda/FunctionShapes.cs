using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Carillon.Server.Functions;

namespace Carillon.Server.Operations.Lambda;

internal sealed record EnvironmentShape(IReadOnlyDictionary<string, string>? Variables);

internal sealed record EphemeralStorageShape(int Size);

internal sealed record LoggingShape(string LogFormat, string LogGroup);

internal sealed record TracingShape(string Mode);

/// <summary>FunctionConfiguration.</summary>
internal sealed record FunctionConfiguration(
    string FunctionName, string FunctionArn, string Runtime, string? Role, string Handler, long CodeSize, string Description, int Timeout,
    int MemorySize, string LastModified, string CodeSha256, string Version, EnvironmentShape? Environment, TracingShape TracingConfig,
    string RevisionId, string State, string LastUpdateStatus, string PackageType, IReadOnlyList<string> Architectures,
    EphemeralStorageShape EphemeralStorage, LoggingShape LoggingConfig)
{
    public static FunctionConfiguration Of(KnownFunction known, FunctionRoom room)
    {
        var function = known.Function;
        var settings = function.Settings;
        return new(
            function.Name, room.ArnOf(function.Name), settings.Runtime, settings.Role.Length == 0 ? null : settings.Role, settings.Handler,
            function.Code.Size, settings.Description, settings.Timeout, settings.MemorySize,
            function.Modified.ToTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture) + "+0000",
            function.Code.Sha256, Functions.FunctionName.Latest, known.Variables.Count > 0 ? new(known.Variables) : null, new("PassThrough"),
            function.Revision, "Active", "Successful", "Zip",
            [System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "x86_64"],
            new(512), new("Text", $"/aws/lambda/{function.Name}"));
    }

    public static byte[] Json(KnownFunction known, FunctionRoom room) =>
        JsonSerializer.SerializeToUtf8Bytes(Of(known, room), LambdaJson.Default.FunctionConfiguration);
}

internal sealed record CodeShape(byte[]? ZipFile, string? S3Bucket, string? S3Key, string? ImageUri);

/// <summary>Members that are taken and have no effect are not listed; those that would change what runs are refused.</summary>
internal sealed record CreateFunctionRequest
{
    public string? FunctionName { get; init; }

    public string? Runtime { get; init; }

    public string? Role { get; init; }

    public string? Handler { get; init; }

    public CodeShape? Code { get; init; }

    public string? Description { get; init; }

    public int? Timeout { get; init; }

    public int? MemorySize { get; init; }

    public EnvironmentShape? Environment { get; init; }

    public bool Publish { get; init; }

    public string? PackageType { get; init; }

    public IReadOnlyList<string>? Layers { get; init; }

    public IReadOnlyList<JsonElement>? FileSystemConfigs { get; init; }
}

internal sealed record UpdateFunctionCodeRequest
{
    public byte[]? ZipFile { get; init; }

    public string? S3Bucket { get; init; }

    public string? ImageUri { get; init; }

    public bool Publish { get; init; }

    public bool DryRun { get; init; }

    public string? RevisionId { get; init; }
}

internal sealed record UpdateFunctionConfigurationRequest
{
    public string? Runtime { get; init; }

    public string? Role { get; init; }

    public string? Handler { get; init; }

    public string? Description { get; init; }

    public int? Timeout { get; init; }

    public int? MemorySize { get; init; }

    public EnvironmentShape? Environment { get; init; }

    public IReadOnlyList<string>? Layers { get; init; }

    public IReadOnlyList<JsonElement>? FileSystemConfigs { get; init; }

    public string? RevisionId { get; init; }
}

internal sealed record AddPermissionRequest
{
    public string? StatementId { get; init; }

    public string? Action { get; init; }

    public string? Principal { get; init; }

    public string? SourceArn { get; init; }

    public string? SourceAccount { get; init; }

    public string? PrincipalOrgID { get; init; }

    public string? EventSourceToken { get; init; }

    public string? RevisionId { get; init; }
}

internal sealed record AddPermissionResponse(string Statement);

internal sealed record GetPolicyResponse(string Policy, string RevisionId);

internal sealed record CodeLocation(string RepositoryType, string? Location);

internal sealed record GetFunctionResponse(FunctionConfiguration Configuration, CodeLocation Code);

internal sealed record ListFunctionsResponse(IReadOnlyList<FunctionConfiguration> Functions, string? NextMarker);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FunctionConfiguration))]
[JsonSerializable(typeof(CreateFunctionRequest))]
[JsonSerializable(typeof(UpdateFunctionCodeRequest))]
[JsonSerializable(typeof(UpdateFunctionConfigurationRequest))]
[JsonSerializable(typeof(AddPermissionRequest))]
[JsonSerializable(typeof(AddPermissionResponse))]
[JsonSerializable(typeof(GetPolicyResponse))]
[JsonSerializable(typeof(GetFunctionResponse))]
[JsonSerializable(typeof(ListFunctionsResponse))]
internal sealed partial class LambdaJson : JsonSerializerContext;
