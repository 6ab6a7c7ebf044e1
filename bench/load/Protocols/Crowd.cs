using System.Buffers;
using System.Diagnostics;
using Carillon.Load.Counting;
using Carillon.Load.Net;

namespace Carillon.Load.Protocols;

/// <summary>All sessions of a run: member i is in room i modulo the rooms, unless told otherwise.</summary>
internal sealed class Crowd : IDisposable
{
    /// <summary>Sessions being opened at one time.</summary>
    private const int MostOpening = 64;

    private readonly Member[] _members;
    private readonly List<Member>[] _rooms;
    private readonly List<string> _faults = [];
    private int _started;
    private int _ready;
    private int _dead;

    public Crowd(Poller poller, Protocol protocol, int port, bool isTls, Audience audience, IReadOnlyList<int> roomOf)
    {
        Poller = poller;
        Protocol = protocol;
        Port = port;
        IsTls = isTls;
        Audience = audience;
        _rooms = [.. Enumerable.Range(0, audience.Rooms).Select(_ => new List<Member>())];
        _members = [.. roomOf.Select((room, number) => new Member(this, number, room))];
        foreach (var member in _members)
        {
            _rooms[member.Room].Add(member);
        }
    }

    public Poller Poller { get; }

    public Protocol Protocol { get; }

    public int Port { get; }

    public bool IsTls { get; }

    public Audience Audience { get; }

    /// <summary>What all sessions read into, one after the other.</summary>
    public byte[] Buffer { get; } = GC.AllocateArray<byte>(512 * 1024, pinned: true);

    public ArrayBufferWriter<byte> Scratch { get; } = new(16 * 1024);

    /// <summary>When the bytes came that are being taken.</summary>
    public long Now { get; set; }

    public int Dead => _dead;

    /// <summary>Why the first sessions ended that the server was to keep.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>A member of a room, a different one each time.</summary>
    public Member Of(int room, uint turn) => _rooms[room][(int)(turn * 7919L % _rooms[room].Count)];

    public void Open(TimeSpan deadline) => Open(deadline, _members.Length);

    /// <param name="count">Sessions that are open then, earlier ones included.</param>
    public void Open(TimeSpan deadline, int count)
    {
        var clock = Stopwatch.StartNew();
        while (_ready + _dead < count)
        {
            while (_started < count && _started - _ready - _dead < MostOpening)
            {
                _members[_started++].Start();
            }

            Poller.Turn(2);
            if (clock.Elapsed > deadline) throw new RunFailed($"Of {count} sessions {_ready} opened in {deadline.TotalSeconds} s.");
        }

        if (_dead > 0) throw new RunFailed($"{_dead} of {count} sessions were refused: {string.Join("; ", _faults)}");
    }

    /// <summary>Listens for so long.</summary>
    public void Idle(TimeSpan time)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < time)
        {
            Poller.Turn(20);
        }
    }

    public void Joined(Member member)
    {
        _ready++;
        Audience.Join(member.Room);
    }

    public void Died(Member member, string why)
    {
        if (member.State == MemberState.Ready) _ready--;
        _dead++;
        if (_faults.Count < 5) _faults.Add($"session {member.Number}: {why}");
    }

    public void Dispose()
    {
        foreach (var member in _members)
        {
            member.Dispose();
        }
    }
}

/// <summary>A run that could not be made, or that must not count.</summary>
internal sealed class RunFailed(string message) : Exception(message);
