using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Carillon.Functions;

/// <summary>
/// The Lambda Runtime API (version 2018-06-01), on a port of the loopback. Each process has a path of its own that nobody else knows,
/// <c>/{token}/2018-06-01/runtime</c>, so none can take another's events.
/// </summary>
internal sealed class RuntimeApi : IAsyncDisposable
{
    /// <summary>Bytes of a function's answer (Lambda quotas, "Invocation payload", with room for the envelope).</summary>
    public const int MostResponse = 6_291_556;

    /// <summary>Bytes of an error that is kept; ours.</summary>
    private const int MostError = 256 * 1024;

    private const string Version = "2018-06-01";

    private readonly ConcurrentDictionary<string, Sandbox> _sandboxes = new(StringComparer.Ordinal);
    private readonly WebApplication _app;

    private RuntimeApi()
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        _app = builder.Build();
        _app.Run(Handle);
    }

    public static async Task<RuntimeApi> Start()
    {
        var api = new RuntimeApi();
        await api._app.StartAsync();
        return api;
    }

    /// <summary>A new path; <c>AWS_LAMBDA_RUNTIME_API</c> is the address with it.</summary>
    public static string NewToken() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>Host, port and path.</summary>
    public string AddressOf(string token) =>
        $"{new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Authority}/{token}";

    public void Add(string token, Sandbox sandbox) => _sandboxes[token] = sandbox;

    public void Remove(string token) => _sandboxes.TryRemove(token, out _);

    private Task Handle(HttpContext http)
    {
        var path = (http.Request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (path is not [var token, Version, "runtime", .. var rest] || !_sandboxes.TryGetValue(token, out var sandbox))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        return (http.Request.Method, rest) switch
        {
            ("GET", ["invocation", "next"]) => Next(http, sandbox),
            ("POST", ["invocation", var id, "response"]) => Respond(http, sandbox, id),
            ("POST", ["invocation", var id, "error"]) => Fail(http, sandbox, id),
            ("POST", ["init", "error"]) => FailInit(http, sandbox),
            _ => Refuse(http, StatusCodes.Status404NotFound, "InvalidOperation", "There is no such operation."),
        };
    }

    private static async Task Next(HttpContext http, Sandbox sandbox)
    {
        Invocation? invocation;
        try
        {
            invocation = await sandbox.Next(http.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // The process has gone.
            return;
        }

        if (invocation is null)
        {
            await Refuse(http, StatusCodes.Status403Forbidden, "InvalidStateTransition", "An invocation is still to be answered.");
            return;
        }

        var headers = http.Response.Headers;
        headers["Lambda-Runtime-Aws-Request-Id"] = invocation.Call.RequestId;
        headers["Lambda-Runtime-Deadline-Ms"] = invocation.Deadline.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        headers["Lambda-Runtime-Invoked-Function-Arn"] = sandbox.Arn;
        headers["Lambda-Runtime-Trace-Id"] = TraceId(invocation);
        if (invocation.Call.ClientContext is { } context)
        {
            headers["Lambda-Runtime-Client-Context"] = context;
        }

        http.Response.ContentType = "application/json";
        http.Response.ContentLength = invocation.Call.Payload.Length;
        await http.Response.Body.WriteAsync(invocation.Call.Payload, CancellationToken.None);
    }

    private static string TraceId(Invocation invocation) => string.Create(
        CultureInfo.InvariantCulture,
        $"Root=1-{invocation.Deadline.ToUnixTimeSeconds():x8}-{RandomNumberGenerator.GetHexString(24, lowercase: true)};Sampled=0");

    private static async Task Respond(HttpContext http, Sandbox sandbox, string id)
    {
        if (await Read(http, MostResponse) is not { } body)
        {
            sandbox.Take(id, Errors.TooLarge(), failed: true);
            await Refuse(
                http, StatusCodes.Status413PayloadTooLarge, "RequestEntityTooLarge",
                $"Exceeded maximum allowed payload size ({MostResponse} bytes).");
            return;
        }

        await Answer(http, sandbox.Take(id, body, failed: false));
    }

    private static async Task Fail(HttpContext http, Sandbox sandbox, string id)
    {
        var body = await Read(http, MostError) ?? Errors.TooLarge();
        await Answer(http, sandbox.Take(id, body, failed: true));
    }

    private static async Task FailInit(HttpContext http, Sandbox sandbox)
    {
        var body = await Read(http, MostError) ?? Errors.TooLarge();
        await Answer(http, sandbox.TakeInitError(body));
    }

    /// <summary>Null where the body is larger; then it is read to its end nevertheless, so that the client hears the answer.</summary>
    private static async Task<byte[]?> Read(HttpContext http, int most)
    {
        using var body = new MemoryStream();
        var buffer = new byte[64 * 1024];
        long all = 0;
        while (await http.Request.Body.ReadAsync(buffer, http.RequestAborted) is var read and > 0)
        {
            all += read;
            if (all <= most)
            {
                body.Write(buffer, 0, read);
            }
        }

        return all <= most ? body.ToArray() : null;
    }

    private static Task Answer(HttpContext http, Sandbox.Answer answer) => answer switch
    {
        Sandbox.Answer.Taken => Write(http, StatusCodes.Status202Accepted, """{"status":"OK"}"""),
        Sandbox.Answer.WrongId => Refuse(http, StatusCodes.Status400BadRequest, "InvalidRequestID", "Invalid request ID"),
        _ => Refuse(http, StatusCodes.Status403Forbidden, "InvalidStateTransition", "Transition is not allowed"),
    };

    private static Task Refuse(HttpContext http, int status, string type, string message) =>
        Write(http, status, $$"""{"errorMessage":"{{message}}","errorType":"{{type}}"}""");

    private static Task Write(HttpContext http, int status, string json)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = json.Length;
        return http.Response.WriteAsync(json, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _app.DisposeAsync();
    }

    /// <summary>It lives as long as the host that made it, and signals are not its matter.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
