using System.Diagnostics;
using System.Net;
using Xunit;

namespace Carillon.Tests.Durability;

[Collection(nameof(Processes))]
public sealed class StopAndStartTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("carillon-stop-").FullName;

    [Fact]
    public async Task A_server_told_to_stop_under_load_loses_nothing_and_says_so_to_its_sessions()
    {
        const int listeners = 3;
        var (server, _) = await ServerProcess.Start(_folder);
        using var storm = await Storm.Prepare(server);
        await storm.Begin(senders: 24, listeners);
        await storm.Flow(300);

        server.Terminate();
        var (code, took) = await server.Exit(TimeSpan.FromSeconds(30));
        await storm.Finish();
        await storm.Ended(listeners);

        Assert.Equal(Enumerable.Repeat((int?)1001, listeners), storm.CloseCodes);
        Assert.Equal(0, code);
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.False(File.Exists(Path.Combine(_folder, "carillon.db-wal")), "The log was not copied and removed.");
        server.Dispose();
        (server, _) = await ServerProcess.Start(_folder);
        using (server)
        {
            storm.MoveTo(server.Address);
            await storm.StopListening();
            Assert.Empty(await storm.Judge());
        }
    }

    [Fact]
    public async Task A_second_server_on_the_same_folder_says_why_not_and_the_first_goes_on()
    {
        var (first, _) = await ServerProcess.Start(_folder);
        using (first)
        {
            using var second = ServerProcess.Launch(_folder);
            var (code, _) = await second.Exit(TimeSpan.FromSeconds(30));

            Assert.Equal(1, code);
            Assert.Contains("in use by another Carillon", second.Errors, StringComparison.Ordinal);
            Assert.Contains("--data", second.Errors, StringComparison.Ordinal);
            using var client = new Client(first.Credentials());
            await client.Create(
                first.Address, "/app-instances", null, new { Name = "still here", ClientRequestToken = "token" }, "AppInstanceArn");
        }
    }

    [Fact]
    public async Task It_is_ready_soon_after_it_is_started()
    {
        var (first, _) = await ServerProcess.Start(_folder);
        first.Dispose();

        var (second, took) = await ServerProcess.Start(_folder);
        second.Dispose();

        // 2 s is the aim on a machine that has nothing else to do.
        TestContext.Current.SendDiagnosticMessage($"Ready after {took.TotalMilliseconds:0} ms.");
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task An_idle_server_told_to_stop_stops_at_once()
    {
        var (server, _) = await ServerProcess.Start(_folder);
        using (server)
        {
            using var http = new HttpClient();
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(server.Address, "/readyz"), TestContext.Current.CancellationToken)).StatusCode);

            server.Terminate();
            var (code, took) = await server.Exit(TimeSpan.FromSeconds(30));

            Assert.Equal(0, code);
            Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        }
    }

    public void Dispose() => ServerProcess.EndAllIn(_folder);
}
