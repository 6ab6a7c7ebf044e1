using Carillon.Core;
using Carillon.Core.Identity;
using Carillon.Sockets;

namespace Carillon.Server.Sessions;

/// <summary>A socket of a user, and what it hears. Its state is the hub's, on the loop.</summary>
internal sealed class Session(LiveSocket socket, Person user, DateTimeOffset? expires) : ISocketHandler
{
    private Hub? _hub;

    public LiveSocket Socket => socket;

    public UserKey User { get; } = user.Key;

    public AppKey App { get; } = user.App;

    /// <summary>When the credentials end that opened it; null for a long-term key.</summary>
    public DateTimeOffset? Expires { get; } = expires;

    /// <summary>Whether the policies of the caller that opened it would let it connect now.</summary>
    public Func<bool> MayConnect { get; init; } = static () => true;

    /// <summary>The log position its view starts from: what lies at or before it has been told already.</summary>
    public long From { get; set; }

    /// <summary>From its joining until it is forgotten.</summary>
    public bool IsIn { get; set; }

    /// <summary>The next of the same user's sessions.</summary>
    public Session? Next { get; set; }

    /// <summary>The rooms it is in.</summary>
    public Seats Seats;

    public bool IsClosing => socket.IsClosing;

    /// <summary>Begins to send what waits and to read; the hub hears when it is over. Any thread.</summary>
    /// <param name="first">What goes before everything that waits, made as the client takes it.</param>
    public void Start(Hub hub, IEnumerator<SharedFrame>? first = null)
    {
        _hub = hub;
        socket.Start(this, first);
    }

    public void Message(LiveSocket from, bool isText, ReadOnlySpan<byte> payload)
    {
        // Clients have no reason to send anything; how much they may is bounded by the socket.
    }

    public void Ended(LiveSocket of) => _hub?.Forget(this);
}
