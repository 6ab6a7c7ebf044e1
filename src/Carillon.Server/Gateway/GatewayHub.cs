using System.Collections.Concurrent;
using Carillon.Core;
using Carillon.Core.Gateway;
using Carillon.Server.Http.Throttling;
using Carillon.Sockets;
using Carillon.Wire.WebSockets;

namespace Carillon.Server.Gateway;

/// <summary>
/// The open connections of all APIs, from their handshakes to their <c>$disconnect</c>: what is sent to them goes into their queues. Queues
/// and who is open belong to the loop of the sockets, so a send and an end come one after the other.
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
    private int _ending;
    private bool _isDraining;

    public GatewayHub(
        SocketLoop loop, IStore store, GatewayLimits limits, TimeProvider time, IHostApplicationLifetime life, ILogger<GatewayHub> log)
    {
        (_loop, _store, Limits, Time, _log, _stopping) = (loop, store, limits, time, log, life.ApplicationStopped);
        _buckets = new(time);
        (Rooms, Messages) = (new(this, loop), new(this, _stopping));
        loop.Ticked += Tick;
    }

    public GatewayLimits Limits { get; }

    public TimeProvider Time { get; }

    public GatewayRooms Rooms { get; }

    public GatewayMessages Messages { get; }

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

    /// <summary>Queues what a message is answered with.</summary>
    public void Answer(GatewayConnection connection, ReadOnlyMemory<byte> text)
    {
        var frame = SharedFrame.Text(text.Span, _loop.Time);
        connection.Touch();
        _loop.RunOrPost(() => Offer(connection, frame, Lane.Narrow));
    }

    /// <summary>On the loop. Nobody waits for a slow connection: it is closed.</summary>
    public void Offer(GatewayConnection connection, SharedFrame frame, Lane lane)
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
        Rooms.LeaveAll(connection);
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
                    traced = traced with { Outcome = result.Outcome.Traced(), Status = result.Outcome.Status(), Error = result.Outcome.Words() };
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

    [LoggerMessage(8001, LogLevel.Error, "An event of the API {Api} failed at its route {Route}.")]
    public partial void Failed(Exception exception, string api, string route);

    [LoggerMessage(8002, LogLevel.Warning, "A $disconnect of {Api}/{Stage} was not taken: {Outcome}.")]
    private partial void NotTaken(string api, string stage, IntegrationOutcome outcome);
}
