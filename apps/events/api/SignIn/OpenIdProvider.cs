using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Carillon.Kit;
using Carillon.Wire.Tokens;

namespace Carillon.Events.SignIn;

/// <summary>The provider could not be asked, or said what cannot be right. The message holds nothing secret.</summary>
internal sealed class ProviderException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// What is asked of the provider: its discovery document and keys (OpenID Connect Discovery 1.0), kept for an hour, and the
/// exchange of a code. The operator names the provider in the settings, so that it may be anywhere.
/// </summary>
internal sealed class OpenIdProvider : IDisposable
{
    /// <summary>An answer, in bytes. Our choice.</summary>
    private const int mostBytes = 512 * 1024;

    // Our choices. Keys are fetched anew where a token names one that is not known, at most once a minute.
    private static readonly TimeSpan fresh = TimeSpan.FromHours(1);
    private static readonly TimeSpan betweenFetches = TimeSpan.FromMinutes(1);

    private readonly OpenIdOptions options;
    private readonly TimeProvider time;
    private readonly HttpClient http;
    private readonly SemaphoreSlim asking = new(1);
    private Known? known;

    public OpenIdProvider(OpenIdOptions options, TimeProvider time)
    {
        (this.options, this.time) = (options, time);
        http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            Timeout = TimeSpan.FromSeconds(10),
            MaxResponseContentBufferSize = mostBytes,
        };
    }

    /// <summary>Where browsers sign in.</summary>
    /// <exception cref="ProviderException"/>
    public async Task<string> AuthorizationEndpointAsync(CancellationToken cancel) => (await KnownAsync(fresh, cancel)).Authorization;

    /// <summary>Takes a code (RFC 6749, section 4.1.3; RFC 7636).</summary>
    /// <returns>The ID token, of which nothing is known to be true yet.</returns>
    /// <exception cref="ProviderException"/>
    public async Task<string> ExchangeAsync(string code, string verifier, string redirect, CancellationToken cancel)
    {
        var there = await KnownAsync(fresh, cancel);
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = redirect,
            ["code_verifier"] = verifier,
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, there.Token);
        if (Secret() is not { } secret) form["client_id"] = options.ClientId;
        else if (there.SecretInForm) (form["client_id"], form["client_secret"]) = (options.ClientId, secret);
        else request.Headers.Authorization = new AuthenticationHeaderValue("Basic", BasicOf(options.ClientId, secret));
        request.Content = new FormUrlEncodedContent(form);
        var answer = await SendAsync(request, cancel);
        return answer.Text("id_token") ?? throw new ProviderException("It gave no ID token.");
    }

    /// <summary>Whether the provider signed it; null where it has no key of the name that the token says.</summary>
    /// <exception cref="ProviderException"/>
    public async Task<bool?> VerifyAsync(Jwt token, CancellationToken cancel) =>
        (await KnownAsync(fresh, cancel)).Keys.Verify(token) ?? (await KnownAsync(betweenFetches, cancel)).Keys.Verify(token);

    public void Dispose()
    {
        http.Dispose();
        asking.Dispose();
    }

    private string? Secret()
    {
        try
        {
            return options.ClientSecret?.Invoke();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ProviderException("The file with the client's secret cannot be read.");
        }
    }

    // Both parts are form-encoded first: RFC 6749, section 2.3.1.
    private static string BasicOf(string id, string secret) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(id)}:{Uri.EscapeDataString(secret)}"));

    private async Task<Known> KnownAsync(TimeSpan most, CancellationToken cancel)
    {
        if (known is { } kept && time.GetElapsedTime(kept.At) < most) return kept;
        await asking.WaitAsync(cancel);
        try
        {
            if (known is { } other && time.GetElapsedTime(other.At) < most) return other;
            return known = await AskAsync(cancel);
        }
        finally
        {
            asking.Release();
        }
    }

    private async Task<Known> AskAsync(CancellationToken cancel)
    {
        using var discovery = new HttpRequestMessage(
            HttpMethod.Get, options.Issuer.TrimEnd('/') + "/.well-known/openid-configuration");
        var document = await SendAsync(discovery, cancel);
        if (document.Text("issuer") != options.Issuer) throw new ProviderException("Its discovery document is of another issuer.");
        using var keys = new HttpRequestMessage(HttpMethod.Get, UrlOf(document, "jwks_uri"));
        try
        {
            return new Known(
                UrlOf(document, "authorization_endpoint"), UrlOf(document, "token_endpoint"),
                // Basic is what a provider supports that names nothing.
                document.TryGetProperty("token_endpoint_auth_methods_supported", out var ways) && ways.ValueKind == JsonValueKind.Array
                    && ways.EnumerateArray().All(w => w.ValueKind != JsonValueKind.String || w.GetString() != "client_secret_basic"),
                KeySet.Parse(JsonSerializer.SerializeToUtf8Bytes(await SendAsync(keys, cancel), OpenIdJson.Default.JsonElement)),
                time.GetTimestamp());
        }
        catch (FormatException fault)
        {
            throw new ProviderException("Its keys cannot be read.", fault);
        }
    }

    private static string UrlOf(JsonElement document, string name) =>
        document.Text(name) is { } url && IssuerUrl.IsSafe(url) ? url
        : throw new ProviderException($"Its discovery document names no safe {name}.");

    private async Task<JsonElement> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        try
        {
            request.Headers.Accept.ParseAdd("application/json");
            using var response = await http.SendAsync(request, cancel);
            var body = await response.Content.ReadAsByteArrayAsync(cancel);
            if (!response.IsSuccessStatusCode) throw new ProviderException($"{request.RequestUri!.AbsolutePath} answered {(int)response.StatusCode}.");
            using var json = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 16 });
            return json.RootElement.Clone();
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException or IOException
            || (fault is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw new ProviderException($"{request.RequestUri!.Authority} cannot be reached or answers wrongly.", fault);
        }
    }

    /// <param name="SecretInForm">The provider takes the client's secret in the form alone.</param>
    private sealed record Known(string Authorization, string Token, bool SecretInForm, KeySet Keys, long At);
}
