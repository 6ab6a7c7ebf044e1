using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Carillon.Server.Gateway;

namespace Carillon.Samples.SupportChat;

/// <summary>
/// What clients say, each as JSON with an <c>action</c>, and what they hear:
/// <code>
/// sendMessage {chatRoomId, message, token}  the others: {type: message, chatRoomId, sender, name, message, timestamp}; the sender: sent
/// joinRoom    {chatRoomId}                  {type: history}, and from then on its messages
/// history     {chatRoomId, before | after}  {type: history, chatRoomId, messages}, 50 at most, oldest first
/// leaveRoom   {chatRoomId}
/// inbox       {}                            agents: {type: inbox, conversations}, the longest waiting first
/// subscribe   {subscription}                agents: pushes to this browser; without one: the key to subscribe with
/// </code>
/// A visitor's conversations are called as the visitor, or as the visitor, a slash and more; without a <c>chatRoomId</c> it is the first.
/// Agents have all that exist. Who says something is known from the connection: what a message claims about it counts for nothing.
/// </summary>
internal sealed class Desk : IAsyncDisposable
{
    private const int MostInMessage = 4_000;
    private const int Page = 50;

    /// <summary>Who watches a conversation, and the order in which messages are kept and heard, are one at a time.</summary>
    private readonly SemaphoreSlim _turn = new(1);
    private readonly ConcurrentDictionary<string, Person> _people = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _watching = new(StringComparer.Ordinal);
    private readonly DeskSettings _settings;
    private readonly TimeProvider _time;
    private readonly Tokens _tokens;
    private readonly Conversations _conversations;
    private readonly Notices _notices;

    public Desk(DeskSettings settings, TimeProvider time)
    {
        (_settings, _time) = (settings, time);
        _tokens = new(settings.Secret, time);
        _conversations = new(settings.Database);
        _notices = new(settings, _conversations, time);
    }

    public GatewayProgram Program() => new GatewayProgram("support")
        .On("$connect", Connect)
        .On("sendMessage", call => For(call, SendMessage))
        .On("joinRoom", call => For(call, JoinRoom))
        .On("history", call => For(call, History))
        .On("leaveRoom", call => For(call, LeaveRoom))
        .On("inbox", call => For(call, Inbox))
        .On("subscribe", call => For(call, Subscribe))
        .On("$default", call => Task.FromResult(Error("There is no such action.")))
        .On("$disconnect", Disconnect);

    private Task<GatewayReply?> Connect(GatewayCall call)
    {
        if (_tokens.Read(call.Query("token") ?? "") is not { } person)
        {
            return Task.FromResult<GatewayReply?>(new("""{"message":"Unauthorized"}""", 401));
        }

        _people[call.ConnectionId] = person;
        return Task.FromResult<GatewayReply?>(null);
    }

    private async Task<GatewayReply?> SendMessage(GatewayCall call, Person person, JsonElement said)
    {
        if (RoomOf(person, said) is not { } room)
        {
            return Error("There is no such conversation.");
        }

        if (Text(said, "message") is not { } text || string.IsNullOrWhiteSpace(text) || text.Length > MostInMessage)
        {
            return Error($"A message has 1 to {MostInMessage} characters.");
        }

        var token = Text(said, "token");
        if (token is { Length: 0 or > 64 })
        {
            return Error("A token has 1 to 64 characters.");
        }

        await Turn(async () =>
        {
            // It is on disk before anybody hears it.
            var (message, isNew) = _conversations.Add(room, person, text, token, _time.GetUtcNow(), _watching.ContainsKey(room));
            await Join(call, person, room);
            if (isNew)
            {
                await call.Room(room).Send(Json(Shape(message)), except: call.ConnectionId);
            }

            await call.Send(call.ConnectionId, Json(new { type = "sent", chatRoomId = room, timestamp = Stamp(message.At), token }));
        });
        _notices.Look();
        return null;
    }

    private async Task<GatewayReply?> JoinRoom(GatewayCall call, Person person, JsonElement said)
    {
        if (RoomOf(person, said) is not { } room)
        {
            return Error("There is no such conversation.");
        }

        // History and what follows it are one: nothing between them is missed or heard twice.
        await Turn(async () =>
        {
            await call.Send(call.ConnectionId, Json(Shape(room, _conversations.History(room, null, null, Page))));
            await Join(call, person, room);
        });
        return null;
    }

    private Task<GatewayReply?> History(GatewayCall call, Person person, JsonElement said)
    {
        var (isAfter, after) = TimeOf(said, "after");
        var (isBefore, before) = TimeOf(said, "before");
        return Task.FromResult(
            RoomOf(person, said) is not { } room ? Error("There is no such conversation.")
            : !isAfter || !isBefore ? Error("A time is a timestamp of a message.")
            : Reply(Shape(room, _conversations.History(room, after, before, Page))));
    }

    private async Task<GatewayReply?> LeaveRoom(GatewayCall call, Person person, JsonElement said)
    {
        if (RoomOf(person, said) is { } room)
        {
            await Turn(async () =>
            {
                await call.Room(room).Leave(call.ConnectionId);
                Unwatch(room, call.ConnectionId);
            });
            _notices.Look();
        }

        return null;
    }

    private Task<GatewayReply?> Inbox(GatewayCall call, Person person, JsonElement said) => Task.FromResult(!person.IsAgent
        ? Error("Only agents may.")
        : Reply(new
        {
            type = "inbox",
            conversations = _conversations.Inbox(Page).Select(w => new { chatRoomId = w.Room, w.Visitor, w.Name, since = Stamp(w.Since) }),
        }));

    private Task<GatewayReply?> Subscribe(GatewayCall call, Person person, JsonElement said)
    {
        if (!person.IsAgent)
        {
            return Task.FromResult(Error("Only agents may."));
        }

        if (said.TryGetProperty("subscription", out var given))
        {
            if (!WebPush.TryRead(given, person.Id, _settings.PushHosts, out var subscription))
            {
                return Task.FromResult(Error("That is no subscription of a push service that is known here."));
            }

            _conversations.Subscribe(subscription);
        }

        return Task.FromResult(Reply(new { type = "subscribe", key = Base64Url.EncodeToString(_notices.PushKey) }));
    }

    private async Task Disconnect(GatewayCall call)
    {
        _people.TryRemove(call.ConnectionId, out _);
        await Turn(() =>
        {
            foreach (var room in _watching.Where(w => w.Value.Contains(call.ConnectionId)).Select(w => w.Key).ToList())
            {
                Unwatch(room, call.ConnectionId);
            }

            return Task.CompletedTask;
        });
        _notices.Look();
    }

    private async Task Join(GatewayCall call, Person person, string room)
    {
        // A connection that has gone meanwhile joins nothing; its $disconnect is over, or waits for this turn.
        if (await call.Room(room).Join(call.ConnectionId) && person.IsAgent && _people.ContainsKey(call.ConnectionId))
        {
            (_watching.TryGetValue(room, out var watchers) ? watchers : _watching[room] = new(StringComparer.Ordinal)).Add(call.ConnectionId);
        }
    }

    private void Unwatch(string room, string connection)
    {
        if (_watching.TryGetValue(room, out var watchers) && watchers.Remove(connection) && watchers.Count == 0)
        {
            _watching.Remove(room);
            _conversations.Unattended(room);
        }
    }

    /// <summary>The conversation that somebody speaks of; null where there is none, or it is another's: nobody can tell these apart.</summary>
    private string? RoomOf(Person person, JsonElement said)
    {
        var room = Text(said, "chatRoomId") ?? (person.IsAgent || said.TryGetProperty("chatRoomId", out _) ? "" : person.Id);
        return room.Length is 0 or > 128 ? null
            : person.IsAgent ? _conversations.Exists(room) ? room : null
            : room == person.Id || room.StartsWith(person.Id + "/", StringComparison.Ordinal) ? room : null;
    }

    private async Task<GatewayReply?> For(GatewayCall call, Func<GatewayCall, Person, JsonElement, Task<GatewayReply?>> handler)
    {
        // Whoever is disconnected already asks for nothing.
        if (!_people.TryGetValue(call.ConnectionId, out var person))
        {
            return null;
        }

        using var json = call.Json();
        return await handler(call, person, json.RootElement);
    }

    private async Task Turn(Func<Task> what)
    {
        await _turn.WaitAsync();
        try
        {
            await what();
        }
        finally
        {
            _turn.Release();
        }
    }

    private static object Shape(Message m) => new
    {
        type = "message",
        chatRoomId = m.Room,
        sender = m.Sender,
        name = m.Name,
        message = m.Text,
        timestamp = Stamp(m.At),
    };

    private static object Shape(string room, IEnumerable<Message> page) => new { type = "history", chatRoomId = room, messages = page.Select(Shape) };

    private static byte[] Json(object shape) => JsonSerializer.SerializeToUtf8Bytes(shape, JsonSerializerOptions.Web);

    private static GatewayReply? Reply(object shape) => new(JsonSerializer.Serialize(shape, JsonSerializerOptions.Web));

    private static GatewayReply? Error(string message) => Reply(new { type = "error", message });

    /// <summary>A string of a message; null where there is none.</summary>
    private static string? Text(JsonElement said, string name)
    {
        try
        {
            return said.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair is no text.
            return null;
        }
    }

    /// <summary>RFC 3339, in UTC, always of one length: sorted as text they are sorted by time.</summary>
    internal static string Stamp(long at) =>
        DateTimeOffset.UnixEpoch.AddTicks(at * TimeSpan.TicksPerMicrosecond).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static (bool IsTime, long? Time) TimeOf(JsonElement said, string name) =>
        !said.TryGetProperty(name, out _) ? (true, null)
        : DateTimeOffset.TryParse(Text(said, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? (true, (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond) : (false, null);

    public async ValueTask DisposeAsync()
    {
        await _notices.DisposeAsync();
        _conversations.Dispose();
        _turn.Dispose();
    }
}
