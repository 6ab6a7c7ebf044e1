using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Carillon.Events.Core;
using Carillon.Events.Core.Provisioning;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Store;
using Carillon.Events.Core.Tickets;
using Carillon.Kit;
using Carillon.Load.Protocols;
using Carillon.Load.Servers;

namespace Carillon.Load.Scenarios;

/// <summary>
/// How long the provisioner of live events takes for a show whose tickets are sold: from the start of its process until the
/// platform has a user and a membership for each, and the app has counted them.
/// </summary>
internal sealed record TicketsSold(int Count)
{
    /// <summary>An attempt that takes longer has failed.</summary>
    private static readonly TimeSpan patience = TimeSpan.FromMinutes(10);

    public async Task<Figures> Run(Setting setting)
    {
        using var server = await CarillonServer.Start(setting);
        var folder = setting.Places.Folder();
        using var store = EventsStore.Open(Path.Combine(folder, "events.db"), TimeProvider.System);
        var show = await Sell(store);

        var cpu = server.Process.Cpu();
        var clock = Stopwatch.StartNew();
        using var provisioner = ServerProcess.Start(
            setting.ClientCores,
            [
                "dotnet", setting.Places.Provisioner, "--Data", folder, "--Endpoint", $"http://127.0.0.1:{server.Port}",
                "--MembersPerChannel", "10000000",
            ],
            server.Credentials());
        while (store.Read(view => view.ProgressOf(show)) is not { State: ProgressState.Ready } progress || progress.Made < Count)
        {
            if (provisioner.HasExited || clock.Elapsed > patience) throw new RunFailed("The provisioner did not get ready.");
            await Task.Delay(50);
        }

        var seconds = clock.Elapsed.TotalSeconds;
        var (users, members) = await Counts(server, store, show);
        // Beside the tickets' there is one: the app's own.
        return new Figures().Put("seconds", seconds).Put("tickets", Count).Put("tickets_per_second", Count / seconds)
            .Put("server_cpu_us", (server.Process.Cpu() - cpu) / Count * 1e6).Put("provisioner_cpu_us", provisioner.Cpu() / Count * 1e6)
            .Put("server_mib", server.Process.Resident() / 1048576.0).Put("provisioner_mib", provisioner.Resident() / 1048576.0)
            .Put(Figures.Lost, Math.Max(0, Count + 1 - Math.Min(users, members)))
            .Put(Figures.Repeated, Math.Max(0, Math.Max(users, members) - Count - 1));
    }

    private async Task<long> Sell(EventsStore store)
    {
        var doors = DateTimeOffset.UtcNow.AddHours(2);
        var show = await store.Write(ledger =>
        {
            var id = Ids.New();
            return ledger.AddShow(
                id, id,
                new ShowDefinition
                {
                    Title = "Bench",
                    DoorsAt = doors,
                    StartsAt = doors.AddHours(1),
                    EndsAt = doors.AddHours(3),
                    Tickets = new TicketPlan(Count),
                },
                false);
        });
        foreach (var some in Enumerable.Range(0, Count).Chunk(10_000))
        {
            await store.Write(ledger =>
            {
                var number = ledger.TakeNumbers(show, some.Length);
                foreach (var _ in some)
                {
                    ledger.AddTicket(
                        show, number++, Ids.NewUser("t-"), RandomNumberGenerator.GetBytes(32), new NewTicket("standard"), null);
                }
            });
        }

        await store.Write(ledger => ledger.PutState(show, ShowState.Published));
        return show;
    }

    /// <summary>Users and members, as the platform counts them.</summary>
    private static async Task<(long Users, long Members)> Counts(CarillonServer server, EventsStore store, long show)
    {
        using var http = PlatformClient.NewHttp();
        var client = new PlatformClient(
            http, new Uri($"http://127.0.0.1:{server.Port}"), "us-east-1", server.Credentials(), TimeProvider.System);
        var stage = store.Read(view => view.StageOf(show))!;
        async Task<JsonElement> Ask(string path, string? bearer) =>
            (await client.ChimeAsync(HttpMethod.Get, path, null, bearer, CancellationToken.None)).GetProperty("x-carillon");
        var app = await Ask($"/app-instances/{Uri.EscapeDataString(stage.AppInstanceArn!)}", null);
        var channel = await Ask($"/channels/{Uri.EscapeDataString(stage.ChannelArn!)}", stage.AdminArn);
        return (app.GetProperty("UserCount").GetInt64(), channel.GetProperty("MemberCount").GetInt64());
    }
}
