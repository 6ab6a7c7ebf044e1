using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Carillon.Kit;
using Carillon.Kit.SignIn;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Carillon.Start;

/// <summary>The page at <c>/</c> and <c>/sign-in</c>, its files, and the endpoints below <c>/start/</c>.</summary>
public static class StartApp
{
    /// <summary>What any request of the page may hold at most, in bytes. Our choice.</summary>
    private const int bodyLimit = 4096;

    private static readonly string[] readOnlyMethods = [HttpMethods.Get, HttpMethods.Head];
    private static readonly string[] post = [HttpMethods.Post];

    /// <summary>
    /// Maps everything. Signed API requests must have been answered before routing comes here: STS may be asked with
    /// <c>GET /</c> too.
    /// </summary>
    public static void MapStart(this IEndpointRouteBuilder routes, StartOptions options)
    {
        var time = routes.ServiceProvider.GetService<TimeProvider>() ?? TimeProvider.System;
        var log = routes.ServiceProvider.GetRequiredService<ILoggerFactory>().CreateLogger("Carillon.Start");
        // One loopback hop to the platform: no proxy may come between, and a signature holds for one host only.
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
        {
            Timeout = TimeSpan.FromSeconds(15),
        };
        var demo = new DemoRoom(
            () => new PlatformClient(http, options.Addresses().Endpoint, options.Region, options.Root, time),
            options.Account);
        var app = new Requests(options, demo, log);

        var files = WebFiles.Of(typeof(StartApp).Assembly);
        foreach (var path in files.Paths.Where(p => p != "/index.html"))
            Map(path, readOnlyMethods, context => files.Find(path)!.SendAsync(context));
        foreach (var path in new[] { "/", "/sign-in" })
            Map(path, readOnlyMethods, context =>
                files.Find("/index.html") is { } page ? page.SendAsync(context) : WithoutPage(context));

        Map("/start/status", readOnlyMethods, app.StatusAsync);
        Map("/start/ca.pem", readOnlyMethods, app.CaPemAsync);
        Map("/start/sign-in", post, app.SignInAsync);
        Map("/start/sign-out", post, app.SignOutAsync);
        Map("/start/demo", post, app.DemoAsync);

        void Map(string path, string[] methods, RequestDelegate handle) =>
            routes.MapMethods(path, methods, context =>
            {
                PageHeaders.Write(context.Response, options.Addresses());
                return handle(context);
            });
    }

    private static Task WithoutPage(HttpContext context)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(
            "Carillon is running. This build has no pages: install Node 20.19 or newer and build again.\n");
    }

    private sealed class Requests(StartOptions options, DemoRoom demo, ILogger log)
    {
        public async Task StatusAsync(HttpContext context)
        {
            var addresses = options.Addresses();
            var facts = await options.Facts(context.RequestAborted);
            var forOperator = options.Operators.Holds(context)
                ? new OperatorAnswer(options.DataFolder, options.CredentialsFile, facts.Sessions)
                : null;
            await AnswerAsync(context, 200, new StatusAnswer(
                options.Version, options.Region, options.Account, facts.Ready, addresses.Plain.AbsoluteUri,
                addresses.Tls?.AbsoluteUri, options.CaPemPath is not null, MayDemo(context), options.Faces, forOperator),
                StartJson.Default.StatusAnswer);
        }

        public async Task CaPemAsync(HttpContext context)
        {
            var pem = options.CaPemPath is { } path && File.Exists(path)
                ? await File.ReadAllTextAsync(path, context.RequestAborted)
                : null;
            // A file with a key in it is not the file that was meant.
            if (pem is null || pem.Contains("PRIVATE KEY", StringComparison.Ordinal))
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }
            context.Response.ContentType = "application/x-pem-file";
            context.Response.Headers.ContentDisposition = "attachment; filename=\"carillon-ca.pem\"";
            context.Response.Headers.CacheControl = "no-cache";
            await context.Response.WriteAsync(pem, context.RequestAborted);
        }

        public async Task SignInAsync(HttpContext context)
        {
            if (!Origins.IsOwn(context.Request))
            {
                await RefuseAsync(context, 403, "ForeignOrigin");
                return;
            }
            var request = await ReadAsync(context, StartJson.Default.SignInRequest);
            var redemption = string.IsNullOrEmpty(request?.Token) ? Redemption.Unknown : options.Tokens.Redeem(request.Token);
            if (redemption == Redemption.Accepted)
            {
                options.Operators.Open(context);
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                return;
            }
            await RefuseAsync(context, 403, redemption switch
            {
                Redemption.Used => "SignInUsed",
                Redemption.Expired => "SignInExpired",
                _ => "SignInInvalid",
            });
        }

        public async Task SignOutAsync(HttpContext context)
        {
            if (!Origins.IsOwn(context.Request))
            {
                await RefuseAsync(context, 403, "ForeignOrigin");
                return;
            }
            options.Operators.Close(context);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }

        public async Task DemoAsync(HttpContext context)
        {
            if (!MayDemo(context))
            {
                await RefuseAsync(context, 403, "DemoLoopbackOnly");
                return;
            }
            if (!Origins.IsOwn(context.Request))
            {
                await RefuseAsync(context, 403, "ForeignOrigin");
                return;
            }
            try
            {
                var request = await ReadAsync(context, StartJson.Default.DemoRequest);
                if (await demo.PassForAsync(request?.As, context.RequestAborted) is not { } pass)
                {
                    await RefuseAsync(context, 400, "BadRequestException");
                    return;
                }
                await AnswerAsync(context, 200, new DemoAnswer(
                    pass.Credentials, pass.AppInstanceArn, pass.UserArn, pass.ChannelArn, pass.Expiration, options.Region,
                    $"{context.Request.Scheme}://{context.Request.Host}"), StartJson.Default.DemoAnswer);
            }
            catch (Exception refused) when (refused is PlatformException or HttpRequestException)
            {
                demo.Forget();
                StartLog.DemoUnavailable(log, refused.Message);
                await RefuseAsync(context, 503, "DemoUnavailable");
            }
        }

        private bool MayDemo(HttpContext context) => options.LoopbackOnly && Origins.IsLoopbackName(context.Request);
    }

    /// <summary>Null when the body is not such JSON, is not declared as JSON, or is longer than any request of the page.</summary>
    private static async Task<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        // A form of another site cannot declare JSON without asking first.
        if (!context.Request.HasJsonContentType()) return null;
        var buffer = new byte[bodyLimit + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(
            buffer, buffer.Length, throwOnEndOfStream: false, context.RequestAborted);
        if (length > bodyLimit) return null;
        try
        {
            return JsonSerializer.Deserialize(buffer.AsSpan(0, length), type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Task RefuseAsync(HttpContext context, int status, string code) =>
        AnswerAsync(context, status, new Refusal(code), StartJson.Default.Refusal);

    private static Task AnswerAsync<T>(HttpContext context, int status, T answer, JsonTypeInfo<T> type)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.Body.WriteAsync(
            JsonSerializer.SerializeToUtf8Bytes(answer, type), context.RequestAborted).AsTask();
    }
}

internal static partial class StartLog
{
    [LoggerMessage(4001, LogLevel.Warning, "The sample chat could not be prepared: {Reason}")]
    public static partial void DemoUnavailable(ILogger log, string reason);
}
