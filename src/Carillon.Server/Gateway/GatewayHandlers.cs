using System.Text.Json;
using Carillon.Core.Gateway;

namespace Carillon.Server.Gateway;

/// <summary>What a handler answers.</summary>
/// <param name="Body">For the client, where the route is two-way; null for none.</param>
/// <param name="StatusCode">On <c>$connect</c>: anything but 2xx refuses the connection with this status.</param>
/// <param name="Protocol">On <c>$connect</c>: the sub-protocol that is chosen.</param>
public sealed record GatewayReply(string? Body = null, int StatusCode = 200, string? Protocol = null);

/// <summary>An event of a WebSocket API, for a handler in this process.</summary>
public sealed class GatewayCall
{
    private readonly GatewayEvent _event;
    private readonly GatewayHub _hub;

    internal GatewayCall(GatewayEvent what, GatewayHub hub, CancellationToken cancellation)
    {
        (_event, _hub) = (what, hub);
        Cancellation = cancellation;
    }

    public CancellationToken Cancellation { get; }

    public string RouteKey => _event.RouteKey;

    public string ConnectionId => _event.Peer.Id;

    /// <summary>What the client sent, UTF-8; empty on <c>$connect</c> and <c>$disconnect</c>.</summary>
    public ReadOnlyMemory<byte> Body => _event.Body;

    /// <summary>On <c>$disconnect</c>: the close code.</summary>
    public int DisconnectStatusCode => _event.DisconnectStatusCode;

    /// <summary>On <c>$connect</c>: a header of the handshake; null without it.</summary>
    public string? Header(string name) => _event.Request?.Header(name);

    /// <summary>On <c>$connect</c>: a parameter of the query; null without it.</summary>
    public string? Query(string name) =>
        _event.Request is { } request ? Wire.RawTarget.Parse(request.Target)?.Query(name) : null;

    /// <summary>What the authorizer said under a name; null without it.</summary>
    public string? Authorizer(string name) => _event.Peer.Authorizer?[name]?.ToString();

    /// <summary>A text of the message by its path, <c>data.room</c>; empty where it is not there.</summary>
    public string Text(string path) => SelectionExpression.Parse("${request.body." + path + "}").Evaluate(Body);

    /// <summary>The message as JSON.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public JsonDocument Json() => JsonDocument.Parse(Body);

    /// <summary>Sends a text to one connection of this stage.</summary>
    /// <returns>False where it is gone.</returns>
    public Task<bool> Send(string connectionId, ReadOnlyMemory<byte> text) =>
        _hub.Send(_event.Peer.Api, _event.Peer.Stage, connectionId, text);

    /// <summary>A room of this stage: connections that hear the same.</summary>
    public GatewayRoom Room(string name) => new(_hub, new(_event.Peer.Api, _event.Peer.Stage, name));
}

/// <summary>Connections of a stage under one name, in this process. A connection that ends leaves all its rooms.</summary>
public sealed class GatewayRoom
{
    private readonly GatewayHub _hub;
    private readonly RoomAddress _address;

    internal GatewayRoom(GatewayHub hub, RoomAddress address) => (_hub, _address) = (hub, address);

    /// <returns>False where the connection is gone, or not open yet: on <c>$connect</c> there is none to join with.</returns>
    public Task<bool> Join(string connectionId) => _hub.Rooms.Join(_address, connectionId);

    public Task Leave(string connectionId) => _hub.Rooms.Leave(_address, connectionId);

    /// <summary>Sends a text to all in the room; it is encoded once, and nobody waits for a slow one.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="except">Who does not get it; null for nobody.</param>
    /// <returns>How many it was queued for.</returns>
    public Task<int> Send(ReadOnlyMemory<byte> text, string? except = null) => _hub.Rooms.Broadcast(_address, text, except);

    public Task<IReadOnlyList<string>> Members() => _hub.Rooms.Members(_address);
}

/// <summary>A WebSocket API in C#: its routes and their handlers, and what it is called.</summary>
/// <remarks>
/// <c>new GatewayProgram("rooms").On("joinRoom", call => call.Room(call.Text("room")).Join(call.ConnectionId))</c>, given to
/// <see cref="Hosting.CarillonHost"/>, serves <c>/ws/rooms/production</c>.
/// </remarks>
public sealed class GatewayProgram(string api, string stage = "production")
{
    private readonly Dictionary<string, Func<GatewayCall, Task<GatewayReply?>>> _handlers = new(StringComparer.Ordinal);

    public string Api => api;

    public string Stage => stage;

    /// <summary>Default <c>$request.body.action</c>.</summary>
    public string RouteSelectionExpression { get; init; } = "$request.body.action";

    public GatewayProgram On(string routeKey, Func<GatewayCall, Task> handler) => On(routeKey, async call =>
    {
        await handler(call);
        return null;
    });

    /// <summary>The client hears what the handler replies.</summary>
    public GatewayProgram On(string routeKey, Func<GatewayCall, Task<GatewayReply?>> handler)
    {
        _handlers.Add(routeKey, handler);
        return this;
    }

    internal IEnumerable<(string Name, Func<GatewayCall, Task<GatewayReply?>> Handler)> Handlers =>
        _handlers.Select(h => ($"{api}/{h.Key}", h.Value));

    /// <summary>The same as the definitions file would say it.</summary>
    internal ApiSnapshot Definition() => new()
    {
        Api = new() { ApiId = api, Name = api, ProtocolType = "WEBSOCKET", RouteSelectionExpression = RouteSelectionExpression },
        Routes = [.. _handlers.Keys.Select(key => new RouteDefinition
        {
            RouteId = key,
            RouteKey = key,
            Target = "integrations/" + key,
            RouteResponseSelectionExpression = CompiledStage.Default,
        })],
        RouteResponses = [.. _handlers.Keys.Select(key => new RouteResponseDefinition { RouteId = key, RouteResponseKey = CompiledStage.Default })],
        Integrations = [.. _handlers.Keys.Select(key => new IntegrationDefinition
        {
            IntegrationId = key,
            IntegrationType = "AWS_PROXY",
            IntegrationUri = $"{HandlerIntegration.Scheme}{api}/{key}",
        })],
        Stages = [new StageDefinition { StageName = stage }],
    };
}

/// <summary>Handlers in this process, by the name that an integration's URI says after <c>carillon:handler/</c>.</summary>
internal sealed class GatewayHandlers(IEnumerable<GatewayProgram> programs)
{
    private readonly Dictionary<string, Func<GatewayCall, Task<GatewayReply?>>> _handlers =
        programs.SelectMany(p => p.Handlers).ToDictionary(h => h.Name, h => h.Handler, StringComparer.Ordinal);

    public Func<GatewayCall, Task<GatewayReply?>>? Find(string name) => _handlers.GetValueOrDefault(name);
}
