using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Events.Core;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Stage;
using Carillon.Events.Core.Store;
using Carillon.Events.Core.Tickets;

namespace Carillon.Events.Door;

/// <summary>What a page is told when its socket opens, beyond what the hub itself knows.</summary>
/// <param name="Pin">As <c>pin</c> of the contract; null for none.</param>
/// <param name="Removed">Ids of messages that are hidden, and not yet redacted on the platform.</param>
internal sealed record RoomExtras(JsonNode? Pin, IReadOnlyList<string> Removed);

/// <summary>
/// The device sockets of all shows. It holds nothing that must outlive the process: who may be here the database says, and
/// pages come back by themselves.
/// </summary>
internal sealed class DeviceHub : IDisposable
{
    /// <summary>How often reactions are totalled.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    /// <summary>Ticks between two counts of who is there, and two looks at what other processes changed.</summary>
    private const int ticksPerCount = 10;

    /// <summary>
    /// Pages that are told at a time why they may not be here. Our choice: they need no ticket for it, so they take no fan's
    /// place; one more is refused as any request, and its page asks why.
    /// </summary>
    private const int mostAway = 256;

    private readonly EventsService events;
    private readonly ConcurrentDictionary<long, ShowRoom> rooms = [];
    private readonly CancellationTokenSource ending = new();
    private readonly ITimer timer;
    private readonly Lock opening = new();
    private int open;
    private int away;
    private int ticks;
    private int closed;

    public DeviceHub(EventsService events)
    {
        this.events = events;
        var log = events.Logs.CreateLogger("Carillon.Events");
        timer = events.Time.CreateTimer(_ => Turns.Try(log, "Telling pages their totals", OnTick), null, Tick, Tick);
    }

    public bool HasRoom => Volatile.Read(ref closed) == 0 && Volatile.Read(ref open) < events.Options.MostSockets;

    /// <summary>Set by the desk, which knows pins and removals.</summary>
    public Func<EventsView, Show, RoomExtras> Extras { get; set; } = (_, _) => new RoomExtras(null, []);

    /// <summary>Who is there and how many reactions there were; zeros while nobody's page is open.</summary>
    public (int Present, long Reacted) NumbersOf(long show) =>
        rooms.TryGetValue(show, out var room) ? (room.Present, room.Reacted) : (0, 0);

    public void TellAll(long show, byte[] notice)
    {
        if (rooms.TryGetValue(show, out var room)) room.TellAll(notice);
    }

    public void Tell(long show, long number, byte[] notice)
    {
        if (rooms.TryGetValue(show, out var room)) room.Tell(number, notice);
    }

    /// <summary>Closes all sockets of a ticket. Call it after what forbids them is committed.</summary>
    /// <param name="code">One of <see cref="DeviceClose"/>.</param>
    /// <param name="last">Said before; null for nothing.</param>
    public void Drop(long show, long number, int code, byte[]? last)
    {
        if (rooms.TryGetValue(show, out var room)) room.Drop(number, code, last, null);
    }

    /// <summary>Closes the sockets of all devices but the one that has the ticket now.</summary>
    public void DropOthers(long show, long number, byte[] device)
    {
        if (rooms.TryGetValue(show, out var room)) room.Drop(number, DeviceClose.Moved, Notices.Moved, device);
    }

    /// <summary>The show or its staff changed: pages that are open are told.</summary>
    public void Changed(long show)
    {
        if (!rooms.TryGetValue(show, out var room)) return;
        var (newest, staff) = events.Store.Read(view => (view.ShowByKey(show), StaffOf(view, show)));
        if (newest is null) room.DropAll(DeviceClose.EnterAgain);
        else room.Renew(newest, Notices.Of(new JsonObject { ["t"] = "staff", ["staff"] = staff }));
    }

    /// <summary>Runs a page's socket until it ends.</summary>
    public Task ServeAsync(WebSocket accepted, Show show, long number, byte[] device)
    {
        var socket = new DeviceSocket(accepted, device);
        Interlocked.Increment(ref open);
        var (room, joined) = JoinRoom(show, number, socket);
        // What waits with the page for hours holds the room, and not a show with all its words of its own.
        return ServeAsync(room, joined, show.Key, number, socket);
    }

    /// <summary>Whether one more page may be told why it may not be here.</summary>
    public bool MayTurnAway => Volatile.Read(ref away) < mostAway;

    /// <summary>Says why a page may not be here, and closes.</summary>
    /// <param name="code">One of <see cref="DeviceClose"/>.</param>
    /// <param name="last">Said before; null for nothing.</param>
    public async Task TurnAwayAsync(WebSocket accepted, int code, byte[]? last)
    {
        var socket = new DeviceSocket(accepted, []);
        Interlocked.Increment(ref away);
        try
        {
            if (last is not null) socket.Tell(last);
            socket.Close(code);
            await socket.RunAsync(_ => true, ending.Token);
        }
        finally
        {
            Interlocked.Decrement(ref away);
        }
    }

    private async Task ServeAsync(ShowRoom room, bool joined, long show, long number, DeviceSocket socket)
    {
        try
        {
            // Once it is in the room: whoever takes the ticket away from now on finds this socket, and before it is seen here.
            var (hello, closing) = joined ? Hello(room, show, number, socket.Device) : (null, DeviceClose.TryLater);
            if (hello is not null) socket.Tell(hello);
            if (closing is { } code) socket.Close(code);
            await socket.RunAsync(said => Heard(room, number, said), ending.Token);
        }
        finally
        {
            LeaveRoom(room, show, number, socket);
            Interlocked.Decrement(ref open);
        }
    }

    /// <summary>Closes all sockets, for good: the process ends.</summary>
    public void Close()
    {
        if (Interlocked.Exchange(ref closed, 1) == 1) return;
        timer.Dispose();
        foreach (var room in rooms.Values) room.DropAll(DeviceClose.GoingAway);
        // What a page has to be told is on its way; a page that does not take it is not waited for.
        ending.CancelAfter(TimeSpan.FromSeconds(2));
    }

    /// <summary>Once the server has stopped: no socket is served any more.</summary>
    public void Dispose()
    {
        Close();
        ending.Dispose();
    }

    // A room goes with its last page; joining and leaving are short and rare, so that one lock serves all rooms.
    private (ShowRoom Room, bool Joined) JoinRoom(Show show, long number, DeviceSocket socket)
    {
        lock (opening)
        {
            var room = rooms.GetOrAdd(show.Key, _ => new ShowRoom(show, show.PhaseAt(events.Time.GetUtcNow())));
            return (room, room.Join(number, socket));
        }
    }

    private void LeaveRoom(ShowRoom room, long show, long number, DeviceSocket socket)
    {
        lock (opening)
        {
            room.Leave(number, socket);
            if (room.IsEmpty) rooms.TryRemove(show, out _);
        }
    }

    private static bool Heard(ShowRoom room, long number, JsonElement said) => said.TryGetProperty("t", out var kind)
        && kind.ValueKind == JsonValueKind.String && kind.GetString() switch
        {
            "ping" => true,
            "react" => said.TryGetProperty("k", out var k) && k.ValueKind == JsonValueKind.Number && k.TryGetInt32(out var which)
                && room.React(
                    number, which, said.TryGetProperty("n", out var n) && n.ValueKind == JsonValueKind.Number
                        && n.TryGetInt32(out var count) ? count : 1),
            _ => false,
        };

    /// <summary>What a page is told first, and why it is closed then; null where it stays.</summary>
    private (byte[]? Hello, int? Close) Hello(ShowRoom room, long key, long number, byte[] device)
    {
        var (hello, close) = events.Store.Read<(JsonObject?, int?)>(view =>
        {
            if (view.ShowByKey(key) is not { } show || view.Ticket(key, number) is not { } ticket) return (null, DeviceClose.EnterAgain);
            if (ticket.StateAt(view.Now) != TicketState.Valid)
                return (Notices.BannedNotice(ticket.Reason, Times.FromMicroseconds(ticket.Until)), DeviceClose.Banned);
            if (ticket.Device is null) return (null, DeviceClose.EnterAgain);
            if (!ticket.Device.Is(device)) return (null, DeviceClose.Moved);
            var (chat, extras) = (show.Definition.Chat, Extras(view, show));
            return (new JsonObject
            {
                ["t"] = "hello",
                ["nickname"] = ticket.Nickname,
                ["staff"] = StaffOf(view, key),
                ["pin"] = extras.Pin,
                ["removed"] = new JsonArray([.. extras.Removed.Select(id => JsonValue.Create(id))]),
                ["slowSeconds"] = chat.SlowSeconds,
                ["mode"] = chat.Mode,
                ["phase"] = Words.Of(show.PhaseAt(view.Now)),
                ["timeout"] = view.TalkerOf(key, number).TimeoutAt(view.Now) is var (until, reason)
                    ? new JsonObject { ["reason"] = reason, ["until"] = Times.FromMicroseconds(until) } : null,
            }, null);
        });
        if (hello is not null && close is null) hello["present"] = room.Present;
        return (hello is null ? null : Notices.Of(hello), close);
    }

    /// <summary>Whose messages are marked, by their users on the platform.</summary>
    internal static JsonArray StaffOf(EventsView view, long show)
    {
        if (view.StageOf(show)?.AppInstanceArn is not { } app) return [];
        return new JsonArray([.. view.StaffOf(show).Select(s => new JsonObject
        {
            ["userArn"] = $"{app}/user/{s.UserId}",
            ["name"] = s.Name,
            ["kind"] = Words.Of(s.Kind),
        })]);
    }

    private void OnTick()
    {
        var count = Interlocked.Increment(ref ticks) % ticksPerCount == 0;
        var now = events.Time.GetUtcNow();
        foreach (var room in rooms.Values)
        {
            room.Tick(now, count);
            if (count) room.AbortStuck();
        }
    }
}
