using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Carillon.Server.Gateway;
using Carillon.Server.Hosting;

// Rooms with signalling for calls between browsers: dotnet run --project samples/rooms, then ws://localhost:4580/ws/rooms/production.
//
//   {"action":"joinRoom","roomId":"r"}                      the others hear {"type":"newParticipant","participantConnectionId":"..."}
//   {"action":"sendMsgToRoom","roomId":"r","message":"..."} the others hear the message as it is: an offer, an answer, a candidate
//
// The notice names the newcomer; only who is in a room speaks into it; whoever joins another leaves the first.
var roomOf = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);

return await CarillonHost.Run(args, new GatewayProgram("rooms")
    .On("joinRoom", async call =>
    {
        if (call.Text("roomId") is not { Length: > 0 and <= 128 } roomId)
        {
            return new GatewayReply("""{"type":"error","message":"roomId must have 1 to 128 characters."}""");
        }

        if (roomOf.TryGetValue(call.ConnectionId, out var before))
        {
            await call.Room(before).Leave(call.ConnectionId);
        }

        roomOf[call.ConnectionId] = roomId;
        if (!await call.Room(roomId).Join(call.ConnectionId))
        {
            // It has left meanwhile.
            roomOf.TryRemove(call.ConnectionId, out _);
            return null;
        }

        var notice = JsonSerializer.SerializeToUtf8Bytes(new { type = "newParticipant", participantConnectionId = call.ConnectionId });
        await call.Room(roomId).Send(notice, except: call.ConnectionId);
        return null;
    })
    .On("sendMsgToRoom", async call =>
    {
        var (roomId, message) = (call.Text("roomId"), call.Text("message"));
        if (message.Length == 0 || !roomOf.TryGetValue(call.ConnectionId, out var joined) || joined != roomId)
        {
            return new GatewayReply("""{"type":"error","message":"Join the room first, and say something."}""");
        }

        await call.Room(roomId).Send(Encoding.UTF8.GetBytes(message), except: call.ConnectionId);
        return null;
    })
    .On("$disconnect", call =>
    {
        roomOf.TryRemove(call.ConnectionId, out _);
        return Task.CompletedTask;
    }));
