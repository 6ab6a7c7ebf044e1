using Carillon.Core;

namespace Carillon.Server.Hosting;

/// <summary>Removes in the background what deleted things left behind, a slice at a time, whenever there is some.</summary>
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
                if (await store.Write(Purging.Step))
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
