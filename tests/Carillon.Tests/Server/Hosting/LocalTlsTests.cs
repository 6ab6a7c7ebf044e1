using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Carillon.Server.Hosting;
using Xunit;

namespace Carillon.Tests.Server.Hosting;

public sealed class LocalTlsTests : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("carillon-tls-").FullName;
    private readonly DataFolder _folder;
    private readonly DateTimeOffset _now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public LocalTlsTests() => _folder = DataFolder.Open(_path);

    private X509Certificate2 Authority() => X509CertificateLoader.LoadCertificateFromFile(_folder.CaPem);

    private bool IsTrusted(X509Certificate2 server, DateTimeOffset at)
    {
        using var authority = Authority();
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = at.UtcDateTime;
        return chain.Build(server);
    }

    [Fact]
    public void The_certificate_is_for_this_host_and_trusted_by_whoever_trusts_the_authority()
    {
        using var server = LocalTls.ReadOrMake(_folder, _now);

        Assert.True(IsTrusted(server, _now));
        Assert.True(server.HasPrivateKey);
        Assert.True(server.MatchesHostname("localhost"));
        Assert.True(server.MatchesHostname("127.0.0.1"));
        Assert.True(server.MatchesHostname("::1"));
        Assert.False(server.MatchesHostname("example.org"));

        // Browsers refuse what lives longer.
        Assert.True(server.NotAfter - server.NotBefore <= TimeSpan.FromDays(398));
    }

    [Fact]
    public void Keys_are_for_their_owner_alone()
    {
        LocalTls.ReadOrMake(_folder, _now).Dispose();

        foreach (var file in Directory.GetFiles(_folder.Tls))
        {
            Files.AssertMode(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        }

        Assert.DoesNotContain("PRIVATE", File.ReadAllText(_folder.CaPem), StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_made_once()
    {
        using var first = LocalTls.ReadOrMake(_folder, _now);
        var pem = File.ReadAllText(_folder.CaPem);
        using var second = LocalTls.ReadOrMake(_folder, _now.AddDays(100));

        Assert.Equal(first.Thumbprint, second.Thumbprint);
        Assert.Equal(pem, File.ReadAllText(_folder.CaPem));
    }

    [Fact]
    public void A_certificate_that_ends_soon_is_made_anew_under_the_same_authority()
    {
        using var first = LocalTls.ReadOrMake(_folder, _now);
        var pem = File.ReadAllText(_folder.CaPem);
        var later = _now.AddDays(380);

        using var second = LocalTls.ReadOrMake(_folder, later);

        Assert.NotEqual(first.Thumbprint, second.Thumbprint);
        Assert.Equal(pem, File.ReadAllText(_folder.CaPem));
        Assert.True(IsTrusted(second, later));
    }

    [Fact]
    public void An_authority_that_would_end_before_its_certificate_is_made_anew_with_it()
    {
        using var first = LocalTls.ReadOrMake(_folder, _now);
        var pem = File.ReadAllText(_folder.CaPem);
        var later = _now.AddDays(3300);

        using var second = LocalTls.ReadOrMake(_folder, later);

        Assert.NotEqual(pem, File.ReadAllText(_folder.CaPem));
        Assert.True(IsTrusted(second, later));
    }

    [Fact]
    public void A_lost_authority_takes_its_certificate_with_it()
    {
        using var first = LocalTls.ReadOrMake(_folder, _now);
        File.Delete(Path.Combine(_folder.Tls, "ca.pfx"));

        using var second = LocalTls.ReadOrMake(_folder, _now);

        Assert.True(IsTrusted(second, _now));
    }

    [Fact]
    public async Task The_server_speaks_it()
    {
        await using var server = new LiveServer();
        await server.InitializeAsync();
        using var authority = X509CertificateLoader.LoadCertificateFromFile(server.Platform.Folder.CaPem);
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", server.Platform.TlsPort);
        using var tls = new SslStream(socket.GetStream());

        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { authority },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        });

        Assert.True(tls.IsAuthenticated);
    }

    public void Dispose()
    {
        _folder.Dispose();
        Directory.Delete(_path, recursive: true);
    }
}
