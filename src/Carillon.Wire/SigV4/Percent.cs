using System.Buffers;
using System.Text;

namespace Carillon.Wire.SigV4;

/// <summary>Percent-encoding with AWS's unreserved set: letters, digits, and <c>- . _ ~</c> (RFC 3986).</summary>
internal static class Percent
{
    private static readonly SearchValues<char> unreserved =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

    /// <summary>Null when two hex digits follow every <c>%</c>; otherwise AWS's sentence about the first.</summary>
    public static string? FaultIn(ReadOnlySpan<char> text)
    {
        for (var at = text.IndexOf('%'); at >= 0; at = text.IndexOf('%'))
        {
            text = text[at..];
            if (text.Length < 3) return "Incomplete trailing escape % sequence";
            if (!char.IsAsciiHexDigit(text[1]) || !char.IsAsciiHexDigit(text[2]))
                return $"Illegal hex character in escape % pattern: {text[..3]}";
            text = text[3..];
        }

        return null;
    }

    /// <summary>Encodes text that is not yet encoded; a <c>%</c> in it is a character like any other.</summary>
    public static void Encode(ReadOnlySpan<char> text, ref Utf8Writer to)
    {
        while (!(text = PastPlain(text, ref to)).IsEmpty)
        {
            text = text[EscapeFirst(text, ref to)..];
        }
    }

    /// <summary>Decodes one level, then encodes, byte by byte, so that text which is not UTF-8 survives.</summary>
    /// <remarks>A <c>+</c> is a space. Escapes must have been checked with <see cref="FaultIn"/>.</remarks>
    public static void Reencode(ReadOnlySpan<char> text, ref Utf8Writer to)
    {
        while (!(text = PastPlain(text, ref to)).IsEmpty)
        {
            if (text[0] == '+')
            {
                to.Append("%20"u8);
                text = text[1..];
            }
            else if (text[0] == '%' && TryOctet(text, out var octet))
            {
                if (octet < 0x80 && unreserved.Contains((char)octet)) to.Append(octet);
                else AppendEscape(octet, ref to);
                text = text[3..];
            }
            else
            {
                text = text[EscapeFirst(text, ref to)..];
            }
        }
    }

    /// <summary>Copies what needs no escape, and returns the rest, from the first character that does.</summary>
    private static ReadOnlySpan<char> PastPlain(ReadOnlySpan<char> text, scoped ref Utf8Writer to)
    {
        var plain = text.IndexOfAnyExcept(unreserved);
        plain = plain < 0 ? text.Length : plain;
        to.Append(text[..plain]);
        return text[plain..];
    }

    /// <summary>The decoded text of a query name or value.</summary>
    public static string Decode(ReadOnlySpan<char> text)
    {
        if (text.IndexOfAny('%', '+') < 0) return text.ToString();

        var bytes = new Utf8Writer(stackalloc byte[512]);
        try
        {
            while (!text.IsEmpty)
            {
                var plain = text.IndexOfAny('%', '+');
                if (plain < 0) plain = text.Length;
                bytes.Append(text[..plain]);
                text = text[plain..];
                if (text.IsEmpty) break;
                if (TryOctet(text, out var octet))
                {
                    bytes.Append(octet);
                    text = text[3..];
                }
                else
                {
                    bytes.Append(text[0] == '+' ? (byte)' ' : (byte)'%');
                    text = text[1..];
                }
            }

            return Encoding.UTF8.GetString(bytes.Written);
        }
        finally
        {
            bytes.Dispose();
        }
    }

    private static bool TryOctet(ReadOnlySpan<char> text, out byte octet)
    {
        octet = 0;
        if (text.Length < 3 || text[0] != '%' || !char.IsAsciiHexDigit(text[1]) || !char.IsAsciiHexDigit(text[2]))
            return false;
        octet = (byte)((Digit(text[1]) << 4) | Digit(text[2]));
        return true;
    }

    private static int Digit(char hex) => char.IsAsciiDigit(hex) ? hex - '0' : (hex | 0x20) - 'a' + 10;

    // Returns how many characters were taken: two for a surrogate pair.
    private static int EscapeFirst(ReadOnlySpan<char> text, ref Utf8Writer to)
    {
        Rune.DecodeFromUtf16(text, out var rune, out var taken);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var octet in utf8[..rune.EncodeToUtf8(utf8)]) AppendEscape(octet, ref to);
        return taken;
    }

    private static void AppendEscape(byte octet, ref Utf8Writer to)
    {
        var digits = "0123456789ABCDEF"u8;
        to.Append((byte)'%');
        to.Append(digits[octet >> 4]);
        to.Append(digits[octet & 15]);
    }
}
