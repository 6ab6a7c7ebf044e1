using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Carillon.Kit.SignIn;

/// <summary>What came of presenting a token.</summary>
public enum Redemption
{
    Accepted,
    Used,
    Expired,
    Unknown,
}

/// <summary>
/// Tokens for sign-in links: 256 random bits, good once and for an hour. Only their hashes are kept, in memory, so a
/// restart voids them all.
/// </summary>
public sealed class OneTimeTokens(TimeProvider time)
{
    /// <summary>How long a link may be used. Our choice.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(1);

    /// <summary>How many tokens are remembered; the oldest gives way. Our choice.</summary>
    private const int remembered = 64;

    private readonly Lock gate = new();
    private readonly List<Entry> entries = [];

    /// <summary>A new token, 43 characters that need no escaping in a URL.</summary>
    public string Issue()
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        lock (gate)
        {
            if (entries.Count == remembered) entries.RemoveAt(0);
            entries.Add(new Entry(Hash(token), time.GetUtcNow() + Life));
        }
        return token;
    }

    /// <summary>Takes a token. Of two who present it at the same moment, one is accepted.</summary>
    public Redemption Redeem(string token)
    {
        var hash = Hash(token);
        lock (gate)
        {
            Entry? found = null;
            // All are compared, each in constant time: how long it takes says nothing about what is held.
            foreach (var entry in entries)
                if (CryptographicOperations.FixedTimeEquals(entry.Hash, hash))
                    found = entry;
            if (found is null) return Redemption.Unknown;
            if (found.Used) return Redemption.Used;
            if (found.Expires <= time.GetUtcNow()) return Redemption.Expired;
            found.Used = true;
            return Redemption.Accepted;
        }
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private sealed class Entry(byte[] hash, DateTimeOffset expires)
    {
        public byte[] Hash { get; } = hash;

        public DateTimeOffset Expires { get; } = expires;

        public bool Used { get; set; }
    }
}
