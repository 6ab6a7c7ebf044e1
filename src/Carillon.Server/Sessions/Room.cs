using Carillon.Core;

namespace Carillon.Server.Sessions;

/// <summary>
/// The sessions that hear one log, close together in memory, because everything said there walks through all of them.
/// </summary>
/// <param name="whole">The channel that the log is a part of; null where it is the whole.</param>
internal sealed class Room(ChannelKey key, ChannelKey? whole)
{
    private Session[] _members = new Session[4];

    public ChannelKey Key => key;

    public ChannelKey? Whole => whole;

    public int Count { get; private set; }

    /// <summary>In no order. Not to be held across a change of the room.</summary>
    public ReadOnlySpan<Session> Members => _members.AsSpan(0, Count);

    /// <returns>False where it is in already.</returns>
    public bool Enter(Session session)
    {
        if (session.Seats.Find(this) >= 0)
        {
            return false;
        }

        if (Count == _members.Length)
        {
            Array.Resize(ref _members, 2 * Count);
        }

        _members[Count] = session;
        session.Seats.Add(this, Count);
        Count++;
        return true;
    }

    /// <returns>False where it was not in.</returns>
    public bool Leave(Session session)
    {
        var place = session.Seats.Remove(this);
        if (place < 0)
        {
            return false;
        }

        Count--;
        var last = _members[Count];
        _members[Count] = null!;
        if (place < Count)
        {
            _members[place] = last;
            last.Seats.Move(this, place);
        }

        if (_members.Length > 16 && Count < _members.Length / 4)
        {
            Array.Resize(ref _members, _members.Length / 2);
        }

        return true;
    }
}

/// <summary>
/// Where one session is. Most are in a handful of rooms, which are looked through; who is in many gets an index.
/// </summary>
internal struct Seats
{
    private const int MostLookedThrough = 16;

    private Seat[]? _seats;
    private Dictionary<Room, int>? _index;
    private int _count;

    public readonly int Count => _count;

    public readonly Room this[int index] => _seats![index].Room;

    /// <returns>Below zero where it is not there.</returns>
    public readonly int Find(Room room)
    {
        if (_index is not null)
        {
            return _index.TryGetValue(room, out var known) ? known : -1;
        }

        for (var i = 0; i < _count; i++)
        {
            if (ReferenceEquals(_seats![i].Room, room))
            {
                return i;
            }
        }

        return -1;
    }

    public void Add(Room room, int place)
    {
        if (_seats is null)
        {
            _seats = new Seat[1];
        }
        else if (_count == _seats.Length)
        {
            Array.Resize(ref _seats, 2 * _count);
        }

        _seats[_count] = new(room, place);
        if (_count == MostLookedThrough && _index is null)
        {
            _index = [];
            for (var i = 0; i < _count; i++)
            {
                _index.Add(_seats[i].Room, i);
            }
        }

        _index?.Add(room, _count);
        _count++;
    }

    /// <returns>The place it had in the room; below zero where it was not there.</returns>
    public int Remove(Room room)
    {
        var at = Find(room);
        if (at < 0)
        {
            return -1;
        }

        var place = _seats![at].Place;
        _count--;
        _index?.Remove(room);
        if (at < _count)
        {
            _seats[at] = _seats[_count];
            if (_index is not null)
            {
                _index[_seats[at].Room] = at;
            }
        }

        _seats[_count] = default;
        return place;
    }

    /// <summary>The room put it elsewhere.</summary>
    public readonly void Move(Room room, int place)
    {
        var at = Find(room);
        _seats![at] = _seats[at] with { Place = place };
    }

    private readonly record struct Seat(Room Room, int Place);
}
