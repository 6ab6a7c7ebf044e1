using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Carillon.Sql.Sqlite;
using Carillon.Tests.Server.Bulk;
using Xunit;

namespace Carillon.Tests.Durability;

/// <summary>
/// E4: system calls fail under a running server. Nothing is acknowledged that is not stored; what cannot be taken is refused
/// soon; and the server goes on, or ends and recovers from its log, without a hand.
/// </summary>
[Collection(nameof(Processes))]
public sealed class FaultTests : IDisposable
{
    private const int Unavailable = 503, Restart = 70;

    private static readonly TimeSpan refusedWithin = TimeSpan.FromSeconds(2), resumesWithin = TimeSpan.FromSeconds(10);

    private readonly string _folder = Directory.CreateTempSubdirectory("carillon-fault-").FullName;

    private string Data => Directory.CreateDirectory(Path.Combine(_folder, "data")).FullName;

    private string Log => Path.Combine(Data, "carillon.db-wal");

    private string Trace => Path.Combine(_folder, "trace");

    [Theory]
    [InlineData("fdatasync", "error=EIO:when=1")]
    [InlineData("fdatasync,pwrite64", "error=EIO")]
    public async Task When_the_disk_fails_nothing_is_acknowledged_any_more_and_a_restart_recovers(string calls, string fault)
    {
        var (server, storm) = await Begin();
        using (storm)
        {
            var reads = storm.Reads;
            using (var strace = await Strace.Attach(server, calls, fault, Trace, Log))
            {
                await Patience.Until(() => strace.Injected > 0, "The disk did not fail.");
                await Patience.Until(() => storm.Refusals.Any(r => r.Status == Unavailable) || server.IsGone, "Nothing was refused.");

                // Whoever looks after the server starts it again: here it is the test.
                var (code, took) = await server.Exit(TimeSpan.FromSeconds(20));
                Assert.Equal(Restart, code);
                Pace.Within(resumesWithin, took, "The end of a server that cannot go on");
                strace.Detach();
            }

            Assert.True(storm.Reads > reads, "There was no reading.");
            server.Dispose();
            await Recovers(storm);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task When_there_is_no_space_writes_are_refused_reads_go_on_and_it_resumes_by_itself(bool logAlone)
    {
        var (server, storm) = await Begin();
        using (server)
        using (storm)
        {
            using (var strace = await Strace.Attach(server, "pwrite64", "error=ENOSPC", Trace, logAlone ? Log : null))
            {
                await Patience.Until(() => storm.Refusals.Count(r => r.Status == Unavailable) >= 50, "Nothing was refused.");
                var reads = storm.Reads;
                await Patience.Until(() => storm.Reads >= reads + 20, "Nothing was read.");
                Assert.True(strace.Injected > 0);
                strace.Detach();
            }

            await Resumes(server, storm);
            Assert.Empty(storm.FailedReads);
        }
    }

    // While somebody reads an old state the log cannot begin anew, and grows beyond what a page of its index lists.
    [Fact]
    public async Task When_the_index_of_the_log_finds_no_space_writes_are_refused_and_it_resumes_by_itself()
    {
        var (server, _) = await ServerProcess.Start(Data);
        using (server)
        {
            using var client = new Client(server.Credentials());
            var app = await client.Create(
                server.Address, "/app-instances", null, new { Name = "index", ClientRequestToken = "app" }, "AppInstanceArn");
            using var http = new HttpClient();
            var bulk = new BulkClient(server.Address, server.Credentials(), http, TimeProvider.System);
            var users = Enumerable.Range(0, 20_000).Select(i => BulkClient.User(app, $"u{i}", $"user-{i}", $"u{i}")).ToList();
            using var reader = new SqliteDatabase(Path.Combine(Data, "carillon.db")).OpenReader();
            reader.BeginRead();
            Assert.NotNull(reader.Number("select count(*) from person"));
            async Task<BulkReply> Send()
            {
                try
                {
                    return await bulk.Send(users);
                }
                catch (HttpRequestException)
                {
                    await server.Gone().WaitAsync(TimeSpan.FromSeconds(10));
                    throw new InvalidOperationException($"The server ended: {server.Errors}");
                }
            }

            using (var strace = await Strace.Attach(server, "pwrite64", "error=ENOSPC", Trace, Path.Combine(Data, "carillon.db-shm")))
            {
                var refused = await Send();
                Assert.True(strace.Injected > 0, "The index of the log did not grow.");
                Assert.Contains(Unavailable, refused.Statuses);
                strace.Detach();
            }

            var again = await Send();
            Assert.All(again.Statuses, status => Assert.Equal(201, status));
        }
    }

    [Fact]
    public async Task When_no_connection_can_be_accepted_those_there_are_go_on_and_others_come_in_later()
    {
        var (server, storm) = await Begin();
        using (server)
        using (storm)
        {
            using var later = new HttpClient();
            Task<HttpResponseMessage> waiting;
            using (var strace = await Strace.Attach(server, "accept4", "error=EMFILE", Trace))
            {
                waiting = later.GetAsync(new Uri(server.Address, "/readyz"), TestContext.Current.CancellationToken);
                await Patience.Until(() => strace.Injected > 0, "No connection was refused.");
                await storm.Flow(100);
                strace.Detach();
            }

            await Resumes(server, storm);
            Assert.Empty(storm.FailedReads);
            using var stranger = new HttpClient();
            using var answer = await stranger.GetAsync(new Uri(server.Address, "/readyz"), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            try
            {
                (await waiting.WaitAsync(resumesWithin, TestContext.Current.CancellationToken)).Dispose();
            }
            catch (HttpRequestException)
            {
                // The kernel had given it to the call that failed.
            }
        }
    }

    // The runtime itself ends a process that gets no memory, or no descriptor for a library it has not loaded yet.
    [Fact]
    public async Task When_file_descriptors_run_out_it_goes_on_or_a_restart_recovers()
    {
        var (server, storm) = await Begin();
        using (storm)
        {
            var open = Directory.EnumerateFiles($"/proc/{server.Id}/fd").Count();
            Tool.Run("prlimit", "--pid", $"{server.Id}", $"--nofile={open + 5}:");
            var connections = Enumerable.Range(0, 40)
                .Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToList();
            try
            {
                await Task.WhenAll(connections.Select(async c =>
                {
                    try
                    {
                        await c.ConnectAsync(IPAddress.Loopback, server.Address.Port, TestContext.Current.CancellationToken);
                    }
                    catch (SocketException)
                    {
                        // It has ended meanwhile.
                    }
                }));
                var acked = storm.Acked;
                await Patience.Until(() => storm.Acked > acked + 200 || server.IsGone, "It neither goes on nor ends.");
            }
            finally
            {
                connections.ForEach(c => c.Dispose());
            }

            if (!server.IsGone)
            {
                Tool.Run("prlimit", "--pid", $"{server.Id}", "--nofile=20000:");
            }

            await ResumesOrRecovers(server, storm);
        }
    }

    [Fact]
    public async Task Connections_without_end_cannot_take_the_last_descriptor()
    {
        var (server, _) = await ServerProcess.Start(Data, under: ["prlimit", "--nofile=700:700"]);
        using (server)
        {
            var connections = new List<Socket>();
            async Task Connect(int port, string says)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                connections.Add(socket);
                try
                {
                    await socket.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
                    await socket.SendAsync(Encoding.ASCII.GetBytes(says), TestContext.Current.CancellationToken);
                }
                catch (SocketException)
                {
                    // It was let in no further than it may be.
                }
            }

            for (var i = 0; i < 900; i++)
            {
                await Connect(server.TlsPort, "\u0016");
                await Connect(server.Address.Port, i % 2 == 0 ? "GE" : "POST / HTTP/1.1\r\n");
            }

            using var process = Process.GetProcessById(server.Id);
            var used = process.TotalProcessorTime;
            await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, TestContext.Current.CancellationToken);
            process.Refresh();
            Assert.False(server.IsGone);
            Assert.InRange((process.TotalProcessorTime - used).TotalSeconds, 0, 0.7);
            Assert.InRange(Directory.EnumerateFiles($"/proc/{server.Id}/fd").Count(), 0, 650);
            connections.ForEach(connection => connection.Dispose());

            using var http = new HttpClient();
            await Patience.Until(() => Answers(http, new(server.Address, "/readyz")), "It does not serve again.");
        }
    }

    private static bool Answers(HttpClient http, Uri address)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            using var response = http.Send(request);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    [Fact]
    public async Task When_there_is_no_memory_it_goes_on_or_a_restart_recovers()
    {
        var (server, storm) = await Begin();
        using (storm)
        {
            using (var strace = await Strace.Attach(server, "mmap", "error=ENOMEM", Trace))
            {
                // Some of it may be needed at once or not for long; either way the faults end.
                var watch = Stopwatch.StartNew();
                await Patience.Until(() => strace.Injected > 0 || server.IsGone || watch.Elapsed > TimeSpan.FromSeconds(3), "");
                strace.Detach();
            }

            await ResumesOrRecovers(server, storm);
        }
    }

    [Fact]
    public async Task Control_a_server_that_ignores_errors_of_its_disk_loses_messages()
    {
        var (server, storm) = await Begin("errors-ignored");
        using (server)
        using (storm)
        {
            using (var strace = await Strace.Attach(server, "pwrite64", "error=ENOSPC", Trace, Log))
            {
                await Patience.Until(() => strace.Injected > 20, "There was space.");
                strace.Detach();
            }

            await storm.Finish();
            await storm.StopListening();
            Assert.Contains(await storm.Judge(), fault => fault.StartsWith("lost", StringComparison.Ordinal));
        }
    }

    private async Task<(ServerProcess Server, Storm Storm)> Begin(string? sabotage = null)
    {
        var (server, _) = await ServerProcess.Start(Data, sabotage);
        var storm = await Storm.Prepare(server);
        await storm.Begin(senders: 16, listeners: 1);
        storm.BeginReading();
        await storm.Flow(100);
        return (server, storm);
    }

    private async Task ResumesOrRecovers(ServerProcess server, Storm storm)
    {
        using (server)
        {
            var acked = storm.Acked;
            await Patience.Until(() => storm.Acked > acked + 50 || server.IsGone, "It neither goes on nor ends.");
            if (!server.IsGone)
            {
                await Resumes(server, storm);
                return;
            }

            Assert.Contains("memory", server.Errors, StringComparison.OrdinalIgnoreCase);
        }

        await Recovers(storm);
    }

    private async Task Recovers(Storm storm)
    {
        var (server, _) = await ServerProcess.Start(Data);
        using (server)
        {
            storm.MoveTo(server.Address);
            await Resumes(server, storm);
        }
    }

    private static async Task Resumes(ServerProcess server, Storm storm)
    {
        var watch = Stopwatch.StartNew();
        await storm.AtNextAcknowledgement(() => { });
        Pace.Within(resumesWithin, watch.Elapsed, "Going on");
        await storm.Flow(100);
        await storm.Finish();
        await storm.StopListening();
        Assert.False(server.IsGone, $"The server ended: {server.Errors}");
        TestContext.Current.SendDiagnosticMessage(
            $"{storm.Acked} acknowledged, {storm.Unknown} unknown, refused: "
            + string.Join(", ", storm.Refusals.GroupBy(r => (r.Status, r.Code)).Select(g => $"{g.Count()} x {g.Key.Status} {g.Key.Code} (slowest {g.Max(r => r.Took).TotalMilliseconds:0} ms)"))
            + $"; {storm.Reads} reads, {storm.FailedReads.Count} failed; going on after {watch.ElapsedMilliseconds} ms.");
        Assert.Empty(await storm.Judge());
        Assert.All(storm.Refusals, refused => Assert.Equal((Unavailable, "ServiceUnavailable"), (refused.Status, refused.Code)));
        foreach (var refused in storm.Refusals)
        {
            Pace.Within(refusedWithin, refused.Took, "A refusal");
        }
    }

    public void Dispose() => ServerProcess.EndAllIn(_folder);
}
