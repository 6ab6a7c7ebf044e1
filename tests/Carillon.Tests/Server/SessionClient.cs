using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Wire.SigV4;

namespace Carillon.Tests.Server;

/// <summary>A messaging session as a client opens it. Everything it hears is kept in order.</summary>
internal sealed class SessionClient : IAsyncDisposable
{
    /// <summary>How long a test waits for what must come. Nothing waits that long unless it fails.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly ClientWebSocket _socket;
    private readonly Lock _lock = new();
    private readonly List<Frame> _frames = [];
    private readonly TaskCompletionSource<int> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SessionClient(ClientWebSocket socket) => _socket = socket;

    public ClientWebSocket Socket => _socket;

    /// <summary>The close code of the server's close frame; 1006 where the connection broke without one.</summary>
    public Task<int> Closed => _closed.Task.WaitAsync(Deadline);

    public bool IsOpen => !_closed.Task.IsCompleted;

    public IReadOnlyList<Frame> Frames
    {
        get
        {
            lock (_lock)
            {
                return [.. _frames];
            }
        }
    }

    public static Uri Url(
        LiveServer server, string? userArn, AwsCredentials? credentials = null, string query = "&sessionId=s1", string region = LiveServer.Region)
    {
        var user = userArn is null ? "" : "userArn=" + Uri.EscapeDataString(userArn);
        var address = new Uri($"ws://127.0.0.1:{server.Platform.Port}/connect?{(user + query).TrimStart('&')}");
        var signer = new SigV4Signer(credentials ?? server.Platform.Root, region, "chime", server.Time);
        return new(
            signer.Presign("GET", address, TimeSpan.FromSeconds(10)),
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
    }

    /// <summary>Opens a socket, whatever the server makes of it.</summary>
    public static async Task<SessionClient> Open(Uri url, bool reads = true, HttpMessageInvoker? invoker = null, Version? version = null)
    {
        var socket = new ClientWebSocket();
        if (version is not null)
        {
            (socket.Options.HttpVersion, socket.Options.HttpVersionPolicy) = (version, HttpVersionPolicy.RequestVersionExact);
        }

        socket.Options.KeepAliveInterval = TimeSpan.Zero;
        using var patience = new CancellationTokenSource(Deadline);
        await socket.ConnectAsync(url, invoker, patience.Token);
        var client = new SessionClient(socket);
        if (reads)
        {
            client.Read();
        }

        return client;
    }

    /// <summary>Opens a session and waits until it hears.</summary>
    public static async Task<SessionClient> Start(
        LiveServer server, string userArn, string query = "&sessionId=s1", AwsCredentials? credentials = null)
    {
        var client = await Open(Url(server, userArn, credentials, query));
        await client.Wait(f => f.Type == "SESSION_ESTABLISHED");
        return client;
    }

    public void Read() => _ = ReadAll();

    private async Task ReadAll()
    {
        var buffer = new byte[64 * 1024];
        var text = new MemoryStream();
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                    _closed.TrySetResult((int)_socket.CloseStatus!.Value);
                    return;
                }

                text.Write(buffer, 0, received.Count);
                if (received.EndOfMessage)
                {
                    Take(Frame.Parse(text.ToArray(), received.MessageType));
                    text.SetLength(0);
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            _closed.TrySetResult((int?)_socket.CloseStatus ?? 1006);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            _closed.TrySetException(e);
        }
    }

    private void Take(Frame frame)
    {
        lock (_lock)
        {
            _frames.Add(frame);
            _arrived.SetResult();
            _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>The first frame that fits, heard already or still to come.</summary>
    public async Task<Frame> Wait(Func<Frame, bool> fits)
    {
        using var patience = new CancellationTokenSource(Deadline);
        var seen = 0;
        while (true)
        {
            Task arrived;
            lock (_lock)
            {
                for (; seen < _frames.Count; seen++)
                {
                    if (fits(_frames[seen]))
                    {
                        return _frames[seen];
                    }
                }

                arrived = _arrived.Task;
            }

            if (await Task.WhenAny(arrived, _closed.Task).WaitAsync(patience.Token) == _closed.Task && !arrived.IsCompleted)
            {
                throw new InvalidOperationException(
                    $"Closed with {await _closed.Task} before the frame came; heard: {string.Join(", ", Frames.Select(f => f.Type))}");
            }
        }
    }

    public Task<Frame> Wait(string type) => Wait(f => f.Type == type);

    public async Task<IReadOnlyList<Frame>> WaitForCount(int count, Func<Frame, bool> fits)
    {
        await Wait(_ => Frames.Count(fits) >= count);
        return [.. Frames.Where(fits)];
    }

    public async ValueTask DisposeAsync()
    {
        if (_socket.State == WebSocketState.Open)
        {
            try
            {
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
            }
            catch (WebSocketException)
            {
                // Closed by the server meanwhile.
            }
        }

        _socket.Dispose();
    }
}

/// <summary>A frame as clients see it: headers, and a payload that is JSON inside a text.</summary>
internal sealed record Frame(string Type, string MessageType, long? Sequence, JsonNode? Payload, string Raw)
{
    public static Frame Parse(byte[] bytes, WebSocketMessageType kind)
    {
        if (kind != WebSocketMessageType.Text)
        {
            throw new InvalidOperationException("Clients read text frames only.");
        }

        var raw = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        var frame = JsonNode.Parse(raw)!;
        var headers = frame["Headers"]!;
        var payload = (string)frame[nameof(Payload)]!;
        return new(
            (string)headers["x-amz-chime-event-type"]!, (string)headers["x-amz-chime-message-type"]!,
            (string?)headers["x-carillon-sequence"] is { } sequence
                ? long.Parse(sequence, System.Globalization.CultureInfo.InvariantCulture)
                : null,
            payload.Length == 0 ? null : JsonNode.Parse(payload), raw);
    }

    /// <summary>A text of the payload; members apart by dots.</summary>
    public string? Text(string path) => (string?)path.Split('.').Aggregate(Payload, (node, name) => node?[name]);

    public string? Channel => Text("ChannelArn") ?? Text("Channel.ChannelArn");
}
