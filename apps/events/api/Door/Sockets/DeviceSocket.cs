using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;

namespace Carillon.Events.Door;

/// <summary>One tab's socket: a bounded queue and one writer. Nobody waits for a slow reader: it is closed.</summary>
internal sealed class DeviceSocket(WebSocket socket, byte[] device)
{
    /// <summary>Notices that may wait. Our choice: half a minute of reactions.</summary>
    private const int mostWaiting = 64;

    /// <summary>What a page may say at once, in bytes.</summary>
    private const int mostHeard = 512;

    private readonly Channel<byte[]> waiting = Channel.CreateBounded<byte[]>(
        new BoundedChannelOptions(mostWaiting) { SingleReader = true });

    // Its peer goes by it, whatever the app takes for the time.
    private static readonly TimeProvider time = TimeProvider.System;

    private int closeCode;

    /// <summary>Hash of the browser's secret.</summary>
    public byte[] Device => device;

    /// <summary>Offers a notice. A socket whose queue is full is closed.</summary>
    public void Tell(byte[] notice)
    {
        if (!waiting.Writer.TryWrite(notice)) Close(DeviceClose.TryLater);
    }

    /// <summary>Ends the socket after what waits. The first reason counts.</summary>
    public void Close(int code)
    {
        Interlocked.CompareExchange(ref closeCode, code, 0);
        waiting.Writer.TryComplete();
    }

    /// <summary>Runs until the socket is closed by either side.</summary>
    /// <param name="heard">Each whole message that the page sends; false closes the socket.</param>
    public async Task RunAsync(Func<JsonElement, bool> heard, CancellationToken cancel)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var reading = ReadAsync(heard, ending.Token);
        try
        {
            await foreach (var notice in waiting.Reader.ReadAllAsync(ending.Token))
            {
                // A write that takes this long has a reader that is gone.
                using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20), time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(ending.Token, patience.Token);
                await socket.SendAsync(notice, WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, either.Token);
            }

            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5), time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, patience.Token);
                var code = closeCode == 0 ? (int)WebSocketCloseStatus.NormalClosure : closeCode;
                await socket.CloseOutputAsync((WebSocketCloseStatus)code, null, either.Token);
                // The page's own close, so that the code arrives before the connection goes.
                await Task.WhenAny(reading, Task.Delay(TimeSpan.FromSeconds(5), time, either.Token));
            }
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException or IOException)
        {
            // The page is gone, which is how most sockets end.
        }
        finally
        {
            await ending.CancelAsync();
            await reading;
        }
    }

    private async Task ReadAsync(Func<JsonElement, bool> heard, CancellationToken cancel)
    {
        var buffer = new byte[mostHeard];
        var length = 0;
        try
        {
            while (true)
            {
                var read = await socket.ReceiveAsync(buffer.AsMemory(length), cancel);
                if (read.MessageType == WebSocketMessageType.Close) break;
                length += read.Count;
                if (read.EndOfMessage)
                {
                    if (read.MessageType != WebSocketMessageType.Text || !Hear(buffer.AsMemory(0, length), heard)) Close(DeviceClose.TooMuch);
                    length = 0;
                }
                else if (length == buffer.Length)
                {
                    Close(DeviceClose.TooMuch);
                    length = 0;
                }
            }
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException or IOException)
        {
            // As above.
        }

        Close((int)WebSocketCloseStatus.NormalClosure);
    }

    private static bool Hear(ReadOnlyMemory<byte> message, Func<JsonElement, bool> heard)
    {
        try
        {
            using var json = JsonDocument.Parse(message);
            return json.RootElement.ValueKind == JsonValueKind.Object && heard(json.RootElement);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
