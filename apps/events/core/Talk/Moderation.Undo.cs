using System.Text.Json;
using System.Text.Json.Serialization;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Tickets;

namespace Carillon.Events.Core.Talk;

// What is taken back: what that entry did and nothing else, whatever others have done since.
public static partial class Moderation
{
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
            { Act: Acts.Timeout, Number: { } number } => EndTimeout(ledger, show, number, entry, by),
            { Act: Acts.Ban, Number: { } number } => EndBan(ledger, show, number, entry, by),
            { Act: Acts.Pin } => PinAgain(ledger, show, entry, by),
            { Act: Acts.Rules, Before: { } before } => RulesAgain(ledger, show, BeforeJson.Rules(before), by),
            _ => throw new Refused(Reason.WrongState, "state", "final"),
        };
        ledger.PutUndone(key, outcome.Entry!.Key);
        return outcome;
    }

    /// <summary>What can be taken back by <see cref="Undo"/>, as far as the entry itself tells.</summary>
    public static bool CanUndo(LogEntry entry) => entry.Undone is null
        && entry.Act is Acts.Remove or Acts.Restore or Acts.Approve or Acts.Refuse or Acts.Keep or Acts.Timeout or Acts.Ban or Acts.Pin
            or Acts.Rules;

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

    /// <summary>A later time-out is another matter, and a ban too.</summary>
    private static Outcome EndTimeout(IDeskLedger ledger, Show show, long number, LogEntry entry, Actor by)
    {
        var talker = ledger.TalkerOf(show.Key, number);
        if (!(talker.TimeoutUntil > ledger.Now) || ledger.NewestOf(show.Key, number, Acts.Timeout)?.Key != entry.Key)
            throw new Refused(Reason.WrongState, "state", "valid");
        // One that it took the place of goes on, if it would still.
        var before = entry.Before is { } json && BeforeJson.Sanction(json) is var was && was.Until > ledger.Now ? was : null;
        ledger.PutTalker(talker with { TimeoutUntil = before?.Until, TimeoutReason = before?.Reason });
        return new Outcome(
            LogBack(ledger, show, number, before, by), [new Told.Standing(ledger.PersonOf(show.Key, number)!)], []);
    }

    /// <summary>With the messages that went with the ban, as far as it is not too late for them.</summary>
    private static Outcome EndBan(IDeskLedger ledger, Show show, long number, LogEntry entry, Actor by)
    {
        var ticket = KnownTicket(ledger, show, number);
        if (ticket.State != TicketState.Banned || ledger.NewestOf(show.Key, number, Acts.Ban)?.Key != entry.Key)
            throw new Refused(Reason.WrongState, "state", "valid");
        var json = BeforeJson.Sanction(entry.Before!);
        var before = json.Was && (json.Until is null || json.Until > ledger.Now) ? json : null;
        ledger.PutTicketState(ticket, before is null ? TicketState.Valid : TicketState.Banned, before?.Reason, before?.Until);
        var errand = ledger.AddErrand(new Errand(0, show.Key, ErrandKind.Ban, number, null, null, null, false, null, ledger.Now))!;
        var told = new List<Told> { new Told.Standing(ledger.PersonOf(show.Key, number)!) };
        foreach (var id in json.Removed)
        {
            if (ledger.Said(show.Key, id) is { State: SaidState.Hidden } said && ledger.CallOff(show.Key, ErrandKind.Redact, id))
                told.Add(new Told.Restored(Reveal(ledger, said)));
        }

        return new Outcome(LogBack(ledger, show, number, before, by), told, [errand]);
    }

    private static LogEntry LogBack(IDeskLedger ledger, Show show, long number, SanctionBefore? before, Actor by) =>
        ledger.AddLog(new LogEntry(
            0, show.Key, 0, by.Name, by.Staff, before is null ? Acts.Lift : Acts.Undo, number, null, before?.Reason, before?.Until, null,
            null));

    private static Outcome PinAgain(IDeskLedger ledger, Show show, LogEntry entry, Actor by)
    {
        var before = entry.Before is { } json ? BeforeJson.PinOf(json) : null;
        var there = before is not null && ledger.Said(show.Key, before.MessageId) is { State: SaidState.Sent };
        return PutPin(ledger, show, there ? before!.MessageId : null, by);
    }

    private static Outcome RulesAgain(IDeskLedger ledger, Show show, RulesBefore before, Actor by)
    {
        var now = (ledger.ShowByKey(show.Key) ?? throw new Refused(Reason.NotFound)).Definition;
        var words = now.Chat.Words.Except(before.Added).Union(before.Gone).ToList();
        // Each of them was in force once, and is sound.
        if (words.Count > WordList.MostRules) throw new Refused(Reason.BadRequest, "member", "words");
        return PutChat(ledger, show, now, now.Chat with
        {
            SlowSeconds = before.SlowSeconds ?? now.Chat.SlowSeconds,
            Mode = before.Mode ?? now.Chat.Mode,
            HoldFirst = before.HoldFirst ?? now.Chat.HoldFirst,
            Words = words,
        }, by);
    }
}

/// <summary>How somebody stood before a time-out or ban, and what went with it.</summary>
/// <param name="Was">There was one of the kind before.</param>
/// <param name="Until">Until when, microseconds; null for never or none.</param>
/// <param name="Removed">Ids of messages.</param>
internal sealed record SanctionBefore(bool Was, long? Until, string? Reason, IReadOnlyList<string> Removed);

/// <summary>What a change of the rules changed, as it was before; null is what it left alone.</summary>
/// <param name="Gone">Words that it took away.</param>
/// <param name="Added">Words that it brought.</param>
internal sealed record RulesBefore(
    int? SlowSeconds, string? Mode, bool? HoldFirst, IReadOnlyList<WordRule> Gone, IReadOnlyList<WordRule> Added)
{
    public static RulesBefore Of(ChatRules before, ChatRules after) => new(
        before.SlowSeconds == after.SlowSeconds ? null : before.SlowSeconds, before.Mode == after.Mode ? null : before.Mode,
        before.HoldFirst == after.HoldFirst ? null : before.HoldFirst, [.. before.Words.Except(after.Words)],
        [.. after.Words.Except(before.Words)]);
}

/// <summary>What an undo brings back.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SanctionBefore))]
[JsonSerializable(typeof(RulesBefore))]
[JsonSerializable(typeof(Pin))]
internal sealed partial class BeforeJson : JsonSerializerContext
{
    public static string Write(SanctionBefore before) => JsonSerializer.Serialize(before, Default.SanctionBefore);

    public static string Write(RulesBefore before) => JsonSerializer.Serialize(before, Default.RulesBefore);

    public static string Write(Pin before) => JsonSerializer.Serialize(before, Default.Pin);

    public static SanctionBefore Sanction(string json) => JsonSerializer.Deserialize(json, Default.SanctionBefore)!;

    public static RulesBefore Rules(string json) => JsonSerializer.Deserialize(json, Default.RulesBefore)!;

    public static Pin PinOf(string json) => JsonSerializer.Deserialize(json, Default.Pin)!;
}
