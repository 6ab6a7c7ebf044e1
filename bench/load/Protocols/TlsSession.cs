using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Carillon.Load.Net;

namespace Carillon.Load.Protocols;

/// <summary>A session's socket inside TLS. Everything runs on the poller's thread.</summary>
internal static class TlsSession
{
    /// <summary>The most that may be left over of a frame when the next bytes come.</summary>
    public const int Margin = 128 * 1024;

    /// <returns>What to call when the socket can be read, and what sends.</returns>
    /// <param name="opened">The handshake is done.</param>
    /// <param name="take">So many bytes lie in the buffer, from there on.</param>
    public static (Action Arrived, Action<ReadOnlyMemory<byte>> Send) Open(
        int descriptor, Action opened, byte[] buffer, Action<int, int> take, Action<string> died)
    {
        var bytes = new TlsBytes(descriptor);
        var tls = new SslStream(bytes);
        _ = Listen(tls, opened, buffer, take, died);
        return (bytes.Arrived, plain => tls.WriteAsync(plain).AsTask().GetAwaiter().GetResult());
    }

    private static async Task Listen(
        SslStream tls, Action opened, byte[] buffer, Action<int, int> take, Action<string> died)
    {
        try
        {
            // Who the server is matters to nobody here; that every session pays for a handshake of its own does.
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                AllowTlsResume = false,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
#pragma warning disable CA5359 // A server that this program started itself, on loopback, with a certificate of its own.
                RemoteCertificateValidationCallback = static (_, _, _, _) => true,
#pragma warning restore CA5359
            });
            opened();

            // The buffer is everybody's: what a read puts there is taken before anything else runs.
            while (await tls.ReadAsync(buffer.AsMemory(Margin, buffer.Length - Margin)) is > 0 and var read)
            {
                take(read, Margin);
            }

            died("The server closed it.");
        }
#pragma warning disable CA1031 // Whatever ends a session is counted as its end, and the run fails for it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            died(e.Message);
        }
    }
}
