using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Tickets;

namespace Carillon.Events.Core.Talk;

// What is done with people, that is with tickets.
public static partial class Moderation
{
    /// <summary>Time-outs, seconds. Our choice, as video platforms have it: up to a day.</summary>
    public const int LeastTimeout = 10, MostTimeout = 24 * 3600;

    /// <summary>Messages of one person that are removed together. Our choice: older ones are out of sight.</summary>
    public const int MostRemoved = 1000;

    /// <summary>For a while nothing of the ticket is let pass; what of it is held stays held.</summary>
    /// <exception cref="Refused">NotFound; BadRequest.</exception>
    public static Outcome TimeOut(IDeskLedger ledger, Show show, long number, int seconds, string? reason, Actor by)
    {
        if (seconds is < LeastTimeout or > MostTimeout) throw new Refused(Reason.BadRequest, "member", "seconds");
        var ticket = KnownTicket(ledger, show, number);
        var until = ledger.Now + seconds * second;
        var talker = ledger.TalkerOf(show.Key, number);
        var before = talker.TimeoutUntil > ledger.Now
            ? BeforeJson.Write(new SanctionBefore(true, talker.TimeoutUntil, talker.TimeoutReason, [])) : null;
        ledger.PutTalker(talker with { TimeoutUntil = until, TimeoutReason = reason });
        var entry = ledger.AddLog(new LogEntry(
            0, show.Key, 0, by.Name, by.Staff, Acts.Timeout, ticket.Number, null, reason, until, before, null));
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
        var was = ticket.StateAt(ledger.Now) == TicketState.Banned;
        var entry = ledger.AddLog(new LogEntry(
            0, show.Key, 0, by.Name, by.Staff, Acts.Ban, number, null, reason, until,
            BeforeJson.Write(new SanctionBefore(was, was ? ticket.Until : null, was ? ticket.Reason : null, removed)), null));
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
}
