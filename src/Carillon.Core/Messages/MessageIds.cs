using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Carillon.Core.Messages;

/// <summary>
/// Ids that sort by time, so that an index over them grows at one end, and that cannot be guessed: 48 bits of
/// milliseconds and 80 random bits, as 32 hexadecimal digits.
/// </summary>
public sealed class MessageIds
{
    private const int Bytes = 16;
    private const int Random = 10;

    /// <summary>Random bytes for the next ids; to ask for more of them costs hardly more.</summary>
    private readonly byte[] _random = new byte[100 * Random];
    private readonly Lock _lock = new();
    private int _left;

    public string Next(Instant now)
    {
        Span<byte> id = stackalloc byte[Bytes];
        BinaryPrimitives.WriteInt64BigEndian(id, now.Microseconds / 1000 << 16);
        lock (_lock)
        {
            if (_left == 0)
            {
                RandomNumberGenerator.Fill(_random);
                _left = _random.Length;
            }

            _left -= Random;
            var used = _random.AsSpan(_left, Random);
            used.CopyTo(id[^Random..]);
            used.Clear();
        }

        return Convert.ToHexStringLower(id);
    }
}
