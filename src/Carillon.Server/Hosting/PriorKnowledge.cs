using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography.X509Certificates;
using Carillon.Sockets.Pipe;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Carillon.Server.Hosting;

/// <summary>
/// A step of a plain listener: HTTP/2 without TLS for clients that begin with its preface (RFC 9113, 3.3), as the AWS SDK for
/// JavaScript does with Kinesis. Every other connection goes on unread, and speaks HTTP/1.1.
/// </summary>
internal sealed class PriorKnowledge(TimeProvider time)
{
    private static readonly SpokenHttp2 Spoken = new();

    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    public ConnectionDelegate Around(ConnectionDelegate next) => async connection =>
    {
        switch (await Look(connection.Transport.Input))
        {
            case Opening.Http2:
                // The web server takes its protocol from what TLS has negotiated, and from nothing else.
                connection.Features.Set<ITlsConnectionFeature>(Spoken);
                connection.Features.Set<ITlsApplicationProtocolFeature>(Spoken);
                break;
            case Opening.Unfinished:
                return;
        }

        await next(connection);
    };

    private async Task<Opening> Look(PipeReader input)
    {
        try
        {
            var (told, read) = await FirstBytes.Look(input, time, Read);
            input.AdvanceTo(read.Buffer.Start);

            // Whoever has said nothing yet is the web server's, which has a longer patience for those.
            return told ?? (read.Buffer.IsEmpty ? Opening.Other : Opening.Unfinished);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            return Opening.Unfinished;
        }
    }

    private static Opening? Read(ReadOnlySequence<byte> bytes)
    {
        Span<byte> first = stackalloc byte[Preface.Length];
        var known = (int)Math.Min(bytes.Length, first.Length);
        bytes.Slice(0, known).CopyTo(first);
        return !Preface[..known].SequenceEqual(first[..known]) ? Opening.Other
            : known == Preface.Length ? Opening.Http2
            : null;
    }

    private enum Opening
    {
        /// <summary>It ended within the preface, or took too long.</summary>
        Unfinished,
        Other,
        Http2,
    }

    private sealed class SpokenHttp2 : ITlsConnectionFeature, ITlsApplicationProtocolFeature
    {
        public ReadOnlyMemory<byte> ApplicationProtocol { get; } = "h2"u8.ToArray();

        public X509Certificate2? ClientCertificate
        {
            get => null;
            set => throw new NotSupportedException();
        }

        public Task<X509Certificate2?> GetClientCertificateAsync(
            CancellationToken cancellationToken) =>
            Task.FromResult<X509Certificate2?>(null);
    }
}
