using System.Text;
using Carillon.Load.Net;
using Carillon.Tests.Regressions;
using Xunit;
using LoadSocket = Carillon.Load.Net.RawSocket;

namespace Carillon.Tests.Server.Gateway;

/// <summary>What a connection keeps in memory while nothing happens.</summary>
[Collection(nameof(MeasuresMemory))]
public class GatewayMemoryTests(GatewayServer server) : IClassFixture<GatewayServer>
{
    private static readonly byte[] _head = Encoding.ASCII.GetBytes(Sockets.RawSocket.HeadOf(
        "/ws/rooms/dev", "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36\r\n"));

    [Fact]
    public async Task An_idle_connection_keeps_less_than_a_kilobyte()
    {
        const int More = 500;
        var open = new List<int>();
        try
        {
            await Open(open, 500);

            // The heap is everybody's: what an earlier test has left may go at any of these looks. It can't go at most of them.
            var kept = new double[5];
            var before = Settled();
            for (var i = 0; i < kept.Length; i++)
            {
                await Open(open, More);
                var after = Settled();
                kept[i] = (after - before) / (double)More;
                before = after;
            }

            TestContext.Current.SendDiagnosticMessage("{0} bytes a connection", string.Join(", ", kept));
            Assert.InRange(kept.Order().ElementAt(kept.Length / 2), 1, 1_024);
        }
        finally
        {
            foreach (var descriptor in open)
            {
                _ = Native.close(descriptor);
            }
        }
    }

    private static long Settled()
    {
        _ = GC.GetTotalMemory(forceFullCollection: true);
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static async Task Until(Func<bool> holds)
    {
        using var patience = new CancellationTokenSource(SessionClient.Deadline);
        while (!holds())
        {
            await Task.Delay(1, patience.Token);
        }
    }

    /// <summary>Sockets by descriptor, so that nothing of the client is on the heap.</summary>
    private async Task Open(List<int> open, int count)
    {
        var buffer = new byte[4_096];
        for (var i = 0; i < count; i++)
        {
            var descriptor = LoadSocket.Connect(server.Platform.Port, i);
            open.Add(descriptor);
            await Until(() => TrySend(descriptor));
            var read = -1;
            await Until(() => (read = LoadSocket.Receive(descriptor, buffer)) >= 0);
            Assert.StartsWith("HTTP/1.1 101 ", Encoding.ASCII.GetString(buffer, 0, read));
        }
    }

    private static bool TrySend(int descriptor)
    {
        try
        {
            LoadSocket.Send(descriptor, _head);
            return true;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // It is not connected yet.
            return false;
        }
    }
}
