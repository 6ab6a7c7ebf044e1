using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace Carillon.Tests.Durability;

/// <summary>E20: whoever repeats a send because the line broke gets the same message, wherever it broke.</summary>
[Collection(nameof(Processes))]
public sealed class CutLineTests : IDisposable
{
    private const int Workers = 8;

    private readonly string _folder = Directory.CreateTempSubdirectory("carillon-cut-").FullName;

    [Fact]
    public async Task A_send_that_is_repeated_after_its_line_was_cut_is_one_message()
    {
        var faults = await Experiment(sabotage: null, Size.Of("E20_SENDS", usual: 2_400, full: 20_000));

        Assert.Empty(faults);
    }

    [Fact]
    public async Task Control_without_its_memory_of_tokens_the_server_repeats_messages()
    {
        var faults = await Experiment("dedup-off", 200);

        Assert.Contains(faults, fault => fault.StartsWith("repeated", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.StartsWith("another id", StringComparison.Ordinal));
    }

    private async Task<List<string>> Experiment(string? sabotage, int sends)
    {
        var (server, _) = await ServerProcess.Start(_folder, sabotage);
        using (server)
        {
            using var setup = new Client(server.Credentials());
            var app = await setup.Create(server.Address, "/app-instances", null, new { Name = "cut", ClientRequestToken = "app" }, "AppInstanceArn");
            var ann = await setup.Create(
                server.Address, "/app-instance-users", null,
                new { AppInstanceArn = app, AppInstanceUserId = "ann", Name = "Ann", ClientRequestToken = "ann" }, "AppInstanceUserArn");
            var channel = await setup.Create(
                server.Address, "/channels", ann, new { AppInstanceArn = app, Name = "c", ClientRequestToken = "channel" }, "ChannelArn");
            var sent = new ConcurrentBag<Sent>();
            var faults = new ConcurrentBag<string>();
            var cuts = new ConcurrentDictionary<Type, int>();
            await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(async () =>
            {
                await using var proxy = new FaultProxy(server.Address);
                using var client = new Client(server.Credentials(), keepConnections: false);
                var path = $"/channels/{Uri.EscapeDataString(channel)}/messages";
                var length = 0;
                for (var i = worker; i < sends; i += Workers)
                {
                    // The first shows how long an answer is; its every byte is cut at by some worker.
                    var cut = length == 0 ? new Cut.Never() : CutOf(i / Workers, worker, length);
                    var body = new { Content = $"send {i}", Type = "STANDARD", Persistence = "PERSISTENT", ClientRequestToken = $"send-{i}" };
                    var begun = Stopwatch.GetTimestamp();
                    proxy.Next = cut;
                    var heard = await Try(client, proxy.Address, path, ann, body);
                    length = proxy.Answer?.Length ?? length;
                    var said = proxy.Answer is { } answer ? IdIn(answer) : null;
                    proxy.Next = new Cut.Never();
                    string? again = null;
                    for (var tries = 0; again is null; tries++)
                    {
                        Assert.InRange(tries, 0, 5);
                        again = await Try(client, proxy.Address, path, ann, body);
                    }

                    var repeated = again;
                    sent.Add(new(channel, body.Content, begun, Stopwatch.GetTimestamp(), repeated));
                    cuts.AddOrUpdate(cut.GetType(), 1, (_, n) => n + 1);
                    if ((said ?? repeated) != repeated || (heard ?? repeated) != repeated)
                    {
                        faults.Add($"another id: {body.Content} was {said ?? heard} and is {repeated} when it is repeated ({cut})");
                    }
                }
            })));

            var history = new Dictionary<string, List<Stored>> { [channel] = await setup.History(server.Address, channel, ann) };
            TestContext.Current.SendDiagnosticMessage(
                $"{sent.Count} sends: {string.Join(", ", cuts.Select(c => $"{c.Value} {c.Key.Name}"))}; {history[channel].Count} messages.");
            Assert.True(sends < Workers * 20 || cuts.Count == 4, "Not every kind of cut was made.");
            return [.. faults, .. Checker.Check([.. sent], history, [])];
        }
    }

    /// <summary>Most go through the answer, byte by byte and over all workers; the others break before it.</summary>
    private static Cut CutOf(int round, int worker, int length) => (round % 8) switch
    {
        0 => new Cut.InRequest(1 + (round * 37)),
        1 => new Cut.AfterRequest(),
        _ => new Cut.InResponse((((round - (round / 8 * 2) - 2) * Workers) + worker) % length),
    };

    /// <summary>The message's id; null where there was no answer.</summary>
    private static async Task<string?> Try(Client client, Uri server, string path, string bearer, object body)
    {
        try
        {
            var (status, answer) = await client.Call(server, HttpMethod.Post, path, bearer, body);
            Assert.Equal(HttpStatusCode.Created, status);
            return (string)answer["MessageId"]!;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return null;
        }
    }

    private static string IdIn(byte[] answer) =>
        (string)JsonNode.Parse(answer.AsSpan(FaultProxy.HeadOf(answer)!.Value))!["MessageId"]!;

    public void Dispose() => ServerProcess.EndAllIn(_folder);
}
