using Carillon.Events.Core.Provisioning;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Store;

namespace Carillon.Events.Provisioner.Stage;

using Core = Carillon.Events.Core.Stage;

/// <summary>The end: the archive is closed, and everything is removed.</summary>
internal sealed partial class StageWork
{
    /// <summary>Seats that are marked for removal in one transaction. Ours.</summary>
    private const int removedTogether = 2_000;

    /// <summary>Users that are removed in one step, beside those of the seats. Ours.</summary>
    private const int usersTogether = 5;

    /// <summary>First nobody can say anything any more; then the archive is read to its end (Archiving).</summary>
    private static async Task<Went> CloseAsync(Doing at)
    {
        if (at.Hand.Step == 0)
        {
            await at.Calls.MuteRoleAsync(at.FanRole);
            await at.Calls.MuteRoleAsync(at.StaffRole);
            return Next(at, at.Stage);
        }

        // Archived, it rests until it is to be cleared.
        return at.Hand.Clear
            ? new(HandJob.Clearing, 0, 0, at.Stage, Also: ledger => Archived(ledger, at))
            : new(HandJob.Closing, 1, long.MaxValue, at.Stage, Also: ledger => Archived(ledger, at));
    }

    private static void Archived(EventsLedger ledger, Doing at)
    {
        if (ledger.ShowByKey(at.Hand.Show)?.State == ShowState.Ended) ledger.PutState(at.Hand.Show, ShowState.Archived);
        // The wish may have come meanwhile.
        if (ledger.HandOf(at.Hand.Show) is { Clear: true }) ledger.Wake(at.Hand.Show);
    }

    private async Task<Went> ClearAsync(Doing at)
    {
        // Where the making was given up, names tell what there may be.
        if ((at.Stage.AppInstanceArn ?? await at.Calls.FindAppInstanceAsync(at.Name)) is not { } app) return Cleared(at);
        await platform.MustOwnAsync(app, at.Cancel);
        var (admin, channel) = (
            at.Stage.AdminArn ?? $"{app}/user/{StageCalls.AdminId}", at.Stage.ChannelArn ?? $"{app}/channel/{StageCalls.ChannelId}");
        switch (at.Hand.Step)
        {
            case 0:
                // Whatever was let pass since the archive was closed belongs into it.
                var standing = store.Read(view => view.ArchiveOf(at.Hand.Show))?.Standing;
                if (at.Stage.ChannelArn is not null
                    && await at.Calls.MessageCountAsync(channel, admin) is { Count: { } held } && held != standing)
                    return new(HandJob.Closing, 1, 0, at.Stage, Also: ledger => ledger.ReopenArchive(at.Hand.Show));
                await at.Calls.DeleteChannelAsync(channel, admin);
                return Next(at, at.Stage);
            case 1:
                await at.Calls.EndStreamingAsync(app);
                await at.Calls.DeleteStreamAsync(at.StreamName);
                return Next(at, at.Stage);
            case 2:
                var more = await store.Write(ledger => ledger.RemoveSeats(at.Hand.Show, removedTogether));
                return more ? Again(at, 0) : Next(at, at.Stage);
            case 3:
                // Seats are removed at their own pace (Seats).
                var left = store.Read(view => view.SeatsOf(at.Hand.Show))
                    .Where(g => g.Step is SeatStep.EndMember or SeatStep.EndUser).Sum(g => g.Count);
                return left > 0 ? Again(at, Now + second / 2) : Next(at, at.Stage);
            case 4:
                // Whoever is there still, whatever made them: staff, and seats that were given up.
                var users = (await at.Calls.SomeUsersAsync(app)).Where(user => user != admin).ToList();
                if (users.Count == 0) return Next(at, at.Stage);
                foreach (var user in users.Take(usersTogether)) await at.Calls.DeleteUserAsync(user);
                return Again(at, 0);
            case 5:
                if ((at.Stage.FlowArn ?? await at.Calls.FindFlowAsync(app, flowName)) is { } flow) await at.Calls.DeleteFlowAsync(flow);
                return Next(at, at.Stage);
            case 6:
                await at.Calls.DeleteRoleAsync(at.FanRole);
                await at.Calls.DeleteRoleAsync(at.StaffRole);
                return Next(at, at.Stage);
            case 7:
                await at.Calls.EndAdminAsync(app, admin);
                await at.Calls.DeleteUserAsync(admin);
                await at.Calls.DeleteAppInstanceAsync(app);
                return Next(at, at.Stage);
            default:
                return Cleared(at);
        }
    }

    private static Went Cleared(Doing at) => new(
        HandJob.Cleared, 0, 0, at.Stage with { State = Core.StageState.Cleared },
        Also: ledger => ledger.PutState(at.Hand.Show, ShowState.Cleared));
}
