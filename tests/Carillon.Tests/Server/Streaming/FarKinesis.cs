using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Carillon.Tests.Server.Streaming;

/// <summary>A record as it was taken.</summary>
internal sealed record Taken(string Stream, string Key, string Text)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    public string EventId => (string)Json[nameof(EventId)]!;

    public string? Content => (string?)Json["Payload"]?[nameof(Content)];
}

/// <summary>Somebody else's Kinesis as far as PutRecords goes: takes, refuses, is slow or dies as it is told.</summary>
internal sealed class FarKinesis : IAsyncDisposable
{
    private readonly ConcurrentQueue<Taken> _taken = new();
    private WebApplication? _app;
    private int _port;

    /// <summary>Which of the records of a request are refused; null refuses it whole.</summary>
    public Func<IReadOnlyList<Taken>, IReadOnlyCollection<int>?> Refuses { get; set; } = static _ => [];

    public Func<Task> Before { get; set; } = static () => Task.CompletedTask;

    /// <summary>Whether it answers when it has taken.</summary>
    public Func<bool> Answers { get; set; } = static () => true;

    public int Requests { get; private set; }

    public string? Authorization { get; private set; }

    public IReadOnlyList<Taken> All => [.. _taken];

    public string Url => $"http://127.0.0.1:{_port}/";

    public async Task Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{_port}");
        _app = builder.Build();
        _app.Run(Take);
        await _app.StartAsync();
        _port = new Uri(_app.Urls.Single()).Port;
    }

    public async Task Die()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app!.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task Take(HttpContext http)
    {
        Requests++;
        await Before();
        var body = (await JsonNode.ParseAsync(http.Request.Body))!;
        Authorization = http.Request.Headers.Authorization;
        var records = body["Records"]!.AsArray().Select(r => new Taken(
            (string)body["StreamName"]!, (string)r!["PartitionKey"]!, Encoding.UTF8.GetString(Convert.FromBase64String((string)r["Data"]!)))).ToList();
        if (http.Request.Headers["X-Amz-Target"] != "Kinesis_20131202.PutRecords" || Refuses(records) is not { } refused)
        {
            http.Response.StatusCode = 400;
            await http.Response.WriteAsync("""{"__type":"ProvisionedThroughputExceededException","message":"Rate exceeded"}""");
            return;
        }

        var results = new JsonArray();
        for (var i = 0; i < records.Count; i++)
        {
            if (refused.Contains(i))
            {
                results.Add(new JsonObject { ["ErrorCode"] = "ProvisionedThroughputExceededException", ["ErrorMessage"] = "Rate exceeded" });
            }
            else
            {
                _taken.Enqueue(records[i]);
                results.Add(new JsonObject { ["SequenceNumber"] = "1", ["ShardId"] = "shardId-000000000000" });
            }
        }

        if (!Answers())
        {
            http.Abort();
            return;
        }

        http.Response.ContentType = "application/x-amz-json-1.1";
        await http.Response.WriteAsync(new JsonObject { ["FailedRecordCount"] = refused.Count, ["Records"] = results }.ToJsonString());
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await Die();
        }
    }
}
