using System.Globalization;
using Carillon.Events.Core;
using Carillon.Events.Core.Provisioning;
using Carillon.Events.Core.Stage;
using Carillon.Events.Core.Store;
using Carillon.Events.Provisioner.Archiving;
using Carillon.Events.Provisioner.Seats;
using Carillon.Events.Provisioner.Stage;
using Carillon.Kit;
using Carillon.Sql;
using Microsoft.Extensions.Hosting;

namespace Carillon.Events.Provisioner;

/// <summary>
/// Makes what shows need on the platform and removes it when they are over. Any number may run on one database; each is
/// worth as much as another.
/// </summary>
public sealed partial class ProvisionerService : BackgroundService, IStageHands
{
    /// <summary>After a fault that nobody expected. Ours.</summary>
    private static readonly TimeSpan faultPause = TimeSpan.FromSeconds(2);

    private readonly EventsStore store;
    private readonly HttpClient http;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly IReadOnlyList<IWork> works;

    /// <param name="store">Stays the caller's.</param>
    public ProvisionerService(EventsStore store, ProvisionerOptions options, TimeProvider time, ILoggerFactory logs)
        : this(store, options, time, logs, null)
    {
    }

    internal ProvisionerService(
        EventsStore store, ProvisionerOptions options, TimeProvider time, ILoggerFactory logs, HttpMessageHandler? handler)
    {
        this.store = store;
        this.time = time;
        log = logs.CreateLogger("Carillon.Events.Provisioner");
        // A signature holds for one host only. Each call has a time of its own.
        http = new HttpClient(handler ?? new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        var platform = new Platform(http, options, time);
        var owner = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{Ids.New()}");
        works =
        [
            new StageWork(store, platform, owner, time, log),
            .. new[] { SeatStep.User, SeatStep.Member, SeatStep.EndMember, SeatStep.EndUser }
                .Select(step => new SeatWork(store, platform, step, owner, time)),
            new ArchiveWork(store, platform, owner, time, log),
        ];
    }

    internal IReadOnlyList<IWork> Works => works;

    /// <inheritdoc/>
    public Task HurryAsync(long show, CancellationToken cancel) => store.Write(ledger => ledger.HurryHand(show));

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(works.Select(work => Task.Run(() => RunAsync(work, stoppingToken), CancellationToken.None)));

    private async Task RunAsync(IWork work, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            TimeSpan pause;
            try
            {
                var next = Times.FromMicroseconds(await work.StepAsync(stop));
                pause = next - time.GetUtcNow();
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // The last resort of a loop that must not end: logged, and tried again.
            catch (Exception e)
#pragma warning restore CA1031
            {
                if (e is Refused or PlatformException or HttpRequestException or SqlException) Waits(log, work.Name, e.Message);
                else Faulted(log, e, work.Name);
                pause = faultPause;
            }

            if (pause <= TimeSpan.Zero) continue;
            using var woken = CancellationTokenSource.CreateLinkedTokenSource(stop);
            var delay = Task.Delay(pause, time, woken.Token);
            await Task.WhenAny([delay, .. work.Running]);
            await woken.CancelAsync();
        }

        // What is under way has been told to stop. What came of it is written down, if that is possible still; if not, whoever
        // comes next waits until it is anybody's.
        await Task.WhenAll(work.Running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await work.FinishAsync();
        }
        catch (Exception e) when (e is Refused or SqlException)
        {
            Waits(log, work.Name, e.Message);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        http.Dispose();
    }

    [LoggerMessage(8021, LogLevel.Warning, "{Work} waits: {Why}")]
    private static partial void Waits(ILogger log, string work, string why);

    [LoggerMessage(8022, LogLevel.Error, "{Work} met a fault, and goes on")]
    private static partial void Faulted(ILogger log, Exception fault, string work);
}
