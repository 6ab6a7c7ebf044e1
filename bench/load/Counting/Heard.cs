namespace Carillon.Load.Counting;

/// <summary>Which messages of its room a session has heard: 0, 1, 2, ... each once, in whatever order.</summary>
internal struct Heard
{
    /// <summary>Further ahead than any message can be: no load has as many under way in a room.</summary>
    private const int Window = 64;

    private uint _next;
    private ulong _ahead;

    /// <summary>Different messages heard.</summary>
    public uint Count { get; private set; }

    /// <summary>False for a message that was heard before.</summary>
    public bool Add(uint number)
    {
        if (number < _next) return false;
        if (number - _next >= Window)
        {
            // What is left behind here is lost: the count will not reach what was sent.
            var skipped = number - _next - Window + 1;
            _ahead = skipped >= Window ? 0 : _ahead >> (int)skipped;
            _next += skipped;
        }

        var bit = 1UL << (int)(number - _next);
        if ((_ahead & bit) != 0) return false;
        _ahead |= bit;
        Count++;
        var whole = System.Numerics.BitOperations.TrailingZeroCount(~_ahead);
        _ahead = whole == Window ? 0 : _ahead >> whole;
        _next += (uint)whole;
        return true;
    }
}
