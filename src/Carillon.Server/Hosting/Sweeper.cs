using Carillon.Core;

namespace Carillon.Server.Hosting;

/// <summary>
/// Removes in the background what deleted things left behind, a slice at a time, and deletes what has expired.
/// </summary>
internal sealed partial class Sweeper(IStore store, TimeProvider time, ILogger<Sweeper> log) : BackgroundService
{
    /// <summary>Between looks where the last one found nothing. Ours.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                // A look first: an idle server must not sync its disk for nothing.
                var now = Instant.Of(time.GetUtcNow());
                if (store.Read(view => view.HasChores(now))
                    && (await store.Write(Expiring.Step) | await store.Write(Purging.Step)))
                {
                    continue;
                }
            }
            catch (Refusal refusal)
            {
                // Nothing is lost: what is to do stands in the store.
                Postponed(refusal.Reason);
            }

            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(3001, LogLevel.Warning, "Purging is postponed: {Reason}.")]
    private partial void Postponed(Reason reason);
}
