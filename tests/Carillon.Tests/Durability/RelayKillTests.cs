using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Consume;
using Carillon.Core.Streams;
using Xunit;

namespace Carillon.Tests.Durability;

/// <summary>A stream that is handed on to another server, over a slow line, while either is killed.</summary>
[Collection(nameof(Processes))]
public sealed class RelayKillTests : IDisposable
{
    private const string Here = "chime-messaging-here", There = "chime-messaging-there";

    private readonly string _folder = Directory.CreateTempSubdirectory("carillon-relaykill-").FullName;

    [Fact]
    public async Task Everything_arrives_under_its_own_id_and_in_order_whichever_of_the_two_is_killed()
    {
        const int messages = 1_500, channels = 5;
        var (nearFolder, farFolder) = (Path.Combine(_folder, "near"), Path.Combine(_folder, "far"));
        Directory.CreateDirectory(nearFolder);
        Directory.CreateDirectory(farFolder);
        var (far, _) = await ServerProcess.Start(farFolder);
        await using var line = new Line(far.Address.Port);
        var farKey = far.Credentials();
        using (var kinesis = new KinesisClient(far.Address, farKey, "us-east-1"))
        {
            await kinesis.Call("CreateStream", new() { ["StreamName"] = There, ["ShardCount"] = 3 }, CancellationToken.None);
        }

        await File.WriteAllTextAsync(
            Path.Combine(nearFolder, "settings.json"),
            JsonSerializer.Serialize(new { RelayEndpoint = line.Address, RelayStreams = $"{Here}={There}", RelayCredentials = Path.Combine(farFolder, "credentials") }),
            TestContext.Current.CancellationToken);
        var (near, _) = await ServerProcess.Start(nearFolder);
        using var run = new StreamRun(near.Credentials(), nearFolder, near.Address);
        await run.Prepare(Here, channels);
        var sending = run.Send(senders: 4, messages);
        for (var kill = 1; kill <= 4; kill++)
        {
            while (run.Acked < messages * kill / 5)
            {
                Assert.False(sending.IsCompleted);
                await Task.Delay(5, TestContext.Current.CancellationToken);
            }

            if (kill % 2 == 0)
            {
                near.Kill();
                await near.Gone();
                near.Dispose();
                (near, _) = await ServerProcess.Start(nearFolder);
                run.Address = near.Address;
            }
            else
            {
                far.Kill();
                await far.Gone();
                far.Dispose();
                (far, _) = await ServerProcess.Start(farFolder);
                line.Port = far.Address.Port;
            }
        }

        await sending;
        var sent = await Read(near, Here, record => record.SequenceNumber, least: messages);
        var arrived = await Read(far, There, record => (string)JsonNode.Parse(record.Data)!["EventId"]!, least: sent.Count);

        Assert.Equal(sent.Select(e => e.Id).Order(StringComparer.Ordinal), arrived.Select(e => e.Id).Order(StringComparer.Ordinal));
        foreach (var channel in arrived.GroupBy(e => e.Key))
        {
            var positions = channel.Select(e => SequenceNumbers.Read(e.Id)!.Value.Position).ToList();
            Assert.Equal(positions.Order(), positions);
        }

        near.Dispose();
        far.Dispose();
    }

    /// <summary>The ids of a stream's records, each where it came first; waits for so many.</summary>
    private async Task<List<(string Id, string Key)>> Read(
        ServerProcess server, string stream, Func<Carillon.Consume.StreamRecord, string> id, int least)
    {
        using var kinesis = new KinesisClient(server.Address, server.Credentials(), "us-east-1");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var over = CancellationTokenSource.CreateLinkedTokenSource(patience.Token);
        var (ids, all) = (new HashSet<string>(StringComparer.Ordinal), new List<(string Id, string Key)>());
        var consumer = new StreamConsumer(kinesis, stream, Path.Combine(_folder, Guid.NewGuid().ToString()), records =>
        {
            all.AddRange(records.Select(r => (Id: id(r), r.PartitionKey)).Where(e => ids.Add(e.Id)));
            if (all.Count >= least)
            {
                // Whatever comes beyond would come by then.
                over.CancelAfter(TimeSpan.FromSeconds(2));
            }

            return Task.CompletedTask;
        })
        {
            Pause = TimeSpan.FromMilliseconds(50),
        };
        try
        {
            await consumer.Run(over.Token);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // It has read what there was.
        }

        Assert.False(patience.IsCancellationRequested, $"Only {all.Count} of {least} came.");
        return all;
    }

    public void Dispose() => ServerProcess.EndAllIn(_folder);

    /// <summary>A line whose far end moves; it carries answers late.</summary>
    private sealed class Line : IAsyncDisposable
    {
        private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(30);

        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Task _accepting;
        private volatile int _port;

        public Line(int port)
        {
            _port = port;
            _listener.Start();
            _accepting = Accept();
        }

        public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/";

        public int Port { set => _port = value; }

        private async Task Accept()
        {
            try
            {
                while (true)
                {
                    _ = Carry(await _listener.AcceptTcpClientAsync());
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // It is over.
            }
        }

        private async Task Carry(TcpClient near)
        {
            using (near)
            using (var far = new TcpClient())
            {
                try
                {
                    await far.ConnectAsync(IPAddress.Loopback, _port);
                    var there = near.GetStream().CopyToAsync(far.GetStream());
                    var buffer = new byte[16 * 1024];
                    while (await far.GetStream().ReadAsync(buffer) is var count and > 0)
                    {
                        await Task.Delay(Late);
                        await near.GetStream().WriteAsync(buffer.AsMemory(0, count));
                    }
                }
                catch (Exception e) when (e is SocketException or IOException)
                {
                    // Both ends hear of it as they are closed.
                }
            }
        }

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _accepting;
        }
    }
}
