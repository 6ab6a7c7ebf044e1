using System.Net;
using System.Net.Sockets;
using System.Text;
using Carillon.Load;
using Carillon.Load.Counting;
using Carillon.Load.Net;
using Carillon.Load.Protocols;
using Xunit;

namespace Carillon.Tests.Load;

/// <summary>A server that does not deliver everything is found out, from the socket to the figures.</summary>
public class LossTests
{
    [Theory]
    [InlineData(-1, 1, 0, 0)]
    [InlineData(3, 0, 1, 0)]
    [InlineData(3, 2, 0, 1)]
    public async Task What_a_server_does_with_a_message_shows(int at, int times, int lost, int repeated)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Echo(listener, at, times);
        using var poller = new Poller();
        var audience = new Audience(1, 1, static _ => 0);
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using (var crowd = new Crowd(poller, new RawProtocol(), port, isTls: false, audience, [0]))
        {
            crowd.Open(TimeSpan.FromSeconds(30));
            var drive = new Drive(crowd, null, 200, 1, static () => 0, static () => 0) { Patience = TimeSpan.FromMilliseconds(200) };

            drive.Run([new(0, 1, 200)], TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
        }

        poller.Dispose();
        await serving;
        var figures = new Figures().Put(audience);
        Assert.Equal(lost, figures.Of(Figures.Lost));
        Assert.Equal(repeated, figures.Of(Figures.Repeated));
        Assert.Equal(lost + repeated, figures.Wrong);
    }

    /// <summary>Sends each frame back, and the one of the given number so many times.</summary>
    private static async Task Echo(TcpListener listener, int at, int times)
    {
        using var client = await listener.AcceptTcpClientAsync();
        await using var stream = client.GetStream();
        var buffer = new byte[4096];
        var head = "";
        while (!head.EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            head += Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer));
        }

        await stream.WriteAsync("HTTP/1.1 101 Switching Protocols\r\n\r\n"u8.ToArray());
        try
        {
            for (var number = 0; ; number++)
            {
                // Masked with the key 0, of 200 bytes: 2 and 2 and 4 before them.
                await stream.ReadExactlyAsync(buffer.AsMemory(0, 208));
                byte[] frame = [0x81, 126, 0, 200, .. buffer.AsSpan(8, 200)];
                for (var i = 0; i < (number == at ? times : 1); i++)
                {
                    await stream.WriteAsync(frame);
                }
            }
        }
        catch (Exception e) when (e is IOException or EndOfStreamException)
        {
            // The client is done.
        }
    }
}
