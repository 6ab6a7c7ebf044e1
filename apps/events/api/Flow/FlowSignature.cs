using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Carillon.Events.Flow;

/// <summary>
/// Proves that the platform asks: <c>t=seconds,v1=hex</c>, HMAC-SHA256 over the seconds, a full stop and the body as it
/// came. Whatever stands between AWS and this app signs likewise.
/// </summary>
internal static class FlowSignature
{
    public const string Header = "x-carillon-signature";

    /// <summary>How far a signature's time may be off: whoever copied a request cannot use it later.</summary>
    private static readonly TimeSpan tolerance = TimeSpan.FromMinutes(5);

    public static bool IsGood(byte[] secret, string? header, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        if (header is null || header.Length > 1000) return false;
        string? seconds = null, given = null;
        foreach (var pair in header.Split(','))
        {
            if (pair.Split('=', 2, StringSplitOptions.TrimEntries) is not [var name, var value]) return false;
            if (name == "t") seconds = value;
            if (name == "v1") given = value;
        }

        if (!long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var at) || given is null) return false;
        if (Math.Abs((decimal)now.ToUnixTimeSeconds() - at) > (decimal)tolerance.TotalSeconds) return false;
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        mac.AppendData(Encoding.ASCII.GetBytes(seconds + "."));
        mac.AppendData(body);
        return CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(Convert.ToHexStringLower(mac.GetHashAndReset())), Encoding.ASCII.GetBytes(given));
    }
}
