using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Flows;
using Carillon.Core.Pushing;
using Carillon.Core.Streams;

namespace Carillon.Server.Hosting;

/// <summary>
/// Removes in the background what deleted things left behind, a slice at a time, deletes what has expired or is kept no
/// longer, and keeps elastic channels balanced. It is also the first to notice a store that can commit no more, and ends
/// the process then: a restart recovers from the log.
/// </summary>
internal sealed partial class Sweeper(
    IStore store, Health health, IHostApplicationLifetime host, TimeProvider time, ILogger<Sweeper> log) : BackgroundService
{
    /// <summary>Between looks where the last one found nothing. Ours.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>Each does one transaction's worth and says whether there was anything to do.</summary>
    private static readonly Func<ILedger, bool>[] Steps =
        [Expiring.Step, Retaining.Step, Balancing.Step, Purging.Step, Processing.Step, Endpoints.Step, Trimming.Step];

    /// <summary>Steps that are left alone until the next pause.</summary>
    private readonly HashSet<Func<ILedger, bool>> _resting = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var found = false;
            foreach (var step in Steps.Where(s => !_resting.Contains(s)))
            {
                found |= await Did(step);
                if (health.IsBroken)
                {
                    Broken();
                    host.StopApplication();
                    return;
                }
            }

            if (found)
            {
                continue;
            }

            _resting.Clear();
            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> Did(Func<ILedger, bool> step)
    {
        try
        {
            return await store.Write(step);
        }
        catch (Refusal refusal)
        {
            // Nothing is lost: what is to do stands in the store.
            Postponed(refusal.Reason);
            if (refusal.Reason is Reason.Busy or Reason.StoreUnavailable)
            {
                // It would take no other step either.
                _resting.UnionWith(Steps);
            }
        }
#pragma warning disable CA1031 // One thing that cannot be swept must not end the process, nor keep the others from being swept.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Failed(e);
        }

        _resting.Add(step);
        return false;
    }

    [LoggerMessage(3001, LogLevel.Warning, "Purging is postponed: {Reason}.")]
    private partial void Postponed(Reason reason);

    [LoggerMessage(3003, LogLevel.Critical, "The store can commit no more. Stopping: a restart recovers what is on disk.")]
    private partial void Broken();

    [LoggerMessage(3004, LogLevel.Error, "Sweeping failed; it is tried again.")]
    private partial void Failed(Exception exception);
}
