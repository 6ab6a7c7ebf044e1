using System.Security.Cryptography;
using Carillon.Events.Core.Shows;

namespace Carillon.Events.Door;

/// <summary>Everybody whose page of one show is open. All of it happens under its own lock, and none of it waits.</summary>
internal sealed class ShowRoom(Show show, Phase phase)
{
    /// <summary>Reactions that one device may send within a tick; a burst's rest is not heard.</summary>
    private const int mostPerTick = 4;

    private readonly Lock gate = new();
    private readonly Dictionary<long, Seat> seats = [];
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

    public void Join(long number, DeviceSocket socket)
    {
        lock (gate)
        {
            if (!seats.TryGetValue(number, out var seat)) seats[number] = seat = new Seat();
            seat.Sockets.Add(socket);
        }
    }

    public void Leave(long number, DeviceSocket socket)
    {
        lock (gate)
        {
            if (seats.TryGetValue(number, out var seat) && seat.Sockets.Remove(socket) && seat.Sockets.Count == 0) seats.Remove(number);
        }
    }

    public void TellAll(byte[] notice)
    {
        lock (gate)
            foreach (var seat in seats.Values)
                foreach (var socket in seat.Sockets) socket.Tell(notice);
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
        lock (gate)
            foreach (var seat in seats.Values)
                foreach (var socket in seat.Sockets) socket.Close(code);
    }

    /// <returns>False for what no page of ours sends.</returns>
    public bool React(long number, int kind, int count)
    {
        lock (gate)
        {
            if (kind < 0 || kind >= 8 || count < 1 || count > 100) return false;
            // Who saw another list of reactions a moment ago has done nothing wrong.
            if (kind >= reactions.Length || !seats.TryGetValue(number, out var seat)) return true;
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
        lock (gate)
        {
            if (reacted)
            {
                var notice = Notices.Reactions(reactions);
                TellAll(notice);
                Array.Clear(reactions);
                reacted = false;
                foreach (var seat in seats.Values) seat.Reacted = 0;
            }

            if (sayPresent && seats.Count != toldPresent)
            {
                toldPresent = seats.Count;
                TellAll(Notices.Present(toldPresent));
            }

            if (show.PhaseAt(now) is var next && next != phase)
            {
                phase = next;
                TellAll(Notices.Phase(Words.Of(next)));
                if (next == Phase.Ended) DropAll(DeviceClose.Ended);
            }
        }
    }

    /// <summary>Takes the show as it is now.</summary>
    public void Renew(Show newest, byte[] staff)
    {
        lock (gate)
        {
            var (was, now) = (show.Definition.Chat, newest.Definition.Chat);
            show = newest;
            if (reactions.Length != now.Reactions.Count) reactions = new int[now.Reactions.Count];
            if (was.SlowSeconds != now.SlowSeconds || was.Mode != now.Mode) TellAll(Notices.Room(now.SlowSeconds, now.Mode));
            TellAll(staff);
        }
    }

    private sealed class Seat
    {
        public List<DeviceSocket> Sockets { get; } = [];

        public int Reacted { get; set; }
    }
}
