using System.Collections.Concurrent;
using System.Net.WebSockets;

namespace Carillon.Peers;

/// <summary>A WebSocket for each client, and for every message a SendAsync on each member of its room.</summary>
internal sealed class PlainRooms
{
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<Client, byte>> _rooms = new();

    public async Task Serve(HttpContext http)
    {
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        using var client = new Client(socket);
        var room = _rooms.GetOrAdd(http.Request.Query["room"].ToString(), static _ => new());
        room[client] = 0;
        var buffer = new byte[8192];
        try
        {
            while (await socket.ReceiveAsync(buffer, default) is { MessageType: not WebSocketMessageType.Close } received)
            {
                var message = buffer.AsMemory(0, received.Count).ToArray();
                await Task.WhenAll(room.Keys.Select(member => member.Send(message)));
            }
        }
        catch (WebSocketException)
        {
            // The client went without a word, as clients do.
        }
        finally
        {
            room.TryRemove(client, out _);
        }
    }

    private sealed class Client(WebSocket socket) : IDisposable
    {
        private readonly SemaphoreSlim _one = new(1);

        public async Task Send(byte[] message)
        {
            await _one.WaitAsync();
            try
            {
                await socket.SendAsync(message, WebSocketMessageType.Text, true, default);
            }
            catch (Exception e) when (e is WebSocketException or ObjectDisposedException)
            {
                // It has gone; its own loop takes it out.
            }
            finally
            {
                _one.Release();
            }
        }

        public void Dispose() => _one.Dispose();
    }
}
