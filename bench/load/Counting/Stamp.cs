using System.Buffers.Text;

namespace Carillon.Load.Counting;

/// <summary>What a message carries in its content: the room, its number in the room, and when it was sent.</summary>
/// <param name="Ticks">Of <see cref="System.Diagnostics.Stopwatch"/>, read right before it was sent.</param>
internal readonly record struct Stamp(int Room, uint Number, long Ticks)
{
    /// <summary>Bytes of a stamp.</summary>
    public const int Size = 4 + 6 + 8 + 16;

    private static ReadOnlySpan<byte> Mark => "~C1:"u8;

    public void Write(Span<byte> to)
    {
        Mark.CopyTo(to);
        Hex((uint)Room, to.Slice(4, 6));
        Hex(Number, to.Slice(10, 8));
        Hex((ulong)Ticks, to.Slice(18, 16));
    }

    /// <summary>The first stamp in some bytes, which are moved on past it; false where there is none.</summary>
    /// <exception cref="InvalidDataException">A mark without a stamp behind it: the message was cut or changed.</exception>
    public static bool TryRead(ref ReadOnlySpan<byte> bytes, out Stamp stamp)
    {
        var at = bytes.IndexOf(Mark);
        if (at < 0)
        {
            stamp = default;
            return false;
        }

        if (bytes.Length - at < Size) throw new InvalidDataException("A stamp is cut short.");
        var text = bytes.Slice(at, Size);
        stamp = new((int)Number64(text.Slice(4, 6)), (uint)Number64(text.Slice(10, 8)), (long)Number64(text.Slice(18, 16)));
        bytes = bytes[(at + Size)..];
        return true;
    }

    private static ulong Number64(ReadOnlySpan<byte> hex) =>
        Utf8Parser.TryParse(hex, out ulong value, out var used, 'X') && used == hex.Length
            ? value
            : throw new InvalidDataException("A stamp was changed on its way.");

    private static void Hex(ulong value, Span<byte> to)
    {
        for (var i = to.Length - 1; i >= 0; i--, value >>= 4)
        {
            to[i] = "0123456789abcdef"u8[(int)(value & 15)];
        }
    }
}
