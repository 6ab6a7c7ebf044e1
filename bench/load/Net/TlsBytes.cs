using System.Threading.Tasks.Sources;

namespace Carillon.Load.Net;

/// <summary>
/// The encrypted bytes of a non-blocking socket, for SslStream. A read that finds nothing goes on inside the poller's turn,
/// on the poller's thread: thousands of sessions need one thread and no hops.
/// </summary>
internal sealed class TlsBytes(int descriptor) : Stream, IValueTaskSource<int>
{
    private ManualResetValueTaskSourceCore<int> _arrival;
    private Memory<byte> _wanted;
    private bool _waits;

    /// <summary>To be called when the descriptor can be read.</summary>
    public void Arrived()
    {
        if (!_waits) return;
        int read;
        try
        {
            read = _wanted.IsEmpty ? 0 : RawSocket.Receive(descriptor, _wanted.Span);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            _waits = false;
            _arrival.SetException(new IOException(e.Message, e));
            return;
        }

        if (read < 0) return;
        _waits = false;
        _arrival.SetResult(read);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // A read of nothing waits until there is something, and SslStream asks so before it takes a buffer.
        var read = buffer.IsEmpty ? -1 : RawSocket.Receive(descriptor, buffer.Span);
        if (read >= 0) return new(read);
        _arrival.Reset();
        _wanted = buffer;
        _waits = true;
        return new(this, _arrival.Version);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        RawSocket.Send(descriptor, buffer.Span);
        return default;
    }

    public int GetResult(short token) => _arrival.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _arrival.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _arrival.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext);

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
