using System.Buffers;
using System.ComponentModel;
using Carillon.Load.Counting;
using Carillon.Load.Net;

namespace Carillon.Load.Protocols;

internal enum MemberState
{
    Connecting,
    Joining,
    Ready,
    Dead,
}

/// <summary>One session: a socket, a room, and what it has heard.</summary>
internal sealed class Member(Crowd crowd, int number, int room) : Endpoint, IDisposable
{
    private byte[] _rest = [];
    private int _restLength;
    private Heard _heard;
    private long _lastPlace;
    private TlsSession? _tls;

    public int Number { get; } = number;

    public int Room { get; } = room;

    public MemberState State { get; private set; }

    /// <summary>How far its protocol has come with opening it.</summary>
    public int Stage { get; set; }

    /// <summary>Half a record that began in an earlier frame; the protocol's own.</summary>
    public ArrayBufferWriter<byte>? Record { get; set; }

    public uint HeardCount => _heard.Count;

    public void Start()
    {
        Descriptor = RawSocket.Connect(crowd.Port, Number);
        crowd.Poller.Add(this, Native.EpollOut);
    }

    public override void Ready(uint happened)
    {
        try
        {
            if (State == MemberState.Connecting)
            {
                var fault = RawSocket.Fault(Descriptor);
                if (fault != 0) throw new Win32Exception(fault);
                State = MemberState.Joining;
                crowd.Poller.Change(this, Native.EpollIn);
                if (crowd.IsTls)
                {
                    _tls = new TlsSession(Descriptor, crowd.Buffer);
                    _tls.Start(Opening, read => Take(read, TlsSession.Margin), Die);
                }
                else
                {
                    Opening();
                }
            }
            else if (_tls is not null)
            {
                _tls.Arrived();
            }
            else
            {
                var read = RawSocket.Receive(Descriptor, crowd.Buffer.AsSpan(_restLength));
                if (read == 0) Die("The server closed it.");
                if (read > 0) Take(read, _restLength);
            }
        }
        catch (Exception e) when (e is Win32Exception or InvalidDataException)
        {
            Die(e.Message);
        }
    }

    /// <summary>Bytes have come into the crowd's buffer, at a place behind room for what was left over.</summary>
    /// <param name="at">Where they begin.</param>
    private void Take(int read, int at)
    {
        var data = crowd.Buffer.AsSpan(at - _restLength, _restLength + read);
        _rest.AsSpan(0, _restLength).CopyTo(data);
        crowd.Audience.Reads++;
        crowd.Audience.Bytes += read;
        crowd.Now = System.Diagnostics.Stopwatch.GetTimestamp();
        var used = crowd.Protocol.Read(this, data);
        if (State == MemberState.Dead) return;
        _restLength = data.Length - used;
        if (_restLength == 0) return;
        if (_rest.Length < _restLength) _rest = new byte[Math.Max(2048, _restLength)];
        data[used..].CopyTo(_rest);
    }

    private void Opening()
    {
        crowd.Scratch.ResetWrittenCount();
        crowd.Protocol.Open(this, crowd.Scratch);
        Send(crowd.Scratch.WrittenSpan);
    }

    public void Send(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        if (_tls is not null)
        {
            _tls.Send(bytes.ToArray());
            return;
        }

        RawSocket.Send(Descriptor, bytes);
    }

    public void SendFrame(byte opcode, ReadOnlySpan<byte> payload)
    {
        crowd.Scratch.ResetWrittenCount();
        WebSocketFrame.Write(crowd.Scratch, opcode, payload);
        Send(crowd.Scratch.WrittenSpan);
    }

    /// <summary>It has joined its room: from now on it hears everything.</summary>
    public void Joined()
    {
        if (State == MemberState.Ready) return;
        State = MemberState.Ready;
        crowd.Joined(this);
    }

    /// <param name="place">In the channel's log; 0 where the server tells none.</param>
    public void Hear(ReadOnlySpan<byte> message, long place)
    {
        while (Stamp.TryRead(ref message, out var stamp))
        {
            crowd.Audience.Hear(ref _heard, ref _lastPlace, Room, stamp, place, crowd.Now);
        }
    }

    public void Die(string why)
    {
        if (State == MemberState.Dead) return;
        crowd.Died(this, why);
        State = MemberState.Dead;
        crowd.Poller.Close(this);
    }

    public void Dispose() => _tls?.Dispose();
}
