using System.Security.Cryptography;
using Carillon.Events.Core.Shows;

namespace Carillon.Events.Door;

/// <summary>
/// Everybody whose page of one show is open. Who is there changes under one lock, and what is said to all is said under
/// another, so that all hear it in one order and nobody who comes, goes or reacts waits for ten thousand writes. The second is
/// taken first; under neither does anything wait for a page.
/// </summary>
internal sealed class ShowRoom(Show show, Phase phase)
{
    /// <summary>Reactions that one device may send within a tick; a burst's rest is not heard.</summary>
    private const int mostPerTick = 4;

    /// <summary>Pages of one ticket at a time. Our choice: nobody has more tabs open, and no ticket takes the places of others.</summary>
    private const int mostOfTicket = 16;

    private readonly Lock telling = new();
    private readonly Lock gate = new();
    private readonly Dictionary<long, Seat> seats = [];
    private DeviceSocket[]? all;
    private long ticks;
    private int[] reactions = new int[show.Definition.Chat.Reactions.Count];
    private Show show = show;
    private Phase phase = phase;
    private int toldPresent = -1;
    private bool reacted;

    public Show Show
    {
        get
        {
            lock (gate) return show;
        }
    }

    /// <summary>Tickets with at least one page open.</summary>
    public int Present
    {
        get
        {
            lock (gate) return seats.Count;
        }
    }

    /// <summary>Reactions since the show's room was opened.</summary>
    public long Reacted { get; private set; }

    public bool IsEmpty => Present == 0;

    /// <returns>False where the ticket has too many pages open already.</returns>
    public bool Join(long number, DeviceSocket socket)
    {
        lock (gate)
        {
            if (!seats.TryGetValue(number, out var seat)) seats[number] = seat = new Seat();
            if (seat.Sockets.Count == mostOfTicket) return false;
            seat.Sockets.Add(socket);
            all = null;
            return true;
        }
    }

    public void Leave(long number, DeviceSocket socket)
    {
        lock (gate)
        {
            if (!seats.TryGetValue(number, out var seat) || !seat.Sockets.Remove(socket)) return;
            if (seat.Sockets.Count == 0) seats.Remove(number);
            all = null;
        }
    }

    public void TellAll(byte[] notice)
    {
        lock (telling)
            foreach (var socket in All()) socket.Tell(notice);
    }

    public void Tell(long number, byte[] notice)
    {
        lock (gate)
            if (seats.TryGetValue(number, out var seat))
                foreach (var socket in seat.Sockets) socket.Tell(notice);
    }

    /// <param name="except">The device that may stay; null for none.</param>
    public void Drop(long number, int code, byte[]? last, byte[]? except)
    {
        lock (gate)
        {
            if (!seats.TryGetValue(number, out var seat)) return;
            foreach (var socket in seat.Sockets)
            {
                if (except is not null && CryptographicOperations.FixedTimeEquals(socket.Device, except)) continue;
                if (last is not null) socket.Tell(last);
                socket.Close(code);
            }
        }
    }

    public void DropAll(int code)
    {
        lock (telling)
            foreach (var socket in All()) socket.Close(code);
    }

    /// <summary>Ends the sockets whose pages are gone without having said so.</summary>
    public void AbortStuck()
    {
        foreach (var socket in All()) socket.AbortIfStuck(silent: true);
    }

    /// <returns>False for what no page of ours sends.</returns>
    public bool React(long number, int kind, int count)
    {
        lock (gate)
        {
            if (kind < 0 || kind >= 8 || count < 1 || count > 100) return false;
            // Who saw another list of reactions a moment ago has done nothing wrong.
            if (kind >= reactions.Length || !seats.TryGetValue(number, out var seat)) return true;
            if (seat.Tick != ticks) (seat.Tick, seat.Reacted) = (ticks, 0);
            count = Math.Min(count, mostPerTick - seat.Reacted);
            if (count <= 0) return true;
            seat.Reacted += count;
            reactions[kind] += count;
            Reacted += count;
            reacted = true;
            return true;
        }
    }

    /// <summary>Totals what came since the last tick, and says whatever else has changed.</summary>
    /// <param name="sayPresent">Whether it is time to say how many are there.</param>
    public void Tick(DateTimeOffset now, bool sayPresent)
    {
        lock (telling)
        {
            byte[]? totals = null, present = null, begun = null;
            var over = false;
            lock (gate)
            {
                ticks++;
                if (reacted)
                {
                    totals = Notices.Reactions(reactions);
                    Array.Clear(reactions);
                    reacted = false;
                }

                if (sayPresent && seats.Count != toldPresent)
                {
                    toldPresent = seats.Count;
                    present = Notices.Present(toldPresent);
                }

                if (show.PhaseAt(now) is var next && next != phase)
                {
                    phase = next;
                    begun = Notices.Phase(Words.Of(next));
                    over = next == Phase.Ended;
                }
            }

            if (totals is not null) TellAll(totals);
            if (present is not null) TellAll(present);
            if (begun is not null) TellAll(begun);
            if (over) DropAll(DeviceClose.Ended);
        }
    }

    /// <summary>Takes the show as it is now.</summary>
    public void Renew(Show newest, byte[] staff)
    {
        lock (telling)
        {
            byte[]? rules = null;
            bool seen;
            lock (gate)
            {
                var (was, now) = (show.Definition.Chat, newest.Definition.Chat);
                seen = IsSeen(show, newest);
                show = newest;
                if (reactions.Length != now.Reactions.Count) reactions = new int[now.Reactions.Count];
                if (was.SlowSeconds != now.SlowSeconds || was.Mode != now.Mode) rules = Notices.Room(now.SlowSeconds, now.Mode);
            }

            if (seen) TellAll(Notices.Show);
            if (rules is not null) TellAll(rules);
            TellAll(staff);
        }
    }

    /// <summary>Whether pages show something of the change that no other notice tells.</summary>
    private static bool IsSeen(Show was, Show now)
    {
        var (before, after) = (was.Definition, now.Definition);
        // Lists are equal by what is in them only as they are written.
        return was.State != now.State
            || DefinitionJson.Write(Seen(before)) != DefinitionJson.Write(Seen(after));
    }

    private static ShowDefinition Seen(ShowDefinition all) => all with
    {
        Chat = all.Chat with { SlowSeconds = 0, Mode = "", Words = [], HoldFirst = false },
        Tickets = all.Tickets with { Planned = 0 },
    };

    // Made anew only after somebody came or went, and not for each notice.
    private DeviceSocket[] All()
    {
        lock (gate) return all ??= [.. seats.Values.SelectMany(seat => seat.Sockets)];
    }

    private sealed class Seat
    {
        public List<DeviceSocket> Sockets { get; } = [];

        /// <summary>Within <see cref="Tick"/>.</summary>
        public int Reacted { get; set; }

        /// <summary>The tick that it reacted in last.</summary>
        public long Tick { get; set; }
    }
}
