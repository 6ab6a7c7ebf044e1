using System.Diagnostics.Metrics;
using System.Net.Security;
using Carillon.Server.Hosting;
using Carillon.Sockets;
using Carillon.Wire.SigV4;
using Xunit;

namespace Carillon.Tests.Server.Sessions;

/// <summary>A server whose plain sockets are the web server's.</summary>
public sealed class PipeServer : LiveServer
{
    internal override CarillonOptions Adjust(CarillonOptions options) =>
        base.Adjust(options) with { Transport = CarillonOptions.PipeTransport };
}

/// <summary>A session is the same, whatever carries it.</summary>
public sealed class SessionTransportTests(LiveServer server, PipeServer pipes) : IClassFixture<LiveServer>, IClassFixture<PipeServer>
{
    private static HttpMessageInvoker AnyCertificate() => new(new SocketsHttpHandler
    {
        MaxConnectionsPerServer = 1,
#pragma warning disable CA5359 // The certificate is one that the server made for itself; whether it is well made is tested elsewhere.
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, _, _, _) => true },
#pragma warning restore CA5359
    });

    private static Uri SecureUrl(LiveServer of, string user)
    {
        var address = new Uri(
            $"wss://127.0.0.1:{of.Platform.TlsPort}/connect?sessionId=s1&userArn={Uri.EscapeDataString(user)}");
        return new(
            new SigV4Signer(of.Platform.Root, LiveServer.Region, "chime", of.Time).Presign("GET", address, TimeSpan.FromSeconds(10)),
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
    }

    [Theory]
    [InlineData("reactor")]
    [InlineData("pipe")]
    [InlineData("pipe, TLS")]
    [InlineData("upgrade")]
    [InlineData("upgrade, TLS")]
    public async Task A_session_hears_everything_in_order_over(string way)
    {
        var on = way == "pipe" ? pipes : server;
        var app = await on.NewApp();
        var user = await app.NewUser("ann");
        var channel = await app.NewChannel(user);
        var isSecure = way.EndsWith("TLS", StringComparison.Ordinal);
        using var connection = AnyCertificate();
        if (way.StartsWith("upgrade", StringComparison.Ordinal))
        {
            // The connection is the web server's from its first request on.
            var alive = isSecure ? $"https://127.0.0.1:{on.Platform.TlsPort}/healthz" : $"http://127.0.0.1:{on.Platform.Port}/healthz";
            using var answer = await connection.SendAsync(new(HttpMethod.Get, alive), CancellationToken.None);
            Assert.Equal("alive\n", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        var carrier = way.Split(',')[0];
        var before = on.Platform.Loop.CountOf(carrier);
        await using var session = await SessionClient.Open(
            isSecure ? SecureUrl(on, user) : SessionClient.Url(on, user), invoker: connection);
        await session.Wait("SESSION_ESTABLISHED");
        Assert.Equal(before + 1, on.Platform.Loop.CountOf(carrier));

        await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => app.Root.SendText(user, channel, "hello")));
        var heard = await session.WaitForCount(300, f => f.Type == "CREATE_CHANNEL_MESSAGE");

        Assert.Equal(heard.Select(f => f.Sequence).Order(), heard.Select(f => f.Sequence));
        Assert.Equal(300, heard.Select(f => f.Sequence).Distinct().Count());
    }

    [Fact]
    public async Task Open_sockets_are_measured_by_what_carries_them()
    {
        var user = await (await server.NewApp()).NewUser("ann");
        await using var session = await SessionClient.Start(server, user);
        var open = new Dictionary<string, int>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == SocketMetrics.MeterName && instrument.Meter.Scope == server.Platform.Loop)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<int>((_, value, tags, _) => open[(string)tags[0].Value!] = value);
        listener.Start();

        listener.RecordObservableInstruments();

        Assert.True(open["reactor"] >= 1);
        Assert.Equal(["pipe", "reactor", "upgrade"], open.Keys.Order());
    }
}
