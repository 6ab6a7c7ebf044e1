namespace Carillon.Load.Counting;

/// <summary>What all sessions of a run have heard. Rooms are 0, 1, 2, ...</summary>
internal sealed class Audience
{
    private readonly uint[] _sent;
    private readonly int[] _members;
    private readonly Func<int, int> _group;
    private Histogram[]? _latency;

    /// <param name="groups">Sorts of rooms whose latency is told apart.</param>
    public Audience(int rooms, int groups, Func<int, int> group)
    {
        _sent = new uint[rooms];
        _members = new int[rooms];
        _group = group;
        Groups = groups;
    }

    public int Groups { get; }

    public int Rooms => _sent.Length;

    /// <summary>Deliveries so far, each session's each message once.</summary>
    public long Delivered { get; private set; }

    /// <summary>Deliveries that all messages sent so far must come to.</summary>
    public long Expected { get; private set; }

    /// <summary>Messages that a session heard again, or that were for another room.</summary>
    public long Repeated { get; private set; }

    public long Strayed { get; private set; }

    /// <summary>Messages that a session heard after one whose place in the channel is later.</summary>
    public long OutOfOrder { get; private set; }

    /// <summary>Bytes that were read for what was delivered, heads of frames included.</summary>
    public long Bytes { get; set; }

    public long Reads { get; set; }

    /// <summary>Deliveries while latency was taken.</summary>
    public long Measured { get; private set; }

    public void Join(int room) => _members[room]++;

    public int MembersOf(int room) => _members[room];

    /// <summary>The stamp of the next message of a room, from now on expected.</summary>
    public Stamp Next(int room, long ticks)
    {
        Expected += _members[room];
        return new(room, _sent[room]++, ticks);
    }

    /// <param name="place">In the channel's log, rising; 0 where the server tells none.</param>
    public void Hear(ref Heard heard, ref long lastPlace, int room, Stamp stamp, long place, long now)
    {
        if (stamp.Room != room || stamp.Number >= _sent[room])
        {
            Strayed++;
            return;
        }

        if (!heard.Add(stamp.Number))
        {
            Repeated++;
            return;
        }

        if (place > 0)
        {
            if (place <= lastPlace) OutOfOrder++;
            lastPlace = place;
        }

        Delivered++;
        if (_latency is not null)
        {
            Measured++;
            _latency[_group(room)].Add(now - stamp.Ticks);
        }
    }

    /// <summary>From now on latency is taken.</summary>
    public void StartMeasuring()
    {
        _latency = [.. Enumerable.Range(0, Groups).Select(_ => new Histogram())];
        Measured = 0;
    }

    /// <summary>Latency of each group since measuring began, in ticks of Stopwatch.</summary>
    public IReadOnlyList<Histogram> StopMeasuring()
    {
        var latency = _latency ?? [];
        _latency = null;
        return latency;
    }
}
