using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Carillon.Load.Net;
using Carillon.Load.Protocols;

namespace Carillon.Load.Chime;

/// <summary>A kept-alive connection with one request on it at a time.</summary>
internal sealed class SendConnection : Endpoint
{
    private readonly SendPool _pool;
    private readonly byte[] _answer = new byte[16 * 1024];
    private int _length;
    private long _asked;

    public SendConnection(SendPool pool, Poller poller, int port, int number)
    {
        _pool = pool;
        Descriptor = RawSocket.Connect(port, number);
        poller.Add(this, Native.EpollOut);
        var clock = Stopwatch.StartNew();
        while (!IsOpen)
        {
            poller.Turn(10);
            if (clock.Elapsed > TimeSpan.FromSeconds(10)) throw new RunFailed("The server takes no connection.");
        }

        poller.Change(this, Native.EpollIn);
    }

    private bool IsOpen { get; set; }

    public void Ask(ReadOnlySpan<byte> request)
    {
        _asked = Stopwatch.GetTimestamp();
        try
        {
            RawSocket.Send(Descriptor, request);
        }
        catch (Win32Exception e)
        {
            throw new RunFailed($"A request could not be sent: {e.Message}");
        }
    }

    public override void Ready(uint happened)
    {
        if (!IsOpen)
        {
            if (RawSocket.Fault(Descriptor) is not 0 and var fault) throw new RunFailed(new Win32Exception(fault).Message);
            IsOpen = true;
            return;
        }

        int read;
        try
        {
            read = RawSocket.Receive(Descriptor, _answer.AsSpan(_length));
        }
        catch (Win32Exception e)
        {
            throw new RunFailed($"The server broke a connection: {e.Message}");
        }

        if (read < 0) return;
        if (read == 0) throw new RunFailed("The server closed a connection, or its answer is too long.");
        _length += read;
        var used = HttpAnswer.TryRead(_answer.AsSpan(0, _length), out var status);
        if (used == 0) return;
        if (status != 201)
            throw new RunFailed($"A send was answered with {Encoding.UTF8.GetString(_answer.AsSpan(0, _length))}");
        _length = 0;
        _pool.Answered(this, Stopwatch.GetTimestamp() - _asked);
    }
}
