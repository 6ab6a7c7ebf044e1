using System.Net;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Carillon.Events.Core;
using Carillon.Events.Core.Stage;
using Carillon.Events.Core.Store;
using Carillon.Events.Core.Talk;
using Carillon.Events.Core.Tickets;
using Carillon.Kit;

namespace Carillon.Events.Flow;

/// <summary>
/// Tells the platform what was decided: answers to callbacks, redactions, bans. Each is a row that goes once the platform
/// has taken it, so that whatever ends the process, it is told; and telling it twice changes nothing there.
/// </summary>
internal sealed class Errands : IAsyncDisposable
{
    /// <summary>Those of one person go one after another, so that what was said first is seen first. Our choice.</summary>
    private const int lanes = 32;

    /// <summary>Errands that wait in one lane; the rest waits in the table. Our choice.</summary>
    private const int mostWaiting = 256;

    /// <summary>How many are read from the table at once. Our choice.</summary>
    private const int together = 500;

    /// <summary>Between two looks for what is due: for what waited, and what an earlier process left. Our choice.</summary>
    private static readonly TimeSpan look = TimeSpan.FromMilliseconds(500);

    /// <summary>Between tries at most. Our choice.</summary>
    private static readonly TimeSpan longest = TimeSpan.FromSeconds(30);

    /// <summary>At the end, for what should not wait for the next start. Our choice.</summary>
    private static readonly TimeSpan farewell = TimeSpan.FromSeconds(3);

    /// <summary>Refusals, and not failures, after which one is given up. Our choice: half an hour.</summary>
    private const int mostRefusals = 60;

    private readonly EventsService events;
    private readonly ILogger log;
    private readonly Channel<Errand>[] waiting;
    private readonly HashSet<long> known = [];
    private readonly Lock gate = new();
    private readonly CancellationTokenSource ending = new();
    private readonly CancellationTokenSource stopped = new();
    private readonly Task[] working;
    private readonly Task looking;
    private int closed;

    public Errands(EventsService events)
    {
        this.events = events;
        log = events.Logs.CreateLogger("Carillon.Events");
        waiting = [.. Enumerable.Range(0, lanes).Select(_ => Channel.CreateBounded<Errand>(
            new BoundedChannelOptions(mostWaiting) { SingleReader = true }))];
        working = [.. waiting.Select(lane => Task.Run(() => WorkAsync(lane.Reader)))];
        looking = Task.Run(LookAsync);
    }

    /// <summary>Does what is committed and due, without waiting for the next look.</summary>
    public void Do(Errand errand)
    {
        lock (gate)
        {
            if (!known.Add(errand.Key)) return;
        }

        // Redactions need no order among each other: a thousand of one person do not stand in the way of the others' few.
        var lane = waiting[(uint)(errand.Kind == ErrandKind.Redact
            ? HashCode.Combine(errand.Show, errand.MessageId) : HashCode.Combine(errand.Show, errand.Number ?? -1)) % lanes];
        // Where the lane is full it is found in the table again.
        if (!lane.Writer.TryWrite(errand)) Forget(errand);
    }

    /// <summary>Hurries what could still be taken back, and leaves the rest to the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref closed, 1) == 1) return;
        await ending.CancelAsync();
        await looking;
        try
        {
            await events.Store.Write(ledger => ledger.HastenRedactions());
            foreach (var errand in events.Store.Read(view => view.DueErrands(together))) Do(errand);
        }
        catch (Refused unavailable)
        {
            ErrandLog.Postponed(log, "at the end", unavailable.Message);
        }

        foreach (var lane in waiting) lane.Writer.TryComplete();
        await Task.WhenAny(Task.WhenAll(working), Task.Delay(farewell, TimeProvider.System));
        await stopped.CancelAsync();
        await Task.WhenAll(working);
        ending.Dispose();
        stopped.Dispose();
    }

    private async Task LookAsync()
    {
        using var timer = new PeriodicTimer(look, events.Time);
        try
        {
            do
            {
                await Turns.TryAsync(log, "Telling the platform", async () =>
                {
                    foreach (var errand in events.Store.Read(view => view.DueErrands(together))) Do(errand);
                    await ExpireAsync();
                }, ending.Token);
            } while (await timer.WaitForNextTickAsync(ending.Token));
        }
        catch (OperationCanceledException)
        {
            // What is left is found at the next start.
        }
    }

    private async Task ExpireAsync()
    {
        var before = events.Time.GetUtcNow().ToMicroseconds() - Moderation.Patience;
        while (events.Store.Read(view => view.HeldBefore(before, 1)).Count > 0
            && await events.Store.Write(ledger => Moderation.Expire(ledger)) is var (show, outcome))
            events.Desk.Announce(show, null, outcome);
    }

    private async Task WorkAsync(ChannelReader<Errand> lane)
    {
        await foreach (var errand in lane.ReadAllAsync())
        {
            try
            {
                if (!stopped.IsCancellationRequested) await TryAsync(errand);
            }
            catch (OperationCanceledException) when (stopped.IsCancellationRequested)
            {
                // The row is there at the next start.
            }
            catch (Refused unavailable)
            {
                ErrandLog.Postponed(log, errand.Kind.ToString(), unavailable.Message);
            }
#pragma warning disable CA1031 // It ends this try alone, is logged, and the errand is found in the table again.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                ErrandLog.Failed(log, errand.Kind.ToString(), fault);
            }
            finally
            {
                Forget(errand);
            }
        }
    }

    private void Forget(Errand errand)
    {
        lock (gate) known.Remove(errand.Key);
    }

    private async Task TryAsync(Errand errand)
    {
        try
        {
            await (errand.Kind switch
            {
                ErrandKind.Answer => AnswerAsync(errand),
                ErrandKind.Redact => RedactAsync(errand),
                _ => BanAsync(errand),
            });
        }
        catch (PlatformException refused) when (refused.Status is HttpStatusCode.Conflict or HttpStatusCode.NotFound)
        {
            // It was told before, or there is nobody left to tell it of.
            await EndAsync(errand, lost: false);
        }
        catch (PlatformException refused) when (IsFinal(refused, errand))
        {
            ErrandLog.GivenUp(log, errand.Kind.ToString(), refused.Message);
            await EndAsync(errand, lost: errand.Kind == ErrandKind.Answer);
        }
        catch (Exception fault) when (fault is PlatformException or HttpRequestException
            || (fault is TaskCanceledException && !stopped.IsCancellationRequested))
        {
            ErrandLog.Postponed(log, errand.Kind.ToString(), fault.Message);
            await PostponeAsync(errand);
        }
    }

    /// <summary>A callback that nobody waits for is known at once; whatever else is refused may be a matter of time.</summary>
    private static bool IsFinal(PlatformException refused, Errand errand) => refused.Status switch
    {
        HttpStatusCode.BadRequest => true,
        HttpStatusCode.Forbidden => errand.Kind == ErrandKind.Answer && errand.Tries > 2 || errand.Tries > mostRefusals,
        _ => false,
    };

    private async Task AnswerAsync(Errand errand)
    {
        // Null only where the show was deleted.
        if (StageOf(errand) is not { ChannelArn: { } channel })
        {
            await EndAsync(errand, lost: false);
            return;
        }

        // From here on it cannot be called off.
        if (!errand.Taken && !await events.Store.Write(ledger => ledger.TakeErrand(errand.Key))) return;
        var message = new JsonObject { ["MessageId"] = errand.MessageId };
        if (errand.Content is { } content) message["Content"] = content;
        if (errand.SubChannelId is { } part) message["SubChannelId"] = part;
        await events.Platform().ChimeAsync(
            HttpMethod.Post, $"/channels/{Uri.EscapeDataString(channel)}?operation=channel-flow-callback",
            new JsonObject
            {
                ["CallbackId"] = errand.CallbackId,
                ["DeleteResource"] = errand.Deny,
                ["ChannelMessage"] = message,
            },
            null, stopped.Token);
        await EndAsync(errand, lost: false);
    }

    private async Task RedactAsync(Errand errand)
    {
        var stage = StageOf(errand);
        var taken = await events.Store.Write(ledger =>
        {
            // What the platform has not been told to let pass is not there yet.
            if (ledger.ErrandOf(errand.Show, ErrandKind.Answer, errand.MessageId!) is not null) return (bool?)null;
            return ledger.TakeErrand(errand.Key);
        });
        if (taken is null) await PostponeAsync(errand);
        if (taken is not true) return;
        if (stage is { ChannelArn: { } channel, AdminArn: { } admin })
        {
            var body = new JsonObject();
            if (errand.SubChannelId is { } part) body["SubChannelId"] = part;
            await events.Platform().ChimeAsync(
                HttpMethod.Post,
                $"/channels/{Uri.EscapeDataString(channel)}/messages/{Uri.EscapeDataString(errand.MessageId!)}?operation=redact", body,
                admin, stopped.Token);
        }

        await EndAsync(errand, lost: false);
    }

    /// <summary>Makes the platform's ban the ticket's, as it is now; a ban that has run out ends here.</summary>
    private async Task BanAsync(Errand errand)
    {
        var (show, number) = (errand.Show, errand.Number!.Value);
        var (ticket, stage) = events.Store.Read(view => (view.Ticket(show, number), view.StageOf(show)));
        if (ticket is { State: TicketState.Banned } && ticket.StateAt(events.Time.GetUtcNow().ToMicroseconds()) == TicketState.Valid)
        {
            // That asks for this errand anew, with the ban gone.
            var outcome = await events.Store.Write(ledger => ledger.ShowByKey(show) is { } found
                ? Moderation.Lift(ledger, found, number, new Actor("", null), Acts.Over) : null);
            if (outcome is not null) events.Desk.Announce(show, null, outcome);
            return;
        }

        // Whom the provisioner has not made yet nobody need ban: the flow's processor and the door know.
        if (ticket is { Provisioned: true }
            && stage is { AppInstanceArn: { } app, ChannelArn: { } channel, AdminArn: { } admin, State: StageState.Ready or StageState.Closed })
        {
            var (platform, bans, user) = (
                events.Platform(), $"/channels/{Uri.EscapeDataString(channel)}/bans", $"{app}/user/{ticket.UserId}");
            if (ticket.State == TicketState.Banned)
            {
                await UnlessThereAsync(platform.ChimeAsync(
                    HttpMethod.Post, bans, new JsonObject { ["MemberArn"] = user }, admin, stopped.Token));
            }
            else
            {
                try
                {
                    await platform.ChimeAsync(HttpMethod.Delete, $"{bans}/{Uri.EscapeDataString(user)}", null, admin, stopped.Token);
                }
                catch (PlatformException absent) when (absent.Status == HttpStatusCode.NotFound)
                {
                    // An earlier process ended it, and was ended itself before what follows. Ours answers 204; AWS does not say.
                }

                // A ban ends the membership, and its end does not bring it back.
                var joined = await UnlessThereAsync(platform.ChimeAsync(
                    HttpMethod.Post, $"/channels/{Uri.EscapeDataString(channel)}/memberships",
                    new JsonObject { ["MemberArn"] = user, ["Type"] = "DEFAULT" }, admin, stopped.Token));
                if (joined?.Text("SubChannelId") is { } part)
                    await events.Store.Write(ledger => ledger.PutSubChannel(show, number, part));
            }
        }

        await events.Store.Write(ledger =>
        {
            // Gone where it was asked for anew meanwhile.
            if (ledger.Errand(errand.Key) is null) return;
            ledger.EndErrand(errand.Key);
            if (ledger.Ticket(show, number) is { State: TicketState.Banned, Until: { } until })
                ledger.AddErrand(new Errand(0, show, ErrandKind.Ban, number, null, null, null, false, null, until));
        });
    }

    private static async Task<System.Text.Json.JsonElement?> UnlessThereAsync(Task<System.Text.Json.JsonElement> making)
    {
        try
        {
            return await making;
        }
        catch (PlatformException refused) when (refused.Status == HttpStatusCode.Conflict)
        {
            return null;
        }
    }

    private Stage? StageOf(Errand errand) => events.Store.Read(view => view.StageOf(errand.Show));

    private Task EndAsync(Errand errand, bool lost) => events.Store.Write(ledger =>
    {
        ledger.EndErrand(errand.Key);
        if (errand.MessageId is not { } id || ledger.Said(errand.Show, id) is not { } said) return;
        if (lost && said.State == SaidState.Sent) ledger.PutSaid(said, said with { State = SaidState.Lost, Waits = false });
        if (errand.Kind == ErrandKind.Redact && said.State == SaidState.Hidden) ledger.PutSaid(said, said with { State = SaidState.Removed });
    });

    private Task PostponeAsync(Errand errand)
    {
        var pause = Math.Min(longest.TotalMilliseconds, 200 * Math.Pow(2, Math.Min(errand.Tries, 20)));
        // Those that failed together are not to come back together.
        var micros = (long)(pause * (0.75 + Random.Shared.NextDouble() / 2) * 1000);
        return events.Store.Write(ledger => ledger.PostponeErrand(errand.Key, ledger.Now + micros));
    }
}

internal static partial class ErrandLog
{
    [LoggerMessage(5101, LogLevel.Warning, "The platform was not told yet ({Kind}); it will be tried again: {Reason}")]
    public static partial void Postponed(ILogger log, string kind, string reason);

    [LoggerMessage(5102, LogLevel.Error, "The platform will not be told ({Kind}): {Reason}")]
    public static partial void GivenUp(ILogger log, string kind, string reason);

    [LoggerMessage(5103, LogLevel.Error, "Telling the platform failed in this app ({Kind}); it is tried again.")]
    public static partial void Failed(ILogger log, string kind, Exception fault);
}
