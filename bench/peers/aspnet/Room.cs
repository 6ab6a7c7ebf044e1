using Microsoft.AspNetCore.SignalR;

namespace Carillon.Peers;

/// <summary>Rooms as SignalR's documentation makes them: groups.</summary>
internal sealed class Room : Hub
{
    public Task Join(string room) => Groups.AddToGroupAsync(Context.ConnectionId, room);

    public Task Send(string room, string text) => Clients.Group(room).SendAsync("m", text);
}
