using Carillon.Events.Core.Provisioning;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Store;

namespace Carillon.Events.Provisioner.Stage;

using Core = Carillon.Events.Core.Stage;

/// <summary>A stage that stands: whoever of the staff comes and leaves, and the count of the seats.</summary>
internal sealed partial class StageWork
{
    /// <summary>Staff that are made in one step. Ours.</summary>
    private const int staffTogether = 3;

    /// <summary>Memberships in parts that are made in one step. Ours.</summary>
    private const int joinedTogether = 10;

    /// <summary>How often parts of elastic channels are looked for. Ours.</summary>
    private const long partsEvery = 10 * second;

    private readonly Dictionary<long, Parts> parts = [];

    /// <summary>Who of the staff is known to be in which parts of a show's channel.</summary>
    private sealed class Parts
    {
        public HashSet<(string Part, string User)> Joined { get; } = [];

        public long LookedAt { get; set; }
    }

    /// <summary>Whoever came or left, parts that are new, the count of the seats; and the end.</summary>
    private async Task<Went> StandAsync(Doing at)
    {
        var (app, admin, channel) = (at.Stage.AppInstanceArn!, at.Stage.AdminArn!, at.Stage.ChannelArn!);
        if (IsOver(at.Show))
        {
            return new(HandJob.Closing, 0, 0, at.Stage with { State = Core.StageState.Closed }, Also: ledger =>
            {
                if (ledger.ShowByKey(at.Hand.Show)?.State == ShowState.Published) ledger.PutState(at.Hand.Show, ShowState.Ended);
            });
        }

        var changes = store.Read(view => view.StaffWaiting(at.Hand.Show, staffTogether));
        foreach (var change in changes)
        {
            var user = $"{app}/user/{change.UserId}";
            if (change.Leaves)
            {
                await at.Calls.DeleteUserAsync(user);
                continue;
            }

            await at.Calls.UserAsync(app, change.UserId, change.Name.Length > 0 ? change.Name : change.UserId);
            await at.Calls.ModeratorAsync(channel, user, admin);
            if (!at.Stage.Elastic) await at.Calls.MemberAsync(channel, user, admin, null);
        }

        if (at.Stage.Elastic) await JoinPartsAsync(at, changes);
        return new(HandJob.Standing, 0, 0, at.Stage, Also: ledger =>
        {
            foreach (var change in changes)
            {
                if (change.Leaves) ledger.PutStaffRemoved(change.Key);
                else ledger.PutStaffProvisioned(change.Key);
            }

            if (IsToBeCounted(ledger, at.Hand)) Count(ledger, at);
        });
    }

    private bool AreToBeJoined(long show) => !parts.TryGetValue(show, out var known) || Now - known.LookedAt > partsEvery;

    /// <summary>
    /// Artists and moderators speak in all parts of an elastic channel, so they are in all of them. Joined twice is joined
    /// once, so a process that knows nothing yet begins anew.
    /// </summary>
    private async Task JoinPartsAsync(Doing at, IReadOnlyList<StaffChange> changes)
    {
        var (app, admin, channel) = (at.Stage.AppInstanceArn!, at.Stage.AdminArn!, at.Stage.ChannelArn!);
        if (!parts.TryGetValue(at.Hand.Show, out var known)) parts.Add(at.Hand.Show, known = new Parts());
        var staff = store.Read(view => view.StaffMade(at.Hand.Show))
            .Concat(changes.Where(c => !c.Leaves).Select(c => c.UserId)).Select(id => $"{app}/user/{id}").ToList();
        var missing = (await at.Calls.PartsAsync(channel, admin))
            .SelectMany(part => staff.Select(user => (Part: part, User: user))).Where(pair => !known.Joined.Contains(pair)).ToList();
        foreach (var (part, user) in missing.Take(joinedTogether))
        {
            await at.Calls.MemberAsync(channel, user, admin, part);
            known.Joined.Add((part, user));
        }

        // Where some are left the next step begins with them.
        known.LookedAt = missing.Count > joinedTogether ? 0 : Now;
    }

    /// <summary>The counters are held against the rows.</summary>
    private void Count(EventsLedger ledger, Doing at)
    {
        var counted = ledger.CountSeats(at.Hand.Show, SeatStep.Ready);
        var counter = ledger.SeatsOf(at.Hand.Show).Where(g => g.Step == SeatStep.Ready).Sum(g => g.Count);
        if (counted == counter) Counted(log, at.Show.Id, counted);
        else Miscounted(log, at.Show.Id, counter, counted);
        // Where they differ, too: it is said once, and not counted again and again.
        ledger.PutVerified(at.Hand.Show, counter);
    }

    private static bool IsToBeCounted(EventsView view, Hand hand)
    {
        var seats = view.SeatsOf(hand.Show);
        var ready = seats.Where(g => g.Step == SeatStep.Ready).Sum(g => g.Count);
        return ready != (hand.Verified ?? 0) && seats.All(g => g.Step is SeatStep.Ready or SeatStep.Failed or SeatStep.Gone);
    }

    [LoggerMessage(8002, LogLevel.Information, "Show {Show}: all seats are made, {Count} counted one by one")]
    private static partial void Counted(ILogger log, string show, long count);

    [LoggerMessage(8003, LogLevel.Error, "Show {Show}: the counter says {Counter} seats, and there are {Count}")]
    private static partial void Miscounted(ILogger log, string show, long counter, long count);
}
