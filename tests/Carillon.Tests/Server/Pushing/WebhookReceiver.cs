using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Carillon.Tests.Server.Pushing;

/// <summary>A request as it came.</summary>
internal sealed record Received(string Id, string Signature, string ContentType, string Method, byte[] Body)
{
    public JsonNode Json { get; } = JsonNode.Parse(Body)!;

    public string? Title => (string?)Json[nameof(Title)];

    public IReadOnlyList<string> Tokens => [.. Json["Notifications"]!.AsArray().Select(n => (string)n!["Token"]!)];
}

/// <summary>An HTTP server of the operator's own, which a test tells what to answer.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Received> _received = new();

    public WebhookReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(Take);
        _app.StartAsync().GetAwaiter().GetResult();
    }

    public string Url => _app.Urls.Single() + "/pushes?of=carillon";

    public IReadOnlyList<Received> Received => [.. _received];

    /// <summary>Status and body for a request.</summary>
    public Func<Received, Task<(int Status, string Body)>> Answer { get; set; } = _ => Task.FromResult((204, ""));

    private async Task Take(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var received = new Received(
            http.Request.Headers["x-carillon-id"]!, http.Request.Headers["x-carillon-signature"]!, http.Request.ContentType!,
            $"{http.Request.Method} {http.Request.Path}{http.Request.QueryString}", body.ToArray());
        _received.Enqueue(received);
        var (status, text) = await Answer(received);
        http.Response.StatusCode = status;
        if (text.Length > 0)
        {
            await http.Response.WriteAsync(text);
        }
    }

    /// <summary>The requests of this title, once there are so many.</summary>
    public async Task<IReadOnlyList<Received>> Wait(string title, int count = 1)
    {
        List<Received> found = [];
        await Patience.Until(() => (found = Received.Where(r => r.Title == title).ToList()).Count >= count);
        return found;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

/// <summary>The platform with a webhook.</summary>
public sealed class PushServer : LiveServer, IAsyncDisposable
{
    internal WebhookReceiver Webhook { get; } = new();

    internal override Carillon.Server.Hosting.CarillonOptions Adjust(Carillon.Server.Hosting.CarillonOptions options) =>
        base.Adjust(options) with { PushWebhook = Webhook.Url };

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        await Webhook.DisposeAsync();
    }
}
