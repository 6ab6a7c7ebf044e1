using System.Collections.Concurrent;
using Carillon.Core;
using Carillon.Core.Gateway;
using Carillon.Server.Http.Throttling;
using Carillon.Sockets;
using Carillon.Wire.WebSockets;

namespace Carillon.Server.Gateway;

/// <summary>A name under which connections of a stage hear the same.</summary>
internal readonly record struct RoomAddress(string Api, string Stage, string Name);

/// <summary>A stage that runs. What it runs is swapped as a whole; connections stay.</summary>
internal sealed class LiveStage(string api, string name)
{
    private static readonly IComparer<(long Number, GatewayConnection?)> Oldest =
        Comparer<(long Number, GatewayConnection?)>.Create((a, b) => a.Number.CompareTo(b.Number));

    private readonly Lock _lock = new();
    private readonly SortedSet<(long Number, GatewayConnection? Connection)> _connections = new(Oldest);
    private volatile CompiledStage? _compiled;
    private volatile bool _isGone;

    public string Api => api;

    public string Name => name;

    /// <summary>What it was compiled from, to tell whether it has changed.</summary>
    public string Source { get; set; } = "";

    /// <summary>Null where nothing is deployed.</summary>
    public CompiledStage? Compiled
    {
        get => _compiled;
        set => _compiled = value;
    }

    /// <summary>Why it does not run what is deployed to it; null where it does.</summary>
    public string? Fault { get; set; }

    /// <summary>What happened last.</summary>
    public GatewayTrace Trace { get; } = new();

    /// <summary>Open connections.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _connections.Count;
            }
        }
    }

    public void Add(GatewayConnection connection)
    {
        lock (_lock)
        {
            _connections.Add((connection.Number, connection));
        }
    }

    public void Remove(GatewayConnection connection)
    {
        lock (_lock)
        {
            _connections.Remove((connection.Number, null));
        }
    }

    /// <summary>Open connections, the newest first; those that come meanwhile are on no later page, and none is there twice.</summary>
    /// <param name="most">From 1.</param>
    /// <param name="before">The last of the page before; null for the first.</param>
    public (Page<GatewayConnection> Page, int Count) List(int most, long? before)
    {
        lock (_lock)
        {
            var rest = before is { } end ? _connections.GetViewBetween((0, null), (Math.Max(0, end - 1), null)) : _connections;
            return (Page.Of([.. rest.Reverse().Take(most + 1).Select(c => c.Connection!)], most, c => c.Number), _connections.Count);
        }
    }

    /// <summary>It was deleted; one of its name that is made later is another.</summary>
    public bool IsGone
    {
        get => _isGone;
        set => _isGone = value;
    }
}

/// <summary>
/// The open connections of all APIs: their messages go to routes, and what is sent to them into their queues. Queues, rooms and who is
/// open belong to the loop of the sockets, so a send and an end come one after the other.
/// </summary>
internal sealed partial class GatewayHub
{
    /// <summary>Frames that wait for a socket whose handshake is not over. Ours.</summary>
    private const int MostEarly = 1_000;

    private readonly SocketLoop _loop;
    private readonly IStore _store;
    private readonly TokenBuckets _buckets;
    private readonly ILogger<GatewayHub> _log;
    private readonly CancellationToken _stopping;
    private readonly ConcurrentDictionary<string, GatewayConnection> _connections = new(StringComparer.Ordinal);
    private readonly Dictionary<RoomAddress, Room> _rooms = [];
    private int _ending;
    private bool _isDraining;

    public GatewayHub(
        SocketLoop loop, IStore store, GatewayLimits limits, TimeProvider time, IHostApplicationLifetime life, ILogger<GatewayHub> log)
    {
        (_loop, _store, Limits, Time, _log, _stopping) = (loop, store, limits, time, log, life.ApplicationStopped);
        _buckets = new(time);
        loop.Ticked += Tick;
    }

    public GatewayLimits Limits { get; }

    public TimeProvider Time { get; }

    /// <summary>This run of the server: whose the connections are that it holds.</summary>
    public string Owner { get; } = Guid.NewGuid().ToString("n");

    public int Count => _connections.Count;

    public bool IsDraining => Volatile.Read(ref _isDraining);

    /// <summary>Null where it is not open.</summary>
    public GatewayConnection? Find(string api, string stage, string id) =>
        _connections.TryGetValue(id, out var connection) && connection.Peer.Api == api && connection.Peer.Stage == stage ? connection : null;

    /// <summary>Takes a token of a route's bucket, or of that of all new connections.</summary>
    public bool TryTake(Rate rate, string key) => _buckets.TryTake(rate, key);

    /// <summary>From here on it can be sent to; what comes before its socket waits for it.</summary>
    public void Add(GatewayConnection connection)
    {
        _connections[connection.Peer.Id] = connection;
        connection.Stage.Add(connection);
    }

    /// <summary>From here on it cannot be sent to.</summary>
    private void Forget(GatewayConnection connection)
    {
        _connections.TryRemove(connection.Peer.Id, out _);
        connection.Stage.Remove(connection);
    }

    /// <summary>Its handshake is over.</summary>
    public void Attach(GatewayConnection connection, LiveSocket socket) => _loop.RunOrPost(() =>
    {
        connection.Socket = socket;
        foreach (var frame in connection.Early ?? [])
        {
            Offer(connection, frame, Lane.Narrow);
        }

        connection.Early = null;
        socket.Start(connection);
        if (IsDraining || connection.Stage.IsGone || !_connections.ContainsKey(connection.Peer.Id))
        {
            socket.Close(connection.Reason is null ? CloseStatus.GoingAway : CloseStatus.Normal, connection.Reason ?? "Going away");
        }
    });

    /// <summary>Queues a text for one connection.</summary>
    /// <returns>False where it is gone.</returns>
    public Task<bool> Send(string api, string stage, string id, ReadOnlyMemory<byte> text)
    {
        if (Find(api, stage, id) is null)
        {
            return Task.FromResult(false);
        }

        var frame = SharedFrame.Text(text.Span, _loop.Time);
        return _loop.Ask(() =>
        {
            if (Find(api, stage, id) is not { } connection || connection.Socket is { IsClosing: true })
            {
                return false;
            }

            Offer(connection, frame, Lane.Narrow);
            connection.Touch();
            return true;
        });
    }

    /// <summary>Ends a connection as DELETE of @connections does.</summary>
    /// <returns>False where it is gone.</returns>
    public Task<bool> Delete(string api, string stage, string id) => _loop.Ask(() =>
    {
        if (Find(api, stage, id) is not { } connection || connection.Socket is { IsClosing: true })
        {
            return false;
        }

        connection.Reason = "Connection Closed Normally";
        Forget(connection);
        connection.Socket?.CloseAfterQueue(CloseStatus.Normal, connection.Reason);
        return true;
    });

    public Task<bool> Join(RoomAddress address, string id) => _loop.Ask(() =>
    {
        if (Find(address.Api, address.Stage, id) is not { } connection)
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

    public Task Leave(RoomAddress address, string id) => _loop.Ask(() =>
    {
        if (Find(address.Api, address.Stage, id) is { } connection && _rooms.TryGetValue(address, out var room))
        {
            connection.Rooms?.Remove(room);
            Remove(room, connection);
        }

        return true;
    });

    public Task<IReadOnlyList<string>> Members(RoomAddress address) => _loop.Ask<IReadOnlyList<string>>(
        () => _rooms.TryGetValue(address, out var room) ? [.. room.Members.Select(m => m.Peer.Id)] : []);

    public Task<int> Broadcast(RoomAddress address, ReadOnlyMemory<byte> text, string? except)
    {
        var frame = SharedFrame.Text(text.Span, _loop.Time);
        return _loop.Ask(() =>
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
                    Offer(member, frame, lane);
                    member.Touch();
                    count++;
                }
            }

            return count;
        });
    }

    /// <summary>A stage is gone: so are its connections.</summary>
    public void CloseAll(LiveStage stage)
    {
        // Those whose handshake is not over are closed by it.
        stage.IsGone = true;
        foreach (var (_, connection) in _connections)
        {
            if (ReferenceEquals(connection.Stage, stage))
            {
                _loop.RunOrPost(() => connection.Socket?.Close(CloseStatus.GoingAway, "Going away"));
            }
        }
    }

    /// <summary>Handles a message to its end. Does not throw.</summary>
    public async Task Handle(GatewayConnection connection, byte[] message)
    {
        var began = Time.GetTimestamp();
        var what = new GatewayEvent(connection.Peer, GatewayEventType.Message, CompiledStage.Default, Time.GetUtcNow()) { Body = message };
        var traced = new TracedEvent(TracedKind.Message, what.At.ToUnixTimeMilliseconds(), connection.Peer.Id, what.RequestId);
        try
        {
            var stage = connection.Stage.Compiled;
            var selected = stage?.Select(message) ?? default;
            if (selected.Route is not { } route)
            {
                traced = Refused(connection, what, traced with { Reason = TracedReason.None }, TracedOutcome.NoRoute, 403, "Forbidden");
            }
            else
            {
                what = what with { RouteKey = route.Key };
                traced = traced with { RouteKey = route.Key, Target = route.Definition.Target, Reason = selected.Reason };
                traced = route.Rate is { } rate && !TryTake(rate, BucketOf(connection))
                    ? Refused(connection, what, traced, TracedOutcome.Throttled, 429, Throttled)
                    : route.Models?.Allows(message) == false
                    ? Refused(connection, what, traced, TracedOutcome.NotValid, 400, "Bad request body", namesMessage: true)
                    : route.Integration is { } integration
                    ? Answered(connection, what, traced, route, await integration.Run(what, _stopping))
                    : traced with { Status = 200 };
            }

            traced = traced with { Expression = stage?.Expression, Selected = selected.Key };
        }
        catch (OperationCanceledException)
        {
            // The server is shutting down; the connection has ended.
            return;
        }
#pragma warning disable CA1031 // The last resort of a message: logged, and its client is told.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Failed(e, connection.Peer.Api, what.RouteKey);
            traced = Refused(connection, what, traced, TracedOutcome.Failed, 500, Words(IntegrationOutcome.Malformed));
        }

        connection.Stage.Trace.Add(traced with { Took = Time.GetElapsedTime(began) });
    }

    private TracedEvent Answered(
        GatewayConnection connection, GatewayEvent what, TracedEvent traced, CompiledRoute route, IntegrationResult result)
    {
        if (result.Outcome != IntegrationOutcome.Answered)
        {
            return Refused(connection, what, traced, OutcomeOf(result.Outcome), StatusOf(result.Outcome), Words(result.Outcome));
        }

        if (route.IsTwoWay && !result.Body.IsEmpty)
        {
            Answer(connection, result.Body);
        }

        return traced with { Status = result.Status };
    }

    private TracedEvent Refused(
        GatewayConnection connection, GatewayEvent what, TracedEvent traced, TracedOutcome outcome, int status, string message,
        bool namesMessage = false)
    {
        Answer(connection, what.ErrorFrame(message, namesMessage));
        return traced with { Outcome = outcome, Status = status, Error = message };
    }

    public static TracedOutcome OutcomeOf(IntegrationOutcome outcome) => outcome switch
    {
        IntegrationOutcome.Answered => TracedOutcome.Done,
        IntegrationOutcome.Malformed => TracedOutcome.Malformed,
        IntegrationOutcome.TimedOut => TracedOutcome.TimedOut,
        IntegrationOutcome.Unreachable => TracedOutcome.Unreachable,
        _ => TracedOutcome.NotPossible,
    };

    /// <summary>What a handshake would be told of how an integration failed.</summary>
    public static int StatusOf(IntegrationOutcome outcome) => outcome switch
    {
        IntegrationOutcome.TimedOut or IntegrationOutcome.Unreachable => 504,
        IntegrationOutcome.NotPossible => 500,
        _ => 502,
    };

    // AWS leaves the text of a throttled message open; this is that of its refused handshakes.
    private const string Throttled = "Too Many Requests";

    public void RefuseThrottled(GatewayConnection connection)
    {
        var what = new GatewayEvent(connection.Peer, GatewayEventType.Message, CompiledStage.Default, Time.GetUtcNow());
        var traced = new TracedEvent(TracedKind.Message, what.At.ToUnixTimeMilliseconds(), connection.Peer.Id, what.RequestId);
        connection.Stage.Trace.Add(Refused(connection, what, traced, TracedOutcome.Throttled, 429, Throttled));
    }

    public static string Words(IntegrationOutcome outcome) =>
        outcome == IntegrationOutcome.TimedOut ? "Endpoint request timed out" : "Internal server error";

    private static string BucketOf(GatewayConnection connection) => $"{connection.Peer.Api}/{connection.Peer.Stage}";

    private void Answer(GatewayConnection connection, ReadOnlyMemory<byte> text)
    {
        var frame = SharedFrame.Text(text.Span, _loop.Time);
        connection.Touch();
        _loop.RunOrPost(() => Offer(connection, frame, Lane.Narrow));
    }

    /// <summary>On the loop. Nobody waits for a slow connection: it is closed.</summary>
    private void Offer(GatewayConnection connection, SharedFrame frame, Lane lane)
    {
        if (connection.Socket is not { } socket)
        {
            (connection.Early ??= []).Add(frame);
            if (connection.Early.Count > MostEarly)
            {
                // Its handshake does not end; when it does, so does the connection.
                Forget(connection);
                connection.Early = null;
            }
        }
        else if (!socket.Offer(frame, lane))
        {
            socket.CloseAsSlow("queue");
        }
    }

    /// <summary>Its socket is gone, or never came: it is nobody's any more, and its <c>$disconnect</c> is due.</summary>
    public void Ended(GatewayConnection connection, int code, string reason) => _loop.RunOrPost(() =>
    {
        // A socket that breaks while it goes from its handshake to the hub is told of by both.
        if (connection.HasEnded)
        {
            return;
        }

        connection.HasEnded = true;
        Forget(connection);
        foreach (var room in connection.Rooms ?? [])
        {
            Remove(room, connection);
        }

        connection.Rooms = null;
        Interlocked.Increment(ref _ending);
        _ = Task.Run(async () =>
        {
            await Disconnect(connection.Stage, connection.Peer, code, reason);
            Interlocked.Decrement(ref _ending);
        });
    });

    /// <summary>Delivers <c>$disconnect</c>, as far as somebody takes it, and forgets the connection. Does not throw.</summary>
    /// <param name="stage">Null where it is gone.</param>
    public async Task Disconnect(LiveStage? stage, GatewayPeer peer, int code, string reason)
    {
        var began = Time.GetTimestamp();
        var what = new GatewayEvent(peer, GatewayEventType.Disconnect, CompiledStage.Disconnect, Time.GetUtcNow())
        {
            DisconnectStatusCode = code,
            DisconnectReason = reason,
        };
        var traced = new TracedEvent(TracedKind.Disconnect, what.At.ToUnixTimeMilliseconds(), peer.Id, what.RequestId) { CloseCode = code };
        try
        {
            if (stage?.Compiled?.Find(CompiledStage.Disconnect) is { Integration: { } integration } route)
            {
                var result = await integration.Run(what, _stopping);
                traced = traced with { RouteKey = route.Key, Target = route.Definition.Target, Status = result.Status };
                if (result.Outcome != IntegrationOutcome.Answered)
                {
                    traced = traced with { Outcome = OutcomeOf(result.Outcome), Status = StatusOf(result.Outcome), Error = Words(result.Outcome) };
                    NotTaken(peer.Api, peer.Stage, result.Outcome);
                }
            }

            stage?.Trace.Add(traced with { Took = Time.GetElapsedTime(began) });

            await _store.Write(ledger => ledger.DeleteGatewayConnection(peer.Id));
        }
        catch (OperationCanceledException)
        {
            // Shut down in the midst of it: the row stays, and the next run delivers it.
        }
#pragma warning disable CA1031 // Nobody waits for it: it is logged, and the row lets the next run deliver it again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Failed(e, peer.Api, CompiledStage.Disconnect);
        }
    }

    /// <summary>Ends all connections, and waits for those <c>$disconnect</c> that can be delivered in time.</summary>
    public async Task<int> Drain(TimeSpan most)
    {
        Volatile.Write(ref _isDraining, true);
        var count = await _loop.Ask(() =>
        {
            foreach (var (_, connection) in _connections)
            {
                connection.Socket?.CloseAfterQueue(CloseStatus.GoingAway, "Going away");
            }

            return _connections.Count;
        });
        var time = _loop.Time;
        var since = time.GetTimestamp();
        while ((!_connections.IsEmpty || Volatile.Read(ref _ending) > 0) && time.GetElapsedTime(since) < most)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), time);
        }

        return count;
    }

    /// <summary>On the loop, once a second: ends what was idle or open for too long.</summary>
    private void Tick()
    {
        foreach (var (_, connection) in _connections)
        {
            // AWS leaves code and reason open; these are what its clients were seen to get.
            if (connection.Socket is { IsClosing: false } socket && (connection.Idle >= Limits.Idle || connection.Age >= Limits.Duration))
            {
                socket.CloseAfterQueue(CloseStatus.GoingAway, "Going away");
            }
        }
    }

    private void Remove(Room room, GatewayConnection connection)
    {
        room.Members.Remove(connection);
        if (room.Members.Count == 0)
        {
            _rooms.Remove(room.Address);
        }
    }

    internal sealed class Room(RoomAddress address)
    {
        public RoomAddress Address => address;

        public HashSet<GatewayConnection> Members { get; } = [];
    }

    [LoggerMessage(8001, LogLevel.Error, "An event of the API {Api} failed at its route {Route}.")]
    private partial void Failed(Exception exception, string api, string route);

    [LoggerMessage(8002, LogLevel.Warning, "A $disconnect of {Api}/{Stage} was not taken: {Outcome}.")]
    private partial void NotTaken(string api, string stage, IntegrationOutcome outcome);
}
