using Carillon.Sockets;

namespace Carillon.Server.Gateway;

/// <summary>A name under which connections of a stage hear the same.</summary>
internal readonly record struct RoomAddress(string Api, string Stage, string Name);

/// <summary>Connections that hear the same. The loop's.</summary>
internal sealed class Room(RoomAddress address)
{
    public RoomAddress Address => address;

    public HashSet<GatewayConnection> Members { get; } = [];
}

/// <summary>Who is in which room, and what is said to all in one. It belongs to the loop of the sockets, as connections do.</summary>
internal sealed class GatewayRooms(GatewayHub hub, SocketLoop loop)
{
    private readonly Dictionary<RoomAddress, Room> _rooms = [];

    public Task<bool> Join(RoomAddress address, string id) => loop.Ask(() =>
    {
        if (hub.Find(address.Api, address.Stage, id) is not { } connection)
        {
            return false;
        }

        if (!_rooms.TryGetValue(address, out var room))
        {
            _rooms[address] = room = new(address);
        }

        room.Members.Add(connection);
        (connection.Rooms ??= []).Add(room);
        return true;
    });

    public Task Leave(RoomAddress address, string id) => loop.Ask(() =>
    {
        if (hub.Find(address.Api, address.Stage, id) is { } connection && _rooms.TryGetValue(address, out var room))
        {
            connection.Rooms?.Remove(room);
            Remove(room, connection);
        }

        return true;
    });

    public Task<IReadOnlyList<string>> Members(RoomAddress address) => loop.Ask<IReadOnlyList<string>>(
        () => _rooms.TryGetValue(address, out var room) ? [.. room.Members.Select(m => m.Peer.Id)] : []);

    public Task<int> Broadcast(RoomAddress address, ReadOnlyMemory<byte> text, string? except)
    {
        var frame = SharedFrame.Text(text.Span, loop.Time);
        return loop.Ask(() =>
        {
            if (!_rooms.TryGetValue(address, out var room))
            {
                return 0;
            }

            var (count, lane) = (0, Lanes.Of(room.Members.Count));
            foreach (var member in room.Members)
            {
                if (member.Peer.Id != except && member.Socket is not { IsClosing: true })
                {
                    hub.Offer(member, frame, lane);
                    member.Touch();
                    count++;
                }
            }

            return count;
        });
    }

    /// <summary>On the loop: the connection has ended.</summary>
    public void LeaveAll(GatewayConnection connection)
    {
        foreach (var room in connection.Rooms ?? [])
        {
            Remove(room, connection);
        }

        connection.Rooms = null;
    }

    private void Remove(Room room, GatewayConnection connection)
    {
        room.Members.Remove(connection);
        if (room.Members.Count == 0)
        {
            _rooms.Remove(room.Address);
        }
    }
}
