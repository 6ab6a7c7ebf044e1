using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Carillon.Load.Net;

/// <summary>Non-blocking TCP over loopback by descriptor.</summary>
internal static unsafe class RawSocket
{
    /// <summary>Addresses of this machine that connections come from in turn; each has some 28,000 ports.</summary>
    private const int Sources = 4;

    /// <summary>Starts to connect to 127.0.0.1. Writable once it is connected or has failed.</summary>
    public static int Connect(int port, int number)
    {
        var fd = Native.socket(Native.Inet, Native.Stream | Native.NonBlocking | Native.CloseOnExec, 0);
        if (fd < 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
        var one = 1;
        _ = Native.setsockopt(fd, Native.Tcp, Native.NoDelay, &one, sizeof(int));
        _ = Native.setsockopt(fd, Native.Ip, Native.BindAddressNoPort, &one, sizeof(int));
        var linger = stackalloc int[] { 1, 0 };
        _ = Native.setsockopt(fd, Native.SolSocket, Native.SoLinger, linger, 2 * sizeof(int));

        var address = stackalloc byte[16];
        Loopback(address, 0, 2 + (number % Sources));
        if (Native.bind(fd, address, 16) != 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
        Loopback(address, port, 1);
        if (Native.connect(fd, address, 16) != 0 && Marshal.GetLastPInvokeError() is var error && error != Native.InProgress)
            throw new Win32Exception(error);
        return fd;
    }

    /// <summary>Zero, or why the connection could not be made.</summary>
    public static int Fault(int fd)
    {
        int error = 0, length = sizeof(int);
        _ = Native.getsockopt(fd, Native.SolSocket, Native.SoError, &error, &length);
        return error;
    }

    /// <summary>Bytes read; 0 at the end; -1 where nothing is there yet.</summary>
    /// <exception cref="Win32Exception">The connection is broken.</exception>
    public static int Receive(int fd, Span<byte> buffer)
    {
        fixed (byte* pointer = buffer)
        {
            var read = (int)Native.recv(fd, pointer, buffer.Length, 0);
            if (read >= 0) return read;
            var error = Marshal.GetLastPInvokeError();
            return error is Native.Again or Native.Interrupted ? -1 : throw new Win32Exception(error);
        }
    }

    /// <summary>Sends all of it. What the client says is small and finds room in the socket's buffer.</summary>
    /// <exception cref="Win32Exception">The connection is broken, or the server reads nothing any more.</exception>
    public static void Send(int fd, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* pointer = bytes)
        {
            var sent = (int)Native.send(fd, pointer, bytes.Length, Native.NoSignal);
            if (sent == bytes.Length) return;
            throw sent < 0
                ? new Win32Exception(Marshal.GetLastPInvokeError())
                : new Win32Exception(Native.Again, "The server does not read what it is sent.");
        }
    }

    private static void Loopback(byte* address, int port, int last)
    {
        new Span<byte>(address, 16).Clear();
        *(short*)address = Native.Inet;
        BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(address + 2, 2), (ushort)port);
        BinaryPrimitives.WriteUInt32BigEndian(new Span<byte>(address + 4, 4), 0x7f000000u | (uint)last);
    }
}
