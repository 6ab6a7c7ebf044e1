using Carillon.Events.Core;
using Carillon.Kit;
using Carillon.Kit.SignIn;

namespace Carillon.Events.Http;

/// <summary>Maps the endpoints of the contract, each once with what all have in common: origin, refusals, headers.</summary>
internal sealed class Endpoints(IEndpointRouteBuilder routes, EventsService events)
{
    public const string Root = "/events/api";

    private readonly ILogger log = events.Logs.CreateLogger("Carillon.Events");

    public EventsService Events => events;

    public void Get(string path, Func<EventsCall, Task<Answer>> handle) => Map(HttpMethods.Get, path, ownOrigin: false, handle);

    /// <summary>For an endpoint that changes nothing and waits for nothing.</summary>
    public void Get(string path, Func<EventsCall, Answer> handle) => Get(path, call => Task.FromResult(handle(call)));

    public void Post(string path, Func<EventsCall, Task<Answer>> handle) => Map(HttpMethods.Post, path, ownOrigin: true, handle);

    public void Put(string path, Func<EventsCall, Task<Answer>> handle) => Map(HttpMethods.Put, path, ownOrigin: true, handle);

    public void Delete(string path, Func<EventsCall, Task<Answer>> handle) => Map(HttpMethods.Delete, path, ownOrigin: true, handle);

    /// <summary>For programs, which have a key instead of a page.</summary>
    public void PostByKey(string path, Func<EventsCall, Task<Answer>> handle) => Map(HttpMethods.Post, path, ownOrigin: false, handle);

    /// <summary>A WebSocket of a page of ours. The handler accepts it, or answers as any endpoint.</summary>
    /// <param name="asks">
    /// Asks the page for a sign of life. That takes a timer for each socket: ten thousand pages give one by themselves.
    /// </param>
    public void Socket(string path, bool asks, Func<EventsCall, Task<Answer>> handle)
    {
        var accept = (EventsCall call) => call.Http.WebSockets.IsWebSocketRequest
            ? handle(call) : throw new Refused(Reason.BadRequest, "why", "Upgrade");
        // Only here: whoever hosts the app may have sockets of its own that must not be touched.
        var pipeline = routes.CreateApplicationBuilder();
        pipeline.UseWebSockets(new WebSocketOptions
        {
            KeepAliveInterval = asks ? TimeSpan.FromSeconds(30) : TimeSpan.Zero,
            KeepAliveTimeout = asks ? TimeSpan.FromSeconds(20) : Timeout.InfiniteTimeSpan,
        });
        pipeline.Run(http => RunAsync(http, ownOrigin: true, accept));
        routes.MapMethods(Root + path, [HttpMethods.Get, HttpMethods.Connect], pipeline.Build());
    }

    private void Map(string method, string path, bool ownOrigin, Func<EventsCall, Task<Answer>> handle) =>
        routes.MapMethods(Root + path, [method], http => RunAsync(http, ownOrigin, handle));

    private async Task RunAsync(HttpContext http, bool ownOrigin, Func<EventsCall, Task<Answer>> handle)
    {
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        Answer answer;
        var failed = true;
        try
        {
            if (ownOrigin && !Origins.IsOwn(http.Request)) throw new Refused(Reason.ForeignOrigin);
            answer = await handle(new EventsCall(http, events));
            failed = false;
        }
        catch (Refused refused)
        {
            answer = Answer.Refusal(refused);
        }
        catch (BadHttpRequestException)
        {
            answer = Answer.Refusal(new Refused(Reason.BadRequest));
        }
        catch (Exception fault) when (fault is PlatformException or HttpRequestException or TaskCanceledException
            && !http.RequestAborted.IsCancellationRequested)
        {
            HttpLog.PlatformFailed(log, http.GetEndpoint()?.DisplayName ?? "", fault.Message);
            answer = Answer.Refusal(new Refused(Reason.ChatUnavailable, "retryAfter", 5));
        }

        if (!http.Response.HasStarted) await answer.WriteAsync(http);
        // Half an answer may not look like a whole one.
        else if (failed) http.Abort();
    }
}

internal static partial class HttpLog
{
    [LoggerMessage(5001, LogLevel.Warning, "The platform did not do its part of {Endpoint}: {Reason}")]
    public static partial void PlatformFailed(ILogger log, string endpoint, string reason);
}
