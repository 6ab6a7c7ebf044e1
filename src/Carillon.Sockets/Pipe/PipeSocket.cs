using System.Buffers;
using System.IO.Pipelines;
using System.Numerics;

namespace Carillon.Sockets.Pipe;

/// <summary>
/// A WebSocket on a pipe of the web server's: TLS, other systems, and upgrades on connections that were the web server's
/// already. All that waits goes into the pipe at once and is flushed once; threads of the pool do that, because encryption
/// takes its time.
/// </summary>
internal sealed class PipeSocket : LiveSocket, IPump
{
    private const int MostTogether = 256;
    private const int MostBytesTogether = 128 * 1024;

    private readonly PipeReader _input;
    private readonly PipeWriter _output;
    private readonly Action _abort;
    private readonly Action? _ended;
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _reading = Task.CompletedTask;
    private SharedFrame?[]? _batch;
    private int _taken;
    private volatile bool _broken;
    private volatile bool _isOver;

    /// <param name="abort">Ends the connection at once.</param>
    public PipeSocket(
        SocketLoop loop, SocketOptions options, string transport, IDuplexPipe pipe, Action abort, Action? ended)
        : base(loop, options)
    {
        (Transport, _input, _output, _abort, _ended) = (transport, pipe.Input, pipe.Output, abort, ended);
        loop.RunOrPost(() => loop.Add(this));
    }

    public override string Transport { get; }

    private protected override int Begun => _taken;

    /// <summary>When nothing reads or writes any more.</summary>
    public async Task Over()
    {
        await _over.Task;
        await _reading;
    }

    internal override void Flush()
    {
        var count = Math.Min(Writable, MostTogether);
        if (_taken > 0 || count == 0 || _broken)
        {
            return;
        }

        _batch = Loop.Places.Rent((int)BitOperations.RoundUpToPowerOf2((uint)count));
        var bytes = 0;
        while (_taken < count && (_taken == 0 || bytes + Queue[_taken].Length <= MostBytesTogether))
        {
            bytes += Queue[_taken].Length;
            _batch[_taken] = Queue[_taken];
            _taken++;
        }

        Loop.Pump(this);
    }

    public bool Write()
    {
        ValueTask<FlushResult> flushing;
        try
        {
            // One stretch of memory, because a pipe's own pieces would each be encrypted and sent alone.
            var length = 0;
            for (var i = 0; i < _taken; i++)
            {
                length += _batch![i]!.Length;
            }

            var stretch = _output.GetSpan(length);
            for (var i = 0; i < _taken; i++)
            {
                _batch![i]!.Bytes.CopyTo(stretch);
                stretch = stretch[_batch[i]!.Length..];
            }

            _output.Advance(length);
            flushing = _output.FlushAsync();
            if (flushing.IsCompletedSuccessfully)
            {
                _broken |= flushing.GetAwaiter().GetResult().IsCompleted;
                return true;
            }
        }
#pragma warning disable CA1031 // Whatever a broken connection throws: it is told to the loop, which ends the socket.
        catch (Exception)
#pragma warning restore CA1031
        {
            _broken = true;
            return true;
        }

        _ = Wait(flushing);
        return false;
    }

    private async Task Wait(ValueTask<FlushResult> flushing)
    {
        try
        {
            _broken |= (await flushing.ConfigureAwait(false)).IsCompleted;
        }
#pragma warning disable CA1031 // As above.
        catch (Exception)
#pragma warning restore CA1031
        {
            _broken = true;
        }

        Loop.Post(Written);
    }

    public void Written()
    {
        var taken = _taken;
        _taken = 0;
        Array.Clear(_batch!, 0, taken);
        Loop.Places.Return(_batch!);
        _batch = null;
        if (_isOver)
        {
            Finish();
        }
        else if (_broken)
        {
            Lost();
        }
        else
        {
            Wrote(taken);
            if (Writable > 0)
            {
                Loop.Ready(this, Lane.Wide);
            }
        }
    }

    private protected override void StartReading() => _reading = Task.Run(Read);

    private async Task Read()
    {
        try
        {
            while (true)
            {
                var result = await _input.ReadAsync().ConfigureAwait(false);
                foreach (var part in result.Buffer)
                {
                    Take(part.Span);
                }

                _input.AdvanceTo(result.Buffer.End);

                // A call for another reader of this pipe, who came before us, may still be on its way.
                if (result.IsCompleted || (result.IsCanceled && _isOver))
                {
                    break;
                }
            }
        }
#pragma warning disable CA1031 // Whatever a broken connection throws: the socket ends below.
        catch (Exception)
#pragma warning restore CA1031
        {
            _broken = true;
        }

        Loop.Post(Lost);
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        // A copy, because a pipe's bytes are not ours to unmask in place.
        var copy = ArrayPool<byte>.Shared.Rent(bytes.Length);
        bytes.CopyTo(copy);
        Received(copy.AsSpan(0, bytes.Length));
        ArrayPool<byte>.Shared.Return(copy);
    }

    private protected override void ShutdownWriting()
    {
        // The close frame is on its way; the connection is given back when the peer has answered it.
    }

    private protected override void GiveBack()
    {
        _isOver = true;
        _input.CancelPendingRead();

        // Who has not said goodbye may not read either; the web server would wait for it, for ever.
        if (_taken > 0 || _broken || Queue.Count > 0 || !PeerSaidGoodbye)
        {
            _abort();
        }

        if (_taken == 0)
        {
            Finish();
        }
    }

    private void Finish()
    {
        if (_over.TrySetResult())
        {
            _ended?.Invoke();
        }
    }
}
