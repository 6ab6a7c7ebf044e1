using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Carillon.Load.Net;

namespace Carillon.Load.Protocols;

/// <summary>A session's socket inside TLS. Everything runs on the poller's thread.</summary>
/// <param name="buffer">Everybody's: what a read puts there is taken before anything else runs.</param>
internal sealed class TlsSession(int descriptor, byte[] buffer) : IDisposable
{
    /// <summary>Where reads begin in the buffer; the most that may be left over of a frame when the next bytes come.</summary>
    public const int Margin = 128 * 1024;

    private readonly TlsBytes _bytes = new(descriptor);
    private SslStream? _tls;

    /// <summary>To be called when the socket can be read.</summary>
    public void Arrived() => _bytes.Arrived();

    public void Send(ReadOnlyMemory<byte> plain) => _tls!.WriteAsync(plain).AsTask().GetAwaiter().GetResult();

    /// <param name="opened">The handshake is done. It may be before this returns.</param>
    /// <param name="take">So many bytes lie in the buffer behind the margin.</param>
    public async void Start(Action opened, Action<int> take, Action<string> died)
    {
        try
        {
            _tls = new SslStream(_bytes);

            // Who the server is matters to nobody here; that every session pays for a handshake of its own does.
            await _tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                AllowTlsResume = false,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
#pragma warning disable CA5359 // A server that this program started itself, on loopback, with a certificate of its own.
                RemoteCertificateValidationCallback = static (_, _, _, _) => true,
#pragma warning restore CA5359
            });
            opened();
            while (await _tls.ReadAsync(buffer.AsMemory(Margin)) is > 0 and var read)
            {
                take(read);
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

    public void Dispose() => _tls?.Dispose();
}
