using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography.X509Certificates;
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
    /// <summary>By when a preface that has begun must be whole. Ours, as for every other head.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

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
        // To be told of the end of patience after it has ended would be an end without cause: the clock is awaited, too.
        await using var patience = time.CreateTimer(
            static input => ((PipeReader)input!).CancelPendingRead(), input, Patience, Timeout.InfiniteTimeSpan);
        while (true)
        {
            ReadResult result;
            try
            {
                result = await input.ReadAsync();
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                return Opening.Unfinished;
            }

            var verdict = Read(result.Buffer);
            if (verdict == Opening.Unfinished && !result.IsCompleted && !result.IsCanceled)
            {
                input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                continue;
            }

            input.AdvanceTo(result.Buffer.Start);

            // Whoever has said nothing yet is the web server's, which has a longer patience for those.
            return result.Buffer.IsEmpty ? Opening.Other : verdict;
        }
    }

    private static Opening Read(ReadOnlySequence<byte> bytes)
    {
        Span<byte> first = stackalloc byte[Preface.Length];
        var known = (int)Math.Min(bytes.Length, first.Length);
        bytes.Slice(0, known).CopyTo(first);
        return !Preface[..known].SequenceEqual(first[..known]) ? Opening.Other
            : known == Preface.Length ? Opening.Http2
            : Opening.Unfinished;
    }

    private enum Opening
    {
        /// <summary>A part of the preface, or nothing.</summary>
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
