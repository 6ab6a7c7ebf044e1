using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Carillon.Events.Tests;

/// <summary>Asks the app as a page in a browser does: with an Origin, and with the cookies that it was given.</summary>
internal sealed class Browser(EventsHost host) : IDisposable
{
    private readonly CookieContainer cookies = new();
    private HttpClient? http;

    /// <summary>What the page's Origin is; null sends none.</summary>
    public string? Origin { get; set; }

    public string UserAgent { get; set; } = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36";

    /// <summary>The address that it comes from; set before its first request.</summary>
    public IPAddress From { get; init; } = IPAddress.Loopback;

    public CookieContainer Cookies => cookies;

    private HttpClient Http => http ??= new HttpClient(new SocketsHttpHandler
    {
        CookieContainer = cookies,
        UseProxy = false,
        AllowAutoRedirect = false,
        ConnectCallback = async (context, cancel) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            if (!From.Equals(IPAddress.Loopback)) socket.Bind(new IPEndPoint(From, 0));
            await socket.ConnectAsync(context.DnsEndPoint, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        },
    });

    public Task<Reply> Get(string path) => Send(HttpMethod.Get, path, null);

    public Task<Reply> Post(string path, JsonNode? body = null) => Send(HttpMethod.Post, path, body ?? new JsonObject());

    public Task<Reply> Put(string path, JsonNode body) => Send(HttpMethod.Put, path, body);

    public Task<Reply> Delete(string path, JsonNode? body = null) => Send(HttpMethod.Delete, path, body);

    /// <param name="path">Below <c>/events/api</c>.</param>
    public Task<Reply> Send(HttpMethod method, string path, JsonNode? body) =>
        SendText(method, path, body?.ToJsonString(), "application/json");

    public Task<Reply> SendText(
        HttpMethod method, string path, string? body, string contentType, params (string Name, string Value)[] headers) =>
        SendBytes(method, path, body is null ? null : Encoding.UTF8.GetBytes(body), contentType, headers);

    /// <param name="contentType">Null declares none.</param>
    public async Task<Reply> SendBytes(
        HttpMethod method, string path, byte[]? body, string? contentType, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(host.Address, "/events/api" + path));
        var origin = Origin ?? host.Address.GetLeftPart(UriPartial.Authority);
        if (origin.Length > 0) request.Headers.TryAddWithoutValidation("Origin", origin);
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            if (contentType is not null) request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        using var response = await Http.SendAsync(request);
        return new Reply((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers);
    }

    /// <summary>Opens a socket with this browser's cookies.</summary>
    public async Task<PageSocket> Open(string path)
    {
        var socket = new ClientWebSocket();
        socket.Options.Cookies = cookies;
        socket.Options.SetRequestHeader("Origin", Origin ?? host.Address.GetLeftPart(UriPartial.Authority));
        var url = new UriBuilder(new Uri(host.Address, "/events/api" + path)) { Scheme = "ws" }.Uri;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await socket.ConnectAsync(url, patience.Token);
        return new PageSocket(socket);
    }

    public void Dispose() => http?.Dispose();
}

/// <summary>An answer of the app.</summary>
internal sealed record Reply(int Status, string Body, HttpResponseHeaders Headers)
{
    public JsonElement Json => JsonDocument.Parse(Body.Length == 0 ? "{}" : Body).RootElement;

    /// <summary>The refusal's code; null when it is none.</summary>
    public string? Code => Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty("code", out var code) ? code.GetString() : null;

    public JsonElement this[string name] => Json.GetProperty(name);
}

/// <summary>A page's end of a socket: text frames of JSON.</summary>
internal sealed class PageSocket(ClientWebSocket socket) : IAsyncDisposable
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(20);
    private readonly byte[] buffer = new byte[64 * 1024];

    /// <summary>Set once the other end has closed.</summary>
    public int? CloseCode => (int?)socket.CloseStatus;

    public async Task Send(JsonNode message)
    {
        using var deadline = new CancellationTokenSource(patience);
        await socket.SendAsync(
            Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, true, deadline.Token);
    }

    public async Task Send(ReadOnlyMemory<byte> frame, WebSocketMessageType type = WebSocketMessageType.Text, bool whole = true)
    {
        using var deadline = new CancellationTokenSource(patience);
        await socket.SendAsync(frame, type, whole, deadline.Token);
    }

    /// <summary>The next message; null when the other end closed.</summary>
    public async Task<JsonElement?> Next()
    {
        using var deadline = new CancellationTokenSource(patience);
        var length = 0;
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length), deadline.Token);
            if (read.MessageType == WebSocketMessageType.Close) return null;
            length += read.Count;
            if (read.EndOfMessage) return JsonDocument.Parse(buffer.AsMemory(0, length)).RootElement.Clone();
        }
    }

    /// <summary>The next message of that kind; others are passed over.</summary>
    public async Task<JsonElement> Next(string kind)
    {
        while (await Next() is { } message)
            if (message.GetProperty("t").GetString() == kind) return message;
        throw new InvalidOperationException($"Closed with {CloseCode} before any {kind}.");
    }

    /// <summary>The code that the other end closes with.</summary>
    public async Task<int> Closed()
    {
        while (await Next() is not null)
        {
        }

        return CloseCode!.Value;
    }

    /// <summary>The code that the other end closes with; null where the connection was gone before it came.</summary>
    public async Task<int?> ClosedOrLost()
    {
        try
        {
            return await Closed();
        }
        catch (WebSocketException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            try
            {
                using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(2));
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, deadline.Token);
            }
            catch (Exception e) when (e is WebSocketException or OperationCanceledException)
            {
                // The other end is gone already.
            }
        }

        socket.Dispose();
    }
}
