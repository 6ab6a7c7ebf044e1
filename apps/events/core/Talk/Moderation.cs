using System.Text.Json;
using System.Text.Json.Serialization;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Staff;
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
public static class Moderation
{
    /// <summary>How long the platform waits for an answer to a callback.</summary>
    public const long Patience = 48L * 3600 * second;

    /// <summary>Time-outs, seconds. Our choice, as video platforms have it: up to a day.</summary>
    public const int LeastTimeout = 10, MostTimeout = 24 * 3600;

    /// <summary>Messages of one person that are removed together. Our choice: older ones are out of sight.</summary>
    public const int MostRemoved = 1000;

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

    /// <summary>For a while nothing of the ticket is let pass; what of it is held stays held.</summary>
    /// <exception cref="Refused">NotFound; BadRequest.</exception>
    public static Outcome TimeOut(IDeskLedger ledger, Show show, long number, int seconds, string? reason, Actor by)
    {
        if (seconds is < LeastTimeout or > MostTimeout) throw new Refused(Reason.BadRequest, "member", "seconds");
        var ticket = KnownTicket(ledger, show, number);
        var until = ledger.Now + seconds * second;
        ledger.PutTalker(ledger.TalkerOf(show.Key, number) with { TimeoutUntil = until, TimeoutReason = reason });
        var entry = ledger.AddLog(new LogEntry(
            0, show.Key, 0, by.Name, by.Staff, Acts.Timeout, ticket.Number, null, reason, until, null, null));
        return new Outcome(entry, [new Told.Standing(ledger.PersonOf(show.Key, number)!)], []);
    }

    /// <summary>The ticket is out: its pages, its credentials, and what of it is held.</summary>
    /// <param name="until">Microseconds; null for good.</param>
    /// <exception cref="Refused">NotFound; BadRequest; WrongState: the ticket is revoked.</exception>
    public static Outcome Ban(
        IDeskLedger ledger, Show show, long number, long? until, string? reason, bool removeMessages, long window, Actor by)
    {
        if (until <= ledger.Now) throw new Refused(Reason.BadRequest, "member", "until");
        var ticket = KnownTicket(ledger, show, number);
        if (ticket.State == TicketState.Revoked) throw new Refused(Reason.WrongState, "state", "revoked");
        var told = new List<Told>();
        var errands = new List<Errand>();
        ledger.PutTicketState(ticket, TicketState.Banned, reason, until);
        foreach (var held in ledger.HeldOf(show.Key, number, MostRemoved))
            Deny(ledger, held, Why.Banned, 0, told, errands);
        var removed = new List<string>();
        if (removeMessages)
        {
            foreach (var said in ledger.SentBy(show.Key, number, MostRemoved))
            {
                Hide(ledger, said, window, told, errands);
                removed.Add(said.MessageId);
            }
        }

        errands.Add(ledger.AddErrand(new Errand(0, show.Key, ErrandKind.Ban, number, null, null, null, false, null, ledger.Now))!);
        told.Add(new Told.Standing(ledger.PersonOf(show.Key, number)!));
        var entry = ledger.AddLog(new LogEntry(
            0, show.Key, 0, by.Name, by.Staff, Acts.Ban, number, null, reason, until,
            removed.Count == 0 ? null : JsonSerializer.Serialize(removed, BeforeJson.Default.ListString), null));
        return new Outcome(entry, told, errands) { UndoUntil = removed.Count > 0 ? ledger.Now + window : null };
    }

    /// <summary>Ends a ban, or a time-out.</summary>
    /// <exception cref="Refused">NotFound; WrongState: there is neither.</exception>
    public static Outcome Lift(IDeskLedger ledger, Show show, long number, Actor by, string act = Acts.Lift)
    {
        var ticket = KnownTicket(ledger, show, number);
        var talker = ledger.TalkerOf(show.Key, number);
        var errands = new List<Errand>();
        var timedOut = talker.TimeoutUntil > ledger.Now;
        if (ticket.State != TicketState.Banned && !timedOut) throw new Refused(Reason.WrongState, "state", "valid");
        if (timedOut && act != Acts.Over) ledger.PutTalker(talker with { TimeoutUntil = null, TimeoutReason = null });
        if (ticket.State == TicketState.Banned)
        {
            ledger.PutTicketState(ticket, TicketState.Valid, null, null);
            errands.Add(ledger.AddErrand(new Errand(0, show.Key, ErrandKind.Ban, number, null, null, null, false, null, ledger.Now))!);
        }

        var entry = ledger.AddLog(new LogEntry(0, show.Key, 0, by.Name, by.Staff, act, number, null, null, null, null, null));
        return new Outcome(entry, [new Told.Standing(ledger.PersonOf(show.Key, number)!)], errands);
    }

    /// <summary>The chat's rules from the next message on; members that are null stay.</summary>
    /// <exception cref="Refused">BadRequest, with the member.</exception>
    public static Outcome PutRules(
        IDeskLedger ledger, Show show, int? slowSeconds, string? mode, bool? holdFirst, IReadOnlyList<WordRule>? words, Actor by)
    {
        var before = (ledger.ShowByKey(show.Key) ?? throw new Refused(Reason.NotFound)).Definition;
        CheckRules(slowSeconds, mode, words);
        return PutChat(ledger, show, before, before.Chat with
        {
            SlowSeconds = slowSeconds ?? before.Chat.SlowSeconds,
            Mode = mode ?? before.Chat.Mode,
            HoldFirst = holdFirst ?? before.Chat.HoldFirst,
            Words = words ?? before.Chat.Words,
        }, by);
    }

    /// <exception cref="Refused">BadRequest, with the member.</exception>
    public static void CheckRules(int? slowSeconds, string? mode, IReadOnlyList<WordRule>? words)
    {
        if (slowSeconds is < 0 or > 120) throw new Refused(Reason.BadRequest, "member", "slowSeconds");
        if (mode is not (null or "open" or "emoji" or "staff" or "tier")) throw new Refused(Reason.BadRequest, "member", "mode");
        if (words is null) return;
        if (words.Count > WordList.MostRules) throw new Refused(Reason.BadRequest, "member", "words");
        for (var i = 0; i < words.Count; i++)
            if (!WordList.IsSound(words[i])) throw new Refused(Reason.BadRequest, "member", $"words[{i}]");
    }

    /// <summary>Puts a message above the chat; null takes away what is there.</summary>
    /// <exception cref="Refused">NotFound; WrongState: nobody sees it.</exception>
    public static Outcome PutPin(IDeskLedger ledger, Show show, string? messageId, Actor by)
    {
        var before = ledger.PinOf(show.Key);
        Pin? pin = null;
        if (messageId is not null)
        {
            var said = Known(ledger, show, messageId);
            if (said.State != SaidState.Sent) throw Wrong(said);
            var staff = said.Number is null ? ledger.StaffByUser(said.UserId) : null;
            var author = staff?.Name ?? (said.Number is { } number ? ledger.Ticket(show.Key, number)?.Nickname : null) ?? "";
            pin = new Pin(
                messageId, said.UserId, author, staff is null ? said.Number is null ? "moderator" : "fan"
                    : staff.Kind == StaffKind.Artist ? "artist" : "moderator", said.Masked ?? said.Text);
        }

        ledger.PutPin(show.Key, pin);
        var entry = ledger.AddLog(new LogEntry(
            0, show.Key, 0, by.Name, by.Staff, Acts.Pin, null, messageId, null, null,
            before is null ? null : JsonSerializer.Serialize(before, BeforeJson.Default.Pin), null));
        return new Outcome(entry, [new Told.Pinned(pin)], []);
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
        return new Outcome(null, first ? [new Told.Waits(reported)] : [], []);
    }

    /// <summary>Takes back what an entry of the log did.</summary>
    /// <exception cref="Refused">NotFound; WrongState: it was taken back before, or cannot be.</exception>
    public static Outcome Undo(IDeskLedger ledger, Show show, long key, long window, Actor by)
    {
        var entry = ledger.LogEntry(show.Key, key) ?? throw new Refused(Reason.NotFound);
        if (entry.Undone is not null) throw new Refused(Reason.WrongState, "state", "undone");
        var outcome = entry switch
        {
            { Act: Acts.Remove, MessageId: { } id } => Restore(ledger, show, id, by),
            { Act: Acts.Restore or Acts.Approve, MessageId: { } id } => Remove(ledger, show, id, null, window, by),
            { Act: Acts.Refuse, MessageId: { } id } => HoldAgain(ledger, show, id, by),
            { Act: Acts.Keep, MessageId: { } id } => WaitAgain(ledger, show, id, by),
            { Act: Acts.Timeout or Acts.Ban, Number: { } number } => LiftAndRestore(ledger, show, number, entry, by),
            { Act: Acts.Pin } => PinAgain(ledger, show, entry, by),
            { Act: Acts.Rules, Before: { } before } => PutChat(
                ledger, show, ledger.ShowByKey(show.Key)!.Definition, JsonSerializer.Deserialize(before, BeforeJson.Default.ChatRules)!, by),
            _ => throw new Refused(Reason.WrongState, "state", "final"),
        };
        ledger.PutUndone(key, outcome.Entry!.Key);
        return outcome;
    }

    /// <summary>What can be taken back by <see cref="Undo"/>, as far as the entry itself tells.</summary>
    public static bool CanUndo(LogEntry entry) => entry.Undone is null
        && entry.Act is Acts.Remove or Acts.Restore or Acts.Approve or Acts.Refuse or Acts.Keep or Acts.Timeout or Acts.Ban or Acts.Pin
            or Acts.Rules;

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

    private static Outcome HoldAgain(IDeskLedger ledger, Show show, string messageId, Actor by)
    {
        var said = Known(ledger, show, messageId);
        if (said.State != SaidState.Refused || !ledger.CallOff(show.Key, ErrandKind.Answer, messageId)) throw Wrong(said);
        var held = said with { State = SaidState.Held, Waits = true };
        ledger.PutSaid(said, held);
        return new Outcome(Log(ledger, show, by, Acts.Undo, said), [new Told.Waits(held)], []);
    }

    private static Outcome WaitAgain(IDeskLedger ledger, Show show, string messageId, Actor by)
    {
        var said = Known(ledger, show, messageId);
        if (said.State != SaidState.Sent || said.Waits) throw Wrong(said);
        var waits = said with { Waits = true, Kept = false };
        ledger.PutSaid(said, waits);
        return new Outcome(Log(ledger, show, by, Acts.Undo, said), [new Told.Waits(waits)], []);
    }

    /// <summary>With the messages that went with the ban, as far as it is not too late for them.</summary>
    private static Outcome LiftAndRestore(IDeskLedger ledger, Show show, long number, LogEntry entry, Actor by)
    {
        var lifted = Lift(ledger, show, number, by);
        if (entry is not { Act: Acts.Ban, Before: { } removed }) return lifted;
        var told = lifted.Told.ToList();
        foreach (var id in JsonSerializer.Deserialize(removed, BeforeJson.Default.ListString)!)
        {
            if (ledger.Said(show.Key, id) is { State: SaidState.Hidden } said && ledger.CallOff(show.Key, ErrandKind.Redact, id))
                told.Add(new Told.Restored(Reveal(ledger, said)));
        }

        return lifted with { Told = told };
    }

    private static Outcome PinAgain(IDeskLedger ledger, Show show, LogEntry entry, Actor by)
    {
        var before = entry.Before is { } json ? JsonSerializer.Deserialize(json, BeforeJson.Default.Pin) : null;
        var there = before is not null && ledger.Said(show.Key, before.MessageId) is { State: SaidState.Sent };
        return PutPin(ledger, show, there ? before!.MessageId : null, by);
    }

    private static Outcome PutChat(IDeskLedger ledger, Show show, ShowDefinition definition, ChatRules chat, Actor by)
    {
        // Only what the desk changes: the rest of the form is the organiser's.
        var rules = definition.Chat with { SlowSeconds = chat.SlowSeconds, Mode = chat.Mode, HoldFirst = chat.HoldFirst, Words = chat.Words };
        ledger.PutDefinition(show.Key, definition with { Chat = rules });
        var entry = ledger.AddLog(new LogEntry(
            0, show.Key, 0, by.Name, by.Staff, Acts.Rules, null, null, null, null,
            JsonSerializer.Serialize(definition.Chat, BeforeJson.Default.ChatRules), null));
        return new Outcome(entry, [new Told.Rules(rules)], []);
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

/// <summary>What an undo brings back.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(List<string>))]
[JsonSerializable(typeof(Pin))]
[JsonSerializable(typeof(ChatRules))]
internal sealed partial class BeforeJson : JsonSerializerContext;
