using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Carillon.Events.Core;

/// <summary>Names and secrets that nobody can guess.</summary>
public static class Ids
{
    private const string symbols = "abcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>Of a show, an account or a staff member: 12 of <c>[a-z0-9]</c>, 62 bits.</summary>
    public static string New() => RandomNumberGenerator.GetString(symbols, 12);

    /// <summary>A user on the platform, such as <c>t-</c> and 16 of <c>[a-z0-9]</c>: it tells nothing of whom it stands for.</summary>
    public static string NewUser(string prefix) => prefix + RandomNumberGenerator.GetString(symbols, 16);

    /// <summary>A secret of 256 random bits, 43 characters that need no escaping in a URL.</summary>
    public static string NewSecret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>What is kept of a secret. It has 256 bits of its own, so that no key and no salt would add to it.</summary>
    public static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
