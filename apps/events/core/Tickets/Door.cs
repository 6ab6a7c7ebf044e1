using Carillon.Events.Core.Shows;

namespace Carillon.Events.Core.Tickets;

/// <param name="Ticket">As it is after entering.</param>
/// <param name="Moved">Another device had it until now.</param>
/// <param name="Left">Another ticket of the same show that this browser had until now; null for none.</param>
/// <param name="Fresh">The browser goes by the new secret from now on, not by the one that it came with.</param>
public sealed record Entered(Ticket Ticket, bool Moved, Ticket? Left, bool Fresh);

/// <summary>Who comes in: one device a ticket, one ticket a browser.</summary>
public static class Door
{
    /// <summary>
    /// Lets a browser in with a code, in one transaction: of two devices that come at once, one is told of the other. A ticket
    /// that this browser has not had yet gives it a new secret, by which all its tickets go from then on: whoever planted one
    /// in its cookies, be it that of a ticket of theirs, has nothing of it.
    /// </summary>
    /// <param name="knownHash">Of the secret that the browser came with; null for none.</param>
    /// <param name="freshHash">Of the one that it gets.</param>
    /// <param name="move">Take the ticket away from the device that has it.</param>
    /// <exception cref="Refused">UnknownCode, Revoked, Banned, Ended, OnAnotherDevice.</exception>
    public static Entered Enter(
        ITicketLedger ledger, Show show, byte[] codeHash, byte[]? knownHash, byte[] freshHash, string deviceName, bool move)
    {
        var ticket = ledger.TicketByCode(show.Key, codeHash) ?? throw new Refused(Reason.UnknownCode);
        MayComeIn(ticket, ledger.Now);
        if (show.PhaseAt(ledger.Now) == Phase.Ended) throw new Refused(Reason.Ended);
        var has = knownHash is not null && ticket.Device?.Is(knownHash) == true;
        if (ticket.Device is { } current && !has && !move)
        {
            throw new Refused(Reason.OnAnotherDevice, new Dictionary<string, object?>
            {
                ["since"] = Times.FromMicroseconds(current.Since),
                ["device"] = current.Name,
            });
        }

        var left = knownHash is not null && ledger.TicketByDevice(show.Key, knownHash) is { } other && other.Number != ticket.Number
            ? other : null;
        if (left is not null) Release(ledger, left);
        if (!has)
        {
            if (knownHash is not null) ledger.RenameDevice(knownHash, freshHash);
            ledger.PutDevice(ticket, new Device(freshHash, deviceName, Ids.NewUser("d-"), ledger.Now));
        }

        ledger.PutEntered(ticket);
        if (!ticket.Provisioned) ledger.PutWanted(show.Key, ticket.Number);
        return new Entered(Synced(ledger, ticket), ticket.Device is not null && !has, left, !has);
    }

    /// <summary>The ticket that this browser has for the show.</summary>
    /// <exception cref="Refused">NotEntered; OnAnotherDevice: it had one, and another device took it over; Revoked.</exception>
    public static Ticket Of(ITicketView view, Show show, byte[]? deviceHash)
    {
        if (deviceHash is null) throw new Refused(Reason.NotEntered);
        if (view.TicketByDevice(show.Key, deviceHash) is { } ticket) return ticket;
        var lost = view.TicketLostBy(show.Key, deviceHash);
        // Revoking took the device from it; whoever had it is told so, and not asked for the code of a ticket that is none.
        if (lost?.State == TicketState.Revoked) MayComeIn(lost, view.Now);
        if (lost?.Device is { } device)
        {
            throw new Refused(Reason.OnAnotherDevice, new Dictionary<string, object?>
            {
                ["since"] = Times.FromMicroseconds(device.Since),
                ["device"] = device.Name,
            });
        }

        throw new Refused(Reason.NotEntered);
    }

    /// <summary>The device gives the ticket back; its credentials end.</summary>
    public static void Leave(ITicketLedger ledger, Show show, byte[] deviceHash)
    {
        if (ledger.TicketByDevice(show.Key, deviceHash) is { } ticket) Release(ledger, ticket);
    }

    /// <summary>Nobody has the ticket any more.</summary>
    public static void Release(ITicketLedger ledger, Ticket ticket)
    {
        ledger.PutDevice(ticket, null);
        Synced(ledger, ticket);
    }

    /// <exception cref="Refused">Revoked, Banned.</exception>
    public static void MayComeIn(Ticket ticket, long now)
    {
        var state = ticket.StateAt(now);
        if (state == TicketState.Valid) return;
        throw new Refused(state == TicketState.Banned ? Reason.Banned : Reason.Revoked, new Dictionary<string, object?>
        {
            ["reason"] = ticket.Reason,
            ["until"] = Times.FromMicroseconds(ticket.Until),
        });
    }

    /// <summary>The ticket as it is now, after its user's tag or name was asked for where that changed.</summary>
    public static Ticket Synced(ITicketLedger ledger, Ticket ticket)
    {
        var now = ledger.Ticket(ticket.Show, ticket.Number)!;
        if (now.NeedsSync) ledger.AskForSync(now.Show, now.Number);
        return now;
    }
}
