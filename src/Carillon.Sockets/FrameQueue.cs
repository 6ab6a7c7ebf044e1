namespace Carillon.Sockets;

/// <summary>
/// The frames that wait for one socket, first in, first out. An empty one costs three words; places for more are lent by
/// the loop's <see cref="FramePlaces"/> and go back when the queue is empty.
/// </summary>
internal struct FrameQueue
{
    /// <summary>Null, one frame, or a ring of them.</summary>
    private object? _held;
    private int _head;
    private int _count;

    public readonly int Count => _count;

    public readonly SharedFrame this[int index] => _held is SharedFrame?[] ring
        ? ring[(_head + index) & (ring.Length - 1)]!
        : (SharedFrame)_held!;

    /// <summary>How many frames at the head are the same as these, in their order.</summary>
    public readonly int CountSame(ReadOnlySpan<SharedFrame?> frames)
    {
        if (_held is not SharedFrame?[] ring)
        {
            return _count > 0 && frames.Length > 0 && ReferenceEquals(_held, frames[0]) ? 1 : 0;
        }

        var most = Math.Min(_count, frames.Length);
        var same = 0;
        while (same < most && ReferenceEquals(ring[(_head + same) & (ring.Length - 1)], frames[same]))
        {
            same++;
        }

        return same;
    }

    public void Add(SharedFrame frame, FramePlaces places)
    {
        if (_count == 0)
        {
            _held = frame;
        }
        else
        {
            var ring = RingFor(_count + 1, places);
            ring[(_head + _count) & (ring.Length - 1)] = frame;
        }

        _count++;
    }

    /// <summary>Puts a frame before all others.</summary>
    public void AddFirst(SharedFrame frame, FramePlaces places)
    {
        if (_count == 0)
        {
            _held = frame;
        }
        else
        {
            var ring = RingFor(_count + 1, places);
            _head = (_head - 1) & (ring.Length - 1);
            ring[_head] = frame;
        }

        _count++;
    }

    private SharedFrame?[] RingFor(int count, FramePlaces places)
    {
        if (_held is not SharedFrame?[] ring)
        {
            ring = places.Rent(4);
            ring[0] = (SharedFrame)_held!;
            (_held, _head) = (ring, 0);
        }

        if (count > ring.Length)
        {
            var larger = places.Rent(2 * ring.Length);
            for (var i = 0; i < _count; i++)
            {
                ref var place = ref ring[(_head + i) & (ring.Length - 1)];
                (larger[i], place) = (place, null);
            }

            places.Return(ring);
            (_held, _head, ring) = (larger, 0, larger);
        }

        return ring;
    }

    public void RemoveFirst(int count, FramePlaces places)
    {
        if (count == _count)
        {
            Clear(places);
            return;
        }

        if (count == 0)
        {
            return;
        }

        // Fewer than all are in a ring.
        var ring = (SharedFrame?[])_held!;
        for (var i = 0; i < count; i++)
        {
            ring[(_head + i) & (ring.Length - 1)] = null;
        }

        _head = (_head + count) & (ring.Length - 1);
        _count -= count;
    }

    /// <summary>Removes all but the first few.</summary>
    public void Keep(int first, FramePlaces places)
    {
        if (first == 0)
        {
            Clear(places);
        }
        else if (_held is SharedFrame?[] ring)
        {
            for (; _count > first; _count--)
            {
                ring[(_head + _count - 1) & (ring.Length - 1)] = null;
            }
        }
    }

    public void Clear(FramePlaces places)
    {
        if (_held is SharedFrame?[] ring)
        {
            var straight = Math.Min(_count, ring.Length - _head);
            Array.Clear(ring, _head, straight);
            Array.Clear(ring, 0, _count - straight);
            places.Return(ring);
        }

        (_held, _head, _count) = (null, 0, 0);
    }
}

/// <summary>
/// Rings of all queues of a loop, used again and again: a ring that were made for each burst would live just long enough to
/// be dear to the garbage collector.
/// </summary>
internal sealed class FramePlaces
{
    private const int MostKept = 64 * 1024;
    private readonly Stack<SharedFrame?[]>[] _free = [.. Enumerable.Range(0, 12).Select(_ => new Stack<SharedFrame?[]>())];

    /// <param name="length">A power of two.</param>
    public SharedFrame?[] Rent(int length)
    {
        var rank = int.Log2(length);
        return rank < _free.Length && _free[rank].TryPop(out var ring) ? ring : new SharedFrame?[length];
    }

    /// <param name="ring">With nothing in it.</param>
    public void Return(SharedFrame?[] ring)
    {
        var rank = int.Log2(ring.Length);
        if (rank < _free.Length && _free[rank].Count < (MostKept >> rank) + 4)
        {
            _free[rank].Push(ring);
        }
    }
}
