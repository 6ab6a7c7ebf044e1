using Carillon.Events.Core;
using Carillon.Events.Core.Provisioning;
using Carillon.Events.Core.Shows;
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

    private const long second = 1_000_000;

    /// <summary>A show that nobody ends is over so long after its end. Ours.</summary>
    private static readonly TimeSpan longestEncore = TimeSpan.FromHours(6);

    private readonly Turnstile gate = new(store, platform, time);

    /// <summary>What a step sees. Its own steps are those of the job.</summary>
    private sealed record Doing(Hand Hand, Show Show, Core.Stage Stage, StageCalls Calls, CancellationToken Cancel)
    {
        public string Name => $"events-{Show.Id}";

        public string StreamName => Hand.StreamName ?? $"chime-messaging-{Name}";

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
        var wanted = store.Read(view => view.HandsDue(mostShows).FirstOrDefault(hand => Needs(view, hand)));
        if (wanted is null) return Idle;
        // Tells which rates are in force.
        await platform.TakesBulkAsync(cancel);
        var until = Now + (long)platform.Options.Lease.TotalMicroseconds;
        if (await store.Write(ledger => ledger.TakeHand(wanted, owner, until)))
            await DoAsync(wanted with { Owner = owner, Until = until }, cancel);
        return Now;
    }

    /// <summary>What is taken is given back where it was being done.</summary>
    public Task FinishAsync() => Task.CompletedTask;

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
            || (view.StageOf(hand.Show) is { Elastic: true } && AreToBeJoined(hand.Show));
    }

    private bool IsOver(Show show) =>
        show.State >= ShowState.Ended || (show.State == ShowState.Published && time.GetUtcNow() - show.Definition.EndsAt > longestEncore);

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
            var doing = new Doing(hand, show, stage, new StageCalls(platform.Client(), gate, limited.Token), limited.Token);
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
            var pause = Math.Min(60, 1L << (int)Math.Min(hand.Tries, 6)) * second;
            await store.Write(ledger => ledger.PutHandFailure(hand, why, ledger.Now + pause, owner));
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

    private static Went Next(Doing at, Core.Stage stage, string? stream = null) =>
        new(at.Hand.Job, at.Hand.Step + 1, 0, stage, stream);

    private static Went Again(Doing at, long after) => new(at.Hand.Job, at.Hand.Step, after, at.Stage);

    [LoggerMessage(8001, LogLevel.Warning, "Show {Show}: step {Step} of {Job} did not succeed and is tried again: {Why}")]
    private static partial void Stuck(ILogger log, string show, HandJob job, int step, string why);
}
