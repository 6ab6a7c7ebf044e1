using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Tickets;

namespace Carillon.Events.Core.Talk;

/// <summary>Something that pages are told once it is on disk.</summary>
public abstract record Told
{
    /// <summary>Somebody decided on what was held or reported.</summary>
    /// <param name="Decision"><c>approve</c> or <c>refuse</c>.</param>
    public sealed record Decided(Said Said, string Decision) : Told;

    /// <summary>It is in the queue: new, or again after an undo.</summary>
    public sealed record Waits(Said Said) : Told;

    /// <summary>More fans have reported what waits already.</summary>
    public sealed record Reported(Said Said) : Told;

    public sealed record Removed(Said Said) : Told;

    public sealed record Restored(Said Said) : Told;

    /// <summary>A ticket may talk less, more, or not at all.</summary>
    public sealed record Standing(Person Person) : Told;

    public sealed record Pinned(Pin? Pin) : Told;

    public sealed record Rules(ChatRules Chat) : Told;
}

/// <summary>What a change at the desk came to.</summary>
/// <param name="Entry">Null where nothing was there to do.</param>
/// <param name="Errands">That are due now.</param>
public sealed record Outcome(LogEntry? Entry, IReadOnlyList<Told> Told, IReadOnlyList<Errand> Errands)
{
    /// <summary>Until when a removal can be taken back, microseconds.</summary>
    public long? UndoUntil { get; init; }
}

/// <summary>
/// What staff may do, each in one transaction with its entry in the log. What the platform has to be told is written down
/// in the same one, so that nothing is forgotten and nothing is told twice.
/// </summary>
/// <remarks>Here, what is done with a message; in the other parts what is done with people, with the room, and what is taken back.</remarks>
public static partial class Moderation
{
    /// <summary>How long the platform waits for an answer to a callback.</summary>
    public const long Patience = 48L * 3600 * second;

    /// <summary>Characters of a reason. Our choice.</summary>
    public const int MostReason = 500;

    private const long second = 1_000_000;

    /// <summary>Lets pass, or refuses, what is held; lets stand, or removes, what is reported. Of two who decide, the first wins.</summary>
    /// <param name="window">How long a refusal or removal can be taken back, microseconds.</param>
    /// <exception cref="Refused">NotFound; WrongState with the <c>state</c> it has.</exception>
    public static Outcome Decide(
        IDeskLedger ledger, Show show, string messageId, bool approve, string? reason, long window, Actor by)
    {
        var said = Known(ledger, show, messageId);
        if (!said.Waits) throw Wrong(said);
        if (said.State == SaidState.Held)
            return approve ? Approve(ledger, show, said, by) : Refuse(ledger, show, said, reason, window, by);
        if (!approve) return Remove(ledger, show, messageId, reason, window, by);
        var kept = said with { Waits = false, Kept = true };
        ledger.PutSaid(said, kept);
        return new Outcome(Log(ledger, show, by, Acts.Keep, said), [new Told.Decided(kept, Acts.Approve)], []);
    }

    /// <summary>Takes a message away: from the fans' pages now, from the platform after the window.</summary>
    /// <exception cref="Refused">NotFound; WrongState.</exception>
    public static Outcome Remove(IDeskLedger ledger, Show show, string messageId, string? reason, long window, Actor by)
    {
        var said = Known(ledger, show, messageId);
        if (said.State != SaidState.Sent) throw Wrong(said);
        var told = new List<Told>();
        var errands = new List<Errand>();
        Hide(ledger, said, window, told, errands);
        return new Outcome(Log(ledger, show, by, Acts.Remove, said, reason), told, errands) { UndoUntil = ledger.Now + window };
    }

    /// <exception cref="Refused">NotFound; WrongState: it is too late, or it was never removed.</exception>
    public static Outcome Restore(IDeskLedger ledger, Show show, string messageId, Actor by)
    {
        var said = Known(ledger, show, messageId);
        if (said.State != SaidState.Hidden || !ledger.CallOff(show.Key, ErrandKind.Redact, messageId)) throw Wrong(said);
        return new Outcome(Log(ledger, show, by, Acts.Restore, said), [new Told.Restored(Reveal(ledger, said))], []);
    }

    /// <summary>A fan finds a message wrong: it goes to the queue, unless staff has looked at it.</summary>
    /// <exception cref="Refused">NotFound.</exception>
    public static Outcome Report(IDeskLedger ledger, Show show, string messageId, long number, string? reason)
    {
        var said = Known(ledger, show, messageId);
        // What the fan cannot see cannot be reported, and is not told apart from what is not there.
        if (said.State is not (SaidState.Sent or SaidState.Hidden or SaidState.Removed)) throw new Refused(Reason.NotFound);
        if (!ledger.AddReport(show.Key, messageId, number, reason)) return new Outcome(null, [], []);
        var first = said.State == SaidState.Sent && !said.Waits && !said.Kept;
        var reported = said with
        {
            Reports = said.Reports + 1,
            Waits = said.Waits || first,
            Why = first ? Why.Reported : said.Why,
        };
        ledger.PutSaid(said, reported);
        // Of thousands who report the same, pages hear now and then.
        var tell = first ? new Told.Waits(reported)
            : reported.Waits && (reported.Reports < 10 || long.IsPow2(reported.Reports)) ? new Told.Reported(reported) : (Told?)null;
        return new Outcome(null, tell is null ? [] : [tell], []);
    }

    /// <summary>What was held for longer than the platform waits is lost. Null when there is none.</summary>
    public static (long Show, Outcome Outcome)? Expire(IDeskLedger ledger)
    {
        if (ledger.HeldBefore(ledger.Now - Patience, 1) is not [var said]) return null;
        var lost = said with { State = SaidState.Lost, Waits = false, Why = Why.Expired };
        ledger.PutSaid(said, lost);
        return (said.Show, new Outcome(null, [new Told.Decided(lost, Acts.Refuse)], []));
    }

    private static Outcome Approve(IDeskLedger ledger, Show show, Said said, Actor by)
    {
        var passed = said with { State = SaidState.Sent, Waits = false };
        ledger.PutSaid(said, passed);
        if (said.Number is { } number)
        {
            var talker = ledger.TalkerOf(show.Key, number);
            ledger.PutTalker(talker with { Sent = talker.Sent + 1 });
        }

        var answer = ledger.AddErrand(AnswerTo(said, deny: false, ledger.Now));
        return new Outcome(
            Log(ledger, show, by, Acts.Approve, said), [new Told.Decided(passed, Acts.Approve)], answer is null ? [] : [answer]);
    }

    private static Outcome Refuse(IDeskLedger ledger, Show show, Said said, string? reason, long window, Actor by)
    {
        var told = new List<Told>();
        var errands = new List<Errand>();
        Deny(ledger, said, reason ?? Why.Moderator, window, told, errands);
        return new Outcome(Log(ledger, show, by, Acts.Refuse, said, reason), told, errands) { UndoUntil = ledger.Now + window };
    }

    /// <summary>The answer waits for the window: what the platform was told cannot be taken back.</summary>
    private static void Deny(IDeskLedger ledger, Said said, string why, long window, List<Told> told, List<Errand> errands)
    {
        var refused = said with { State = SaidState.Refused, Waits = false, Why = why };
        ledger.PutSaid(said, refused);
        told.Add(new Told.Decided(refused, Acts.Refuse));
        if (ledger.AddErrand(AnswerTo(said, deny: true, ledger.Now + window)) is { } answer && window == 0) errands.Add(answer);
    }

    private static void Hide(IDeskLedger ledger, Said said, long window, List<Told> told, List<Errand> errands)
    {
        var hidden = said with { State = SaidState.Hidden, Waits = false };
        ledger.PutSaid(said, hidden);
        if (said.Number is { } number) ledger.AddRemoved(said.Show, number, 1);
        var errand = ledger.AddErrand(new Errand(
            0, said.Show, ErrandKind.Redact, said.Number, said.MessageId, null, said.SubChannelId, false, null, ledger.Now + window));
        if (errand is not null && window == 0) errands.Add(errand);
        told.Add(new Told.Removed(hidden));
        if (ledger.PinOf(said.Show)?.MessageId != said.MessageId) return;
        ledger.PutPin(said.Show, null);
        told.Add(new Told.Pinned(null));
    }

    private static Said Reveal(IDeskLedger ledger, Said said)
    {
        var shown = said with { State = SaidState.Sent };
        ledger.PutSaid(said, shown);
        if (said.Number is { } number) ledger.AddRemoved(said.Show, number, -1);
        return shown;
    }

    private static Errand AnswerTo(Said said, bool deny, long due) => new(
        0, said.Show, ErrandKind.Answer, said.Number, said.MessageId, said.CallbackId, said.SubChannelId, deny,
        deny ? null : said.Masked, due);

    private static LogEntry Log(IDeskLedger ledger, Show show, Actor by, string act, Said said, string? reason = null) =>
        ledger.AddLog(new LogEntry(0, show.Key, 0, by.Name, by.Staff, act, said.Number, said.MessageId, reason, null, null, null));

    private static Said Known(IDeskLedger ledger, Show show, string messageId) =>
        ledger.Said(show.Key, messageId) ?? throw new Refused(Reason.NotFound);

    private static Ticket KnownTicket(IDeskLedger ledger, Show show, long number) =>
        ledger.Ticket(show.Key, number) ?? throw new Refused(Reason.NotFound);

    private static Refused Wrong(Said said) => new(Reason.WrongState, "state", said.State.ToString().ToLowerInvariant());
}
