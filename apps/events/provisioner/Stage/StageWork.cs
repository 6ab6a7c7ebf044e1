using System.Text.Json.Nodes;
using Carillon.Events.Core;
using Carillon.Events.Core.Provisioning;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Stage;
using Carillon.Events.Core.Store;
using Carillon.Kit;

namespace Carillon.Events.Provisioner.Stage;

using Core = Carillon.Events.Core.Stage;

/// <summary>
/// What is done once for a show, a step at a time: its stage is made, its staff are, and when all is over it is removed.
/// Every step may be repeated, so a process that ends in the middle of one leaves nothing that the next does not find.
/// </summary>
internal sealed partial class StageWork(
    EventsStore store, Platform platform, string owner, TimeProvider time, ILogger log) : IWork
{
    /// <summary>Shows that are looked at for something to do. Ours.</summary>
    private const int mostShows = 2_000;

    /// <summary>Seats that are marked for removal in one transaction. Ours.</summary>
    private const int removedTogether = 2_000;

    /// <summary>Staff that are made in one step. Ours.</summary>
    private const int staffTogether = 5;

    private const long second = 1_000_000;

    /// <summary>How often parts of elastic channels are looked for. Ours.</summary>
    private const long partsEvery = 10 * second;

    /// <summary>A show that nobody ends is over so long after its end. Ours.</summary>
    private static readonly TimeSpan longestEncore = TimeSpan.FromHours(6);

    private readonly Dictionary<long, (long At, HashSet<string> Joined)> parts = [];
    private (Hand Hand, long At)? next;

    /// <summary>What a step sees. Its own steps are those of the job.</summary>
    private sealed record Doing(Hand Hand, Show Show, Core.Stage Stage, StageCalls Calls, string Account, CancellationToken Cancel)
    {
        public string Name => $"events-{Show.Id}";

        public string FanRole => $"CarillonEvents-{Show.Id}-fan";

        public string StaffRole => $"CarillonEvents-{Show.Id}-staff";
    }

    /// <summary>How it goes on.</summary>
    /// <param name="After">Until then the hand rests.</param>
    private sealed record Went(HandJob Job, int Step, long After, Core.Stage Stage, string? StreamName = null, Action<EventsLedger>? Also = null);

    public string Name => "Stage";

    public IReadOnlyCollection<Task> Running => [];

    private long Now => time.GetUtcNow().ToMicroseconds();

    private long Idle => Now + (long)platform.Options.Idle.TotalMicroseconds;

    public async ValueTask<long> StepAsync(CancellationToken cancel)
    {
        if (next is null)
        {
            var wanted = store.Read(view => view.HandsDue(mostShows).FirstOrDefault(hand => Needs(view, hand)));
            if (wanted is null) return Idle;
            await platform.TakesBulkAsync(cancel);
            var (hand, slots) = await store.Write(ledger => Take(ledger, wanted));
            if (slots.Count == 0) return Math.Max(Now + 1, slots.First - Pace.Slice);
            if (hand is null) return Now;
            next = (hand, slots.First);
        }

        if (next.Value.At > Now) return next.Value.At;
        var doing = next.Value.Hand;
        next = null;
        await DoAsync(doing, cancel);
        return Now;
    }

    public async Task FinishAsync()
    {
        if (next is { } left) await store.Write(ledger => ledger.ReleaseHand(left.Hand.Show, owner));
    }

    /// <summary>Whether there is anything to do: a stage that stands is left alone while nothing changes.</summary>
    private bool Needs(EventsView view, Hand hand)
    {
        if (hand.Job is not (HandJob.Standing or HandJob.Closing)) return true;
        var show = view.ShowByKey(hand.Show);
        if (show is null) return false;
        if (hand.Job == HandJob.Closing)
        {
            return hand.Step == 0
                || (view.ArchiveOf(hand.Show) is { Closed: true, Verified: true } && (hand.Clear || show.State == ShowState.Ended));
        }

        return IsOver(show) || view.StaffWaiting(hand.Show, 1).Count > 0 || IsToBeCounted(view, hand)
            || (view.StageOf(hand.Show) is { Elastic: true } && Now - parts.GetValueOrDefault(hand.Show).At > partsEvery);
    }

    private bool IsOver(Show show) =>
        show.State >= ShowState.Ended || (show.State == ShowState.Published && time.GetUtcNow() - show.Definition.EndsAt > longestEncore);

    private static bool IsToBeCounted(EventsView view, Hand hand)
    {
        var seats = view.SeatsOf(hand.Show);
        var ready = seats.Where(g => g.Step == SeatStep.Ready).Sum(g => g.Count);
        return ready != (hand.Verified ?? 0) && seats.All(g => g.Step is SeatStep.Ready or SeatStep.Failed or SeatStep.Gone);
    }

    private (Hand? Hand, Slots Slots) Take(EventsLedger ledger, Hand wanted)
    {
        var limit = platform.LimitOf(PacedClasses.Others);
        var before = ledger.PaceOf(platform.Name, PacedClasses.Others);
        // The calls of a step go one after another, and count together.
        var (pace, slots) = before.Take(ledger.Now, limit, 1, weight: 3);
        if (slots.Count == 0) return (null, slots);
        var until = ledger.Now + (long)platform.Options.Lease.TotalMicroseconds;
        if (!ledger.TakeHand(wanted, owner, until)) return (null, slots);
        if (pace != before) ledger.PutPace(platform.Name, PacedClasses.Others, limit, pace);
        return (wanted with { Owner = owner, Until = until }, slots);
    }

    private async Task DoAsync(Hand hand, CancellationToken cancel)
    {
        var (show, stage) = store.Read(view => (view.ShowByKey(hand.Show), view.StageOf(hand.Show)));
        if (show is null) return;
        stage ??= new Core.Stage(hand.Show, Core.StageState.None, null, null, null, false, null, null, null, null);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var timer = time.CreateTimer(
            static state => ((CancellationTokenSource)state!).Cancel(), limited, platform.Options.Lease / 2, Timeout.InfiniteTimeSpan);
        try
        {
            var account = await platform.AccountAsync(limited.Token);
            var doing = new Doing(hand, show, stage, new StageCalls(platform.Client(), limited.Token), account, limited.Token);
            var went = await (hand.Job switch
            {
                HandJob.Making => MakeAsync(doing),
                HandJob.Standing => StandAsync(doing),
                HandJob.Closing => CloseAsync(doing),
                _ => ClearAsync(doing),
            });
            await store.Write(ledger => GoOn(ledger, hand, stage, went));
        }
        catch (Exception e) when (e is PlatformException or HttpRequestException or IOException or OperationCanceledException)
        {
            if (cancel.IsCancellationRequested)
            {
                await store.Write(ledger => ledger.ReleaseHand(hand.Show, owner));
                return;
            }

            var why = e is OperationCanceledException ? "The platform did not answer in time." : e.Message;
            Stuck(log, show.Id, hand.Job, hand.Step, why);
            await store.Write(ledger =>
            {
                var pause = Math.Min(60, 1L << (int)Math.Min(hand.Tries, 6)) * second;
                if (e is PlatformException { IsThrottled: true } refusal)
                {
                    var limit = platform.LimitOf(PacedClasses.Others);
                    ledger.PutPace(
                        platform.Name, PacedClasses.Others, limit,
                        ledger.PaceOf(platform.Name, PacedClasses.Others)
                            .Refused(ledger.Now, limit, (long?)refusal.RetryAfter?.TotalMicroseconds, 1000));
                }

                ledger.PutHandFailure(hand, why, ledger.Now + pause, owner);
            });
        }
    }

    private bool GoOn(EventsLedger ledger, Hand hand, Core.Stage before, Went went)
    {
        var changed = hand with { StreamName = went.StreamName ?? hand.StreamName };
        if (!ledger.PutHand(changed, went.Job, went.Step, went.After, owner)) return false;
        if (went.Stage != before) ledger.PutStage(went.Stage);
        went.Also?.Invoke(ledger);
        return true;
    }

    private Task<Went> MakeAsync(Doing at) => at.Hand.Step switch
    {
        0 => AppInstanceAsync(at),
        1 => AdminAsync(at),
        2 => RolesAsync(at),
        3 => StreamAsync(at),
        4 => FlowAsync(at),
        5 => ChannelAsync(at),
        _ => ReadyAsync(at),
    };

    private static Went Next(Doing at, Core.Stage stage, string? stream = null) =>
        new(at.Hand.Job, at.Hand.Step + 1, 0, stage, stream);

    private static Went Again(Doing at, long after) => new(at.Hand.Job, at.Hand.Step, after, at.Stage);

    private async Task<Went> AppInstanceAsync(Doing at)
    {
        if (at.Show.State >= ShowState.Ended)
            return new(HandJob.Cleared, 0, 0, at.Stage with { State = Core.StageState.Cleared });
        // Without a chat there is nothing to make; it may be switched on later.
        if (!at.Show.Definition.Chat.Enabled || at.Show.State == ShowState.Draft) return Again(at, Now + 60 * second);
        return Next(at, at.Stage with
        {
            State = Core.StageState.Preparing,
            AppInstanceArn = await at.Calls.AppInstanceAsync(at.Name),
        });
    }

    private static async Task<Went> AdminAsync(Doing at)
    {
        var admin = await at.Calls.UserAsync(at.Stage.AppInstanceArn!, StageCalls.AdminId, "Event");
        await at.Calls.AdminAsync(at.Stage.AppInstanceArn!, admin);
        return Next(at, at.Stage with { AdminArn = admin });
    }

    private static async Task<Went> RolesAsync(Doing at)
    {
        var trust = FanPolicy.Trust(at.Account);
        var app = at.Stage.AppInstanceArn!;
        return Next(at, at.Stage with
        {
            FanRoleArn = await at.Calls.RoleAsync(at.Account, at.FanRole, trust, FanPolicy.OfFans(app)),
            StaffRoleArn = await at.Calls.RoleAsync(at.Account, at.StaffRole, trust, FanPolicy.OfStaff(app)),
        });
    }

    /// <summary>Before the channel, so that the archive misses nothing.</summary>
    private async Task<Went> StreamAsync(Doing at)
    {
        var name = $"chime-messaging-{at.Name}";
        if (await at.Calls.StreamAsync(name) is not { } arn) return Again(at, Now + second);
        await at.Calls.StreamingAsync(at.Stage.AppInstanceArn!, arn);
        return Next(at, at.Stage, name);
    }

    private async Task<Went> FlowAsync(Doing at) => Next(at, at.Stage with
    {
        FlowArn = await at.Calls.FlowAsync(
            at.Stage.AppInstanceArn!, "rules",
            $"arn:aws:lambda:{platform.Options.Region}:{at.Account}:function:{platform.Options.FlowFunction}"),
    });

    private async Task<Went> ChannelAsync(Doing at)
    {
        var options = platform.Options;
        var people = Math.Max(at.Show.Definition.Tickets.Planned, store.Read(view => view.CountsOf(at.Hand.Show).All)) + 1;
        // Rules of ours: room for half as many again, and parts that shrink to two fifths before they are merged.
        var count = (int)Math.Clamp(people * 3 / 2 / options.MembersPerPart + 1, 2, options.PartsPerChannel);
        var elastic = at.Show.Definition.Chat.Audience == "parts" || people > options.MembersPerChannel
            ? new JsonObject
            {
                ["MaximumSubChannels"] = count,
                ["TargetMembershipsPerSubChannel"] = (int)Math.Max(options.MembersPerPart, people * 3 / 2 / count + 1),
                ["MinimumMembershipPercentage"] = 40,
            }
            : null;
        var (app, admin) = (at.Stage.AppInstanceArn!, at.Stage.AdminArn!);
        var name = at.Show.Definition.Title is { Length: > 0 } title ? title[..Math.Min(title.Length, 200)] : at.Show.Id;
        var channel = await at.Calls.ChannelAsync(app, admin, name, elastic);
        await at.Calls.AssociateAsync(channel, at.Stage.FlowArn!, admin);
        return Next(at, at.Stage with { ChannelArn = channel, Elastic = elastic is not null });
    }

    private static Task<Went> ReadyAsync(Doing at) => Task.FromResult(
        new Went(HandJob.Standing, 0, 0, at.Stage with { State = Core.StageState.Ready }));

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

    /// <summary>Artists and moderators speak in all parts of an elastic channel, so they are in all of them.</summary>
    private async Task JoinPartsAsync(Doing at, IReadOnlyList<StaffChange> changes)
    {
        var (app, admin, channel) = (at.Stage.AppInstanceArn!, at.Stage.AdminArn!, at.Stage.ChannelArn!);
        var joined = parts.TryGetValue(at.Hand.Show, out var known) ? known.Joined : [];
        var staff = store.Read(view => view.StaffMade(at.Hand.Show))
            .Concat(changes.Where(c => !c.Leaves).Select(c => c.UserId)).Select(id => $"{app}/user/{id}").Append(admin).ToList();
        foreach (var part in await at.Calls.PartsAsync(channel, admin))
        {
            foreach (var user in staff.Where(user => !joined.Contains($"{part} {user}")))
            {
                if (user == admin) await at.Calls.ModeratorAsync(channel, admin, admin);
                await at.Calls.MemberAsync(channel, user, admin, part);
                joined.Add($"{part} {user}");
            }
        }

        parts[at.Hand.Show] = (Now, joined);
    }

    /// <summary>The counters are held against the rows.</summary>
    private void Count(EventsLedger ledger, Doing at)
    {
        var counted = ledger.CountSeats(at.Hand.Show, SeatStep.Ready);
        var counter = ledger.SeatsOf(at.Hand.Show).Where(g => g.Step == SeatStep.Ready).Sum(g => g.Count);
        if (counted == counter) Counted(log, at.Show.Id, counted);
        else Miscounted(log, at.Show.Id, counter, counted);
        ledger.PutVerified(at.Hand.Show, counted);
    }

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
        var (app, admin, channel) = (at.Stage.AppInstanceArn!, at.Stage.AdminArn!, at.Stage.ChannelArn!);
        switch (at.Hand.Step)
        {
            case 0:
                // Whatever was let pass since the archive was closed belongs into it.
                var standing = store.Read(view => view.ArchiveOf(at.Hand.Show))?.Standing;
                if (await at.Calls.MessageCountAsync(channel, admin) is { } held && held != standing)
                    return new(HandJob.Closing, 1, 0, at.Stage, Also: ledger => ledger.ReopenArchive(at.Hand.Show));
                await at.Calls.DeleteChannelAsync(channel, admin);
                return Next(at, at.Stage);
            case 1:
                await at.Calls.EndStreamingAsync(app);
                if (at.Hand.StreamName is { } stream) await at.Calls.DeleteStreamAsync(stream);
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
                foreach (var user in users.Take(staffTogether)) await at.Calls.DeleteUserAsync(user);
                return Again(at, 0);
            case 5:
                if (at.Stage.FlowArn is { } flow) await at.Calls.DeleteFlowAsync(flow);
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
                return new(
                    HandJob.Cleared, 0, 0, at.Stage with { State = Core.StageState.Cleared },
                    Also: ledger => ledger.PutState(at.Hand.Show, ShowState.Cleared));
        }
    }

    [LoggerMessage(8001, LogLevel.Warning, "Show {Show}: step {Step} of {Job} did not succeed and is tried again: {Why}")]
    private static partial void Stuck(ILogger log, string show, HandJob job, int step, string why);

    [LoggerMessage(8002, LogLevel.Information, "Show {Show}: all seats are made, {Count} counted one by one")]
    private static partial void Counted(ILogger log, string show, long count);

    [LoggerMessage(8003, LogLevel.Error, "Show {Show}: the counter says {Counter} seats, and there are {Count}")]
    private static partial void Miscounted(ILogger log, string show, long counter, long count);
}
