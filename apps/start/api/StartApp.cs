using Carillon.Kit;
using Carillon.Kit.Pages;
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
        var http = PlatformClient.NewHttp();
        var demo = new DemoRoom(
            () => new PlatformClient(http, options.Addresses().Endpoint, options.Region, options.Root, time),
            options.Account);
        var app = new Requests(options, demo, log);
        var signIn = new OperatorSignIn(options.Tokens, options.Operators);

        WebFiles.Of(typeof(StartApp).Assembly).Map((path, send) => Map(path, readOnlyMethods, send), "/", "/sign-in");

        Map("/start/status", readOnlyMethods, app.StatusAsync);
        Map("/start/ca.pem", readOnlyMethods, app.CaPemAsync);
        Map("/start/sign-in", post, signIn.SignInAsync);
        Map("/start/sign-out", post, signIn.SignOutAsync);
        Map("/start/demo", post, app.DemoAsync);

        void Map(string path, string[] methods, RequestDelegate handle) =>
            routes.MapMethods(path, methods, context =>
            {
                PageHeaders.Write(context.Response, OriginsOf(options.Addresses()));
                return handle(context);
            });
    }

    private static IEnumerable<string> OriginsOf(PlatformAddresses addresses)
    {
        yield return PageHeaders.Origin(addresses.Plain.Scheme, addresses.Plain);
        if (addresses.Tls is not { } tls) yield break;
        yield return PageHeaders.Origin("https", tls);
        yield return PageHeaders.Origin("wss", tls);
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
            await PageRequests.AnswerAsync(context, 200, new StatusAnswer(
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

        public async Task DemoAsync(HttpContext context)
        {
            if (!MayDemo(context))
            {
                await PageRequests.RefuseAsync(context, 403, "DemoLoopbackOnly");
                return;
            }
            if (!Origins.IsOwn(context.Request))
            {
                await PageRequests.RefuseAsync(context, 403, "ForeignOrigin");
                return;
            }
            try
            {
                var request = await PageRequests.ReadAsync(context, StartJson.Default.DemoRequest);
                if (await demo.PassForAsync(request?.As, context.RequestAborted) is not { } pass)
                {
                    await PageRequests.RefuseAsync(context, 400, "BadRequestException");
                    return;
                }
                await PageRequests.AnswerAsync(context, 200, new DemoAnswer(
                    pass.Credentials, pass.AppInstanceArn, pass.UserArn, pass.ChannelArn, pass.Expiration, options.Region,
                    $"{context.Request.Scheme}://{context.Request.Host}"), StartJson.Default.DemoAnswer);
            }
            catch (Exception refused) when (refused is PlatformException or HttpRequestException)
            {
                demo.Forget();
                StartLog.DemoUnavailable(log, refused.Message);
                await PageRequests.RefuseAsync(context, 503, "DemoUnavailable");
            }
        }

        private bool MayDemo(HttpContext context) => options.LoopbackOnly && Origins.IsLoopbackName(context.Request);
    }
}

internal static partial class StartLog
{
    [LoggerMessage(4001, LogLevel.Warning, "The sample chat could not be prepared: {Reason}")]
    public static partial void DemoUnavailable(ILogger log, string reason);
}
