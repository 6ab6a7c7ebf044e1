using System.Collections.Concurrent;
using System.Text.Json;
using Carillon.Server.Outbound;
using Carillon.Wire.Tokens;

namespace Carillon.Server.Federation;

/// <summary>
/// The keys of issuers: from a file of the settings, or from where the issuer's own discovery document says (OpenID
/// Connect Discovery 1.0). Fetched ones are kept, so that an issuer is asked at most once a minute, whatever tokens come.
/// </summary>
/// <param name="given">By issuer; these are never fetched.</param>
/// <param name="send">Sends the request.</param>
internal sealed partial class KeySets(
    IReadOnlyDictionary<string, KeySet> given, KeySets.Fetch send, TimeProvider time, ILogger log)
{
    /// <summary>Sends a request of the server's own.</summary>
    public delegate Task<OutboundAnswer> Fetch(HttpRequestMessage request, TimeSpan timeout, CancellationToken cancellation);

    // All ours. A key that is new is found within a minute, one that was withdrawn counts for an hour at most, or a day
    // while the issuer cannot be asked.
    private static readonly TimeSpan Fresh = TimeSpan.FromHours(1);
    private static readonly TimeSpan Usable = TimeSpan.FromDays(1);
    private static readonly TimeSpan BetweenFetches = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Whether the issuer signed the token; null where it has no key of the name that the token says.</summary>
    /// <exception cref="TokenFault">Unreachable.</exception>
    public async Task<bool?> Verify(string issuer, Jwt token, CancellationToken cancellation)
    {
        if (given.TryGetValue(issuer, out var set))
        {
            return set.Verify(token);
        }

        var entry = _entries.GetOrAdd(issuer, _ => new());
        if (Kept(entry, Fresh) is { } fresh && fresh.Verify(token) is { } verdict)
        {
            return verdict;
        }

        await entry.Fetching.WaitAsync(cancellation);
        try
        {
            if (entry.AskedAt is not { } asked || time.GetElapsedTime(asked) >= BetweenFetches)
            {
                // Everyone waits for these keys and nobody asks for them again at once, so whoever came first must not be
                // able to spoil it by going away. It ends by itself.
                await Ask(issuer, entry);
            }
        }
        finally
        {
            entry.Fetching.Release();
        }

        return Kept(entry, Usable) is { } usable
            ? usable.Verify(token)
            : throw new TokenFault(TokenFaultKind.Unreachable, "The verification keys of the identity provider cannot be had.");
    }

    private KeySet? Kept(Entry entry, TimeSpan most) =>
        entry.Kept is { } kept && time.GetElapsedTime(kept.At) < most ? kept.Keys : null;

    private async Task Ask(string issuer, Entry entry)
    {
        entry.AskedAt = time.GetTimestamp();
        try
        {
            using var discovery = JsonDocument.Parse(
                await Get(issuer.TrimEnd('/') + "/.well-known/openid-configuration"));
            if (Jwt.Text(discovery.RootElement, "issuer") != issuer || Jwt.Text(discovery.RootElement, "jwks_uri") is not { } keys
                || !IssuerUrl.IsSafe(keys))
            {
                throw new FormatException("The discovery document is of another issuer, or names no address of keys.");
            }

            var set = KeySet.Parse(await Get(keys));
            entry.Kept = set.IsEmpty
                ? throw new FormatException("The issuer has no key for RS256 or ES256.")
                : new(set, time.GetTimestamp());
        }
        catch (Exception e) when (e is OutboundException or JsonException or FormatException or InvalidOperationException or TokenFault)
        {
            // What is kept from before goes on being used for a while; without it the caller is told.
            NotFetched(issuer, e.Message);
        }
    }

    private async Task<byte[]> Get(string url)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Accept.ParseAdd("application/json");
        var answer = await send(request, Timeout, CancellationToken.None);
        return answer.IsSuccess ? answer.Body : throw new OutboundException($"The issuer answered {answer.Status}.");
    }

    [LoggerMessage(1010, LogLevel.Warning, "The keys of the identity provider {Issuer} were not fetched: {Reason}")]
    private partial void NotFetched(string issuer, string reason);

    private sealed class Entry
    {
        private volatile Set? _kept;

        public SemaphoreSlim Fetching { get; } = new(1);

        /// <summary>Only whoever fetches touches it.</summary>
        public long? AskedAt { get; set; }

        public Set? Kept
        {
            get => _kept;
            set => _kept = value;
        }
    }

    private sealed record Set(KeySet Keys, long At);
}
