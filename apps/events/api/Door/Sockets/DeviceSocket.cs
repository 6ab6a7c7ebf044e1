using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;

namespace Carillon.Events.Door;

/// <summary>
/// One tab's socket. A notice goes out at once where nothing is under way, and else waits in a bounded queue; nobody waits for
/// a slow reader: it is closed. An open socket in which nothing happens holds no buffer, no timer and no queue.
/// </summary>
internal sealed class DeviceSocket(WebSocket socket, byte[] device)
{
    /// <summary>Notices that may wait. Our choice: half a minute of reactions.</summary>
    private const int mostWaiting = 64;

    /// <summary>What a page may say at once, in bytes.</summary>
    private const int mostHeard = 512;

    /// <summary>Messages of a page within a second. Our choice: ours sends ten at most.</summary>
    private const int mostPerSecond = 100;

    /// <summary>A write that takes this long has a reader that is gone, milliseconds. Our choice.</summary>
    private const long longestWrite = 20_000;

    /// <summary>
    /// A page that says nothing for so long is gone, milliseconds. Our choice: it pings each 25 s, and a browser lets a page
    /// that is out of sight do so once a minute.
    /// </summary>
    private const long longestSilence = 150_000;

    /// <summary>For the close frame, and for the page's own. Our choice.</summary>
    private static readonly TimeSpan farewell = TimeSpan.FromSeconds(5);

    // Its peer goes by it, whatever the app takes for the time.
    private static readonly TimeProvider time = TimeProvider.System;

    private readonly Lock gate = new();
    private readonly TaskCompletionSource read = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Queue<byte[]>? waiting;
    private int closeCode;
    private bool sending;
    private long sendingSince;
    private long lastHeard = Environment.TickCount64;
    private long second;
    private int heardInSecond;

    /// <summary>Hash of the browser's secret.</summary>
    public byte[] Device => device;

    /// <summary>Offers a notice. A socket whose queue is full is closed.</summary>
    public void Tell(byte[] notice)
    {
        lock (gate)
        {
            if (closeCode != 0) return;
            if (sending)
            {
                waiting ??= new Queue<byte[]>();
                if (waiting.Count == mostWaiting) closeCode = DeviceClose.TryLater;
                else waiting.Enqueue(notice);
                return;
            }

            (sending, sendingSince) = (true, Environment.TickCount64);
        }

        Send(notice);
    }

    /// <summary>Ends the socket after what waits. The first reason counts.</summary>
    public void Close(int code)
    {
        lock (gate)
        {
            if (closeCode != 0) return;
            closeCode = code;
            if (sending) return;
            sending = true;
        }

        _ = FinishAsync();
    }

    /// <summary>Ends it at once where its reader has taken nothing for too long.</summary>
    /// <param name="silent">Also where its page has said nothing for too long.</param>
    public void AbortIfStuck(bool silent)
    {
        var now = Environment.TickCount64;
        lock (gate)
            if ((!sending || now - sendingSince < longestWrite) && (!silent || now - Volatile.Read(ref lastHeard) < longestSilence)) return;
        socket.Abort();
    }

    /// <summary>Runs until the socket is closed by either side.</summary>
    /// <param name="heard">Each whole message that the page sends; false closes the socket.</param>
    /// <param name="cancel">Ends it at once.</param>
    public async Task RunAsync(Func<JsonElement, bool> heard, CancellationToken cancel)
    {
        using var ending = cancel.UnsafeRegister(static socket => ((WebSocket)socket!).Abort(), socket);
        await ReadAsync(heard);
        read.TrySetResult();
        Close((int)WebSocketCloseStatus.NormalClosure);
        await ended.Task;
    }

    // One frame for all sockets, and nothing made for this one: most writes are done when they return.
    private void Send(byte[]? notice)
    {
        while (notice is not null)
        {
            ValueTask sent;
            try
            {
                sent = socket.SendAsync(notice, WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, CancellationToken.None);
                if (!sent.IsCompleted)
                {
                    _ = SendOnAsync(sent);
                    return;
                }

                sent.GetAwaiter().GetResult();
            }
            catch (Exception gone) when (IsGone(gone))
            {
                Gone();
                return;
            }

            notice = Next();
        }
    }

    private async Task SendOnAsync(ValueTask sent)
    {
        try
        {
            await sent;
        }
        catch (Exception gone) when (IsGone(gone))
        {
            Gone();
            return;
        }

        Send(Next());
    }

    private byte[]? Next()
    {
        lock (gate)
        {
            if (waiting is { Count: > 0 })
            {
                sendingSince = Environment.TickCount64;
                return waiting.Dequeue();
            }

            waiting = null;
            if (closeCode == 0)
            {
                sending = false;
                return null;
            }
        }

        _ = FinishAsync();
        return null;
    }

    private void Gone()
    {
        // Whoever offers more finds it closing.
        lock (gate)
        {
            if (closeCode == 0) closeCode = (int)WebSocketCloseStatus.NormalClosure;
            waiting = null;
        }

        socket.Abort();
        ended.TrySetResult();
    }

    private async Task FinishAsync()
    {
        try
        {
            using var patience = new CancellationTokenSource(farewell, time);
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync((WebSocketCloseStatus)closeCode, null, patience.Token);
            // The page's own close, so that the code arrives before the connection goes.
            await read.Task.WaitAsync(patience.Token);
        }
        catch (Exception gone) when (IsGone(gone))
        {
            // The page is gone, which is how most sockets end.
        }
        finally
        {
            // Where its reader has ended the connection is closed in peace, so that what was said last arrives.
            if (!read.Task.IsCompleted) socket.Abort();
            ended.TrySetResult();
        }
    }

    private async Task ReadAsync(Func<JsonElement, bool> heard)
    {
        try
        {
            while (true)
            {
                // Without a buffer until something comes: most pages are silent for hours.
                var head = await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
                if (head.MessageType == WebSocketMessageType.Close) return;
                var buffer = ArrayPool<byte>.Shared.Rent(mostHeard);
                try
                {
                    if (!await ReadOneAsync(buffer.AsMemory(0, mostHeard), head, heard)) return;
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }
            }
        }
        catch (Exception gone) when (IsGone(gone))
        {
            // As above.
        }
    }

    /// <returns>False where the page closed.</returns>
    private async ValueTask<bool> ReadOneAsync(
        Memory<byte> buffer, ValueWebSocketReceiveResult read, Func<JsonElement, bool> heard)
    {
        var length = 0;
        while (!read.EndOfMessage)
        {
            if (length == buffer.Length)
            {
                // What follows is read and thrown away, so that the page's close is understood.
                Close(DeviceClose.TooMuch);
                length = 0;
            }

            read = await socket.ReceiveAsync(buffer[length..], CancellationToken.None);
            if (read.MessageType == WebSocketMessageType.Close) return false;
            length += read.Count;
        }

        if (read.MessageType != WebSocketMessageType.Text || !InTime() || !Hear(buffer[..length], heard)) Close(DeviceClose.TooMuch);
        return true;
    }

    private bool InTime()
    {
        var now = Environment.TickCount64;
        Volatile.Write(ref lastHeard, now);
        if (now - second >= 1000) (second, heardInSecond) = (now, 0);
        return ++heardInSecond <= mostPerSecond;
    }

    private bool Hear(ReadOnlyMemory<byte> message, Func<JsonElement, bool> heard)
    {
        // Nothing that comes after the end has begun is heard.
        lock (gate)
            if (closeCode != 0) return true;
        try
        {
            using var json = JsonDocument.Parse(message);
            return json.RootElement.ValueKind == JsonValueKind.Object && heard(json.RootElement);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // The latter for half a character, which is noticed only when it is looked at.
            return false;
        }
    }

    private static bool IsGone(Exception fault) => fault is WebSocketException or OperationCanceledException or IOException
        or ObjectDisposedException or InvalidOperationException;
}
