using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Load.Protocols;
using Carillon.Wire.SigV4;

namespace Carillon.Load.Chime;

/// <param name="Bearers">ARNs of some members, who send in turn.</param>
internal sealed record Channel(string Arn, ChannelTarget Target, IReadOnlyList<string> Bearers);

/// <summary>Users, channels and members of a server, made in one bulk request.</summary>
internal sealed class Population
{
    /// <summary>Members of a batch, as many as there may be.</summary>
    private const int Batch = 100;

    /// <summary>Members of a channel that send.</summary>
    private const int MostBearers = 16;

    private readonly string _app;
    private readonly SigV4Signer _signer;

    private Population(int port, AwsCredentials credentials, string app, IReadOnlyList<Channel> channels)
    {
        Port = port;
        Credentials = credentials;
        Channels = channels;
        _app = app;
        _signer = new(credentials, "us-east-1", "chime", TimeProvider.System);
    }

    public int Port { get; }

    public AwsCredentials Credentials { get; }

    public string Host => HostOf(Port);

    /// <summary>The same names and keys, asked of another server.</summary>
    public Population At(int port) => new(port, Credentials, _app, Channels);

    public IReadOnlyList<Channel> Channels { get; }

    /// <param name="roomOf">The room of each user.</param>
    /// <param name="name">Of the app instance, one for each.</param>
    public static async Task<Population> Make(int port, AwsCredentials credentials, IReadOnlyList<int> roomOf, string name)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(5) };
        var signer = new SigV4Signer(credentials, "us-east-1", "chime", TimeProvider.System);
        var created = await Send(
            http, signer, HttpMethod.Post, port, "/app-instances", $$"""{"Name":"{{name}}","ClientRequestToken":"{{name}}"}""");
        var app = (string)JsonNode.Parse(created)!["AppInstanceArn"]!;

        var rooms = roomOf.Select((room, user) => (room, user)).GroupBy(pair => pair.room, pair => UserArn(app, pair.user))
            .OrderBy(room => room.Key).Select(room => room.ToList()).ToList();
        var lines = new StringBuilder();
        var items = 0;
        void Item(string operation, string request)
        {
            lines.Append(CultureInfo.InvariantCulture, $$"""{"Operation":"{{operation}}","Request":{{request}}}""").Append('\n');
            items++;
        }

        for (var user = 0; user < roomOf.Count; user++)
        {
            Item("CreateAppInstanceUser",
                $$"""{"AppInstanceArn":"{{app}}","AppInstanceUserId":"{{Id(user)}}","Name":"User {{user}}","ClientRequestToken":"u{{user}}"}""");
        }

        var channels = new List<Channel>();
        for (var room = 0; room < rooms.Count; room++)
        {
            var (members, arn) = (rooms[room], $"{app}/channel/{Id(room)}");
            Item("CreateChannel",
                $$"""{"AppInstanceArn":"{{app}}","ChannelId":"{{Id(room)}}","Name":"Room {{room}}","Mode":"RESTRICTED","Privacy":"PRIVATE","ClientRequestToken":"r{{room}}","ChimeBearer":"{{members[0]}}"}""");
            foreach (var some in members.Skip(1).Chunk(Batch))
            {
                Item("BatchCreateChannelMembership",
                    $$"""{"ChannelArn":"{{arn}}","MemberArns":{{JsonSerializer.Serialize(some)}},"Type":"DEFAULT","ChimeBearer":"{{members[0]}}"}""");
            }

            channels.Add(new(arn, new(arn), [.. members.Take(MostBearers)]));
        }

        var answer = await Send(http, signer, HttpMethod.Post, port, "/carillon/bulk", lines.ToString(), declare: true);
        var last = answer.TrimEnd('\n').Split('\n')[^1];
        if (!last.StartsWith($$$"""{"Finished":{"Succeeded":{{{items}}},"Failed":0,""", StringComparison.Ordinal))
        {
            var failed = answer.Split('\n').FirstOrDefault(line => line.Contains("\"Error\"", StringComparison.Ordinal));
            throw new RunFailed($"Users, channels and members could not be made: {failed ?? last}");
        }

        return new(port, credentials, app, channels);
    }

    /// <summary>Presigned targets of /connect, one for each user.</summary>
    public IReadOnlyList<string> Targets(int users) => [.. Enumerable.Range(0, users).Select(user =>
    {
        var url = new Uri($"http://{Host}/connect?sessionId=s{user}&userArn={Uri.EscapeDataString(UserArn(_app, user))}");
        return _signer.Presign("GET", url, TimeSpan.FromMinutes(10))[$"http://{Host}".Length..];
    })];

    private static string UserArn(string app, int user) => $"{app}/user/{Id(user)}";

    /// <summary>As long as the ids that AWS and most applications give.</summary>
    private static string Id(int number) => $"{number:x8}-0000-4000-8000-000000000000";

    private static string HostOf(int port) => $"127.0.0.1:{port}";

    /// <summary>From now on all its messages go to an encrypted stream too.</summary>
    public async Task Stream(string name, int shards)
    {
        using var http = new HttpClient();
        var kinesis = new SigV4Signer(Credentials, "us-east-1", "kinesis", TimeProvider.System);
        Task<string> Kinesis(string operation, string body) => Send(
            http, kinesis, HttpMethod.Post, Port, "/", body, operation: $"Kinesis_20131202.{operation}");
        await Kinesis("CreateStream", $$"""{"StreamName":"{{name}}","ShardCount":{{shards}}}""");
        await Kinesis("StartStreamEncryption", $$"""{"StreamName":"{{name}}","EncryptionType":"KMS","KeyId":"alias/aws/kinesis"}""");
        var described = JsonNode.Parse(await Kinesis("DescribeStreamSummary", $$"""{"StreamName":"{{name}}"}"""));
        await Send(
            http, _signer, HttpMethod.Put, Port, $"/app-instances/{Uri.EscapeDataString(_app)}/streaming-configurations",
            $$"""
            {"StreamingConfigurations":[{"DataType":"ChannelMessage","ResourceArn":"{{described!["StreamDescriptionSummary"]!["StreamARN"]}}"}]}
            """);
    }

    private static async Task<string> Send(
        HttpClient http, SigV4Signer signer, HttpMethod method, int port, string target, string body, bool declare = false,
        string? operation = null)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        List<HeaderField> headers = [new("Host", HostOf(port)), new("Content-Type", operation is null ? "application/json" : "application/x-amz-json-1.1")];
        using var request = new HttpRequestMessage(method, $"http://{HostOf(port)}{target}")
        {
            Content = new ByteArrayContent(bytes),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", headers[1].Value);
        if (operation is not null)
        {
            headers.Add(new("X-Amz-Target", operation));
            request.Headers.TryAddWithoutValidation("X-Amz-Target", operation);
        }

        foreach (var field in signer.Sign(method.Method, target, headers, bytes, declare))
        {
            request.Headers.TryAddWithoutValidation(field.Name, field.Value);
        }

        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode
            ? text
            : throw new RunFailed($"{target} was answered with {(int)response.StatusCode} {text[..Math.Min(text.Length, 500)]}");
    }
}
