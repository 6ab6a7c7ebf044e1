using Carillon.Core;
using Carillon.Core.Pushing;

namespace Carillon.Server.Pushing;

/// <summary>
/// Takes from the outbox what is due and hands it to the sender, some at a time. What was taken is written down before the
/// next slice of the same push; what was not waits in the outbox. Without a sender it only clears what an earlier run with
/// one has left.
/// </summary>
internal sealed partial class PushDispatcher(
    IStore store, TimeProvider time, ILogger<PushDispatcher> log, IPushSender? sender = null) : BackgroundService
{
    /// <summary>Batches under way at once. Ours, as the spans.</summary>
    public const int MostUnderWay = 8;

    /// <summary>Between looks where the last one found nothing.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Between attempts to write down what was taken.</summary>
    private static readonly TimeSpan writePause = TimeSpan.FromSeconds(1);

    /// <summary>What is under way at a shutdown has this long to end.</summary>
    private static readonly TimeSpan farewell = TimeSpan.FromSeconds(5);

    private readonly Dictionary<long, Task<PushOutcome?>> _underWay = [];
    private readonly Breaker _breaker = new(time);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var cut = new CancellationTokenSource();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Round(cut.Token);
            }
            catch (Refusal refusal)
            {
                // Nothing is lost: what is to do stands in the store.
                Postponed(refusal.Reason);
            }
#pragma warning disable CA1031 // A push that cannot be sent must not end the process, nor keep the others waiting.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Faulted(e);
            }

            using var pause = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            await Task.WhenAny([.. _underWay.Values, Task.Delay(Pause, time, pause.Token)]);
            await pause.CancelAsync();
        }

        // What a webhook has taken should be written down, or it gets it again.
        await Task.WhenAny(Task.WhenAll(_underWay.Values), Task.Delay(farewell, time, CancellationToken.None));
        await cut.CancelAsync();
        await Task.WhenAll(_underWay.Values);
    }

    private async Task Round(CancellationToken cut)
    {
        foreach (var (position, task) in _underWay.Where(flight => flight.Value.IsCompleted).ToList())
        {
            _underWay.Remove(position);
            Learn(await task);
        }

        while (store.Read(view => view.ListPushesFrom(Outbox.TooOld(view.Now), 1)).Count > 0)
        {
            GivenUp(await store.Write(Outbox.GiveUp));
        }

        var room = sender is null ? 0 : _breaker.May(MostUnderWay) - _underWay.Count;
        if (room <= 0)
        {
            return;
        }

        var due = store.Read(view => view.ListDuePushes(view.Now, room + _underWay.Count));
        foreach (var position in due.Where(p => !_underWay.ContainsKey(p)).Take(room))
        {
            _underWay[position] = Task.Run(() => Carry(position, cut), CancellationToken.None);
        }
    }

    private void Learn(PushOutcome? outcome)
    {
        if (outcome is PushOutcome.Taken && _breaker.Worked())
        {
            Back();
        }
        else if (outcome is PushOutcome.Down && _breaker.Failed())
        {
            Gone();
        }
    }

    /// <summary>Hands over the next batch of a push. Null where there was nothing to hand over.</summary>
    private async Task<PushOutcome?> Carry(long position, CancellationToken cut)
    {
        try
        {
            // Read at the last moment: who was banned since gets nothing, and what was redacted is not there.
            if (store.Read(view => Outbox.Next(view, position)) is not { } batch)
            {
                return null;
            }

            if (batch.To.Count == 0)
            {
                await WriteDown(ledger => Outbox.Taken(ledger, batch, []), cut);
                return null;
            }

            var answer = await sender!.Send(batch, cut);
            if (answer.Outcome == PushOutcome.Taken)
            {
                await WriteDown(ledger => Outbox.Taken(ledger, batch, answer.Invalid), cut);
                foreach (var (endpoint, state) in answer.Invalid)
                {
                    Deactivated(endpoint.Id, state);
                }
            }
            else
            {
                NotTaken(batch.Push.Position, batch.Push.Attempts + 1, answer.Why);
                await WriteDown(ledger => Outbox.Failed(ledger, position), cut);
            }

            return answer.Outcome;
        }
        catch (OperationCanceledException) when (cut.IsCancellationRequested)
        {
            return null;
        }
#pragma warning disable CA1031 // One push that cannot be sent must not end the process; it is given up in time.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Faulted(e);
        }

        await Task.WhenAny(WriteDown(ledger => Outbox.Failed(ledger, position), cut));
        return null;
    }

    /// <summary>Tries until the store takes it: what is not written down would be sent again and again.</summary>
    private async Task WriteDown(Action<ILedger> change, CancellationToken cut)
    {
        while (true)
        {
            try
            {
                await store.Write(ledger =>
                {
                    change(ledger);
                    return true;
                });
                return;
            }
            catch (Refusal refusal)
            {
                Postponed(refusal.Reason);
            }

            await Task.Delay(writePause, time, cut);
        }
    }

    [LoggerMessage(4001, LogLevel.Warning, "Push {Position} was not taken, attempt {Attempt}: {Why}.")]
    private partial void NotTaken(long position, int attempt, string why);

    [LoggerMessage(4002, LogLevel.Error, "The push webhook fails again and again; it is asked seldom until it works.")]
    private partial void Gone();

    [LoggerMessage(4003, LogLevel.Information, "The push webhook works again.")]
    private partial void Back();

    [LoggerMessage(4004, LogLevel.Warning, "{Count} pushes are given up: they could not be handed over in time.")]
    private partial void GivenUp(int count);

    [LoggerMessage(4005, LogLevel.Information, "Endpoint {EndpointId} is inactive from now on: {State}.")]
    private partial void Deactivated(string endpointId, EndpointState state);

    [LoggerMessage(4006, LogLevel.Warning, "Pushes wait for the store: {Reason}.")]
    private partial void Postponed(Reason reason);

    [LoggerMessage(4007, LogLevel.Error, "Carrying pushes failed; it is tried again.")]
    private partial void Faulted(Exception exception);
}
