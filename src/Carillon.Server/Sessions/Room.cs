namespace Carillon.Server.Sessions;

/// <summary>The open sessions that hear a channel.</summary>
internal sealed class Room
{
    private readonly HashSet<Session> _sessions = [];

    public IReadOnlySet<Session> Sessions => _sessions;

    public bool IsEmpty => _sessions.Count == 0;

    public void Add(Session session) => _sessions.Add(session);

    public void Remove(Session session) => _sessions.Remove(session);
}
