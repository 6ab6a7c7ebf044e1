using System.Security.Cryptography;
using Carillon.Events.Core;
using Carillon.Events.Core.Provisioning;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Stage;
using Carillon.Events.Core.Store;
using Carillon.Events.Core.Tickets;
using Carillon.Events.Provisioner;
using Carillon.Wire.SigV4;
using Microsoft.Extensions.Logging.Abstractions;

namespace Carillon.Events.Tests.Provisioning;

/// <summary>
/// Provisioners over a fake platform, in time that jumps from one thing that is due to the next: hours pass in seconds, and
/// every run is the same.
/// </summary>
internal sealed class Rehearsal : IDisposable
{
    private readonly string folder = Directory.CreateDirectory(
        Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"carillon-{Ids.New()}")).FullName;

    private readonly List<(IWork Work, long Due)> works = [];
    private readonly List<ProvisionerService> services = [];

    public Rehearsal(bool bulk = false)
    {
        Platform = new FakePlatform(Clock) { TakesBulk = bulk };
        Store = EventsStore.Open(Path.Combine(folder, "events.db"), Clock);
    }

    public ManualTime Clock { get; } = new();

    public FakePlatform Platform { get; }

    public EventsStore Store { get; }

    public long Now => Clock.GetUtcNow().ToMicroseconds();

    /// <summary>One more provisioner.</summary>
    public ProvisionerService Hire(Rates? rates)
    {
        var service = new ProvisionerService(
            Store,
            new ProvisionerOptions
            {
                Endpoint = () => new Uri("http://fake:1"),
                Region = "us-east-1",
                Credentials = () => new AwsCredentials("AKIDEXAMPLE", "secret", null),
                Rates = rates,
            },
            Clock, NullLoggerFactory.Instance, Platform);
        services.Add(service);
        works.AddRange(service.Works.Select(work => (work, 0L)));
        return service;
    }

    /// <summary>It ends as a killed process does: what it has taken stays taken.</summary>
    public void Kill(ProvisionerService service) => works.RemoveAll(w => service.Works.Contains(w.Work));

    /// <summary>A show whose stage stands.</summary>
    public async Task<long> NewShow(TimeSpan untilDoors)
    {
        var doors = Clock.GetUtcNow() + untilDoors;
        var definition = new ShowDefinition { Title = "Show", DoorsAt = doors, StartsAt = doors.AddHours(1), EndsAt = doors.AddHours(3) };
        return await Store.Write(ledger =>
        {
            var id = Ids.New();
            var key = ledger.AddShow(id, id, definition, false);
            ledger.PutState(key, ShowState.Published);
            var app = AppOf(key);
            ledger.PutStage(new Stage(
                key, StageState.Ready, app, $"{app}/user/admin", $"{app}/channel/show", false, null, null, null, null));
            var hand = ledger.HandOf(key)!;
            ledger.TakeHand(hand, "test", ledger.Now);
            ledger.PutHand(hand, HandJob.Standing, 0, 0, "test");
            return key;
        });
    }

    public static string AppOf(long show) => $"arn:aws:chime:us-east-1:123456789012:app-instance/{show:d8}-0000-4000-8000-000000000000";

    public async Task Sell(long show, int count)
    {
        foreach (var chunk in Enumerable.Range(0, count).Chunk(10_000))
        {
            await Store.Write(ledger =>
            {
                var number = ledger.TakeNumbers(show, chunk.Length);
                foreach (var _ in chunk)
                {
                    ledger.AddTicket(
                        show, number++, Ids.NewUser("t-"), RandomNumberGenerator.GetBytes(32), new NewTicket("standard"), null);
                }
            });
        }
    }

    public Progress ProgressOf(long show) => Store.Read(view => view.ProgressOf(show));

    public long Ready(long show) => ProgressOf(show).Made;

    /// <summary>Lets time pass until it is so.</summary>
    /// <exception cref="TimeoutException">It is not, within <paramref name="most"/> of virtual time.</exception>
    public async Task Until(Func<bool> isSo, TimeSpan most)
    {
        var end = Clock.GetUtcNow() + most;
        while (!isSo())
        {
            if (Clock.GetUtcNow() > end) throw new TimeoutException($"Not after {most}.");
            await Pass();
        }
    }

    public async Task For(TimeSpan span)
    {
        var end = Clock.GetUtcNow() + span;
        while (Clock.GetUtcNow() < end) await Pass();
    }

    /// <summary>Does what is due, and moves to what is due next.</summary>
    private async Task Pass()
    {
        for (var i = 0; i < works.Count; i++)
        {
            if (works[i].Due > Now) continue;
            long due;
            try
            {
                due = await works[i].Work.StepAsync(default);
            }
            catch (InvalidDataException)
            {
                // As the service does after a fault that nobody expected.
                due = Now + 2_000_000;
            }

            await Task.WhenAll(works[i].Work.Running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            works[i] = (works[i].Work, due);
        }

        var next = works.Min(w => w.Due);
        if (next > Now) Clock.Pass(TimeSpan.FromMicroseconds(next - Now));
    }

    public void Dispose()
    {
        foreach (var service in services) service.Dispose();
        Store.Dispose();
        Platform.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
