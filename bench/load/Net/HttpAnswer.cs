using System.Buffers.Text;
using System.Text;

namespace Carillon.Load.Net;

/// <summary>An answer of HTTP/1.1 as servers send it to the requests made here.</summary>
internal static class HttpAnswer
{
    /// <summary>Bytes that the answer takes, body included, or 0 where it is not whole yet.</summary>
    /// <exception cref="InvalidDataException">It is no answer, or says neither how long it is nor that it comes in chunks.</exception>
    public static int TryRead(ReadOnlySpan<byte> data, out int status)
    {
        var head = TryReadHead(data, out status);
        if (head == 0) return 0;
        var lines = data[..head];
        if (Field(lines, "content-length") is { IsEmpty: false } length)
        {
            if (!Utf8Parser.TryParse(length, out int body, out _) || body < 0) throw new InvalidDataException("Content-Length");
            return data.Length - head >= body ? head + body : 0;
        }

        if (Field(lines, "transfer-encoding").IsEmpty)
            throw new InvalidDataException("An answer of unknown length.");
        return Chunks(data[head..]) is > 0 and var used ? head + used : 0;
    }

    /// <summary>Bytes up to and including the empty line, or 0 where it has not come yet.</summary>
    public static int TryReadHead(ReadOnlySpan<byte> data, out int status)
    {
        status = 0;
        var end = data.IndexOf("\r\n\r\n"u8);
        if (end < 0) return 0;
        if (!data.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(data[9..], out status, out _))
            throw new InvalidDataException("This is no answer of HTTP/1.1.");
        return end + 4;
    }

    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> lines, string name)
    {
        while (lines.IndexOf("\r\n"u8) is > 0 and var end)
        {
            var line = lines[..end];
            lines = lines[(end + 2)..];
            if (line.Length > name.Length && line[name.Length] == ':' && Ascii.EqualsIgnoreCase(line[..name.Length], name))
                return line[(name.Length + 1)..].Trim((byte)' ');
        }

        return default;
    }

    private static int Chunks(ReadOnlySpan<byte> body)
    {
        var used = 0;
        while (body[used..].IndexOf("\r\n"u8) is > 0 and var end)
        {
            if (!Utf8Parser.TryParse(body.Slice(used, end), out int length, out _, 'X') || length < 0)
                throw new InvalidDataException("A chunk without its length.");
            used += end + 2 + length + 2;
            if (used > body.Length) return 0;
            if (length == 0) return used;
        }

        return 0;
    }
}
