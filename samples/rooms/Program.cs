using System.Globalization;
using System.Text;
using System.Text.Json;
using Carillon.Server.Gateway;
using Carillon.Server.Hosting;

// Rooms with signalling for calls between browsers: dotnet run --project samples/rooms, then ws://localhost:4580/ws/rooms/production.
//
//   {"action":"joinRoom","roomId":"r"}                      the others hear {"type":"newParticipant","participantConnectionId":"..."}
//   {"action":"sendMsgToRoom","roomId":"r","message":"..."} the others hear the message as it is: an offer, an answer, a candidate
//
// The notice names the newcomer; only who is in a room speaks into it; whoever joins another leaves the first. Whom somebody leaves
// hears {"type":"participantLeft","participantConnectionId":"..."}. A room holds two, as pages with one peer connection can serve no
// third; ROOMS_CAPACITY is another number.
var capacity = int.TryParse(Environment.GetEnvironmentVariable("ROOMS_CAPACITY"), CultureInfo.InvariantCulture, out var most) ? most : 2;
var door = new Lock();
var roomOf = new Dictionary<string, string>(StringComparer.Ordinal);
var sizes = new Dictionary<string, int>(StringComparer.Ordinal);

return await CarillonHost.Run(args, new GatewayProgram("rooms")
    .On("joinRoom", async call =>
    {
        if (call.Text("roomId") is not { Length: > 0 and <= 128 } roomId)
        {
            return Error("roomId must have 1 to 128 characters.");
        }

        if (RoomOf(call.ConnectionId) == roomId)
        {
            return null;
        }

        await Leave(call);
        if (!Enter(call.ConnectionId, roomId))
        {
            return Error("The room is full.");
        }

        if (!await call.Room(roomId).Join(call.ConnectionId))
        {
            // It has gone meanwhile.
            Exit(call.ConnectionId);
            return null;
        }

        await Tell(call, roomId, "newParticipant");
        return null;
    })
    .On("sendMsgToRoom", async call =>
    {
        var (roomId, message) = (call.Text("roomId"), call.Text("message"));
        if (message.Length == 0 || RoomOf(call.ConnectionId) is not { } joined || joined != roomId)
        {
            return Error("Join the room first, and say something.");
        }

        await call.Room(roomId).Send(Encoding.UTF8.GetBytes(message), except: call.ConnectionId);
        return null;
    })
    .On("$disconnect", Leave));

string? RoomOf(string connection)
{
    lock (door)
    {
        return roomOf.GetValueOrDefault(connection);
    }
}

bool Enter(string connection, string room)
{
    lock (door)
    {
        if (sizes.GetValueOrDefault(room) >= capacity || !roomOf.TryAdd(connection, room))
        {
            return false;
        }

        sizes[room] = sizes.GetValueOrDefault(room) + 1;
        return true;
    }
}

string? Exit(string connection)
{
    lock (door)
    {
        if (roomOf.Remove(connection, out var room) && --sizes[room] == 0)
        {
            sizes.Remove(room);
        }

        return room;
    }
}

async Task Leave(GatewayCall call)
{
    if (Exit(call.ConnectionId) is { } room)
    {
        await call.Room(room).Leave(call.ConnectionId);
        await Tell(call, room, "participantLeft");
    }
}

static Task Tell(GatewayCall call, string room, string type) => call.Room(room).Send(
    JsonSerializer.SerializeToUtf8Bytes(new { type, participantConnectionId = call.ConnectionId }), except: call.ConnectionId);

static GatewayReply? Error(string message) => new(JsonSerializer.Serialize(new { type = "error", message }));
