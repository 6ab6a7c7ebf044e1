using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Staff;

namespace Carillon.Events.Core.Talk;

// What is done with the room: its rules, and what stands above the chat.
public static partial class Moderation
{
    /// <summary>The chat's rules from the next message on; members that are null stay. They are checked already (<see cref="CheckRules"/>).</summary>
    /// <exception cref="Refused">NotFound.</exception>
    public static Outcome PutRules(
        IDeskLedger ledger, Show show, int? slowSeconds, string? mode, bool? holdFirst, IReadOnlyList<WordRule>? words, Actor by)
    {
        var before = (ledger.ShowByKey(show.Key) ?? throw new Refused(Reason.NotFound)).Definition;
        return PutChat(ledger, show, before, before.Chat with
        {
            SlowSeconds = slowSeconds ?? before.Chat.SlowSeconds,
            Mode = mode ?? before.Chat.Mode,
            HoldFirst = holdFirst ?? before.Chat.HoldFirst,
            Words = words ?? before.Chat.Words,
        }, by);
    }

    /// <summary>For whoever changes rules, before the transaction: words are compiled to be checked, and the store has one writer.</summary>
    /// <exception cref="Refused">BadRequest, with the member.</exception>
    public static void CheckRules(int? slowSeconds, string? mode, IReadOnlyList<WordRule>? words)
    {
        if (slowSeconds is < 0 or > 120) throw new Refused(Reason.BadRequest, "member", "slowSeconds");
        if (mode is not (null or "open" or "emoji" or "staff" or "tier")) throw new Refused(Reason.BadRequest, "member", "mode");
        if (words is not null && WordList.Fault(words) is { } fault) throw new Refused(Reason.BadRequest, "member", fault);
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
            before is null ? null : BeforeJson.Write(before), null));
        return new Outcome(entry, [new Told.Pinned(pin)], []);
    }

    private static Outcome PutChat(IDeskLedger ledger, Show show, ShowDefinition definition, ChatRules chat, Actor by)
    {
        // Only what the desk changes: the rest of the form is the organiser's.
        var rules = definition.Chat with { SlowSeconds = chat.SlowSeconds, Mode = chat.Mode, HoldFirst = chat.HoldFirst, Words = chat.Words };
        ledger.PutDefinition(show.Key, definition with { Chat = rules });
        var entry = ledger.AddLog(new LogEntry(
            0, show.Key, 0, by.Name, by.Staff, Acts.Rules, null, null, null, null,
            BeforeJson.Write(RulesBefore.Of(definition.Chat, rules)), null));
        return new Outcome(entry, [new Told.Rules(rules)], []);
    }
}
