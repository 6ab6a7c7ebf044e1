using Carillon.Core;
using Carillon.Core.Identity;
using Carillon.Server.Http;
using Carillon.Server.Http.Throttling;
using Carillon.Sockets;
using Carillon.Sockets.Pipe;
using Carillon.Wire;
using Carillon.Wire.Session;
using Carillon.Wire.SigV4;

namespace Carillon.Server.Sessions;

/// <summary>
/// GET /connect: a messaging session. Whoever may not have one is told after the upgrade, by a close code: an HTTP error
/// shows up in browsers as a broken connection, and clients try those again.
/// </summary>
internal sealed partial class SessionEndpoint(
    Authenticator authenticator, PolicyGate gate, Services services, Hub hub, Frames frames, Cors cors,
    SessionOptions options, ILogger<SessionEndpoint> log) : ISocketEndpoint
{
    public const string Path = "/connect";

    /// <summary>How often a view that was overtaken by events is read again before the client is asked to come back.</summary>
    private const int MostReads = 3;

    private static readonly SigV4Policy Signing = new("chime");

    public bool IsPath(ReadOnlySpan<byte> path) => path.SequenceEqual("/connect"u8);

    public Admission? Admit(UpgradeRequest request) =>
        services.Throttle.Refuses(request.RemoteAddress) || !IsOriginAllowed(request) ? null : AdmissionOf(request);

    private bool IsOriginAllowed(UpgradeRequest request) =>
        request.Header("Origin") is not { Length: > 0 } origin || cors.Allows(origin);

    private Admission AdmissionOf(UpgradeRequest request) => new(options, socket => Serve(request, socket));

    /// <summary>What comes to the web server: all that is no faultless request for a socket, and connections that are its own.</summary>
    public async Task Handle(HttpContext http, SocketServing serving)
    {
        var request = HttpUpgrade.RequestOf(http);
        if (services.Throttle.Refuses(request.RemoteAddress))
        {
            await ChimeApi.WriteThrottled(http);
        }
        else if (!HttpUpgrade.IsAsked(http))
        {
            await Refuse(http, ApiError.BadRequest, "This address takes WebSocket connections only.");
        }
        else if (!IsOriginAllowed(request))
        {
            await Refuse(http, ApiError.Forbidden, "The origin is not allowed.");
        }
        else if (serving.IsFull)
        {
            // Clients try again after this one.
            await Refuse(http, ApiError.ServiceUnavailable, "There are too many sessions.");
        }
        else
        {
            await HttpUpgrade.Run(http, serving, AdmissionOf(request));
        }
    }

    private static Task Refuse(HttpContext http, ApiError error, string message)
    {
        Answers.Prepare(http, Guid.NewGuid().ToString());
        return Answers.WriteError(http, error, message);
    }

    private async Task Serve(UpgradeRequest request, LiveSocket socket)
    {
        try
        {
            await Open(request, socket);
        }
        catch (Refusal refusal)
        {
            // A user that is not there is refused for good; a store that cannot be read is not.
            var gone = refusal.Reason is Reason.BearerUnknown;
            socket.Close(
                gone ? CloseCodes.Unauthorized : CloseCodes.InternalError,
                gone ? "The app instance user does not exist." : "The session could not be opened.");
        }
    }

    private async Task Open(UpgradeRequest request, LiveSocket socket)
    {
        var target = RawTarget.Parse(request.Target);
        var authentication = authenticator.Authenticate(
            new RawRequest("GET", request.Target, request.Headers), ReadOnlyMemory<byte>.Empty, Signing);
        if (!authentication.IsProven)
        {
            socket.Close(CloseCodes.Unauthorized, authentication.Fault.Message);
            return;
        }

        var userArn = target?.Query("userArn");
        if (userArn is null || target?.Query("sessionId") is null)
        {
            socket.Close(CloseCodes.Unauthorized, "The query must hold userArn and sessionId.");
            return;
        }

        var caller = authentication.Caller;
        var mayConnect = Asking(caller, userArn, request);
        if (!mayConnect())
        {
            socket.Close(CloseCodes.Unauthorized, "The policy does not allow chime:Connect for this user.");
            return;
        }

        if (services.Throttle.Refuses(Rates.Connect, [userArn], bearer: null, subChannelId: null, isElastic: static () => false) is { } rate)
        {
            // AWS names no code; this one makes clients come back.
            socket.Close(CloseCodes.TryAgainLater, $"Rate exceeded: {rate.Name}.");
            return;
        }

        var address = services.Arns.PersonAddress(userArn);
        if (address.Kind != PersonKind.User)
        {
            socket.Close(CloseCodes.Unauthorized, "A session belongs to an app instance user.");
            return;
        }

        await Join(socket, address, caller, mayConnect, PrefetchOf(target));
    }

    /// <summary>What is asked again for as long as the session is open. The owner of the account is asked nothing.</summary>
    private Func<bool> Asking(Caller caller, string userArn, UpgradeRequest request)
    {
        if (gate.IsRoot(caller))
        {
            return Always;
        }

        var circumstance = gate.CircumstanceOf(request);
        return () => gate.WhyNot(caller, "chime:Connect", [userArn], circumstance) is null;
    }

    private static readonly Func<bool> Always = static () => true;

    private async Task Join(
        LiveSocket socket, PersonAddress address, Caller caller, Func<bool> mayConnect, Prefetch prefetch)
    {
        for (var read = 0; read < MostReads; read++)
        {
            using var expected = await hub.Expect();
            var (user, view) = services.Store.Read(view =>
            {
                var user = view.FindPerson(address) ?? throw new Refusal(Reason.BearerUnknown);
                return (user, SessionView.Read(view, user, prefetch));
            });
            var session = new Session(socket, user, caller.Expires) { MayConnect = mayConnect };
            var greeting = frames.SessionEstablished();
            var hasMore = view.Details.Count > 0;
            switch (await hub.Join(session, view.Logs, view.Position, hasMore ? null : greeting))
            {
                case JoinResult.Joined:
                    // Whatever happens from here on waits behind what the session is told first.
                    session.Start(hub, hasMore ? First(greeting, user, view.Details).GetEnumerator() : null);
                    return;
                case JoinResult.TooMany:
                    TooManySessions();
                    socket.Close(CloseCodes.Forbidden, "The user has too many sessions.");
                    return;
                case JoinResult.Draining:
                    socket.Close(CloseCodes.GoingAway, "The server is shutting down.");
                    return;
            }
        }

        socket.Close(CloseCodes.TryAgainLater, "The server is busy.");
    }

    /// <summary>
    /// Lets go of each part when its frame is made. That may be long after it was read, where the reader is slow, so whoever
    /// is not in a channel any more is told no more of it.
    /// </summary>
    private IEnumerable<SharedFrame> First(SharedFrame greeting, Person user, IReadOnlyList<ChannelDetails> details)
    {
        var waiting = new Queue<ChannelDetails>(details);
        return Enumerable.Range(0, waiting.Count).Select(_ => waiting.Dequeue()).Where(IsIn).Select(frames.Of).Prepend(greeting);

        bool IsIn(ChannelDetails one) =>
            services.Store.Read(view => view.FindMember(one.Membership.Channel.Key, user.Key)) is not null;
    }

    private static Prefetch PrefetchOf(RawTarget? target) =>
        target?.Query("prefetch-on") != "connect" ? Prefetch.None
        : target.Query("prefetch-sort-by") == "last-message-timestamp" ? Prefetch.LastMessage
        : Prefetch.Unread;

    [LoggerMessage(2003, LogLevel.Information, "A session was refused: its user has as many as it may.")]
    private partial void TooManySessions();
}
