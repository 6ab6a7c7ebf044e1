using System.Globalization;
using System.Text.Json;

namespace Carillon.Core.Iam;

/// <summary>
/// The policies of AWS's own that guides for the services here attach. Source: AWS Managed Policy
/// Reference Guide, read 2026-11. Any other is not there, rather than there with a guess in it.
/// </summary>
public static class AwsPolicies
{
    private static readonly Dictionary<string, (ManagedPolicy Policy, PolicyVersion Version)> Known = Read();

    public static IReadOnlyList<ManagedPolicy> All { get; } =
        [.. Known.Values.Select(known => known.Policy).OrderBy(policy => policy.Arn, StringComparer.Ordinal)];

    public static ManagedPolicy? Find(string arn) => Known.TryGetValue(arn, out var known) ? known.Policy : null;

    /// <summary>Only the version that counts is known.</summary>
    public static PolicyVersion? VersionOf(ManagedPolicy policy, int number) =>
        Known[policy.Arn].Version is { } version && version.Number == number ? version : null;

    private static Dictionary<string, (ManagedPolicy, PolicyVersion)> Read()
    {
        using var stream = typeof(AwsPolicies).Assembly.GetManifestResourceStream("aws-policies.json")!;
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.EnumerateArray().Select(entry =>
        {
            var (name, path) = (entry.GetProperty("Name").GetString()!, entry.GetProperty("Path").GetString()!);
            var number = entry.GetProperty("Version").GetInt32();
            var policy = new ManagedPolicy(
                default, null, $"arn:aws:iam::aws:policy{path}{name}", name, path,
                entry.GetProperty("Description").GetString(), number, [], Time("Created"), Time("Updated"));
            return (policy, new PolicyVersion(number, entry.GetProperty("Document").GetRawText(), policy.Updated));

            Instant Time(string member) => Instant.Of(
                DateTimeOffset.Parse(entry.GetProperty(member).GetString()!, CultureInfo.InvariantCulture));
        }).ToDictionary(known => known.policy.Arn, StringComparer.Ordinal);
    }
}
