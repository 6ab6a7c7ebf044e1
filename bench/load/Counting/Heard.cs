using System.Numerics;

namespace Carillon.Load.Counting;

/// <summary>Which messages of its room a session has heard: 0, 1, 2, ... each once, in whatever order.</summary>
internal struct Heard
{
    private const int Window = 64;

    /// <summary>All before it were heard, but for those that are missing.</summary>
    private uint _next;

    /// <summary>Those heard of the 64 from there on.</summary>
    private ulong _ahead;

    /// <summary>Overtaken by more than a window: a server may hold back one speaker while it serves the others.</summary>
    private HashSet<uint>? _missing;

    /// <summary>Different messages heard.</summary>
    public uint Count { get; private set; }

    /// <summary>False for a message that was heard before.</summary>
    public bool Add(uint number)
    {
        if (number < _next)
        {
            if (_missing?.Remove(number) != true) return false;
            Count++;
            return true;
        }

        while (number - _next >= Window)
        {
            // After Settle the first of the window is one that has not been heard.
            (_missing ??= []).Add(_next++);
            _ahead >>= 1;
            Settle();
        }

        var bit = 1UL << (int)(number - _next);
        if ((_ahead & bit) != 0) return false;
        _ahead |= bit;
        Count++;
        Settle();
        return true;
    }

    private void Settle()
    {
        var whole = BitOperations.TrailingZeroCount(~_ahead);
        _ahead = whole == Window ? 0 : _ahead >> whole;
        _next += (uint)whole;
    }
}
