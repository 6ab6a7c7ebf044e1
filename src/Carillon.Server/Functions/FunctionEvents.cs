using Carillon.Core;
using Carillon.Core.Functions;
using Carillon.Functions;

namespace Carillon.Server.Functions;

/// <summary>
/// Carries out asynchronous invocations. They stand in the store until they have ended, so a restart goes on where it was; a
/// function may be run again for one that it had already taken, as on Lambda.
/// </summary>
internal sealed partial class FunctionEvents(FunctionRoom room, TimeProvider time, ILogger<FunctionEvents> log) : BackgroundService
{
    /// <summary>At a time. Ours.</summary>
    private const int MostRunning = 32;

    /// <summary>Between looks without a ring.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>Before a throttled one is tried again. Ours.</summary>
    private static readonly TimeSpan ThrottlePause = TimeSpan.FromSeconds(5);

    private readonly HashSet<Task> _running = [];
    private readonly Lock _lock = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!room.Enabled)
        {
            return;
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var free = MostRunning - Running();
                if (free > 0)
                {
                    var claimed = await room.Store.Write(ledger => LocalFunctions.Claim(ledger, free));
                    foreach (var happened in claimed)
                    {
                        Start(happened, stoppingToken);
                    }

                    if (claimed.Count == free)
                    {
                        continue;
                    }
                }
            }
            catch (Refusal refusal)
            {
                Postponed(refusal.Reason);
            }
#pragma warning disable CA1031 // One failure must not end asynchronous invocations for good.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Failed(e);
            }

            await room.EventBell.Wait(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private int Running()
    {
        lock (_lock)
        {
            return _running.Count;
        }
    }

    private void Start(FunctionEvent happened, CancellationToken stopping)
    {
        var run = new Task<Task>(() => Run(happened, stopping));
        var whole = run.Unwrap();
        lock (_lock)
        {
            _running.Add(whole);
        }

        whole.ContinueWith(
            done =>
            {
                lock (_lock)
                {
                    _running.Remove(done);
                }

                room.EventBell.Ring();
            },
            TaskScheduler.Default);
        run.Start(TaskScheduler.Default);
    }

    private async Task Run(FunctionEvent happened, CancellationToken stopping)
    {
        try
        {
            if (room.Find(happened.Name) is not { } known)
            {
                await End(happened);
                return;
            }

            var outcome = await room.Run(known, new(happened.RequestId, happened.Payload)).WaitAsync(stopping);
            switch (outcome)
            {
                case { Kind: OutcomeKind.Ended, Failed: false }:
                    await End(happened);
                    break;
                case { Kind: OutcomeKind.Throttled }:
                    await room.Store.Write(ledger => LocalFunctions.Postponed(ledger, happened, ThrottlePause));
                    break;
                default:
                    if (!await room.Store.Write(ledger => LocalFunctions.Failed(ledger, happened)))
                    {
                        GaveUp(happened.Name, happened.RequestId);
                    }

                    break;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException && stopping.IsCancellationRequested)
        {
            // It is run again after the restart.
        }
        catch (Refusal refusal)
        {
            Postponed(refusal.Reason);
        }
#pragma warning disable CA1031 // It ends this attempt alone, is logged, and the event is taken up again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Failed(e);
        }
    }

    private Task<bool> End(FunctionEvent happened) => room.Store.Write(ledger =>
    {
        ledger.EndFunctionEvent(happened.Key);
        return true;
    });

    [LoggerMessage(9003, LogLevel.Warning, "Asynchronous invocations are postponed: {Reason}.")]
    private partial void Postponed(Reason reason);

    [LoggerMessage(9004, LogLevel.Error, "An asynchronous invocation failed in the server; it is tried again.")]
    private partial void Failed(Exception exception);

    [LoggerMessage(9005, LogLevel.Warning, "The function {Function} failed for the last time at the asynchronous invocation {RequestId}.")]
    private partial void GaveUp(string function, string requestId);
}
