using Carillon.Events.Core.Shows;

namespace Carillon.Events.Core.Tickets;

/// <summary>A ticket with its code, which is known at this moment only.</summary>
/// <param name="Code">As it is shown.</param>
public sealed record Issued(long Number, string Code, string Tier);

/// <summary>
/// How tickets come to be, change and end. Their places on the platform follow in the same transaction, by the triggers of
/// 0002-provisioning.sql.
/// </summary>
public static class Issuing
{
    /// <summary>Tickets in one call. Our choice: they are one transaction.</summary>
    public const int MostAtOnce = 10_000;

    /// <summary>Tickets of one show. Our choice.</summary>
    public const int MostOfShow = 1_000_000;

    /// <summary>In characters, for each of holder, e-mail address and reference.</summary>
    public const int MostText = 200;

    /// <exception cref="Refused">BadRequest: the tier is none of the show's, or too many; WrongState: the show is over.</exception>
    public static IReadOnlyList<Issued> Issue(ITicketLedger ledger, Show show, IReadOnlyList<NewTicket> tickets, CodeKey key)
    {
        if (tickets.Count == 0) return [];
        if (show.State >= ShowState.Ended) throw new Refused(Reason.WrongState);
        var first = ledger.TakeNumbers(show.Key, tickets.Count);
        if (first + tickets.Count - 1 > MostOfShow) throw new Refused(Reason.BadRequest, "member", "count");
        return [.. tickets.Select((ticket, i) => Add(ledger, show, first + i, ticket, key, null))];
    }

    /// <summary>
    /// Makes tickets alike, once for each name of a batch. Asked again by the same name, because the answer was lost, it makes
    /// none: those that nobody has come in with get new codes, and what the lost answer said is good no more.
    /// </summary>
    /// <param name="batch">Chosen by the caller; null for none.</param>
    /// <exception cref="Refused">As above; BadRequest with <c>batch</c>: the name is that of another number of tickets.</exception>
    public static IReadOnlyList<Issued> Issue(ITicketLedger ledger, Show show, NewTicket ticket, int count, string? batch, CodeKey key)
    {
        if (batch is null || ledger.Batch(show.Key, batch) is not { } before)
        {
            var made = Issue(ledger, show, [.. Enumerable.Repeat(ticket, count)], key);
            if (batch is not null) ledger.AddBatch(show.Key, batch, new TicketBatch(made[0].Number, made.Count));
            return made;
        }

        if (show.State >= ShowState.Ended) throw new Refused(Reason.WrongState);
        if (before.Count != count) throw new Refused(Reason.BadRequest, "member", "batch");
        var again = new List<Issued>();
        for (var number = before.First; before.Holds(number); number++)
            if (Again(ledger, ledger.Ticket(show.Key, number)!, key, null) is { } issued) again.Add(issued);
        return again;
    }

    /// <summary>The code of a ticket whose answer was lost: its own, or a new one. Null where it is in use, or no ticket any more.</summary>
    private static Issued? Again(ITicketLedger ledger, Ticket ticket, CodeKey key, string? code)
    {
        if (ticket.Entered is not null || ticket.State != TicketState.Valid) return null;
        if (code is not null && ledger.TicketByCode(ticket.Show, key.HashOf(code))?.Number != ticket.Number) return null;
        var given = code ?? TicketCode.New();
        if (code is null) ledger.PutCode(ticket.Show, ticket.Number, key.HashOf(given));
        return new Issued(ticket.Number, TicketCode.Format(given), ticket.Tier);
    }

    /// <param name="code">Canonical; null makes one.</param>
    internal static Issued Add(ITicketLedger ledger, Show show, long number, NewTicket ticket, CodeKey key, string? code)
    {
        if (!show.Definition.Tickets.Tiers.Contains(ticket.Tier)) throw new Refused(Reason.BadRequest, "member", "tier");
        var holder = ticket.Holder is null ? null : Folding.Search(ticket.Holder);
        // Twice the same code in 2^60 comes once in the life of nobody, and yet it is seen to.
        while (true)
        {
            var given = code ?? TicketCode.New();
            if (ledger.AddTicket(show.Key, number, Ids.NewUser("t-"), key.HashOf(given), ticket, holder))
                return new Issued(number, TicketCode.Format(given), ticket.Tier);
            if (code is not null) throw new Refused(Reason.BadRequest, "member", "code");
        }
    }

    /// <summary>A new code for a ticket; the old one and whoever came in with it are out.</summary>
    /// <exception cref="Refused">NotFound; WrongState: it is revoked.</exception>
    public static string Reissue(ITicketLedger ledger, Show show, long number, CodeKey key)
    {
        var ticket = ledger.Ticket(show.Key, number) ?? throw new Refused(Reason.NotFound);
        if (ticket.State == TicketState.Revoked) throw new Refused(Reason.WrongState);
        var code = TicketCode.New();
        ledger.PutCode(show.Key, number, key.HashOf(code));
        Door.Release(ledger, ticket);
        return TicketCode.Format(code);
    }

    /// <summary>Ends a ticket for good. Once more changes nothing.</summary>
    /// <exception cref="Refused">NotFound.</exception>
    public static void Revoke(ITicketLedger ledger, Show show, long number, string? reason)
    {
        var ticket = ledger.Ticket(show.Key, number) ?? throw new Refused(Reason.NotFound);
        if (ticket.State == TicketState.Revoked) return;
        ledger.PutTicketState(ticket, TicketState.Revoked, reason, null);
        Door.Release(ledger, ledger.Ticket(show.Key, number)!);
    }

    /// <summary>A shop's ticket: the same reference is the same ticket.</summary>
    /// <param name="reissue">For a reference that is known: a new code, because the old one is not known any more.</param>
    /// <returns>The code is null for a reference that is known.</returns>
    public static (long Number, string? Code) Sell(ITicketLedger ledger, Show show, NewTicket ticket, bool reissue, CodeKey key)
    {
        if (ledger.TicketByReference(show.Key, ticket.Reference!) is { } known)
            return (known.Number, reissue ? Reissue(ledger, show, known.Number, key) : null);
        var issued = Issue(ledger, show, [ticket], key)[0];
        return (issued.Number, issued.Code);
    }

    /// <summary>What came of a file. Line numbers count from 1, the header's.</summary>
    public sealed record Imported(IReadOnlyList<Issued> Made, int Known, IReadOnlyList<RefusedLine> Refused);

    /// <summary>Adds the lines of a file, in one transaction; those whose reference is known are passed over.</summary>
    /// <param name="batch">
    /// As with <see cref="Issue(ITicketLedger, Show, NewTicket, int, string?, CodeKey)"/>: the same file by the same name is answered
    /// as it was the first time, with new codes for the lines that bring none.
    /// </param>
    public static Imported Import(ITicketLedger ledger, Show show, TicketFile file, CodeKey key, string? batch = null)
    {
        if (show.State >= ShowState.Ended) throw new Refused(Reason.WrongState);
        var made = new List<Issued>();
        var refused = new List<RefusedLine>(file.Refused);
        var known = 0;
        var before = batch is null ? null : ledger.Batch(show.Key, batch);
        foreach (var line in file.Lines)
        {
            if (ledger.TicketByReference(show.Key, line.Ticket.Reference!) is { } there)
            {
                if (before?.Holds(there.Number) == true && Again(ledger, there, key, line.Code) is { } again) made.Add(again);
                else known++;
            }
            else if (!show.Definition.Tickets.Tiers.Contains(line.Ticket.Tier))
            {
                refused.Add(new RefusedLine(line.Line, "tier"));
            }
            else if (line.Code is not null && ledger.TicketByCode(show.Key, key.HashOf(line.Code)) is not null)
            {
                refused.Add(new RefusedLine(line.Line, "code"));
            }
            else
            {
                made.Add(Add(ledger, show, ledger.TakeNumbers(show.Key, 1), line.Ticket, key, line.Code));
            }
        }

        if (batch is not null && before is null && made.Count > 0)
            ledger.AddBatch(show.Key, batch, new TicketBatch(made[0].Number, made.Count));
        return new Imported(made, known, [.. refused.OrderBy(r => r.Line)]);
    }
}
