using System.Threading.Channels;
using Carillon.Core;
using Carillon.Core.Identity;
using Carillon.Wire.Session;

namespace Carillon.Server.Sessions;

/// <summary>
/// Knows every open session and what it hears. One loop owns that state: commits, joins and leaves pass through it one
/// after the other, so the order of the log is the order on every socket, and nothing here needs a lock.
/// </summary>
internal sealed partial class Hub : IBus, IDisposable
{
    private readonly Channel<Action> _turns;
    private readonly Frames _frames;
    private readonly Quotas _quotas;
    private readonly SessionOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<Hub> _log;
    private readonly Dictionary<ChannelKey, HashSet<Session>> _rooms = [];
    private readonly Dictionary<UserKey, List<Session>> _byUser = [];

    /// <summary>The channels of the sub-channels that have a room.</summary>
    private readonly Dictionary<ChannelKey, ChannelKey> _roots = [];
    private readonly Queue<Event> _recent = new();
    private readonly Thread _thread;
    private readonly ITimer _timer;
    private long _forgotten;
    private int _count;
    private bool _draining;

    public Hub(Frames frames, Quotas quotas, SessionOptions options, TimeProvider time, ILogger<Hub> log)
    {
        _frames = frames;
        _quotas = quotas;
        _options = options;
        _time = time;
        _log = log;
        _turns = Channel.CreateBounded<Action>(new BoundedChannelOptions(options.MostWaitingCommits) { SingleReader = true });
        _thread = new Thread(Run) { Name = "hub", IsBackground = true };
        _thread.Start();
        _timer = time.CreateTimer(_ => _turns.Writer.TryWrite(Sweep), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    /// <summary>Open sessions.</summary>
    public int Count => Volatile.Read(ref _count);

    private void Run()
    {
        while (_turns.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_turns.Reader.TryRead(out var turn))
            {
                try
                {
                    turn();
                }
#pragma warning disable CA1031 // A fault of one turn must not end delivery for everyone; it is logged and ends nothing else.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    TurnFailed(e);
                    CloseAll(CloseCodes.InternalError, "Delivery failed.");
                }
            }
        }
    }

    /// <summary>Takes a commit. The writer waits here when the loop is behind, and with it every sender.</summary>
    public void Publish(IReadOnlyList<Event> events) => Post(() =>
    {
        try
        {
            foreach (var happened in events)
            {
                Deliver(happened);
            }
        }
        catch
        {
            // What was not delivered is not remembered either: who is just joining must read its view again.
            _recent.Clear();
            _forgotten = events[^1].Position;
            throw;
        }
    });

    private void Post(Action turn)
    {
        if (!_turns.Writer.TryWrite(turn))
        {
            _turns.Writer.WriteAsync(turn).AsTask().GetAwaiter().GetResult();
        }
    }

    private Task<T> Ask<T>(Func<T> turn)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var posted = _turns.Writer.WriteAsync(() =>
        {
            try
            {
                answer.SetResult(turn());
            }
#pragma warning disable CA1031 // It is the asker's to handle.
            catch (Exception e)
#pragma warning restore CA1031
            {
                answer.SetException(e);
            }
        });
        return posted.IsCompletedSuccessfully ? answer.Task : WaitForBoth(posted, answer.Task);
    }

    private static async Task<T> WaitForBoth<T>(ValueTask posted, Task<T> answer)
    {
        await posted.ConfigureAwait(false);
        return await answer.ConfigureAwait(false);
    }

    /// <summary>Makes a session hear these logs, from the log position at which they were read.</summary>
    public Task<JoinResult> Join(Session session, IReadOnlyList<HeardLog> logs, long position) => Ask(() =>
    {
        if (_draining)
        {
            return JoinResult.Draining;
        }

        if (position < _forgotten)
        {
            return JoinResult.Missed;
        }

        if (!_byUser.TryGetValue(session.User.Key, out var sessions))
        {
            _byUser.Add(session.User.Key, sessions = []);
        }

        if (sessions.Count >= _quotas[Quotas.SessionsPerUser])
        {
            return JoinResult.TooMany;
        }

        sessions.Add(session);
        Volatile.Write(ref _count, _count + 1);
        session.From = position;
        foreach (var log in logs)
        {
            Hear(session, log);
        }

        // What was committed after the session's view was read and has passed the loop already. The end of a user takes
        // no position of its own; to hear of it again does no harm.
        foreach (var happened in _recent)
        {
            if (happened.Position > position || happened is UserDeleted or AppInstanceDeleted)
            {
                Deliver(happened, only: session);
            }
        }

        return JoinResult.Joined;
    });

    public Task<bool> Leave(Session session) => Ask(() =>
    {
        Forget(session);
        return true;
    });

    private void Forget(Session session)
    {
        if (_byUser.TryGetValue(session.User.Key, out var sessions) && sessions.Remove(session))
        {
            Volatile.Write(ref _count, _count - 1);
            if (sessions.Count == 0)
            {
                _byUser.Remove(session.User.Key);
            }

            foreach (var channel in session.Channels.ToList())
            {
                StopHearing(session, channel);
            }
        }
    }

    /// <summary>A copy, so that sessions may be ended while it is walked.</summary>
    private List<Session> Open() => [.. _byUser.Values.SelectMany(sessions => sessions)];

    /// <summary>Who hears a sub-channel hears its channel too: what befalls the whole is told in the whole's room.</summary>
    private void Hear(Session session, HeardLog log)
    {
        Enter(session, log.Log);
        if (log.Log != log.Channel)
        {
            _roots[log.Log] = log.Channel;
            Enter(session, log.Channel);
        }
    }

    private void Enter(Session session, ChannelKey channel)
    {
        if (session.Channels.Add(channel))
        {
            if (!_rooms.TryGetValue(channel, out var room))
            {
                _rooms.Add(channel, room = []);
            }

            room.Add(session);
        }
    }

    private void StopHearing(Session session, ChannelKey channel)
    {
        if (session.Channels.Remove(channel) && _rooms.TryGetValue(channel, out var room))
        {
            room.Remove(session);
            var root = _roots.TryGetValue(channel, out var whole) ? whole : (ChannelKey?)null;
            if (room.Count == 0)
            {
                _rooms.Remove(channel);
                _roots.Remove(channel);
            }

            if (root is { } key && !PartsOf(session, key).Any())
            {
                StopHearing(session, key);
            }
        }
    }

    private IEnumerable<ChannelKey> PartsOf(Session session, ChannelKey channel) =>
        session.Channels.Where(log => _roots.TryGetValue(log, out var root) && root == channel);

    /// <summary>Stops a session from hearing a channel and every part of it.</summary>
    private void StopHearingAll(Session session, ChannelKey channel)
    {
        foreach (var part in PartsOf(session, channel).ToList())
        {
            StopHearing(session, part);
        }

        StopHearing(session, channel);
    }

    /// <summary>Once a second: credentials that have ended, and readers that are stuck.</summary>
    private void Sweep()
    {
        var now = _time.GetUtcNow();
        foreach (var session in Open())
        {
            if (session.Expires is { } expires && expires + Spread(session) <= now)
            {
                End(session, CloseCodes.ServiceRestart, "The credentials expired.");
            }
            else if (session.IsStuck())
            {
                SlowReader("age");
                End(session, CloseCodes.TryAgainLater, "The session reads too slowly.");
            }
        }
    }

    /// <summary>A share of the spread, the same each time for one session.</summary>
    private TimeSpan Spread(Session session) =>
        _options.ExpirySpread * ((session.GetHashCode() & 0xffff) / (double)0x10000);

    /// <summary>All that are open at this moment.</summary>
    public Task<List<Session>> Sessions() => Ask(Open);

    /// <summary>Ends a session whose caller may not connect any more.</summary>
    public Task<bool> Revoke(Session session) => Ask(() =>
    {
        End(session, CloseCodes.Unauthorized, "The policy does not allow chime:Connect any more.");
        return true;
    });

    private void End(Session session, int code, string reason)
    {
        Forget(session);
        session.Close(code, reason);
    }

    /// <summary>Takes no more sessions and ends those that are open, each after what waits for it was sent.</summary>
    public Task<int> Drain() => Ask(() =>
    {
        _draining = true;
        var sessions = Open();
        foreach (var session in sessions)
        {
            Forget(session);
            session.CloseAfterQueue(CloseCodes.GoingAway, "The server is shutting down.");
        }

        return sessions.Count;
    });

    private void CloseAll(int code, string reason)
    {
        foreach (var session in Open())
        {
            End(session, code, reason);
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _turns.Writer.TryComplete();
        _thread.Join();
    }

    [LoggerMessage(2001, LogLevel.Error, "A turn of the hub failed; its sessions were closed to make them reconnect.")]
    private partial void TurnFailed(Exception exception);

    [LoggerMessage(2002, LogLevel.Warning, "A session was closed because it reads too slowly ({Bound}).")]
    private partial void SlowReader(string bound);
}

internal enum JoinResult
{
    Joined,

    /// <summary>The user has as many sessions as it may.</summary>
    TooMany,

    /// <summary>So much happened since its view was read that it must be read again.</summary>
    Missed,

    /// <summary>The server is shutting down.</summary>
    Draining,
}
