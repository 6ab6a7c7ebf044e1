namespace Carillon.Wire.Tokens;

/// <summary>URLs of issuers.</summary>
public static class IssuerUrl
{
    /// <summary>What tokens pass over is protected by TLS, except on this machine.</summary>
    /// <remarks>Whether the server may go there at all, the setting AllowedOutbound says.</remarks>
    public static bool IsSafe(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.UserInfo.Length == 0 && url.Fragment.Length == 0
        && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback));

    /// <summary>An issuer's URL has neither query nor fragment (OpenID Connect Core 1.0, section 2).</summary>
    public static bool IsIssuer(string text) =>
        text.Length <= 255 && IsSafe(text) && !text.Contains('?', StringComparison.Ordinal)
        && text.All(c => c is > ' ' and <= '~');

    /// <summary>Without its scheme: what ARNs, Logins and condition keys say.</summary>
    public static string NameOf(string url) => url[(url.IndexOf("://", StringComparison.Ordinal) + 3)..];
}
