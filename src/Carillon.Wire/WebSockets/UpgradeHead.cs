using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Carillon.Wire.SigV4;

namespace Carillon.Wire.WebSockets;

/// <summary>What can be said of the first bytes of a connection.</summary>
public enum HeadVerdict
{
    /// <summary>It may become one; more bytes must come.</summary>
    NotYet,

    /// <summary>Not a request for a WebSocket, or one that is in any way unusual: for the web server to answer.</summary>
    NotOurs,

    /// <summary>A request for a WebSocket, faultless in every part.</summary>
    Upgrade,
}

/// <summary>Whether a path (as it came, without its query) is one where sockets are.</summary>
public delegate bool SocketPath(ReadOnlySpan<byte> path);

/// <summary>
/// The head of a request that asks for a WebSocket (RFC 6455, 4.2.1). It is read strictly: whatever two readers might
/// understand in two ways belongs to the web server, so that there is one reader of everything doubtful.
/// </summary>
/// <param name="Target">The request target, escapes untouched.</param>
/// <param name="Headers">In the order and with the names in which they came.</param>
public sealed record UpgradeHead(string Target, HeaderField[] Headers)
{
    /// <summary>A head that is longer is not read here.</summary>
    public const int Longest = 16 * 1024;

    private const int MostHeaders = 100;

    private static readonly SearchValues<byte> TokenBytes = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>The value of the first header of that name; null without one.</summary>
    public string? Header(string name)
    {
        foreach (var field in Headers)
        {
            if (field.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return field.Value;
            }
        }

        return null;
    }

    /// <param name="length">Of the head, its empty line included, when it is an upgrade.</param>
    public static HeadVerdict Read(ReadOnlySpan<byte> bytes, SocketPath isSocketPath, out UpgradeHead? head, out int length)
    {
        (head, length) = (null, 0);
        if (!StartsLike(bytes, "GET /"u8))
        {
            return HeadVerdict.NotOurs;
        }

        // Most requests are known for what they are by their first line, long before their head is whole.
        var lineEnd = bytes.IndexOf((byte)'\n');
        var line = lineEnd < 0 ? bytes : bytes[..lineEnd];
        var pathEnd = bytes.Length < 5 ? -1 : line[4..].IndexOfAny((byte)' ', (byte)'?');
        if (lineEnd >= 0 && pathEnd < 0 || pathEnd >= 0 && !isSocketPath(line.Slice(4, pathEnd)))
        {
            return HeadVerdict.NotOurs;
        }

        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return bytes.Length >= Longest || line.ContainsAnyInRange((byte)0x7f, (byte)0xff) || HasLoneLineEnd(bytes)
                ? HeadVerdict.NotOurs
                : HeadVerdict.NotYet;
        }

        length = end + 4;
        head = length > Longest ? null : Parse(bytes[..(end + 2)]);
        return head is null ? HeadVerdict.NotOurs : HeadVerdict.Upgrade;
    }

    /// <summary>Whoever ends lines in another way never sends the end that is waited for.</summary>
    private static bool HasLoneLineEnd(ReadOnlySpan<byte> bytes)
    {
        while (bytes.IndexOfAny((byte)'\r', (byte)'\n') is var at and >= 0)
        {
            if (bytes[at] == '\n' || (at + 1 < bytes.Length && bytes[at + 1] != '\n'))
            {
                return true;
            }

            bytes = bytes[Math.Min(at + 2, bytes.Length)..];
        }

        return false;
    }

    private static bool StartsLike(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> start)
    {
        var known = Math.Min(bytes.Length, start.Length);
        return bytes[..known].SequenceEqual(start[..known]);
    }

    private static UpgradeHead? Parse(ReadOnlySpan<byte> lines)
    {
        var first = TakeLine(ref lines);
        if (!first.EndsWith(" HTTP/1.1"u8))
        {
            return null;
        }

        var target = first[4..^9];
        if (target.ContainsAnyExceptInRange((byte)0x21, (byte)0x7e) || target.Contains((byte)'#'))
        {
            return null;
        }

        var seen = default(Seen);
        var headers = new List<HeaderField>(16);
        while (!lines.IsEmpty)
        {
            var line = TakeLine(ref lines);
            var colon = line.IndexOf((byte)':');
            if (colon <= 0 || headers.Count == MostHeaders || line[..colon].ContainsAnyExcept(TokenBytes))
            {
                return null;
            }

            var value = line[(colon + 1)..].Trim(" \t"u8);
            if (value.ContainsAnyExceptInRange((byte)0x20, (byte)0x7e) && !OnlyTabsBesides(value))
            {
                return null;
            }

            var field = new HeaderField(Encoding.ASCII.GetString(line[..colon]), Encoding.ASCII.GetString(value));
            if (!seen.Take(field))
            {
                return null;
            }

            headers.Add(field);
        }

        return seen.IsUpgrade ? new(Encoding.ASCII.GetString(target), [.. headers]) : null;
    }

    private static bool OnlyTabsBesides(ReadOnlySpan<byte> value)
    {
        foreach (var octet in value)
        {
            if (octet != '\t' && octet is < 0x20 or > 0x7e)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The line before the next CR LF. A lone CR or LF stays in it, and is no byte of any part.</summary>
    private static ReadOnlySpan<byte> TakeLine(ref ReadOnlySpan<byte> lines)
    {
        var end = lines.IndexOf("\r\n"u8);
        var line = lines[..end];
        lines = lines[(end + 2)..];
        return line;
    }

    /// <summary>What an upgrade must have once, and must not have.</summary>
    private struct Seen
    {
        private bool _host;
        private bool _upgrade;
        private bool _connection;
        private bool _version;
        private bool _key;

        public readonly bool IsUpgrade => _host && _upgrade && _connection && _version && _key;

        /// <returns>False for a header that makes the request another's.</returns>
        public bool Take(HeaderField field)
        {
            bool Is(string name) => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase);
            return Is("Host") ? Once(ref _host, field.Value.Length > 0)
                : Is("Upgrade") ? Once(ref _upgrade, ListHas(field.Value, "websocket"))
                : Is("Connection") ? Any(ref _connection, ListHas(field.Value, "upgrade"))
                : Is("Sec-WebSocket-Version") ? Once(ref _version, field.Value == "13")
                : Is("Sec-WebSocket-Key") ? Once(ref _key, Handshake.IsKey(field.Value))
                : !Is("Content-Length") && !Is("Transfer-Encoding") && !Is("Expect") && !Is("HTTP2-Settings");
        }

        private static bool Once(ref bool seen, bool isRight)
        {
            var isFirst = !seen;
            seen = true;
            return isFirst && isRight;
        }

        private static bool Any(ref bool seen, bool isRight)
        {
            seen |= isRight;
            return true;
        }

        private static bool ListHas(string list, string token)
        {
            foreach (var range in list.AsSpan().Split(','))
            {
                if (list.AsSpan(range).Trim(" \t").Equals(token, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }

            return false;
        }
    }
}

/// <summary>The answer to an upgrade (RFC 6455, 4.2.2). No extension is ever agreed.</summary>
public static class Handshake
{
    private const int KeyLength = 24;

    public static bool IsKey(string key)
    {
        Span<byte> bytes = stackalloc byte[18];
        return key.Length == KeyLength && Convert.TryFromBase64String(key, bytes, out var length) && length == 16;
    }

    /// <summary>The value of Sec-WebSocket-Accept.</summary>
    public static string Accept(string key)
    {
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // The protocol names SHA-1; nothing secret rests on it.
        SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"), hash);
#pragma warning restore CA5350
        return Convert.ToBase64String(hash);
    }

    /// <summary>The whole answer.</summary>
    /// <param name="protocol">The sub-protocol, a token; null for none.</param>
    public static byte[] Answer(string key, string? protocol = null) => Encoding.ASCII.GetBytes(
        $"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {Accept(key)}\r\n"
        + (protocol is null ? "\r\n" : $"Sec-WebSocket-Protocol: {protocol}\r\n\r\n"));
}
