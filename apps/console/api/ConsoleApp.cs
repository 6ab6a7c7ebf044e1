using System.Text.Json;
using System.Text.Json.Serialization;
using Carillon.Kit;
using Carillon.Kit.Pages;
using Carillon.Kit.SignIn;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Carillon.Console;

/// <summary>The console at <c>/console</c>, its files, and the endpoints below <c>/console/api/</c>, for operators alone.</summary>
public static class ConsoleApp
{
    private const string root = "/console/api";

    private static readonly string[] readOnlyMethods = [HttpMethods.Get, HttpMethods.Head];
    private static readonly string[] get = [HttpMethods.Get];
    private static readonly string[] post = [HttpMethods.Post];

    /// <summary>Maps everything.</summary>
    public static void MapConsole(this IEndpointRouteBuilder routes, ConsoleOptions options)
    {
        var time = routes.ServiceProvider.GetService<TimeProvider>() ?? TimeProvider.System;
        var log = routes.ServiceProvider.GetRequiredService<ILoggerFactory>().CreateLogger("Carillon.Console");
        var http = PlatformClient.NewHttp();
        var gateway = new GatewayRequests(
            () => new PlatformClient(http, options.Addresses().Endpoint, options.Region, options.Root, time));
        var signIn = new OperatorSignIn(options.Tokens, options.Operators);

        WebFiles.Of(typeof(ConsoleApp).Assembly).Map((path, send) => Map(path, readOnlyMethods, send), "/console", "/console/gateway/{**rest}");

        Map($"{root}/sign-in", post, signIn.SignInAsync);
        Map($"{root}/sign-out", post, signIn.SignOutAsync);
        ForOperators("/session", get, SessionAsync);
        ForOperators("/gateway/apis", get, gateway.ApisAsync);
        ForOperators("/gateway/apis/{api}", get, gateway.ApiAsync);
        ForOperators("/gateway/apis/{api}/stages/{stage}/connections", get, gateway.ConnectionsAsync);
        ForOperators("/gateway/apis/{api}/stages/{stage}/events", get, gateway.EventsAsync);
        ForOperators("/gateway/apis/{api}/stages/{stage}/connections/{id}/disconnect", post, gateway.DisconnectAsync);
        ForOperators("/gateway/functions", get, gateway.FunctionsAsync);
        ForOperators("/gateway/functions/{function}", get, gateway.FunctionAsync);

        Task SessionAsync(HttpContext context)
        {
            var addresses = options.Addresses();
            return PageRequests.AnswerAsync(
                context, 200,
                new SessionAnswer(options.Region, options.Account, addresses.Plain.AbsoluteUri, addresses.Tls?.AbsoluteUri),
                ConsoleJson.Default.SessionAnswer);
        }

        // Who is not signed in learns nothing, not even whether something is there; what changes anything must come from a page of ours.
        void ForOperators(string path, string[] methods, RequestDelegate handle) =>
            Map(root + path, methods, async context =>
            {
                if (!options.Operators.Holds(context))
                {
                    await PageRequests.RefuseAsync(context, StatusCodes.Status401Unauthorized, "SignedOut");
                }
                else if (!HttpMethods.IsGet(context.Request.Method) && !Origins.IsOwn(context.Request))
                {
                    await PageRequests.RefuseAsync(context, StatusCodes.Status403Forbidden, "ForeignOrigin");
                }
                else
                {
                    await AnsweredAsync(context, handle);
                }
            });

        async Task AnsweredAsync(HttpContext context, RequestDelegate handle)
        {
            try
            {
                await handle(context);
            }
            catch (PlatformException refused)
            {
                await PageRequests.RefuseAsync(context, (int)refused.Status, refused.Code);
            }
            catch (Exception unreachable) when (unreachable is HttpRequestException || IsTimeout(unreachable, context))
            {
                ConsoleLog.PlatformUnreachable(log, unreachable.Message);
                await PageRequests.RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "PlatformUnreachable");
            }
        }

        void Map(string path, string[] methods, RequestDelegate handle) =>
            routes.MapMethods(path, methods, context =>
            {
                PageHeaders.Write(context.Response, OriginsOf(options.Addresses()));
                return handle(context);
            });
    }

    private static bool IsTimeout(Exception e, HttpContext context) =>
        e is TaskCanceledException && !context.RequestAborted.IsCancellationRequested;

    /// <summary>The page's test client opens sockets of WebSocket APIs itself.</summary>
    private static IEnumerable<string> OriginsOf(PlatformAddresses addresses)
    {
        yield return PageHeaders.Origin("ws", addresses.Plain);
        if (addresses.Tls is { } tls) yield return PageHeaders.Origin("wss", tls);
    }
}

/// <param name="Plain">Where people reach the platform without TLS.</param>
/// <param name="Tls">With TLS; null when it has no such listener.</param>
internal sealed record SessionAnswer(string Region, string Account, string Plain, string? Tls);

/// <param name="IsOff">Functions are not enabled on this server.</param>
internal sealed record FunctionsAnswer(
    bool IsOff, IReadOnlyList<JsonElement> Functions, IReadOnlyList<JsonElement> Activity, string? NextMarker);

internal sealed record FunctionAnswer(JsonElement Configuration, JsonElement Activity);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SessionAnswer))]
[JsonSerializable(typeof(FunctionsAnswer))]
[JsonSerializable(typeof(FunctionAnswer))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
internal sealed partial class ConsoleJson : JsonSerializerContext;

internal static partial class ConsoleLog
{
    [LoggerMessage(4101, LogLevel.Warning, "The platform does not answer the console: {Reason}")]
    public static partial void PlatformUnreachable(ILogger log, string reason);
}
