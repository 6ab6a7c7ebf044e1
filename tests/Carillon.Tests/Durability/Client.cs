using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Wire.SigV4;

namespace Carillon.Tests.Durability;

/// <summary>Calls a server as a stranger would: by HTTP and WebSocket, signed, and by nothing else.</summary>
internal sealed class Client(AwsCredentials credentials, bool keepConnections = true) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        PooledConnectionLifetime = keepConnections ? Timeout.InfiniteTimeSpan : TimeSpan.Zero,
    })
    {
        Timeout = TimeSpan.FromSeconds(30),
    };

    private readonly SigV4Signer _signer = new(credentials, "us-east-1", "chime", TimeProvider.System);

    /// <summary>The status and the answer. Whatever breaks on the way is thrown.</summary>
    public async Task<(HttpStatusCode Status, JsonNode Body)> Call(
        Uri server, HttpMethod method, string pathAndQuery, string? bearer, object? body = null)
    {
        var url = new Uri(server, pathAndQuery);
        var bytes = body is null ? [] : JsonSerializer.SerializeToUtf8Bytes(body);
        var headers = new List<HeaderField>();
        if (bearer is not null)
        {
            headers.Add(new("x-amz-chime-bearer", bearer));
        }

        using var request = new HttpRequestMessage(method, url);
        foreach (var field in headers.Concat(_signer.Sign(method.Method, url, headers, bytes)))
        {
            request.Headers.TryAddWithoutValidation(field.Name, field.Value);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(bytes);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        using var response = await Send(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!);
    }

    /// <exception cref="HttpRequestException">There was no answer.</exception>
    private async Task<HttpResponseMessage> Send(HttpRequestMessage request)
    {
        try
        {
            return await _http.SendAsync(request);
        }
        catch (SocketException e)
        {
            // A peer that dies right after it accepted: HttpClient asks the socket for its address and lets that fail through.
            throw new HttpRequestException("The connection was lost.", e);
        }
    }

    /// <summary>One member of the answer to a creation.</summary>
    public async Task<string> Create(Uri server, string path, string? bearer, object body, string member)
    {
        var (status, answer) = await Call(server, HttpMethod.Post, path, bearer, body);
        return status == HttpStatusCode.Created
            ? (string)answer[member]!
            : throw new InvalidOperationException($"{path}: {status} {answer.ToJsonString()}");
    }

    /// <summary>The whole history of a channel, oldest first.</summary>
    public async Task<List<Stored>> History(Uri server, string channel, string bearer)
    {
        var all = new List<Stored>();
        string? token = null;
        do
        {
            var page = token is null ? "" : "&next-token=" + Uri.EscapeDataString(token);
            var (status, answer) = await Call(
                server, HttpMethod.Get, $"/channels/{Uri.EscapeDataString(channel)}/messages?sort-order=ASCENDING&max-results=50{page}",
                bearer);
            if (status != HttpStatusCode.OK)
            {
                throw new InvalidOperationException($"{status} {answer.ToJsonString()}");
            }

            all.AddRange(answer["ChannelMessages"]!.AsArray().Select(m => new Stored((string)m!["MessageId"]!, (string)m["Content"]!)));
            token = (string?)answer["NextToken"];
        }
        while (token is not null);
        return all;
    }

    /// <summary>Where a session of the user is opened, signed.</summary>
    public Uri SessionUrl(Uri server, string user) => new(_signer.Presign(
        "GET", new Uri(server, $"/connect?sessionId={Guid.NewGuid()}&userArn={Uri.EscapeDataString(user)}"), TimeSpan.FromSeconds(30)));

    public async Task<ClientWebSocket> Connect(Uri server, string user, CancellationToken cancellation)
    {
        var socket = new ClientWebSocket();
        try
        {
            await socket.ConnectAsync(new UriBuilder(SessionUrl(server, user)) { Scheme = "ws" }.Uri, cancellation);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The next frame, or null when the server has closed the session.</summary>
    public static async Task<JsonNode?> Receive(ClientWebSocket socket, CancellationToken cancellation)
    {
        var text = new StringBuilder();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var got = await socket.ReceiveAsync(buffer, cancellation);
            if (got.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            text.Append(Encoding.UTF8.GetString(buffer, 0, got.Count));
            if (got.EndOfMessage)
            {
                return JsonNode.Parse(text.ToString())!;
            }
        }
    }

    public void Dispose() => _http.Dispose();
}
