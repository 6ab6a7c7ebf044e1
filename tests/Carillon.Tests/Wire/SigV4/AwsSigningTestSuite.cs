using System.Text.Json;
using Carillon.Wire.SigV4;

namespace Carillon.Tests.Wire.SigV4;

/// <summary>AWS's published cases; <c>vectors/README.md</c> tells where they come from.</summary>
internal static class AwsSigningTestSuite
{
    public const string AccessKeyId = "AKIDEXAMPLE";
    public const string Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    public const string Timestamp = "20150830T123600Z";
    public const string Scope = "20150830/us-east-1/service/aws4_request";

    public static readonly DateTimeOffset SignedAt = new(2015, 8, 30, 12, 36, 0, TimeSpan.Zero);

    private static readonly JsonSerializerOptions options = new(JsonSerializerDefaults.Web);

    public static IReadOnlyDictionary<string, Case> Cases { get; } = Load();

    private static Dictionary<string, Case> Load()
    {
        using var stream = typeof(AwsSigningTestSuite).Assembly
            .GetManifestResourceStream("aws-signing-test-suite.json")!;
        return JsonSerializer.Deserialize<Case[]>(stream, options)!.ToDictionary(c => c.Name);
    }

    public sealed record Case(
        string Name, string Method, string Target, string[][] Headers, string Body, Form Header, Form? Query)
    {
        public HeaderField[] Fields => [.. Headers.Select(h => new HeaderField(h[0], h[1]))];

        public HeaderField[] SignedFields => [.. Fields, new("Authorization",
            $"AWS4-HMAC-SHA256 Credential={AccessKeyId}/{Scope}, SignedHeaders={Header.SignedHeaders}, "
            + $"Signature={Header.Signature}")];

        public string PresignedTarget => Target + (Target.Contains('?') ? '&' : '?')
            + $"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={Uri.EscapeDataString($"{AccessKeyId}/{Scope}")}"
            + $"&X-Amz-Date={Timestamp}&X-Amz-SignedHeaders={Uri.EscapeDataString(Query!.SignedHeaders)}"
            + "&X-Amz-Expires=3600" + (Query.Token is null ? "" : $"&X-Amz-Security-Token={Query.Token}")
            + $"&X-Amz-Signature={Query.Signature}";
    }

    public sealed record Form(string SignedHeaders, string Signature, string? CanonicalHash, string? Token);
}
