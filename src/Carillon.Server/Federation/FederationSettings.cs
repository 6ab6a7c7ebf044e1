using System.Text.Json;
using System.Text.Json.Serialization;
using Carillon.Wire.Tokens;

namespace Carillon.Server.Federation;

/// <summary>Identity providers and pools, as the settings file names them.</summary>
/// <param name="OpenIdProviders">Whose tokens STS takes, besides those that IAM's operations added.</param>
/// <param name="IdentityPools">Cognito's.</param>
public sealed record FederationSettings(
    IReadOnlyList<OpenIdProviderSetting> OpenIdProviders, IReadOnlyList<IdentityPoolSetting> IdentityPools)
{
    public static readonly FederationSettings None = new([], []);

    /// <summary>By issuer; one for each provider that has a file.</summary>
    /// <exception cref="Hosting.SettingException">A file cannot be read, or an issuer has two.</exception>
    internal IReadOnlyDictionary<string, KeySet> KeyFiles()
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var provider in OpenIdProviders.Concat(IdentityPools.SelectMany(p => p.Providers)))
        {
            if (provider.Jwks is { } file && !files.TryAdd(provider.Issuer, file) && files[provider.Issuer] != file)
            {
                throw new Hosting.SettingException($"The issuer {provider.Issuer} has two key sets; one Jwks is enough.");
            }
        }

        return files.ToDictionary(f => f.Key, f => Read(f.Value), StringComparer.Ordinal);
    }

    private static KeySet Read(string file)
    {
        try
        {
            return KeySet.Parse(File.ReadAllBytes(file)) is { IsEmpty: false } keys
                ? keys
                : throw new Hosting.SettingException($"The key set {file} holds no key for RS256 or ES256.");
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new Hosting.SettingException($"The key set {file} cannot be used: {e.Message}");
        }
    }

    /// <exception cref="Hosting.SettingException">A setting cannot work; the sentence says which and why.</exception>
    internal FederationSettings Validate()
    {
        RequireOnce(OpenIdProviders.Select(p => p.Issuer), "OpenIdProviders");
        RequireOnce(IdentityPools.Select(p => p.Id), "IdentityPools");
        foreach (var provider in OpenIdProviders.Concat(IdentityPools.SelectMany(p => p.Providers)))
        {
            Require(
                IssuerUrl.IsIssuer(provider.Issuer),
                $"The issuer {provider.Issuer} must be an https URL without query (http on this machine alone).");
            Require(
                provider.ClientIds.Count > 0 && provider.ClientIds.All(id => id.Length is > 0 and <= 255),
                $"The issuer {provider.Issuer} needs ClientIds: for whom its tokens may be.");
        }

        foreach (var pool in IdentityPools)
        {
            var colon = pool.Id.IndexOf(':', StringComparison.Ordinal);
            Require(
                colon > 0 && pool.Id.Length <= 55 && Guid.TryParseExact(pool.Id[(colon + 1)..], "D", out var uuid)
                    && pool.Id[(colon + 1)..] == uuid.ToString() && pool.Id[..colon].All(c => char.IsAsciiLetterOrDigit(c) || c == '-'),
                $"The id of the identity pool {pool.Id} must read region:uuid, in lower case.");
            RequireOnce(pool.Providers.Select(p => p.Issuer), $"Providers of {pool.Id}");
            Require(
                pool.Providers.Count == 0 || pool.AuthenticatedRole is not null,
                $"The identity pool {pool.Id} has Providers and so needs an AuthenticatedRole.");
            Require(
                !pool.AllowUnauthenticated || pool.UnauthenticatedRole is not null,
                $"The identity pool {pool.Id} allows guests and so needs an UnauthenticatedRole.");
        }

        return this;
    }

    private static void RequireOnce(IEnumerable<string> names, string where)
    {
        if (names.GroupBy(n => n, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new Hosting.SettingException($"{where}: {twice.Key} is there twice.");
        }
    }

    private static void Require(bool holds, string sentence)
    {
        if (!holds)
        {
            throw new Hosting.SettingException(sentence);
        }
    }
}

/// <summary>Somebody whose tokens are believed.</summary>
/// <param name="Issuer">As in the <c>iss</c> of its tokens.</param>
/// <param name="ClientIds">The audiences of which a token must name one.</param>
/// <param name="Jwks">A file with its keys; null lets them be fetched from the issuer.</param>
public sealed record OpenIdProviderSetting(
    [property: JsonRequired] string Issuer, [property: JsonRequired] IReadOnlyList<string> ClientIds, string? Jwks = null);

/// <param name="Id"><c>region:uuid</c>.</param>
/// <param name="AllowUnauthenticated">Whether guests get credentials.</param>
/// <param name="AuthenticatedRole">ARN of the role for whoever brings a token.</param>
/// <param name="UnauthenticatedRole">ARN of the role for guests.</param>
public sealed record IdentityPoolSetting(
    [property: JsonRequired] string Id, bool AllowUnauthenticated = false, string? AuthenticatedRole = null,
    string? UnauthenticatedRole = null)
{
    /// <summary>Whose tokens it takes; in Logins each is named by its issuer without <c>https://</c>.</summary>
    public IReadOnlyList<OpenIdProviderSetting> Providers { get => field ?? []; init; }
}

[JsonSourceGenerationOptions(
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true,
    AllowDuplicateProperties = false, ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true)]
[JsonSerializable(typeof(IReadOnlyList<OpenIdProviderSetting>))]
[JsonSerializable(typeof(IReadOnlyList<IdentityPoolSetting>))]
internal sealed partial class FederationSettingsJson : JsonSerializerContext;
