using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Carillon.Tests.Server.Flows;

/// <summary>What a processor was called with.</summary>
internal sealed record ProcessorCall(string Target, IHeaderDictionary Headers, byte[] Body)
{
    public JsonNode Event { get; } = JsonNode.Parse(Body)!;

    public string CallbackId => (string)Event[nameof(CallbackId)]!;

    public JsonNode Message => Event["ChannelMessage"]!;

    public string MessageId => (string)Message[nameof(MessageId)]!;

    public string ChannelArn => (string)Message[nameof(ChannelArn)]!;
}

/// <summary>A processor over real HTTP: keeps every call, and answers as it is told.</summary>
internal sealed class TestProcessor : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ProcessorCall> _calls = new();
    private TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TestProcessor(WebApplication app) => _app = app;

    /// <summary>What it does with a call; the status it answers with.</summary>
    public Func<ProcessorCall, Task<int>> Answer { get; set; } = _ => Task.FromResult(200);

    public string Url => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/";

    public IReadOnlyCollection<ProcessorCall> Calls => _calls;

    public static async Task<TestProcessor> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var processor = new TestProcessor(app);
        app.Run(processor.Take);
        await app.StartAsync();
        return processor;
    }

    private async Task Take(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var call = new ProcessorCall(
            http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            new HeaderDictionary(http.Request.Headers.ToDictionary(StringComparer.OrdinalIgnoreCase)), body.ToArray());
        _calls.Enqueue(call);
        Interlocked.Exchange(ref _arrived, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        http.Response.StatusCode = await Answer(call);
    }

    /// <summary>The first call that fits, come already or still to come.</summary>
    public async Task<ProcessorCall> Wait(Func<ProcessorCall, bool> fits)
    {
        using var patience = new CancellationTokenSource(SessionClient.Deadline);
        while (true)
        {
            var arrived = Volatile.Read(ref _arrived).Task;
            if (_calls.FirstOrDefault(fits) is { } call)
            {
                return call;
            }

            await arrived.WaitAsync(patience.Token);
        }
    }

    public Task<ProcessorCall> Wait(string messageId) => Wait(call => call.MessageId == messageId);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}

/// <summary>Takes every message and never calls back; one for all tests, as the function <c>silent</c> of every server.</summary>
internal sealed class SilentProcessor
{
    private readonly TestProcessor _processor = TestProcessor.Start().GetAwaiter().GetResult();

    public static SilentProcessor Instance { get; } = new();

    public string Url => _processor.Url;

    public async Task<string> CallbackOf(string messageId) => (await _processor.Wait(messageId)).CallbackId;
}
