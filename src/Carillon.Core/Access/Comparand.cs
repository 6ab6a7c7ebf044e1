using System.Globalization;
using System.Net;

namespace Carillon.Core.Access;

/// <summary>A value that stands in a condition, ready to be compared with values of a request.</summary>
internal abstract class Comparand
{
    /// <param name="value">The request's value; one that is not of the kind compared here never matches.</param>
    /// <param name="about">Fills the variables.</param>
    public abstract Match Holds(string value, Circumstances about);
}

internal sealed class TextComparand(Pattern pattern, bool ignoreCase) : Comparand
{
    public override Match Holds(string value, Circumstances about) => pattern.Against(value, about, ignoreCase);
}

internal sealed class ArnComparand(Pattern pattern) : Comparand
{
    public override Match Holds(string value, Circumstances about) => pattern.AgainstArn(value, about, components: 6);
}

/// <summary>Numbers and dates, which have an order.</summary>
internal sealed class OrderComparand<T>(T wanted, Order order, TryRead<T> read) : Comparand
    where T : IComparable<T>
{
    public override Match Holds(string value, Circumstances about)
    {
        if (!read(value, out var actual))
            return Match.No;
        var difference = actual.CompareTo(wanted);
        var holds = order switch
        {
            Order.Less => difference < 0,
            Order.LessOrEqual => difference <= 0,
            Order.Greater => difference > 0,
            Order.GreaterOrEqual => difference >= 0,
            _ => difference == 0,
        };
        return holds ? Match.Yes : Match.No;
    }
}

internal delegate bool TryRead<T>(string text, out T value);

internal enum Order
{
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

internal class BoolComparand(bool wanted) : Comparand
{
    public override Match Holds(string value, Circumstances about) =>
        bool.TryParse(value, out var actual) && actual == wanted ? Match.Yes : Match.No;
}

/// <summary>The operand of <c>Null</c>: compared with whether the key is absent.</summary>
internal sealed class Presence(bool absent) : BoolComparand(absent);

/// <summary>Bytes, which a request spells in base64 too.</summary>
internal sealed class BinaryComparand(byte[] wanted) : Comparand
{
    public override Match Holds(string value, Circumstances about) =>
        Spelling.Binary(value, out var actual) && actual.AsSpan().SequenceEqual(wanted) ? Match.Yes : Match.No;
}

internal sealed class NetworkComparand(IPAddress network, int prefix) : Comparand
{
    private readonly byte[] _wanted = network.GetAddressBytes();

    public override Match Holds(string value, Circumstances about)
    {
        if (!IPAddress.TryParse(value, out var address))
            return Match.No;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        Span<byte> actual = stackalloc byte[16];
        if (!address.TryWriteBytes(actual, out var length) || length != _wanted.Length)
            return Match.No;
        var whole = prefix / 8;
        if (!actual[..whole].SequenceEqual(_wanted.AsSpan(0, whole)))
            return Match.No;
        var mask = (byte)(0xFF << (8 - prefix % 8));
        return prefix % 8 == 0 || (actual[whole] & mask) == (_wanted[whole] & mask) ? Match.Yes : Match.No;
    }
}

/// <summary>Spellings that IAM accepts for values that are not plain text.</summary>
internal static class Spelling
{
    /// <summary>ISO 8601 as the W3C profiles it; without a zone it is UTC.</summary>
    private static readonly string[] Dates =
    [
        "yyyy", "yyyy-MM", "yyyy-MM-dd", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK",
    ];

    public static bool Number(string text, out decimal value) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
            CultureInfo.InvariantCulture, out value);

    /// <summary>Base64 with its padding and without white space.</summary>
    public static bool Binary(string text, out byte[] value)
    {
        value = new byte[text.Length];
        var reads = Convert.TryFromBase64String(text, value, out var length) && !text.Any(char.IsWhiteSpace);
        value = reads ? value[..length] : [];
        return reads;
    }

    /// <summary>A date, or seconds since 1970; four digits are a year.</summary>
    public static bool Date(string text, out DateTimeOffset value)
    {
        if (text.Length != 4 && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
        {
            var fits = seconds >= DateTimeOffset.MinValue.ToUnixTimeSeconds()
                && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds();
            value = fits ? DateTimeOffset.FromUnixTimeSeconds(seconds) : default;
            return fits;
        }
        return DateTimeOffset.TryParseExact(text, Dates, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out value);
    }

    /// <summary>An address with or without the length of its network; without, it is that one address.</summary>
    public static bool Network(string text, out IPAddress network, out int prefix)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        prefix = 0;
        if (!IPAddress.TryParse(slash < 0 ? text : text.AsSpan(0, slash), out network!))
            return false;
        var longest = network.GetAddressBytes().Length * 8;
        if (slash < 0)
        {
            prefix = longest;
            return true;
        }
        return int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out prefix)
            && prefix <= longest;
    }
}
