using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Carillon.Server.Hosting;

/// <summary>
/// TLS for a laptop: a certificate authority of this installation's own and a server certificate for localhost. Clients
/// trust <c>tls/ca.pem</c>. The stock Chime client speaks nothing but wss, so there has to be one from the first start.
/// </summary>
internal static class LocalTls
{
    /// <summary>Days; browsers refuse server certificates that live longer than 398.</summary>
    private const int ServerDays = 397;

    private const int AuthorityDays = 3650;

    /// <summary>A server certificate with less than this left is made anew at start.</summary>
    private static readonly TimeSpan Renewal = TimeSpan.FromDays(30);

    public static X509Certificate2 ReadOrMake(DataFolder folder, DateTimeOffset now)
    {
        var serverPath = Path.Combine(folder.Tls, "server.pfx");
        var authorityPath = Path.Combine(folder.Tls, "ca.pfx");
        var authority = Load(authorityPath);
        if (authority is null || authority.NotAfter.ToUniversalTime() < now.UtcDateTime.AddDays(ServerDays))
        {
            authority?.Dispose();
            authority = MakeAuthority(now);

            // First this: a server certificate must never be found beside an authority that did not sign it.
            File.Delete(serverPath);
            DataFolder.WritePrivate(authorityPath, authority.Export(X509ContentType.Pfx));
        }

        using (authority)
        {
            var pem = Encoding.ASCII.GetBytes(authority.ExportCertificatePem() + "\n");
            if (!File.Exists(folder.CaPem) || !File.ReadAllBytes(folder.CaPem).AsSpan().SequenceEqual(pem))
            {
                DataFolder.WritePrivate(folder.CaPem, pem);
            }

            if (Load(serverPath) is { } server)
            {
                if (server.NotAfter.ToUniversalTime() - now.UtcDateTime > Renewal)
                {
                    return server;
                }

                server.Dispose();
            }

            using var made = MakeServer(authority, now);
            DataFolder.WritePrivate(serverPath, made.Export(X509ContentType.Pfx));
            return Load(serverPath)!;
        }
    }

    private static X509Certificate2? Load(string path) =>
        File.Exists(path) ? X509CertificateLoader.LoadPkcs12FromFile(path, null, X509KeyStorageFlags.Exportable) : null;

    private static X509Certificate2 MakeAuthority(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Carillon local authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(AuthorityDays));
    }

    private static X509Certificate2 MakeServer(X509Certificate2 authority, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddDnsName("*.localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        using var certificate = request.Create(
            authority, now.AddDays(-1), now.AddDays(ServerDays), RandomNumberGenerator.GetBytes(16));
        return certificate.CopyWithPrivateKey(key);
    }
}
