using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Carillon.Core.Functions;
using Carillon.Server.Gateway;
using Carillon.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Carillon.Tests.Server.Gateway;

/// <summary>Functions that tests write, instead of processes.</summary>
internal sealed class TestFunctions : IFunctionInvoker
{
    private readonly ConcurrentDictionary<string, Func<JsonNode, Task<Invoked>>> _functions = new();

    /// <summary>Names of functions and their events, in the order in which they came.</summary>
    public ConcurrentQueue<(string Function, JsonNode Event)> Calls { get; } = new();

    public static string Arn(string name) => $"arn:aws:lambda:{LiveServer.Region}:{LiveServer.Account}:function:{name}";

    public void Set(string name, Func<JsonNode, Task<Invoked>> function) => _functions[Arn(name)] = function;

    /// <summary>A function that returns JSON.</summary>
    public void Returns(string name, string json) => Set(name, _ => Task.FromResult(Answered(json)));

    public static Invoked Answered(string json, string? error = null) =>
        new(InvokedStatus.Answered, Encoding.UTF8.GetBytes(json), error, null);

    public async Task<Invoked> Invoke(
        string function, ReadOnlyMemory<byte> payload, InvokingService? by, TimeSpan timeout, CancellationToken cancellation)
    {
        var what = JsonNode.Parse(payload.Span)!;
        Calls.Enqueue((function[(function.LastIndexOf(':') + 1)..], what));
        return _functions.TryGetValue(function, out var found) ? await found(what) : Invoked.Not(InvokedStatus.NotFound);
    }

    /// <summary>The first event of a function that fits, come already or still to come.</summary>
    public async Task<JsonNode> Wait(string function, Func<JsonNode, bool> fits)
    {
        using var patience = new CancellationTokenSource(SessionClient.Deadline);
        while (true)
        {
            if (Calls.FirstOrDefault(c => c.Function == function && fits(c.Event)).Event is { } found)
            {
                return found;
            }

            await Task.Delay(2, patience.Token);
        }
    }
}

/// <summary>The platform with functions that tests write and an API in C#.</summary>
public class GatewayServer : LiveServer
{
    internal TestFunctions Functions { get; } = new();

    internal ConcurrentQueue<string> Disconnected { get; } = new();

    internal override CarillonOptions Adjust(CarillonOptions options) =>
        base.Adjust(options) with
        {
            Quotas = "AppInstances=100000,GatewayApis=100000",
            GatewayLimits = "Frames=100000,ConnectionsPerSecond=100000",
            Federation = new([new(Access.Issuer.Url, [Access.Issuer.Client], KeyFile())], []),
        };

    /// <summary>Whose tokens JWT authorizers believe.</summary>
    internal Access.Issuer Issuer { get; } = new();

    private string KeyFile()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, Issuer.KeySet);
        return file;
    }

    internal override void Configure(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IFunctionInvoker>(Functions);
        builder.Services.AddSingleton(new GatewayProgram("rooms", "dev")
            .On("$connect", call => Task.FromResult<GatewayReply?>(
                call.Query("token") == "bad" ? new("""{"message":"no"}""", 403) : new(Protocol: call.Query("protocol"))))
            .On("$disconnect", call =>
            {
                Disconnected.Enqueue($"{call.ConnectionId} {call.DisconnectStatusCode}");
                return Task.CompletedTask;
            })
            .On("join", async call =>
            {
                await call.Room(call.Text("room")).Join(call.ConnectionId);
                return new GatewayReply("joined");
            })
            .On("leave", call => call.Room(call.Text("room")).Leave(call.ConnectionId))
            .On("say", call => call.Room(call.Text("room")).Send(call.Body, except: call.ConnectionId))
            .On("throw", Task (call) => throw new InvalidOperationException("The handler fails."))
            .On("hang", call => Task.Delay(Timeout.Infinite, call.Cancellation))
            .On("whoami", call => Task.FromResult<GatewayReply?>(new(call.ConnectionId)))
            .On("$default", call => Task.FromResult<GatewayReply?>(new("default"))));
    }

    public Uri SocketUrl(string path) => new($"ws://127.0.0.1:{Platform.Port}{path}");
}

/// <summary>A client of a WebSocket API that keeps what it hears.</summary>
internal sealed class GatewaySocket : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _heard = new();
    private readonly TaskCompletionSource<(int Code, string? Reason)> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _arrived = new(0);

    public ClientWebSocket Socket { get; } = new();

    public IReadOnlyCollection<string> Heard => _heard;

    public Task<(int Code, string? Reason)> Closed => _closed.Task.WaitAsync(SessionClient.Deadline);

    /// <summary>Connects, and reads from then on.</summary>
    public static async Task<GatewaySocket> Open(Uri url, Action<ClientWebSocketOptions>? with = null)
    {
        var client = new GatewaySocket();
        client.Socket.Options.KeepAliveInterval = TimeSpan.Zero;
        with?.Invoke(client.Socket.Options);
        using var patience = new CancellationTokenSource(SessionClient.Deadline);
        await client.Socket.ConnectAsync(url, patience.Token);
        _ = client.Read();
        return client;
    }

    /// <summary>The status with which a handshake is refused; 101 where it is not.</summary>
    public static async Task<int> Status(Uri url, Action<ClientWebSocketOptions>? with = null)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        with?.Invoke(socket.Options);
        using var patience = new CancellationTokenSource(SessionClient.Deadline);
        try
        {
            await socket.ConnectAsync(url, patience.Token);
            return 101;
        }
        catch (WebSocketException)
        {
            return (int)socket.HttpStatusCode;
        }
    }

    private async Task Read()
    {
        var buffer = new byte[256 * 1024];
        var text = new MemoryStream();
        try
        {
            while (true)
            {
                var received = await Socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    await Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                    _closed.TrySetResult(((int)Socket.CloseStatus!, Socket.CloseStatusDescription));
                    return;
                }

                Assert.Equal(WebSocketMessageType.Text, received.MessageType);
                text.Write(buffer, 0, received.Count);
                if (received.EndOfMessage)
                {
                    _heard.Enqueue(Encoding.UTF8.GetString(text.ToArray()));
                    text.SetLength(0);
                    _arrived.Release();
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            _closed.TrySetResult(((int?)Socket.CloseStatus ?? 1006, null));
        }
    }

    public Task Send(string text) => Send(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text);

    public Task Send(byte[] bytes, WebSocketMessageType type) =>
        Socket.SendAsync(bytes, type, endOfMessage: true, CancellationToken.None);

    /// <summary>The next thing it hears that was not taken yet.</summary>
    public async Task<string> Next()
    {
        Assert.True(await _arrived.WaitAsync(SessionClient.Deadline), "Nothing was heard.");
        Assert.True(_heard.TryDequeue(out var text));
        return text;
    }

    /// <summary>Sends and hears the next thing.</summary>
    public async Task<string> Ask(string text)
    {
        await Send(text);
        return await Next();
    }

    public Task Close(int code, string? reason) =>
        Socket.CloseOutputAsync((WebSocketCloseStatus)code, reason, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Task.CompletedTask;
        Socket.Dispose();
        _arrived.Dispose();
    }
}

/// <summary>A WebSocket API made through the control plane.</summary>
internal sealed class TestApi
{
    private readonly LiveServer _server;

    private TestApi(LiveServer server, string id) => (_server, Id) = (server, id);

    public string Id { get; }

    public string Path => $"/ws/{Id}/dev";

    public Uri Url => new($"ws://127.0.0.1:{_server.Platform.Port}{Path}");

    public static Task<Answer> Call(LiveServer server, string method, string path, JsonNode? body = null) => server.Root.SendBytes(
        method, "/v2" + path, null, body is null ? null : Encoding.UTF8.GetBytes(body.ToJsonString()), service: "apigateway");

    public Task<Answer> Call(string method, string path, JsonNode? body = null) => Call(_server, method, $"/apis/{Id}{path}", body);

    public static async Task<TestApi> Make(LiveServer server) => new(server, (await Call(server, "POST", "/apis", new JsonObject
    {
        ["name"] = "test",
        ["protocolType"] = "WEBSOCKET",
        ["routeSelectionExpression"] = "$request.body.action",
    })).Text("apiId"));

    /// <summary>An API whose routes go to functions, deployed to the stage <c>dev</c>.</summary>
    /// <param name="server">Where.</param>
    /// <param name="routes">Keys and functions; an exclamation mark before the key makes the route two-way.</param>
    public static async Task<TestApi> Deployed(LiveServer server, params (string Key, string Function)[] routes)
    {
        var api = await Make(server);
        foreach (var (key, function) in routes)
        {
            await api.Route(key.TrimStart('!'), await api.Function(function), twoWay: key.StartsWith('!'));
        }

        await api.Deploy();
        return api;
    }

    public async Task<string> Function(string name) => (await Call("POST", "/integrations", new JsonObject
    {
        ["integrationType"] = "AWS_PROXY",
        ["integrationMethod"] = "POST",
        ["integrationUri"] = $"arn:aws:apigateway:{LiveServer.Region}:lambda:path/2015-03-31/functions/{TestFunctions.Arn(name)}/invocations",
    })).Text("integrationId");

    public async Task<string> Route(string key, string? integration, bool twoWay = false, JsonObject? more = null)
    {
        var route = more ?? [];
        route["routeKey"] = key;
        if (integration is not null)
        {
            route["target"] = "integrations/" + integration;
        }

        if (twoWay)
        {
            route["routeResponseSelectionExpression"] = "$default";
        }

        var id = (await Call("POST", "/routes", route)).Text("routeId");
        if (twoWay)
        {
            (await Call("POST", $"/routes/{id}/routeresponses", new JsonObject { ["routeResponseKey"] = "$default" })).Ok();
        }

        return id;
    }

    /// <summary>Deploys to <c>dev</c>, which is made where it is not there.</summary>
    public async Task Deploy(JsonObject? stage = null)
    {
        var deployment = (await Call("POST", "/deployments", new JsonObject())).Text("deploymentId");
        stage ??= [];
        stage["deploymentId"] = deployment;
        if ((await Call("PATCH", "/stages/dev", (JsonObject)stage.DeepClone())).Status == 404)
        {
            stage["stageName"] = "dev";
            (await Call("POST", "/stages", stage)).Ok();
        }
    }

    /// <summary>A signed request to @connections.</summary>
    public Task<Answer> Connections(string method, string id, byte[]? body = null) => _server.Root.SendBytes(
        method, $"{Path}/@connections/{Uri.EscapeDataString(id)}", null, body, service: "execute-api", contentType: "application/octet-stream");
}
