using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Carillon.Wire.SigV4;

namespace Carillon.Tests.Server.Bulk;

/// <summary>Speaks to /carillon/bulk.</summary>
internal sealed class BulkClient(Uri address, AwsCredentials credentials, HttpClient client, TimeProvider time)
{
    public BulkClient(LiveServer server, AwsCredentials? credentials = null)
        : this(server.Address, credentials ?? server.Platform.Root, server.Http, server.Time)
    {
    }

    public const string Path = "/carillon/bulk";

    public static JsonObject Item(string operation, JsonObject request, string? reference = null) =>
        ChimeClient.Members(("Reference", reference), ("Operation", operation), ("Request", request));

    public static JsonObject User(string app, string id, string? token = null, string? reference = null) => Item(
        "CreateAppInstanceUser",
        ChimeClient.Members(
            ("AppInstanceArn", app), ("AppInstanceUserId", id), ("Name", id), ("ClientRequestToken", token ?? ChimeClient.NewToken())),
        reference);

    public static JsonObject Member(string bearer, string channel, string member, string? reference = null) => Item(
        "CreateChannelMembership",
        ChimeClient.Members(("ChannelArn", channel), ("MemberArn", member), ("Type", "DEFAULT"), ("ChimeBearer", bearer)), reference);

    public static byte[] Body(params IEnumerable<JsonNode> items) =>
        Encoding.UTF8.GetBytes(string.Concat(items.Select(i => i.ToJsonString() + "\n")));

    public async Task<BulkReply> Send(params IEnumerable<JsonNode> items) => await Send(Body(items));

    public async Task<BulkReply> Send(byte[] body)
    {
        using var response = await Open(body);
        return await BulkReply.Read(response);
    }

    /// <param name="sent">What goes out instead of the body that was signed.</param>
    public Task<HttpResponseMessage> Open(
        byte[] body, byte[]? sent = null, bool declare = true, HttpClient? http = null, Stream? stream = null,
        string? method = null)
    {
        var verb = method ?? "POST";
        List<HeaderField> headers = [new("Host", address.Authority), new("Content-Type", "application/x-ndjson")];
        var added = new SigV4Signer(credentials, LiveServer.Region, "chime", time)
            .Sign(verb, Path, headers, body, declare);
        var request = new HttpRequestMessage(new(verb), new Uri(address, Path))
        {
            Content = stream is null ? new ByteArrayContent(sent ?? body) : new StreamContent(stream),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        foreach (var field in added)
        {
            request.Headers.TryAddWithoutValidation(field.Name, field.Value);
        }

        return (http ?? client).SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public static string Hash(byte[] body) => Convert.ToHexStringLower(SHA256.HashData(body));
}

/// <summary>The lines of an answer.</summary>
internal sealed record BulkReply(int Status, string? ErrorType, IReadOnlyList<JsonNode> Lines)
{
    public static async Task<BulkReply> Read(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        var error = response.Headers.TryGetValues("x-amzn-ErrorType", out var values) ? string.Join(",", values) : null;
        return new(
            (int)response.StatusCode, error,
            [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)]);
    }

    public IReadOnlyList<JsonNode> Results => [.. Lines.Where(l => l["Line"] is not null)];

    public IReadOnlyList<int> Statuses => [.. Results.Select(r => (int)r[nameof(Status)]!)];

    public JsonNode Finished => Lines[^1][nameof(Finished)] ?? throw new InvalidOperationException(Lines[^1].ToJsonString());
}
