using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Carillon.Load.Net;

/// <summary>Something with a descriptor that wants to know when it can be read or written.</summary>
internal abstract class Endpoint
{
    /// <summary>-1 once it is closed.</summary>
    public int Descriptor { get; set; } = -1;

    /// <summary>Its place in the poller.</summary>
    public int Slot { get; set; }

    /// <param name="happened">Bits of epoll.</param>
    public abstract void Ready(uint happened);
}

/// <summary>epoll, level-triggered. One thread calls it and everything that it calls.</summary>
internal sealed unsafe class Poller : IDisposable
{
    private const int MostAtOnce = 512;

    private readonly int _epoll;
    private readonly byte[] _happened;
    private readonly List<Endpoint?> _endpoints = [];

    public Poller()
    {
        _epoll = Native.epoll_create1(Native.CloseOnExec);
        if (_epoll < 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
        _happened = GC.AllocateArray<byte>(MostAtOnce * Stride, pinned: true);
    }

    /// <summary>Bytes of a struct epoll_event, which is packed on x86-64 and nowhere else.</summary>
    private static int Stride => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private static int DataOffset => Stride - 8;

    public void Add(Endpoint endpoint, uint interest)
    {
        endpoint.Slot = _endpoints.Count;
        _endpoints.Add(endpoint);
        Control(Native.EpollAdd, endpoint, interest);
    }

    public void Change(Endpoint endpoint, uint interest) => Control(Native.EpollModify, endpoint, interest);

    /// <summary>Closes the descriptor; a reset, so that no port is kept waiting.</summary>
    public void Close(Endpoint endpoint)
    {
        if (endpoint.Descriptor < 0) return;
        _endpoints[endpoint.Slot] = null;
        _ = Native.close(endpoint.Descriptor);
        endpoint.Descriptor = -1;
    }

    /// <summary>Waits at most so long for something to happen, and lets those it happened to act.</summary>
    public void Turn(int milliseconds)
    {
        fixed (byte* happened = _happened)
        {
            var count = Native.epoll_wait(_epoll, happened, MostAtOnce, milliseconds);
            if (count < 0)
            {
                var error = Marshal.GetLastPInvokeError();
                if (error != Native.Interrupted) throw new Win32Exception(error);
            }

            for (var i = 0; i < count; i++)
            {
                var at = _happened.AsSpan(i * Stride);
                var slot = (int)BinaryPrimitives.ReadInt64LittleEndian(at[DataOffset..]);
                _endpoints[slot]?.Ready(BinaryPrimitives.ReadUInt32LittleEndian(at));
            }
        }
    }

    private void Control(int operation, Endpoint endpoint, uint interest)
    {
        Span<byte> happening = stackalloc byte[Stride];
        happening.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(happening, interest);
        BinaryPrimitives.WriteInt64LittleEndian(happening[DataOffset..], endpoint.Slot);
        fixed (byte* pointer = happening)
        {
            if (Native.epoll_ctl(_epoll, operation, endpoint.Descriptor, pointer) != 0)
                throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    public void Dispose()
    {
        foreach (var endpoint in _endpoints.ToArray())
        {
            if (endpoint is not null) Close(endpoint);
        }

        _ = Native.close(_epoll);
    }
}
