using System.Text;
using System.Text.Encodings.Web;
using Carillon.Core;
using Carillon.Core.Gateway;
using Carillon.Server.Http;
using Carillon.Server.Http.Throttling;
using Carillon.Sockets;
using Carillon.Wire.SigV4;

namespace Carillon.Server.Gateway;

/// <summary>
/// The way of a handshake: stage, rate, authorizer, <c>$connect</c>. The client waits for all of it and hears its status; only then is
/// there a connection.
/// </summary>
internal sealed class Connecting(GatewayDirectory directory, GatewayHub hub, GatewayAuthorizing authorizing, IStore store, Services services)
{
    private readonly Rate _newConnections = new(
        "NewConnections", RateScope.Account, hub.Limits.ConnectionsPerSecond, hub.Limits.ConnectionsPerSecond, "GatewayLimits", []);

    // Differs from AWS: the server pings clients of WebSocket APIs, so that a connection that died silently is found within a minute.
    private readonly SocketOptions _options = new()
    {
        MostReceived = new(hub.Limits.Frame, hub.Limits.Message),
        MostReceivedFrames = hub.Limits.Frames,
    };

    private readonly SharedTexts _texts = new();

    /// <param name="request">The handshake.</param>
    /// <param name="api">Whose socket it asks for.</param>
    /// <param name="stage">Likewise.</param>
    /// <param name="host">The API's own name, where the request came to that; null where it came to its path.</param>
    public Admission Admit(UpgradeRequest request, string api, string stage, string? host)
    {
        var handshake = new Handshake(this, request, api, stage, host);
        return new(_options, handshake.Serve, handshake.Ended) { Decide = handshake.Decide };
    }

    private sealed class Handshake(Connecting room, UpgradeRequest asked, string api, string stage, string? host)
    {
        private readonly Lock _lock = new();
        private UpgradeRequest? _request = asked;
        private GatewayConnection? _connection;
        private bool _isGone;
        private bool _isServed;

        public async Task<UpgradeAnswer> Decide()
        {
            // The socket holds on to this for as long as it lives, and has no use for its headers.
            var request = _request!;
            _request = null;
            var requestId = GatewayIds.NewRequest();
            if (room.Hub.IsDraining)
            {
                return Refuse(503, "Service Unavailable", requestId);
            }

            var time = room.Hub.Time;
            if (room.Directory.Find(api, stage) is not { Compiled: { } compiled } live)
            {
                room.Directory.StraysOf(api)?.Add(
                    new(time.GetUtcNow().ToUnixTimeMilliseconds(), TracedEvent.Shortened(stage), AddressOf(request)));
                return Refuse(403, "Forbidden", requestId);
            }

            var (now, began, route) = (time.GetUtcNow(), time.GetTimestamp(), compiled.Find(CompiledStage.Connect));

            // Texts that are the same for many are kept once: they are most of what an idle connection would cost.
            (api, stage) = (live.Api, live.Name);
            var peer = new GatewayPeer(
                GatewayIds.NewConnection(), api, stage, room._texts.Share(host ?? $"{room.Services.SessionEndpoint()}/ws/{api}"),
                now.ToUnixTimeMilliseconds(), room._texts.Share(AddressOf(request)),
                request.Header("User-Agent") is { } agent ? room._texts.Share(agent) : null);
            var (answer, outcome, why) = await Decide(request, live, compiled, route, peer, now, requestId);
            live.Trace.Add(new(TracedKind.Connect, now.ToUnixTimeMilliseconds(), peer.Id, requestId)
            {
                RouteKey = route?.Key,
                Target = route?.Definition.Target,
                Outcome = outcome,
                Status = answer.Status,
                Error = why,
                Took = time.GetElapsedTime(began),
            });
            return answer;
        }

        private async Task<(UpgradeAnswer Answer, TracedOutcome Outcome, string? Why)> Decide(
            UpgradeRequest request, LiveStage live, CompiledStage compiled, CompiledRoute? route, GatewayPeer peer, DateTimeOffset now,
            string requestId)
        {
            if (!room.Hub.TryTake(room._newConnections, "") || (route?.Rate is { } rate && !room.Hub.TryTake(rate, $"{api}/{stage}")))
            {
                return (Refuse(429, "Too Many Requests", requestId), TracedOutcome.Throttled, "Too Many Requests");
            }

            var what = new GatewayEvent(peer, GatewayEventType.Connect, CompiledStage.Connect, now) { Request = request };
            var allowed = await room.Authorizing.Ask(route, compiled, what);
            if (allowed.Refused is { } refused)
            {
                return (Refuse(refused.Status, refused.Message, requestId), TracedOutcome.NotAuthorized, refused.Message);
            }

            peer = allowed.Peer;
            var protocol = default(string);
            if (route?.Integration is { } integration)
            {
                var result = await integration.Run(what with { Peer = peer }, CancellationToken.None);
                if (!result.IsSuccess)
                {
                    return result.Outcome == IntegrationOutcome.Answered
                        ? (Refuse(result, requestId), TracedOutcome.Refused, WordOf(result.Status))
                        : (Refuse(result, requestId), result.Outcome.Traced(), result.Outcome.Words());
                }

                protocol = result.Headers.FirstOrDefault(h => h.Name.Equals("Sec-WebSocket-Protocol", StringComparison.OrdinalIgnoreCase)).Value;
                if (protocol is not null && !UpgradeAnswer.IsProtocol(protocol))
                {
                    return (
                        Refuse(502, "Internal server error", requestId), TracedOutcome.Malformed, "What $connect chose is no sub-protocol.");
                }
            }

            var answer = await Open(live, peer, protocol, requestId);
            return answer.IsAccepted ? (answer, TracedOutcome.Done, null) : (answer, TracedOutcome.Failed, "The connection could not be stored.");
        }

        private async Task<UpgradeAnswer> Open(LiveStage live, GatewayPeer peer, string? protocol, string requestId)
        {
            try
            {
                // The row comes first: from here on its $disconnect is owed, whatever happens to this process.
                await room.Store.Write(ledger =>
                {
                    ledger.AddGatewayConnection(
                        peer.Id, room.Hub.Owner, api, stage, new(peer.ConnectedAt * 1000), peer.Write());
                    return true;
                });
            }
            catch (Refusal)
            {
                return Refuse(500, "Internal server error", requestId);
            }

            var connection = new GatewayConnection(room.Hub, live, peer);
            bool isGone;
            lock (_lock)
            {
                _connection = connection;
                isGone = _isGone;
                if (!isGone)
                {
                    // Before its end can be heard of, or it would be there for ever.
                    room.Hub.Add(connection);
                }
            }

            if (isGone)
            {
                room.Hub.Ended(connection, Wire.WebSockets.CloseStatus.Abnormal, "");
            }

            return protocol is null ? UpgradeAnswer.Accepted : UpgradeAnswer.AcceptedAs(protocol);
        }

        public Task Serve(LiveSocket socket)
        {
            Volatile.Write(ref _isServed, true);
            room.Hub.Attach(_connection!, socket);
            return Task.CompletedTask;
        }

        /// <summary>The end of a connection whose socket never was.</summary>
        public void Ended()
        {
            GatewayConnection? connection;
            lock (_lock)
            {
                _isGone = true;
                connection = _connection;
            }

            if (connection is not null && !Volatile.Read(ref _isServed))
            {
                room.Hub.Ended(connection, Wire.WebSockets.CloseStatus.Abnormal, "");
            }
        }
    }

    private GatewayHub Hub => hub;

    private GatewayDirectory Directory => directory;

    private GatewayAuthorizing Authorizing => authorizing;

    private IStore Store => store;

    private Services Services => services;

    private static string AddressOf(UpgradeRequest request) => request.RemoteAddress is not { } address ? ""
        : (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();

    /// <summary>The status of whoever refused, in the forms of gateway responses.</summary>
    private static UpgradeAnswer Refuse(IntegrationResult result, string requestId) => result.Outcome switch
    {
        IntegrationOutcome.TimedOut => Refuse(504, "Endpoint request timed out", requestId),
        IntegrationOutcome.Unreachable => Refuse(504, "Network error communicating with endpoint", requestId),
        IntegrationOutcome.NotPossible => Refuse(500, "Internal server error", requestId),
        IntegrationOutcome.Answered when result.Status is >= 300 and <= 599 => OfHandler(result, requestId),
        _ => Refuse(502, "Internal server error", requestId),
    };

    /// <remarks>AWS leaves open whether a body of the handler's goes with its status; ours does, or a message of AWS's form.</remarks>
    private static UpgradeAnswer OfHandler(IntegrationResult result, string requestId)
    {
        if (result.Body.IsEmpty)
        {
            return Refuse(result.Status, WordOf(result.Status), requestId);
        }

        var type = result.Headers.FirstOrDefault(h => h.Name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)).Value;
        var isHeader = type is not null && !type.AsSpan().ContainsAnyExceptInRange(' ', '~');
        return UpgradeAnswer.Refused(
            result.Status, [new("Content-Type", isHeader ? type! : "application/json"), new(Answers.RequestIdHeader, requestId)], result.Body);
    }

    private static UpgradeAnswer Refuse(int status, string message, string requestId) => UpgradeAnswer.Refused(
        status,
        [
            new("Content-Type", "application/json"), new(Answers.RequestIdHeader, requestId),
            .. TypeOf(status) is { } type ? new[] { new HeaderField(Answers.ErrorTypeHeader, type) } : [],
        ],
        Encoding.UTF8.GetBytes($$"""{"message":"{{JavaScriptEncoder.Default.Encode(message)}}"}"""));

    public static string WordOf(int status) => status switch
    {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        429 => "Too Many Requests",
        >= 500 => "Internal server error",
        _ => Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status),
    };

    private static string? TypeOf(int status) => status switch
    {
        400 => "BadRequestException",
        401 => "UnauthorizedException",
        403 => "ForbiddenException",
        429 => "TooManyRequestsException",
        500 or 502 => "InternalServerErrorException",
        _ => null,
    };
}
