using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Carillon.Events.Core;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Staff;
using Carillon.Events.Core.Stage;
using Carillon.Events.Core.Store;
using Carillon.Events.Core.Tickets;
using Carillon.Kit;
using Carillon.Wire.SigV4;
using Xunit;

namespace Carillon.Events.Tests.Provisioning;

/// <summary>
/// The platform, the app and provisioners as processes of their own, each to be killed and started again on the same
/// folders and ports. The tests read <c>events.db</c> beside them, as one more process does.
/// </summary>
internal sealed partial class Installation : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("carillon-events-town-").FullName;
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
    {
        Timeout = TimeSpan.FromSeconds(20),
    };

    private readonly List<Program> programs = [];
    private AwsCredentials? root;

    private Installation(string[] platformFlags)
    {
        var (port, tlsPort, appPort) = (FreePort(), FreePort(), FreePort());
        Endpoint = new Uri($"http://127.0.0.1:{port}");
        var app = new Uri($"http://127.0.0.1:{appPort}");
        Platform = Add(
            "Carillon.Server", new Uri(Endpoint, "/readyz"),
            [
                "--data", PlatformFolder, "--port", $"{port}", "--tls-port", $"{tlsPort}",
                "--flow-endpoints", $"carillon-events={new Uri(app, "/events/flow")}",
                "--quotas", "AppInstances=1000,MembershipsPerChannel=1000000,UsersPerAppInstance=1000000", .. platformFlags,
            ]);
        App = Add(
            "Carillon.Events", new Uri(app, "/events/api/shows"),
            [
                "--Data", EventsFolder, "--Endpoint", Endpoint.AbsoluteUri, "--Listen", app.GetLeftPart(UriPartial.Authority),
                "--WebhookSecretFile", Path.Combine(PlatformFolder, "webhook-secret"),
            ]);
        Directory.CreateDirectory(EventsFolder);
        Store = EventsStore.Open(Path.Combine(EventsFolder, "events.db"), TimeProvider.System);
    }

    public Uri Endpoint { get; }

    public Program Platform { get; }

    public Program App { get; }

    public EventsStore Store { get; }

    public PlatformClient Root => new(http, Endpoint, EventsHost.Region, root!, TimeProvider.System);

    private string PlatformFolder => Path.Combine(folder, "platform");

    private string EventsFolder => Path.Combine(folder, "events");

    /// <summary>With a platform that runs; the rest is started by whoever wants it.</summary>
    public static async Task<Installation> Open(params string[] platformFlags)
    {
        var installation = new Installation(platformFlags);
        await installation.Platform.Start();
        var text = await File.ReadAllTextAsync(Path.Combine(installation.PlatformFolder, "credentials"));
        installation.root = new(KeyId().Match(text).Groups[1].Value, Secret().Match(text).Groups[1].Value, null);
        return installation;
    }

    /// <summary>One more provisioner, not started yet.</summary>
    public Program Provisioner(params string[] flags) => Add(
        "Carillon.Events.Provisioner", null,
        ["--Data", EventsFolder, "--Endpoint", Endpoint.AbsoluteUri, "--MembersPerChannel", "1000000", .. flags]);

    /// <summary>A published show, with artists and moderators in turns.</summary>
    public async Task<Show> NewShow(int tickets, int staff = 0)
    {
        var doors = DateTimeOffset.UtcNow.AddHours(2);
        var definition = new ShowDefinition
        {
            Title = "Town hall",
            DoorsAt = doors,
            StartsAt = doors.AddHours(1),
            EndsAt = doors.AddHours(3),
            Tickets = new TicketPlan(tickets),
        };
        return await Store.Write(ledger =>
        {
            var id = Ids.New();
            var show = ledger.AddShow(id, id, definition, false);
            for (var i = 0; i < staff; i++)
            {
                var kind = i % 2 == 0 ? StaffKind.Artist : StaffKind.Moderator;
                ledger.AddStaff(show, $"Staff {i}", $"staff {i}", kind, Ids.NewUser(kind == StaffKind.Artist ? "artist-" : "mod-"));
            }

            var number = ledger.TakeNumbers(show, tickets);
            for (var i = 0; i < tickets; i++)
            {
                ledger.AddTicket(
                    show, number + i, Ids.NewUser("t-"), RandomNumberGenerator.GetBytes(32), new NewTicket("standard"), null);
            }

            ledger.PutState(show, ShowState.Published);
            return ledger.ShowByKey(show)!;
        });
    }

    public Stage StageOf(Show show) => Store.Read(view => view.StageOf(show.Key))!;

    /// <summary>Ids of the users that there are to be: the valid tickets', the staff's and the admin.</summary>
    public IReadOnlyList<string> Expected(Show show) => Store.Read(view => view.Tickets(show.Key, TicketFilter.All, null, 0, 1_000_000)
        .Where(t => t.State == TicketState.Valid).Select(t => t.UserId)
        .Concat(view.StaffOf(show.Key).Select(s => s.UserId)).Append("admin").Order(StringComparer.Ordinal).ToList());

    /// <summary>Ids of all users of the show's app instance, as the platform lists them.</summary>
    public async Task<IReadOnlyList<string>> Users(Show show) => await IdsOf(
        $"/app-instance-users?app-instance-arn={Uri.EscapeDataString(StageOf(show).AppInstanceArn!)}&max-results=50",
        "AppInstanceUsers", user => user.Text("AppInstanceUserArn"));

    /// <summary>Ids of all members of the show's channel, as the platform lists them.</summary>
    public async Task<IReadOnlyList<string>> Members(Show show) => await IdsOf(
        $"/channels/{Uri.EscapeDataString(StageOf(show).ChannelArn!)}/memberships?max-results=50", "ChannelMemberships",
        member => member.GetProperty("Member").Text("Arn"), StageOf(show).AdminArn);

    /// <summary>What the platform's channel holds, the oldest first.</summary>
    public async Task<IReadOnlyList<(string Id, bool Redacted)>> Messages(Show show)
    {
        var messages = new List<(string, bool)>();
        await foreach (var message in Pages(
            $"/channels/{Uri.EscapeDataString(StageOf(show).ChannelArn!)}/messages?max-results=50&sort-order=ASCENDING",
            "ChannelMessages", StageOf(show).AdminArn))
            messages.Add((message.Text("MessageId")!, message.TryGetProperty("Redacted", out var gone) && gone.GetBoolean()));
        return messages;
    }

    public async Task<IReadOnlyList<JsonElement>> AppInstances() =>
        await Pages("/app-instances?max-results=50", "AppInstances", null).ToListAsync();

    public static async Task Until(Func<bool> isSo, int seconds, Func<string> what)
    {
        var watch = Stopwatch.StartNew();
        while (!isSo())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(seconds), $"Not within {seconds} s: {what()}");
            await Task.Delay(50);
        }
    }

    private async Task<IReadOnlyList<string>> IdsOf(string path, string list, Func<JsonElement, string?> arn, string? bearer = null)
    {
        var ids = new List<string>();
        await foreach (var item in Pages(path, list, bearer)) ids.Add(arn(item)!.Split('/')[^1]);
        return [.. ids.Order(StringComparer.Ordinal)];
    }

    private async IAsyncEnumerable<JsonElement> Pages(string path, string list, string? bearer)
    {
        string? next = null;
        do
        {
            var page = await Patiently(
                path + (next is null ? "" : $"&next-token={Uri.EscapeDataString(next)}"), bearer);
            foreach (var item in page.GetProperty(list).EnumerateArray()) yield return item;
            next = page.Text("NextToken");
        } while (!string.IsNullOrEmpty(next));
    }

    /// <summary>The platform throttles whoever looks, too.</summary>
    private async Task<JsonElement> Patiently(string path, string? bearer)
    {
        while (true)
        {
            try
            {
                return await Root.ChimeAsync(HttpMethod.Get, path, null, bearer, default);
            }
            catch (PlatformException refused) when (refused.IsThrottled)
            {
                await Task.Delay(100);
            }
        }
    }

    private Program Add(string name, Uri? ready, IReadOnlyList<string> arguments)
    {
        var program = new Program(name, ready, arguments, () => root, http);
        programs.Add(program);
        return program;
    }

    private static int FreePort()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)listener.LocalEndPoint!).Port;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var program in programs) await program.Kill();
        Store.Dispose();
        http.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [GeneratedRegex(@"aws_access_key_id = (\S+)")]
    private static partial Regex KeyId();

    [GeneratedRegex(@"aws_secret_access_key = (\S+)")]
    private static partial Regex Secret();

    /// <summary>One of the programs, running or not.</summary>
    internal sealed class Program(
        string name, Uri? ready, IReadOnlyList<string> arguments, Func<AwsCredentials?> root, HttpClient http)
    {
        private readonly ConcurrentQueue<string> said = new();
        private Process? process;

        /// <summary>Its last lines.</summary>
        public string Said => string.Join('\n', said);

        /// <summary>Starts it and waits until it serves, where it serves anything.</summary>
        public async Task Start()
        {
            var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            foreach (var argument in (string[])[Path.Combine(AppContext.BaseDirectory, name + ".dll"), .. arguments])
                start.ArgumentList.Add(argument);
            foreach (var set in start.Environment.Keys.Where(k => k.StartsWith("CARILLON_", StringComparison.Ordinal)).ToList())
                start.Environment.Remove(set);
            if (root() is { } key)
            {
                start.Environment["AWS_ACCESS_KEY_ID"] = key.AccessKeyId;
                start.Environment["AWS_SECRET_ACCESS_KEY"] = key.SecretAccessKey;
            }

            process = Process.Start(start)!;
            process.OutputDataReceived += (_, line) => Hear(line.Data);
            process.ErrorDataReceived += (_, line) => Hear(line.Data);
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            if (ready is not null) await Answers();
        }

        private async Task Answers()
        {
            var watch = Stopwatch.StartNew();
            while (true)
            {
                Assert.False(process!.HasExited, $"{name} ended: {Said}");
                Assert.True(watch.Elapsed < TimeSpan.FromSeconds(40), $"{name} does not serve: {Said}");
                try
                {
                    using var answer = await http.GetAsync(ready);
                    if (answer.IsSuccessStatusCode) return;
                }
                catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
                {
                    // It is not there yet.
                }

                await Task.Delay(20);
            }
        }

        /// <summary>kill -9.</summary>
        public async Task Kill()
        {
            if (process is null) return;
            if (!process.HasExited) process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
            process = null;
        }

        public async Task KillAndStart()
        {
            await Kill();
            await Start();
        }

        private void Hear(string? line)
        {
            if (line is null) return;
            said.Enqueue(line);
            if (said.Count > 40) said.TryDequeue(out _);
        }
    }
}
