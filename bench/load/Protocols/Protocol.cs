using System.Buffers;
using Carillon.Load.Net;

namespace Carillon.Load.Protocols;

/// <summary>How a kind of server is spoken to over a member's own socket.</summary>
internal abstract class Protocol
{
    public abstract string Name { get; }

    /// <summary>What a member says first.</summary>
    public abstract void Open(Member member, IBufferWriter<byte> to);

    /// <summary>
    /// Takes what is whole of what has come, tells the member of each message, and of having joined; returns the bytes
    /// taken. The rest is offered again with what comes next.
    /// </summary>
    public abstract int Read(Member member, ReadOnlySpan<byte> data);

    /// <summary>A message to the member's room.</summary>
    public abstract void Publish(Member member, ReadOnlySpan<byte> content, IBufferWriter<byte> to);

    /// <summary>Bytes of content with which what a member of room 0 hears is a frame of so many bytes, heads included.</summary>
    public abstract int ContentFor(int frame);
}
