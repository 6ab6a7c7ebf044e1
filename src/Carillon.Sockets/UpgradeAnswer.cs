using System.Buffers;
using System.Globalization;
using System.Text;
using Carillon.Wire.SigV4;
using Microsoft.AspNetCore.WebUtilities;

namespace Carillon.Sockets;

/// <summary>What a request for a socket is answered with.</summary>
public sealed class UpgradeAnswer
{
    private static readonly SearchValues<char> TokenLetters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private UpgradeAnswer(int status) => Status = status;

    /// <summary>A socket, without a sub-protocol.</summary>
    public static UpgradeAnswer Accepted { get; } = new(101);

    /// <summary>The endpoint failed to decide.</summary>
    public static UpgradeAnswer Failed { get; } =
        Refused(500, [new("Content-Type", "application/json")], """{"message":"Internal server error"}"""u8.ToArray());

    /// <summary>Of HTTP; 101 for a socket.</summary>
    public int Status { get; }

    public bool IsAccepted => Status == 101;

    /// <summary>The sub-protocol that was chosen; null for none.</summary>
    public string? Protocol { get; private init; }

    /// <summary>Of a refusal.</summary>
    public IReadOnlyList<HeaderField> Headers { get; private init; } = [];

    /// <summary>Of a refusal.</summary>
    public ReadOnlyMemory<byte> Body { get; private init; }

    /// <summary>Whether it can be the name of a sub-protocol (RFC 6455, 4.1: a token).</summary>
    public static bool IsProtocol(string name) => name.Length > 0 && !name.AsSpan().ContainsAnyExcept(TokenLetters);

    /// <summary>A socket with a sub-protocol.</summary>
    /// <exception cref="ArgumentException">It is no name of one.</exception>
    public static UpgradeAnswer AcceptedAs(string protocol) =>
        IsProtocol(protocol) ? new(101) { Protocol = protocol } : throw new ArgumentException("This is no sub-protocol.", nameof(protocol));

    /// <summary>An answer of HTTP; the connection ends after it.</summary>
    /// <exception cref="ArgumentException">A status that is none of a refusal, or a header that would be more than one.</exception>
    public static UpgradeAnswer Refused(int status, IReadOnlyList<HeaderField> headers, ReadOnlyMemory<byte> body)
    {
        if (status is < 300 or > 599)
        {
            throw new ArgumentException("This status refuses nothing.", nameof(status));
        }

        foreach (var (name, value) in headers)
        {
            if (!IsProtocol(name) || value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            {
                throw new ArgumentException("This is no header.", nameof(headers));
            }
        }

        return new(status) { Headers = headers, Body = body };
    }

    /// <summary>A refusal as it goes over the wire.</summary>
    internal byte[] Bytes(DateTimeOffset now)
    {
        var head = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {Status} {ReasonPhrases.GetReasonPhrase(Status)}\r\n")
            .Append(CultureInfo.InvariantCulture, $"Date: {now:r}\r\nContent-Length: {Body.Length}\r\nConnection: close\r\n");
        foreach (var (name, value) in Headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        return [.. Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), .. Body.Span];
    }
}
