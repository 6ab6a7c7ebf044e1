using Carillon.Core;
using Carillon.Core.Flows;
using Carillon.Server.Http;

namespace Carillon.Server.Flows;

/// <summary>
/// Calls the processors of held messages. What is to do stands in the store, so a restart goes on where it was: a processor
/// may be called twice for one message, and its callback counts once. Who cannot be called leaves its message to the
/// fallback at once.
/// </summary>
internal sealed partial class FlowInvoker(
    IStore store, ProcessorCaller caller, Arns arns, Bell bell, TimeProvider time, ILogger<FlowInvoker> log)
    : BackgroundService
{
    /// <summary>Calls at a time. Ours.</summary>
    public const int MostCalls = 64;

    /// <summary>How long a claimed message is left to who claimed it: a call and the writing of its outcome.</summary>
    public static readonly TimeSpan Lease = ProcessorCaller.Timeout + TimeSpan.FromSeconds(5);

    /// <summary>Between looks without a ring: for what other machines and earlier lives have left.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly Breaker _breaker = new(time);
    private readonly HashSet<Task> _calls = [];
    private readonly Lock _lock = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await ClaimAll(stoppingToken))
                {
                    continue;
                }
            }
            catch (Refusal refusal)
            {
                Postponed(refusal.Reason);
            }
#pragma warning disable CA1031 // One failure must not end the calling of processors for good.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Failed(e);
            }

            await bell.Wait(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(Running());
    }

    /// <summary>Starts as many calls as fit. True where there may be more that fit.</summary>
    private async Task<bool> ClaimAll(CancellationToken stopping)
    {
        var free = MostCalls - Running().Count;
        if (free == 0)
        {
            return false;
        }

        var claimed = await store.Write(ledger => ledger.ClaimPending(free, ledger.Now.Plus(Lease)));
        foreach (var pending in claimed)
        {
            Start(pending, stopping);
        }

        return claimed.Count == free;
    }

    private List<Task> Running()
    {
        lock (_lock)
        {
            return [.. _calls];
        }
    }

    private void Start(PendingMessage pending, CancellationToken stopping)
    {
        var call = new Task<Task>(() => Call(pending, stopping));
        var whole = call.Unwrap();
        lock (_lock)
        {
            _calls.Add(whole);
        }

        whole.ContinueWith(
            done =>
            {
                lock (_lock)
                {
                    _calls.Remove(done);
                }

                // There is room for another.
                bell.Ring();
            },
            TaskScheduler.Default);
        call.Start(TaskScheduler.Default);
    }

    private async Task Call(PendingMessage pending, CancellationToken stopping)
    {
        try
        {
            var reached = await Reached(pending, stopping);
            await store.Write(ledger =>
            {
                if (reached)
                {
                    Processing.HandedOver(ledger, pending.Key);
                }
                else
                {
                    Processing.Unreachable(ledger, pending.Key);
                }

                return reached;
            });
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // It is called again after the restart.
        }
        catch (Refusal refusal)
        {
            // The outcome is not stored; it is called again once the claim has ended.
            Postponed(refusal.Reason);
        }
#pragma warning disable CA1031 // It ends this call alone, is logged, and the message is taken up again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Failed(e);
        }
    }

    private async Task<bool> Reached(PendingMessage pending, CancellationToken stopping)
    {
        if (!_breaker.Allows(pending.Function))
        {
            return false;
        }

        var why = await caller.Call(pending.Function, FlowEvent.Of(pending, arns), stopping);
        if (why is null)
        {
            _breaker.Succeeded(pending.Function);
            return true;
        }

        Unreached(pending.Function, pending.Fallback, why);
        if (_breaker.Failed(pending.Function))
        {
            Opened(pending.Function, Breaker.Failures, Breaker.Rest.TotalSeconds);
        }

        return false;
    }

    [LoggerMessage(5001, LogLevel.Warning, "The processor {Function} could not be called (fallback {Fallback}): {Why}")]
    private partial void Unreached(string function, FallbackAction fallback, string why);

    [LoggerMessage(5002, LogLevel.Warning, "The processor {Function} failed {Times} times in a row and is left alone for {Seconds} s.")]
    private partial void Opened(string function, int times, double seconds);

    [LoggerMessage(5003, LogLevel.Warning, "The calling of processors is postponed: {Reason}.")]
    private partial void Postponed(Reason reason);

    [LoggerMessage(5004, LogLevel.Error, "A processor's call failed in the server; it is tried again.")]
    private partial void Failed(Exception exception);
}
