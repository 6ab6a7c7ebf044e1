namespace Carillon.Events.SignIn;

/// <summary>An OpenID Connect provider that organisers sign in with, and who of its users may.</summary>
/// <param name="Issuer">To the letter as its tokens say it: https, or http on this machine.</param>
/// <param name="ClientId">Of this app at the provider.</param>
public sealed record OpenIdOptions(string Issuer, string ClientId)
{
    /// <summary>Asked at each use, so that a secret that is changed needs no restart; null for a public client.</summary>
    public Func<string?>? ClientSecret { get; init; }

    /// <summary>Subjects, to the letter, and e-mail addresses (those that the provider has verified), in any case.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];

    /// <summary>A claim of the token whose value, or one of whose values, admits as well; null for none.</summary>
    public (string Name, string Value)? AllowedClaim { get; init; }

    /// <summary>What is asked for besides <c>openid</c>.</summary>
    public string Scope { get; init; } = "email profile";

    /// <summary>Where people reach the app; null takes what their browser asked for.</summary>
    public Uri? Address { get; init; }

    /// <summary>Reads the settings; null where no issuer is set.</summary>
    /// <param name="setting">A setting's value by its name, such as <c>OidcIssuer</c>; null or empty where it is not set.</param>
    /// <exception cref="FormatException">A setting is missing or wrong; the message says which.</exception>
    public static OpenIdOptions? Read(Func<string, string?> setting)
    {
        string? Of(string name) => setting(name) is { Length: > 0 } value ? value : null;

        if (Of("OidcIssuer") is not { } issuer)
        {
            foreach (var name in Names)
                if (Of(name) is not null) throw new FormatException($"{name} is set, and OidcIssuer is not.");
            return null;
        }

        if (!Wire.Tokens.IssuerUrl.IsIssuer(issuer)) throw new FormatException("OidcIssuer must be an https URL without query or fragment.");
        var claim = Of("OidcClaim")?.Split('=', 2);
        if (claim is not null && (claim.Length != 2 || claim.Any(p => p.Length == 0)))
            throw new FormatException("OidcClaim must be a claim and its value, groups=organisers.");
        var options = new OpenIdOptions(issuer, Of("OidcClientId") ?? throw new FormatException("OidcClientId is not set."))
        {
            ClientSecret = Of("OidcClientSecretFile") is { } file ? () => SecretOf(file) : null,
            Allowed = Of("OidcAllowed")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [],
            AllowedClaim = claim is [var key, var value] ? (key, value) : null,
            Scope = Of("OidcScope") ?? "email profile",
            Address = Of("OidcAddress") is not { } address ? null
                : Uri.TryCreate(address, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url
                : throw new FormatException("OidcAddress must be an http or https URL."),
        };
        // Whoever has an account at the provider is not yet an organiser.
        return options is { Allowed.Count: 0, AllowedClaim: null }
            ? throw new FormatException("OidcAllowed or OidcClaim must say who may organise.") : options;
    }

    public static IReadOnlyList<string> Names { get; } =
        ["OidcIssuer", "OidcClientId", "OidcClientSecretFile", "OidcAllowed", "OidcClaim", "OidcScope", "OidcAddress"];

    private static string? SecretOf(string file) => File.ReadAllText(file).Trim() is { Length: > 0 } secret ? secret : null;
}
