using System.Buffers;
using System.Text;

namespace Carillon.Wire.SigV4;

/// <summary>Gathers UTF-8 in the caller's stack buffer and moves to a pooled one when that is full.</summary>
internal ref struct Utf8Writer(Span<byte> initial)
{
    private Span<byte> buffer = initial;
    private byte[]? rented;
    private int length;

    public readonly int Length => length;

    public readonly ReadOnlySpan<byte> Written => buffer[..length];

    public void Truncate(int to) => length = to;

    public void Append(byte value)
    {
        if (length == buffer.Length) Grow(1);
        buffer[length++] = value;
    }

    public void Append(scoped ReadOnlySpan<byte> bytes)
    {
        if (buffer.Length - length < bytes.Length) Grow(bytes.Length);
        bytes.CopyTo(buffer[length..]);
        length += bytes.Length;
    }

    /// <summary>A lone surrogate becomes U+FFFD, as in every UTF-8 encoder.</summary>
    public void Append(scoped ReadOnlySpan<char> text)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (buffer.Length - length < most) Grow(most);
        length += Encoding.UTF8.GetBytes(text, buffer[length..]);
    }

    public void AppendHex(scoped ReadOnlySpan<byte> bytes)
    {
        var chars = bytes.Length * 2;
        if (buffer.Length - length < chars) Grow(chars);
        Convert.TryToHexStringLower(bytes, buffer[length..], out var written);
        length += written;
    }

    public void Dispose()
    {
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        rented = null;
        buffer = default;
        length = 0;
    }

    private void Grow(int more)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(buffer.Length * 2, length + more));
        buffer[..length].CopyTo(larger);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        buffer = rented = larger;
    }
}
