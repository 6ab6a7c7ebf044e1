using Carillon.Wire.WebSockets;

namespace Carillon.Sockets;

/// <summary>A frame, made once, however many sockets it goes to. Nobody may change its bytes.</summary>
/// <param name="bytes">Header and payload, as they go over the wire.</param>
/// <param name="made">When, as <see cref="TimeProvider.GetTimestamp"/> counts: its waiting begins there.</param>
public sealed class SharedFrame(byte[] bytes, long made)
{
    public byte[] Bytes { get; } = bytes;

    public long Made { get; } = made;

    public int Length => Bytes.Length;

    /// <summary>What it carries.</summary>
    public ReadOnlySpan<byte> Payload => Bytes.AsSpan((Bytes[1] & 0x7f) switch { 126 => 4, 127 => 10, _ => 2 });

    public static SharedFrame Text(ReadOnlySpan<byte> payload, TimeProvider time) =>
        new(ServerFrame.Of(Opcode.Text, payload), time.GetTimestamp());
}
