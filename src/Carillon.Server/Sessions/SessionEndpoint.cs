using System.Net.WebSockets;
using Carillon.Core;
using Carillon.Core.Identity;
using Carillon.Server.Http;
using Carillon.Server.Http.Throttling;
using Carillon.Wire;
using Carillon.Wire.Session;
using Carillon.Wire.SigV4;
using Microsoft.AspNetCore.Http.Features;

namespace Carillon.Server.Sessions;

/// <summary>
/// GET /connect: a messaging session. Whoever may not have one is told after the upgrade, by a close code: an HTTP error
/// shows up in browsers as a broken connection, and clients try those again.
/// </summary>
internal sealed partial class SessionEndpoint(
    Authenticator authenticator, PolicyGate gate, Services services, Hub hub, Frames frames, Cors cors,
    SessionOptions options, TimeProvider time, ILogger<SessionEndpoint> log)
{
    public const string Path = "/connect";

    /// <summary>How often a view that was overtaken by events is read again before the client is asked to come back.</summary>
    private const int MostReads = 3;

    private static readonly SigV4Policy Signing = new("chime");

    public async Task Handle(HttpContext http)
    {
        if (!http.WebSockets.IsWebSocketRequest)
        {
            Answers.Prepare(http, Guid.NewGuid().ToString());
            await Answers.WriteError(http, ApiError.BadRequest, "This address takes WebSocket connections only.");
            return;
        }

        if (http.Request.Headers.Origin is [{ Length: > 0 } origin] && !cors.Allows(origin))
        {
            Answers.Prepare(http, Guid.NewGuid().ToString());
            await Answers.WriteError(http, ApiError.Forbidden, "The origin is not allowed.");
            return;
        }

        WebSocket accepted;
        try
        {
            accepted = await http.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
            {
                KeepAliveInterval = options.PingInterval,
                KeepAliveTimeout = options.PongTimeout,
            });
        }
        catch (InvalidOperationException)
        {
            // The web server holds as many upgraded connections as it may. Clients try again after this one.
            Answers.Prepare(http, Guid.NewGuid().ToString());
            await Answers.WriteError(http, ApiError.ServiceUnavailable, "There are too many sessions.");
            return;
        }

        using var socket = accepted;
        try
        {
            await Serve(http, socket);
        }
        catch (Refusal refusal)
        {
            // A user that is not there is refused for good; a store that cannot be read is not.
            var gone = refusal.Reason is Reason.BearerUnknown;
            await Refuse(
                socket, gone ? CloseCodes.Unauthorized : CloseCodes.InternalError,
                gone ? "The app instance user does not exist." : "The session could not be opened.");
        }
#pragma warning disable CA1031 // The last resort of a session: logged, and closed with a code its client reconnects on.
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            Failed(e);
            await Refuse(socket, CloseCodes.InternalError, "The session failed.");
        }
    }

    private async Task Serve(HttpContext http, WebSocket socket)
    {
        var target = RawTarget.Parse(http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        var authentication = authenticator.Authenticate(http, ReadOnlyMemory<byte>.Empty, Signing);
        if (!authentication.IsProven)
        {
            await Refuse(socket, CloseCodes.Unauthorized, authentication.Fault.Message);
            return;
        }

        var userArn = target?.Query("userArn");
        if (userArn is null || target?.Query("sessionId") is null)
        {
            await Refuse(socket, CloseCodes.Unauthorized, "The query must hold userArn and sessionId.");
            return;
        }

        var caller = authentication.Caller;
        var request = gate.CircumstanceOf(http);
        bool MayConnect() => gate.WhyNot(caller, "chime:Connect", [userArn], request) is null;
        if (!MayConnect())
        {
            await Refuse(socket, CloseCodes.Unauthorized, "The policy does not allow chime:Connect for this user.");
            return;
        }

        if (services.Throttle.Refuses(Rates.Connect, [userArn], bearer: null, subChannelId: null, isElastic: static () => false) is { } rate)
        {
            // AWS names no code; this one makes clients come back.
            await Refuse(socket, CloseCodes.TryAgainLater, $"Rate exceeded: {rate.Name}.");
            return;
        }

        var address = services.Arns.PersonAddress(userArn);
        if (address.Kind != PersonKind.User)
        {
            await Refuse(socket, CloseCodes.Unauthorized, "A session belongs to an app instance user.");
            return;
        }

        await Run(socket, address, caller, MayConnect, PrefetchOf(target));
    }

    private async Task Run(WebSocket socket, PersonAddress address, Caller caller, Func<bool> mayConnect, Prefetch prefetch)
    {
        for (var read = 0; read < MostReads; read++)
        {
            var (session, first, result) = await Join(socket, address, caller, mayConnect, prefetch);
            switch (result)
            {
                case JoinResult.Joined:
                    try
                    {
                        // Whatever happens from here on is queued behind what the session is told first.
                        await session.Run(first);
                    }
                    finally
                    {
                        await hub.Leave(session);
                    }

                    return;
                case JoinResult.TooMany:
                    TooManySessions();
                    await Refuse(socket, CloseCodes.Forbidden, "The user has too many sessions.");
                    return;
                case JoinResult.Draining:
                    await Refuse(socket, CloseCodes.GoingAway, "The server is shutting down.");
                    return;
            }
        }

        await Refuse(socket, CloseCodes.TryAgainLater, "The server is busy.");
    }

    /// <remarks>
    /// Apart from Run, whose variables live as long as the session: what was read, up to several megabytes, must not.
    /// </remarks>
    private async Task<(Session Session, IEnumerable<byte[]> First, JoinResult Result)> Join(
        WebSocket socket, PersonAddress address, Caller caller, Func<bool> mayConnect, Prefetch prefetch)
    {
        var (user, view) = services.Store.Read(view =>
        {
            var user = view.FindPerson(address) ?? throw new Refusal(Reason.BearerUnknown);
            return (user, SessionView.Read(view, user, prefetch));
        });
        var session = new Session(socket, user, caller.Expires, options, time) { MayConnect = mayConnect };
        var result = await hub.Join(session, view.Logs, view.Position);
        return (session, First(user, view.Details), result);
    }

    /// <summary>
    /// Lets go of each part when its frame is made. That may be long after it was read, where the reader is slow, so whoever
    /// is not in a channel any more is told no more of it.
    /// </summary>
    private IEnumerable<byte[]> First(Person user, IReadOnlyList<ChannelDetails> details)
    {
        var waiting = new Queue<ChannelDetails>(details);
        return Enumerable.Range(0, waiting.Count).Select(_ => waiting.Dequeue()).Where(IsIn).Select(frames.Of)
            .Prepend(Frames.SessionEstablished);

        bool IsIn(ChannelDetails one) =>
            services.Store.Read(view => view.FindMember(one.Membership.Channel.Key, user.Key)) is not null;
    }

    private static Prefetch PrefetchOf(RawTarget? target) =>
        target?.Query("prefetch-on") != "connect" ? Prefetch.None
        : target.Query("prefetch-sort-by") == "last-message-timestamp" ? Prefetch.LastMessage
        : Prefetch.Unread;

    private async Task Refuse(WebSocket socket, int code, string reason)
    {
        try
        {
            // 123 bytes is what a close frame has room for; the texts of signature faults are ASCII and may be longer.
            await socket.CloseAsync((WebSocketCloseStatus)code, reason.Length > 120 ? reason[..120] : reason, CancellationToken.None)
                .WaitAsync(options.CloseTimeout, time);
        }
        catch (Exception e) when (e is WebSocketException or TimeoutException or OperationCanceledException)
        {
            socket.Abort();
        }
    }

    [LoggerMessage(2006, LogLevel.Error, "A session failed.")]
    private partial void Failed(Exception exception);

    [LoggerMessage(2003, LogLevel.Information, "A session was refused: its user has as many as it may.")]
    private partial void TooManySessions();
}
