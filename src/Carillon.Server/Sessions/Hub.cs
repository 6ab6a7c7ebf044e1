using Carillon.Core;
using Carillon.Core.Identity;
using Carillon.Sockets;
using Carillon.Wire.Session;

namespace Carillon.Server.Sessions;

/// <summary>
/// Knows every open session and what it hears. All of it lives on the loop of the sockets: commits, joins and leaves pass
/// through it one after the other, so the order of the log is the order on every socket, and nothing here needs a lock.
/// </summary>
internal sealed partial class Hub : IBus, IDisposable
{
    private readonly SocketLoop _loop;
    private readonly Frames _frames;
    private readonly Quotas _quotas;
    private readonly SessionOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<Hub> _log;
    private readonly Dictionary<ChannelKey, Room> _rooms = [];
    private readonly Dictionary<UserKey, Session> _byUser = [];
    private readonly Queue<Event> _recent = new();
    private readonly ITimer _timer;

    /// <summary>The position of the last event that passed, and of the last that is remembered no more.</summary>
    private long _latest;
    private long _forgotten;
    private int _expected;
    private int _count;
    private bool _draining;

    public Hub(SocketLoop loop, Frames frames, Quotas quotas, SessionOptions options, TimeProvider time, ILogger<Hub> log)
    {
        _loop = loop;
        _frames = frames;
        _quotas = quotas;
        _options = options;
        _time = time;
        _log = log;
        _timer = time.CreateTimer(_ => _loop.Post(EndExpired), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    /// <summary>Open sessions.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes a commit. The writer waits here when the loop is behind, and with it every sender.</summary>
    public void Publish(IReadOnlyList<Event> events) => _loop.PostOrWait(() =>
    {
        try
        {
            foreach (var happened in events)
            {
                Deliver(happened);
            }
        }
#pragma warning disable CA1031 // A fault of one commit must not end delivery for good; it is logged, and sessions read again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            // What was not delivered is not remembered either: who is just joining must read its view again.
            Forget(events[^1].Position);
            DeliveryFailed(e);
            foreach (var session in Open())
            {
                End(session, CloseCodes.InternalError, "Delivery failed.");
            }
        }
    });

    /// <summary>
    /// Announces a session whose view is about to be read: until it is let go of, what passes is remembered, so that the
    /// session misses nothing in between.
    /// </summary>
    public Task<Expected> Expect() => _loop.Ask(() =>
    {
        _expected++;
        return new Expected(this);
    });

    private void Remember(Event happened)
    {
        if (happened is MessageCreated { Sequence: 0 } or Core.MessageStatusChanged)
        {
            // What is not kept is not owed to a session that was not there yet.
            return;
        }

        _latest = happened.Position;
        if (_expected == 0)
        {
            _forgotten = _latest;
            return;
        }

        _recent.Enqueue(happened);
        if (_recent.Count > _options.Remembered)
        {
            _forgotten = _recent.Dequeue().Position;
        }
    }

    private void Forget(long upTo)
    {
        _recent.Clear();
        _forgotten = Math.Max(_forgotten, upTo);
    }

    private void ExpectOneLess()
    {
        if (--_expected == 0)
        {
            Forget(_latest);
        }
    }

    /// <summary>Makes a session hear these logs, from the log position at which they were read.</summary>
    /// <param name="greeting">What it is told before anything else; null where that is told otherwise.</param>
    public Task<JoinResult> Join(
        Session session, IReadOnlyList<HeardLog> logs, long position, SharedFrame? greeting = null) => _loop.Ask(() =>
    {
        if (_draining)
        {
            return JoinResult.Draining;
        }

        if (position < _forgotten)
        {
            return JoinResult.Missed;
        }

        if (SessionsOf(session.User).Count >= _quotas[Quotas.SessionsPerUser])
        {
            return JoinResult.TooMany;
        }

        _ = _byUser.TryGetValue(session.User, out var next);
        session.Next = next;
        _byUser[session.User] = session;
        Volatile.Write(ref _count, _count + 1);
        session.From = position;
        session.IsIn = true;
        try
        {
            CatchUp(session, logs, greeting);
        }
        catch
        {
            // Nobody will start it, so nobody would tell of its end.
            Forget(session);
            throw;
        }

        return JoinResult.Joined;
    });

    private void CatchUp(Session session, IReadOnlyList<HeardLog> logs, SharedFrame? greeting)
    {
        if (greeting is not null)
        {
            session.Socket.Offer(greeting, Lane.Narrow);
        }

        foreach (var log in logs)
        {
            Hear(session, log);
        }

        // What was committed after the session's view was read and has passed the loop already. The end of a user takes
        // no position of its own; to hear of it again does no harm.
        foreach (var happened in _recent)
        {
            if (happened.Position > session.From || happened is UserDeleted or AppInstanceDeleted)
            {
                Deliver(happened, only: session);
            }
        }
    }

    /// <summary>Any thread.</summary>
    public Task<bool> Leave(Session session) => _loop.Ask(() =>
    {
        Forget(session);
        return true;
    });

    /// <summary>On the loop: the session hears nothing any more. False where that was so already.</summary>
    internal bool Forget(Session session)
    {
        if (!_byUser.TryGetValue(session.User, out var first))
        {
            return false;
        }

        if (first == session)
        {
            if (session.Next is null)
            {
                _byUser.Remove(session.User);
            }
            else
            {
                _byUser[session.User] = session.Next;
            }
        }
        else
        {
            while (first.Next is not null && first.Next != session)
            {
                first = first.Next;
            }

            if (first.Next is null)
            {
                return false;
            }

            first.Next = session.Next;
        }

        session.Next = null;
        session.IsIn = false;
        Volatile.Write(ref _count, _count - 1);
        while (session.Seats.Count > 0)
        {
            Leave(session, session.Seats[session.Seats.Count - 1]);
        }

        return true;
    }

    /// <summary>A copy, so that sessions may be ended while it is walked.</summary>
    private List<Session> Open()
    {
        var open = new List<Session>(_count);
        foreach (var first in _byUser.Values)
        {
            for (var session = first; session is not null; session = session.Next)
            {
                open.Add(session);
            }
        }

        return open;
    }

    private List<Session> SessionsOf(UserKey user, Session? only = null)
    {
        if (only is not null)
        {
            return only.User == user ? [only] : [];
        }

        var sessions = new List<Session>();
        for (var session = _byUser.GetValueOrDefault(user); session is not null; session = session.Next)
        {
            sessions.Add(session);
        }

        return sessions;
    }

    /// <summary>Who hears a sub-channel hears its channel too: what befalls the whole is told in the whole's room.</summary>
    private void Hear(Session session, HeardLog log)
    {
        if (!session.IsIn)
        {
            // It was ended by the very frame that told of its move.
            return;
        }

        var isPart = log.Log != log.Channel;
        RoomOf(log.Log, isPart ? log.Channel : null).Enter(session);
        if (isPart)
        {
            RoomOf(log.Channel, null).Enter(session);
        }
    }

    private Room RoomOf(ChannelKey key, ChannelKey? whole)
    {
        if (!_rooms.TryGetValue(key, out var room))
        {
            _rooms.Add(key, room = new(key, whole));
        }

        return room;
    }

    private bool Hears(Session session, ChannelKey channel) =>
        _rooms.TryGetValue(channel, out var room) && session.Seats.Find(room) >= 0;

    private void Leave(Session session, Room room)
    {
        if (room.Leave(session) && room.Count == 0)
        {
            _rooms.Remove(room.Key);
        }
    }

    private void StopHearing(Session session, ChannelKey channel)
    {
        if (_rooms.TryGetValue(channel, out var room))
        {
            Leave(session, room);
            if (room.Whole is { } whole && PartsOf(session, whole).Count == 0)
            {
                StopHearing(session, whole);
            }
        }
    }

    private static List<Room> PartsOf(Session session, ChannelKey channel)
    {
        var parts = new List<Room>();
        for (var i = 0; i < session.Seats.Count; i++)
        {
            if (session.Seats[i].Whole == channel)
            {
                parts.Add(session.Seats[i]);
            }
        }

        return parts;
    }

    /// <summary>Stops a session from hearing a channel and every part of it.</summary>
    private void StopHearingAll(Session session, ChannelKey channel)
    {
        foreach (var part in PartsOf(session, channel))
        {
            Leave(session, part);
        }

        StopHearing(session, channel);
    }

    /// <summary>Once a second: credentials that have ended.</summary>
    private void EndExpired()
    {
        var now = _time.GetUtcNow();
        List<Session>? expired = null;
        foreach (var first in _byUser.Values)
        {
            for (var session = first; session is not null; session = session.Next)
            {
                if (session.Expires is { } expires && expires + Spread(session) <= now)
                {
                    (expired ??= []).Add(session);
                }
            }
        }

        foreach (var session in expired ?? [])
        {
            End(session, CloseCodes.ServiceRestart, "The credentials expired.");
        }
    }

    /// <summary>A share of the spread, the same each time for one session.</summary>
    private TimeSpan Spread(Session session) =>
        _options.ExpirySpread * ((session.GetHashCode() & 0xffff) / (double)0x10000);

    /// <summary>Those that are open at this moment and of this share; a session is of the same one for as long as it lives.</summary>
    /// <param name="share">Of as many shares, from 0.</param>
    public Task<List<Session>> Sessions(int share, int of) => _loop.Ask(() =>
    {
        var sessions = new List<Session>((_count / of) + 16);
        foreach (var first in _byUser.Values)
        {
            for (var session = first; session is not null; session = session.Next)
            {
                if ((uint)session.GetHashCode() % (uint)of == (uint)share)
                {
                    sessions.Add(session);
                }
            }
        }

        return sessions;
    });

    /// <summary>Ends a session whose caller may not connect any more; false where it had ended already.</summary>
    public Task<bool> Revoke(Session session) => _loop.Ask(() =>
    {
        if (!Forget(session))
        {
            return false;
        }

        session.Socket.Close(CloseCodes.Unauthorized, "The policy does not allow chime:Connect any more.");
        return true;
    });

    private void End(Session session, int code, string reason)
    {
        Forget(session);
        session.Socket.Close(code, reason);
    }

    /// <summary>Takes no more sessions and ends those that are open, each after what waits for it was sent.</summary>
    public Task<int> Drain() => _loop.Ask(() =>
    {
        _draining = true;
        var sessions = Open();
        foreach (var session in sessions)
        {
            Forget(session);
            session.Socket.CloseAfterQueue(CloseCodes.GoingAway, "The server is shutting down.");
        }

        return sessions.Count;
    });

    public void Dispose() => _timer.Dispose();

    [LoggerMessage(2007, LogLevel.Error, "A commit could not be delivered; all sessions were closed to make them reconnect.")]
    private partial void DeliveryFailed(Exception exception);

    /// <summary>A session that is on its way. Given back when it has joined, or won't.</summary>
    public sealed class Expected(Hub hub) : IDisposable
    {
        private int _given;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _given, 1) == 0)
            {
                hub._loop.Post(hub.ExpectOneLess);
            }
        }
    }
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
