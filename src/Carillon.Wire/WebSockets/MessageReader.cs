using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Unicode;

namespace Carillon.Wire.WebSockets;

/// <summary>Takes what a <see cref="MessageReader"/> reads. Spans are gone when the call returns.</summary>
public interface IMessageSink
{
    /// <summary>A frame has begun, of whatever kind.</summary>
    /// <returns>False when the peer has sent too many.</returns>
    bool Frame();

    /// <summary>A whole message, put together and, if it is text, known to be UTF-8.</summary>
    void Message(bool isText, ReadOnlySpan<byte> payload);

    void Ping(ReadOnlySpan<byte> payload);

    void Pong(ReadOnlySpan<byte> payload);

    /// <param name="code">1005 where the peer gave none.</param>
    /// <param name="reason">UTF-8.</param>
    void Close(int code, ReadOnlySpan<byte> reason);
}

/// <summary>How much a client may send at once.</summary>
/// <param name="Frame">Bytes of a frame's payload.</param>
/// <param name="Message">Bytes of a message, all its frames together.</param>
public readonly record struct MessageLimits(int Frame, int Message);

/// <summary>Why a connection must be closed; the default value stands for "it need not".</summary>
public readonly record struct ReadFault(int Code, string Reason)
{
    public bool IsNone => Code == 0;
}

/// <summary>
/// Reads the frames of a client (RFC 6455, 5 and 8.1), however its bytes are cut. It is state alone, small enough to lie
/// in the object of its connection: whoever receives calls it with what came, and it calls the sink.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public struct MessageReader
{
    private const int MaskLength = 4;

    private HeaderBytes _header;
    private byte _headerLength;
    private bool _inPayload;
    private bool _isFinal;
    private bool _ended;
    private byte _opcode;

    /// <summary>Of the message whose frames are coming; 0 between messages.</summary>
    private byte _message;
    private uint _mask;
    private int _left;

    /// <summary>Payload that came before: of the message, and of a control frame in its midst.</summary>
    private byte[]? _data;
    private int _dataLength;
    private byte[]? _control;
    private int _controlLength;

    /// <summary>Reads all of <paramref name="bytes"/>, which it unmasks where they lie.</summary>
    /// <returns>The fault that ends the connection, if there is one. After it, and after a close frame, nothing is read.</returns>
    public ReadFault Read<TSink>(Span<byte> bytes, in MessageLimits limits, ref TSink sink)
        where TSink : IMessageSink, allows ref struct
    {
        while (!_ended)
        {
            if (!_inPayload)
            {
                if (!TakeHeader(ref bytes))
                {
                    return default;
                }

                var fault = Begin(limits);
                if (fault.IsNone && !sink.Frame())
                {
                    fault = new(CloseStatus.PolicyViolation, "Too many frames.");
                }

                if (!fault.IsNone)
                {
                    return End(fault);
                }
            }

            var part = bytes[..Math.Min(bytes.Length, _left)];
            bytes = bytes[part.Length..];
            _left -= part.Length;
            _mask = Unmask(part, _mask);
            if (_left > 0)
            {
                Keep(part);
                return default;
            }

            _inPayload = false;
            var end = _opcode >= (byte)Opcode.Close ? EndControl(part, ref sink) : EndData(part, ref sink);
            if (!end.IsNone)
            {
                return End(end);
            }
        }

        return default;
    }

    private ReadFault End(ReadFault fault)
    {
        _ended = true;
        (_data, _control) = (null, null);
        return fault;
    }

    private bool TakeHeader(ref Span<byte> bytes)
    {
        Span<byte> header = _header;
        while (true)
        {
            var needed = _headerLength < 2
                ? 2
                : 2 + LongerLength(header[1]) + MaskLength;

            // Without a mask there is no need to wait for the rest to know what is wrong.
            if (_headerLength >= needed || (_headerLength >= 2 && (header[1] & 0x80) == 0))
            {
                return true;
            }

            if (bytes.IsEmpty)
            {
                return false;
            }

            var taken = Math.Min(needed - _headerLength, bytes.Length);
            bytes[..taken].CopyTo(header[_headerLength..]);
            _headerLength += (byte)taken;
            bytes = bytes[taken..];
        }
    }

    private ReadFault Begin(in MessageLimits limits)
    {
        ReadOnlySpan<byte> header = _header;
        _headerLength = 0;
        _opcode = (byte)(header[0] & 0x0f);
        _isFinal = (header[0] & 0x80) != 0;
        if ((header[0] & 0x70) != 0)
        {
            return Broken("A reserved bit is set, and no extension was agreed.");
        }

        if ((header[1] & 0x80) == 0)
        {
            return Broken("A client must mask its frames.");
        }

        var (length, isShortest) = (header[1] & 0x7f) switch
        {
            126 => (BinaryPrimitives.ReadUInt16BigEndian(header[2..]), BinaryPrimitives.ReadUInt16BigEndian(header[2..]) > 125),
            127 => (BinaryPrimitives.ReadUInt64BigEndian(header[2..]), BinaryPrimitives.ReadUInt64BigEndian(header[2..]) > ushort.MaxValue),
            var small => ((ulong)small, true),
        };
        if (!isShortest || length > long.MaxValue)
        {
            return Broken("The length of a frame is not written as it must be.");
        }

        var fault = (Opcode)_opcode switch
        {
            Opcode.Close or Opcode.Ping or Opcode.Pong =>
                !_isFinal ? Broken("A control frame is in parts.")
                : length > 125 ? Broken("A control frame is longer than 125 bytes.")
                : default,
            Opcode.Text or Opcode.Binary => _message == 0 ? default : Broken("A message begins inside another."),
            Opcode.Continuation => _message != 0 ? default : Broken("A frame goes on with a message that has not begun."),
            _ => Broken("The opcode is not known."),
        };
        if (!fault.IsNone)
        {
            return fault;
        }

        if (_opcode < (byte)Opcode.Close && (length > (ulong)limits.Frame || length + (ulong)_dataLength > (ulong)limits.Message))
        {
            return new(CloseStatus.MessageTooBig, "The frame is too large.");
        }

        if (_opcode is (byte)Opcode.Text or (byte)Opcode.Binary)
        {
            _message = _opcode;
        }

        var mask = header.Slice(2 + LongerLength(header[1]), MaskLength);
        _mask = MemoryMarshal.Read<uint>(mask);
        _left = (int)length;
        _inPayload = true;
        return default;
    }

    /// <summary>Bytes of a length that does not fit into the second byte of the header.</summary>
    private static int LongerLength(byte second) => (second & 0x7f) switch { 126 => 2, 127 => 8, _ => 0 };

    private static ReadFault Broken(string reason) => new(CloseStatus.ProtocolError, reason);

    /// <returns>The mask as the next byte needs it.</returns>
    private static uint Unmask(Span<byte> part, uint mask)
    {
        if (mask == 0)
        {
            return 0;
        }

        var words = MemoryMarshal.Cast<byte, uint>(part);
        foreach (ref var word in words)
        {
            word ^= mask;
        }

        Span<byte> key = stackalloc byte[MaskLength];
        MemoryMarshal.Write(key, mask);
        var rest = part[(words.Length * sizeof(uint))..];
        for (var i = 0; i < rest.Length; i++)
        {
            rest[i] ^= key[i];
        }

        return BitConverter.IsLittleEndian
            ? System.Numerics.BitOperations.RotateRight(mask, 8 * rest.Length)
            : System.Numerics.BitOperations.RotateLeft(mask, 8 * rest.Length);
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        if (_opcode >= (byte)Opcode.Close)
        {
            Append(ref _control, ref _controlLength, part, 125);
        }
        else
        {
            Append(ref _data, ref _dataLength, part, _left);
        }
    }

    private static void Append(ref byte[]? kept, ref int length, ReadOnlySpan<byte> part, int more)
    {
        if (kept is null || kept.Length < length + part.Length)
        {
            // What is announced is not yet there: memory grows with what came, not with what a header says.
            Array.Resize(ref kept, Math.Max(length + part.Length, Math.Min(2 * length, length + part.Length + more)));
        }

        part.CopyTo(kept.AsSpan(length));
        length += part.Length;
    }

    private ReadFault EndData<TSink>(ReadOnlySpan<byte> part, ref TSink sink)
        where TSink : IMessageSink, allows ref struct
    {
        if (!_isFinal || _dataLength > 0)
        {
            Append(ref _data, ref _dataLength, part, 0);
        }

        if (!_isFinal)
        {
            return default;
        }

        var whole = _dataLength > 0 ? _data.AsSpan(0, _dataLength) : part;
        var isText = _message == (byte)Opcode.Text;
        if (isText && !Utf8.IsValid(whole))
        {
            return new(CloseStatus.InvalidPayload, "The text is not UTF-8.");
        }

        sink.Message(isText, whole);
        (_message, _data, _dataLength) = (0, null, 0);
        return default;
    }

    private ReadFault EndControl<TSink>(ReadOnlySpan<byte> part, ref TSink sink)
        where TSink : IMessageSink, allows ref struct
    {
        if (_controlLength > 0)
        {
            Append(ref _control, ref _controlLength, part, 0);
        }

        var whole = _controlLength > 0 ? _control.AsSpan(0, _controlLength) : part;
        _controlLength = 0;
        switch ((Opcode)_opcode)
        {
            case Opcode.Ping:
                sink.Ping(whole);
                break;
            case Opcode.Pong:
                sink.Pong(whole);
                break;
            default:
                var fault = ReadClose(whole, out var code);
                if (!fault.IsNone)
                {
                    return fault;
                }

                End(default);
                sink.Close(code, whole[Math.Min(2, whole.Length)..]);
                return default;
        }

        _control = null;
        return default;
    }

    private static ReadFault ReadClose(ReadOnlySpan<byte> payload, out int code)
    {
        code = CloseStatus.None;
        if (payload.IsEmpty)
        {
            return default;
        }

        if (payload.Length == 1)
        {
            return Broken("A close frame holds half a code.");
        }

        code = BinaryPrimitives.ReadUInt16BigEndian(payload);
        return !CloseStatus.MayBeSent(code) ? Broken("The close code must not be sent.")
            : !Utf8.IsValid(payload[2..]) ? new(CloseStatus.InvalidPayload, "The reason is not UTF-8.")
            : default;
    }

    [InlineArray(2 + 8 + MaskLength)]
    private struct HeaderBytes
    {
        private byte _first;
    }
}
