using System.Net;
using System.Text.Json.Nodes;

namespace Carillon.Tests.Durability;

/// <summary>
/// An endless row of changes of every kind, made one after the other by one client, and what must be seen of them later: what
/// was answered must be there, what was not may be, and nothing else.
/// </summary>
internal sealed class Script : IDisposable
{
    private const string Nothing = "(nothing)", Redacted = "(redacted)";

    private readonly Client _client;
    private readonly string _app;
    private readonly string _ann;
    private readonly string _channel;
    private readonly IReadOnlyList<string> _others;
    private readonly Dictionary<string, string> _ids = [];

    /// <summary>What may be seen of each fact: one value, or also the next one while nobody has answered.</summary>
    private readonly Dictionary<string, List<string>> _facts = [];
    private readonly List<string> _refused = [];
    private int _next;

    private Script(Client client, string app, string ann, string channel, IReadOnlyList<string> others)
    {
        (_client, _app, _ann, _channel, _others) = (client, app, ann, channel, others);
    }

    /// <summary>Changes that were answered.</summary>
    public int Made => _next;

    public static async Task<Script> Prepare(ServerProcess server)
    {
        var client = new Client(server.Credentials());
        var app = await client.Create(server.Address, "/app-instances", null, new { Name = "a", ClientRequestToken = "app" }, "AppInstanceArn");
        async Task<string> User(string id) => await client.Create(
            server.Address, "/app-instance-users", null,
            new { AppInstanceArn = app, AppInstanceUserId = id, Name = id, ClientRequestToken = id }, "AppInstanceUserArn");
        var ann = await User("ann");
        string[] others = [await User("ben"), await User("cem")];
        var channel = await client.Create(
            server.Address, "/channels", ann, new { AppInstanceArn = app, Name = "c", ClientRequestToken = "channel" }, "ChannelArn");
        return new(client, app, ann, channel, others);
    }

    /// <summary>Goes on where it stands. True once so many more were answered, false when the server has gone.</summary>
    public async Task<bool> Run(Uri server, int changes)
    {
        var slow = 0;
        for (var end = _next + changes; _next < end; _next++)
        {
            var step = StepOf(_next);
            _facts.TryAdd(step.Fact, [Nothing]);
            _facts[step.Fact].Add(step.Value);
            try
            {
                var (status, answer) = await _client.Call(server, step.Method, step.Path, step.Bearer, step.Body);

                // The second time, because the first was not answered, some are refused as done.
                if ((int)status is not (>= 200 and < 300) && status != HttpStatusCode.Conflict)
                {
                    _refused.Add($"lost: {step.Fact} cannot be changed: {status} {answer.ToJsonString()}");
                    _facts[step.Fact].Remove(step.Value);
                    continue;
                }

                if (answer["MessageId"] is { } id)
                {
                    _ids[step.Fact] = (string)id!;
                }
            }
            catch (OperationCanceledException) when (slow++ < 3)
            {
                // Nobody has gone: it is asked again.
                _next--;
                continue;
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                return false;
            }

            _facts[step.Fact] = [step.Value];
        }

        return true;
    }

    /// <summary>One line for each change that was answered and is not there, and for whatever nobody made.</summary>
    public async Task<List<string>> Judge(Uri server)
    {
        var (seen, faults) = (new Dictionary<string, string>(), _refused.ToList());
        foreach (var (fact, value) in await Look(server))
        {
            if (!seen.TryAdd(fact, value))
            {
                faults.Add($"repeated: {fact}");
            }
        }

        foreach (var (fact, may) in _facts)
        {
            var value = seen.GetValueOrDefault(fact, Nothing);
            if (!may.Contains(value))
            {
                faults.Add($"lost: {fact} is {value} and must be {string.Join(" or ", may)}");
            }
        }

        faults.AddRange(seen.Keys.Except(_facts.Keys).Select(fact => $"never sent: {fact}"));
        return faults;
    }

    private async Task<List<(string Fact, string Value)>> Look(Uri server)
    {
        async Task<JsonNode> Get(string path, string? bearer)
        {
            var (status, answer) = await _client.Call(server, HttpMethod.Get, path, bearer);
            return status == HttpStatusCode.OK ? answer : throw new InvalidOperationException($"{path}: {status} {answer.ToJsonString()}");
        }

        var names = _ids.ToDictionary(p => p.Value, p => p.Key);
        var facts = (await _client.History(server, _channel, _ann)).Select(m => (
            names.GetValueOrDefault(m.MessageId) ?? m.Content.Replace("content of ", "", StringComparison.Ordinal),
            string.IsNullOrEmpty(m.Content) ? Redacted : m.Content)).ToList();
        facts.AddRange((await Get(ChannelPath + "/bans", _ann))["ChannelBans"]!.AsArray()
            .Select(b => ("ban of " + (string)b!["Member"]!["Arn"]!, "yes")));
        facts.AddRange(_others.Where(o => facts.TrueForAll(f => f.Item1 != "ban of " + o) && _facts.ContainsKey("ban of " + o))
            .Select(o => ("ban of " + o, Nothing)));
        var retention = (await Get(RetentionPath, null))["AppInstanceRetentionSettings"]?["ChannelRetentionSettings"]?["RetentionDays"];
        if (retention is not null)
        {
            facts.Add(("retention", retention.ToJsonString()));
        }

        var metadata = (string?)(await Get(ChannelPath, _ann))["Channel"]!["Metadata"];
        if (metadata is not null)
        {
            facts.Add(("metadata", metadata));
        }

        return facts;
    }

    private string ChannelPath => "/channels/" + Uri.EscapeDataString(_channel);

    private string RetentionPath => $"/app-instances/{Uri.EscapeDataString(_app)}/retention-settings";

    /// <summary>Of 25 changes 14 are sends, the first of which are edited and redacted later on.</summary>
    private Step StepOf(int n)
    {
        var first = n - (n % 25);
        switch (n % 25)
        {
            case <= 13:
                var content = new { Content = $"content of message {n}", Type = "STANDARD", Persistence = "PERSISTENT", ClientRequestToken = $"message-{n}" };
                return new($"message {n}", content.Content, HttpMethod.Post, ChannelPath + "/messages", _ann, content);
            case <= 16 and var k:
                var edited = $"message {first + k - 14}";
                return new(edited, $"edited by {n}", HttpMethod.Put, Message(edited), _ann, new { Content = $"edited by {n}" });
            case <= 19 and var k:
                var redacted = $"message {first + k - 14}";
                return new(redacted, Redacted, HttpMethod.Post, Message(redacted) + "?operation=redact", _ann, new { });
            case 20:
                return new("retention", $"{n}", HttpMethod.Put, RetentionPath, null, new
                {
                    AppInstanceRetentionSettings = new { ChannelRetentionSettings = new { RetentionDays = n } },
                });
            case 21:
                return new("metadata", $"written by {n}", HttpMethod.Put, ChannelPath, _ann, new { Metadata = $"written by {n}" });
            case 22 or 23:
                var other = _others[(n % 25) - 22];
                return first / 25 % 2 == 0
                    ? new("ban of " + other, "yes", HttpMethod.Post, ChannelPath + "/bans", _ann, new { MemberArn = other })
                    : new("ban of " + other, Nothing, HttpMethod.Delete, $"{ChannelPath}/bans/{Uri.EscapeDataString(other)}", _ann, null);
            default:
                return new("retention", $"{n}", HttpMethod.Put, RetentionPath, null, new
                {
                    AppInstanceRetentionSettings = new { ChannelRetentionSettings = new { RetentionDays = n } },
                });
        }
    }

    private string Message(string fact) => $"{ChannelPath}/messages/{_ids[fact]}";

    public void Dispose() => _client.Dispose();

    private sealed record Step(string Fact, string Value, HttpMethod Method, string Path, string? Bearer, object? Body);
}
