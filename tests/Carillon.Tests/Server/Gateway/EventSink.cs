using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Carillon.Tests.Server.Gateway;

/// <summary>What came to an HTTP_PROXY integration.</summary>
internal sealed record SinkCall(string Route, string Connection, string Code, string Body);

/// <summary>An HTTP server that takes events of HTTP_PROXY integrations: the route is its path, the rest comes in mapped headers.</summary>
internal sealed class EventSink : IAsyncDisposable
{
    private readonly WebApplication _app;

    private EventSink(WebApplication app) => _app = app;

    public ConcurrentQueue<SinkCall> Calls { get; } = new();

    /// <summary>Status and body of each answer.</summary>
    public Func<SinkCall, Task<(int Status, string Body)>> Answer { get; set; } = call => Task.FromResult((200, "echo " + call.Body));

    public string Url { get; private set; } = "";

    public static async Task<EventSink> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var sink = new EventSink(builder.Build());
        sink._app.Run(sink.Take);
        await sink._app.StartAsync();
        sink.Url = sink._app.Urls.First();
        return sink;
    }

    private async Task Take(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body, Encoding.UTF8);
        var call = new SinkCall(
            http.Request.Path.Value!.TrimStart('/'), http.Request.Headers["x-connection"].ToString(), http.Request.Headers["x-code"].ToString(),
            await reader.ReadToEndAsync());
        Calls.Enqueue(call);
        var (status, body) = await Answer(call);
        http.Response.StatusCode = status;
        await http.Response.WriteAsync(body);
    }

    public async Task<SinkCall> Wait(Func<SinkCall, bool> fits)
    {
        using var patience = new CancellationTokenSource(SessionClient.Deadline);
        while (true)
        {
            if (Calls.FirstOrDefault(fits) is { } found)
            {
                return found;
            }

            await Task.Delay(2, patience.Token);
        }
    }

    /// <summary>A definitions file with one API, <c>sink</c>, whose routes all come here.</summary>
    public string Definitions(params string[] routes) => $$"""
        [{
          "api": {"apiId": "sink", "name": "sink", "protocolType": "WEBSOCKET", "routeSelectionExpression": "$request.body.action"},
          "integrations": [{{string.Join(",", routes.Select(r => $$"""
            {"integrationId": "{{r}}", "integrationType": "HTTP_PROXY", "integrationMethod": "POST", "integrationUri": "${stageVariables.url}/{{Uri.EscapeDataString(r)}}",
             "requestParameters": {"integration.request.header.x-connection": "context.connectionId",
                                   "integration.request.header.x-code": "context.disconnectStatusCode"} }
            """))}}],
          "routes": [{{string.Join(",", routes.Select(r => $$"""
            {"routeId": "{{r}}", "routeKey": "{{r}}", "target": "integrations/{{r}}", "routeResponseSelectionExpression": "$default"}
            """))}}],
          "routeResponses": [{{string.Join(",", routes.Select(r => $$"""{"routeId": "{{r}}", "routeResponseKey": "$default"}"""))}}],
          "stages": [{"stageName": "dev", "stageVariables": {"url": "{{Url}}"} }]
        }]
        """;

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
