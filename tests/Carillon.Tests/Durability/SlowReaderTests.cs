using System.Diagnostics;
using System.Net;
using Xunit;

namespace Carillon.Tests.Durability;

/// <summary>
/// E18: readers that do not keep up are closed with a code that their client reconnects on, soon, and nobody else notices.
/// </summary>
[Collection(nameof(Processes))]
public sealed class SlowReaderTests : IDisposable
{
    private const int Channels = 4, SessionsPerUser = 8, TryAgainLater = 1013;
    private const long MostMemory = 600L << 20;

    private static readonly TimeSpan closedWithin = TimeSpan.FromSeconds(15);

    private readonly string _folder = Directory.CreateTempSubdirectory("carillon-slow-").FullName;

    // The control runs beside it, since each takes as long as a reader may be slow.
    [Fact]
    public async Task Readers_that_do_not_keep_up_are_closed_and_the_others_hear_everything_in_order()
    {
        var whole = Experiment("whole", sabotage: null, Size.Of("E18_SESSIONS", usual: 400, full: 2000), Size.Of("E18_EVENTS", 200, 200));
        var control = Experiment("control", "queue-unbounded", sessions: 40, perSecond: 80);

        Assert.Empty(await whole);
        Assert.Contains(await control, fault => fault.StartsWith("not closed", StringComparison.Ordinal));
    }

    private async Task<List<string>> Experiment(string name, string? sabotage, int sessions, int perSecond)
    {
        var (server, _) = await ServerProcess.Start(Directory.CreateDirectory(Path.Combine(_folder, name)).FullName, sabotage);
        using var ended = new CancellationTokenSource();
        var all = new List<RawSession>();
        try
        {
            using var client = new Client(server.Credentials());
            var (sender, channels, users) = await Prepare(client, server.Address, sessions);
            var slow = sessions / 20;
            for (var i = 0; i < sessions; i++)
            {
                all.Add(new RawSession());
            }

            await Parallel.ForAsync(0, sessions, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
                await all[i].Open(client.SessionUrl(server.Address, users[i / SessionsPerUser]), far: i < 2 * slow));
            var (still, trickling, others) = (all[..slow], all[slow..(2 * slow)], all[(2 * slow)..]);
            var reading = others.Select(s => Fast(s, ended.Token)).ToList();
            using var begunClosing = new CancellationTokenSource();
            var watch = Stopwatch.StartNew();

            // Of those that read nothing every other wakes up when the first are given up: it may still see why.
            var late = still.Where((_, i) => i % 2 == 0).Select(s => Wake(s, begunClosing.Token, ended.Token)).ToList();
            var slowly = trickling.Select(s => Trickle(s, watch)).ToList();
            var sending = Send(client, server.Address, sender, channels, perSecond, watch);
            long memory = 0;
            while (watch.Elapsed < closedWithin)
            {
                memory = Math.Max(memory, server.Memory());
                if (server.Errors.Contains("reads too slowly", StringComparison.Ordinal))
                {
                    await begunClosing.CancelAsync();
                }

                await Task.Delay(10);
            }

            // From here on everybody reads: who was given up meets the end, and who was not catches up.
            await begunClosing.CancelAsync();
            await Task.WhenAll(slowly);
            reading.AddRange(still.Where((_, i) => i % 2 == 1).Concat(trickling).Where(s => s.Closed is null).Select(s => Fast(s, ended.Token)));
            var sent = await sending;
            var everybody = all.Select((s, i) => (Session: s, All: sent[i / SessionsPerUser % Channels])).ToList();
            await Patience.Within(10, () => everybody.TrueForAll(e => e.Session.Closed is not null || e.Session.Events >= e.All));
            await ended.CancelAsync();
            await Task.WhenAll([.. reading, .. late]);
            var woken = still.Where((_, i) => i % 2 == 0).ToList();
            var delays = others.SelectMany(s => s.Delays).Order().ToList();
            TestContext.Current.SendDiagnosticMessage(
                $"{name}: {sessions} sessions, {sent.Sum()} events; others p50 {delays[delays.Count / 2]:0.0} ms, p99 {delays[delays.Count * 99 / 100]:0.0} ms; "
                + $"slow ones ended {string.Join(", ", all[..(2 * slow)].GroupBy(s => s.Closed).Select(g => $"{g.Count()} x {g.Key?.ToString() ?? "not"}"))}; {memory >> 20} MiB.");
            return
            [
                .. all.Where(s => s.Fault is not null).Select(s => $"out of order: {s.Fault}"),
                .. everybody.Skip(2 * slow).Where(e => e.Session.Closed is not null || e.Session.Events != e.All)
                    .Select(e => $"harmed: a session that read everything ended with {e.Session.Closed} after {e.Session.Events} of {e.All}"),
                .. all[..(2 * slow)].Except(woken).Where(s => s.Closed is null).Select(_ => "not closed: a session that did not keep up"),
                .. everybody.Where(e => woken.Contains(e.Session) && e.Session.Closed is null && e.Session.Events != e.All)
                    .Select(e => $"harmed: a session that woke up in time got {e.Session.Events} of {e.All}"),
                .. all.Where(s => s.Closed is not (null or 0 or TryAgainLater)).Select(s => $"closed with {s.Closed}"),
                .. woken.TrueForAll(s => s.Closed != TryAgainLater) ? ["no code: none of those that read again was told why"] : Array.Empty<string>(),
                .. memory > MostMemory ? [$"memory: {memory >> 20} MiB"] : Array.Empty<string>(),
            ];
        }
        finally
        {
            await ended.CancelAsync();
            all.ForEach(s => s.Dispose());
            server.Dispose();
        }
    }

    /// <summary>Eight sessions of one user hear one channel.</summary>
    private static async Task<(string Sender, List<string> Channels, List<string> Users)> Prepare(Client client, Uri server, int sessions)
    {
        var app = await client.Create(server, "/app-instances", null, new { Name = "slow", ClientRequestToken = "app" }, "AppInstanceArn");
        Task<string> User(string id) => client.Create(
            server, "/app-instance-users", null, new { AppInstanceArn = app, AppInstanceUserId = id, Name = id, ClientRequestToken = id },
            "AppInstanceUserArn");
        var sender = await User("sender");
        var channels = new List<string>();
        for (var i = 0; i < Channels; i++)
        {
            channels.Add(await client.Create(
                server, "/channels", sender, new { AppInstanceArn = app, Name = $"c{i}", ClientRequestToken = $"channel-{i}" }, "ChannelArn"));
        }

        var users = new List<string>();
        for (var i = 0; i * SessionsPerUser < sessions; i++)
        {
            users.Add(await User($"user-{i}"));
            await client.Create(
                server, $"/channels/{Uri.EscapeDataString(channels[i % Channels])}/memberships", sender,
                new { Type = "DEFAULT", MemberArn = users[i] }, "ChannelArn");
        }

        return (sender, channels, users);
    }

    /// <summary>At fixed times, whether or not those before are answered; how many each channel got.</summary>
    private static async Task<List<int>> Send(
        Client client, Uri server, string sender, List<string> channels, int perSecond, Stopwatch watch)
    {
        var sends = new List<Task>();
        for (var i = 0; watch.Elapsed < closedWithin; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / perSecond) - watch.Elapsed;
            if (due > TimeSpan.Zero)
            {
                await Task.Delay(due);
            }

            var content = $"sent-at-{Stopwatch.GetTimestamp()} {new string('x', 1000)}";
            sends.Add(SendOne(client, server, sender, channels[i % Channels], content, $"token-{i}"));
        }

        await Task.WhenAll(sends);
        return [.. Enumerable.Range(0, channels.Count).Select(c => (sends.Count + channels.Count - 1 - c) / channels.Count)];
    }

    private static async Task SendOne(Client client, Uri server, string sender, string channel, string content, string token)
    {
        var (status, _) = await client.Call(
            server, HttpMethod.Post, $"/channels/{Uri.EscapeDataString(channel)}/messages", sender,
            new { Content = content, Type = "STANDARD", Persistence = "PERSISTENT", ClientRequestToken = token });
        Assert.Equal(HttpStatusCode.Created, status);
    }

    private static async Task Fast(RawSession session, CancellationToken end)
    {
        try
        {
            while (await session.Read(int.MaxValue, end))
            {
            }
        }
        catch (OperationCanceledException)
        {
            // The experiment is over.
        }
    }

    private static async Task Trickle(RawSession session, Stopwatch watch)
    {
        while (watch.Elapsed < closedWithin)
        {
            using var second = new CancellationTokenSource(closedWithin - watch.Elapsed + TimeSpan.FromMilliseconds(1));
            try
            {
                if (!await session.Read(1024, second.Token))
                {
                    return;
                }

                await Task.Delay(TimeSpan.FromSeconds(1), second.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static async Task Wake(RawSession session, CancellationToken when, CancellationToken end)
    {
        var woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registered = when.Register(() => woken.TrySetResult());
        await woken.Task;
        await Fast(session, end);
    }

    public void Dispose() => ServerProcess.EndAllIn(_folder);
}
