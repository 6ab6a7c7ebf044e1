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

    public string Next(Instant now)
    {
        Span<byte> id = stackalloc byte[Bytes];
        BinaryPrimitives.WriteInt64BigEndian(id, now.Microseconds / 1000 << 16);
        RandomNumberGenerator.Fill(id[6..]);
        return Convert.ToHexStringLower(id);
    }
}
