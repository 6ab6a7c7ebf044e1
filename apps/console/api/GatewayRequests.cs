using System.Net;
using System.Text.Json;
using Carillon.Kit;
using Carillon.Kit.Pages;
using Microsoft.AspNetCore.Http;

namespace Carillon.Console;

/// <summary>What the page asks about the gateway, asked of the platform with a signature.</summary>
internal sealed class GatewayRequests(Func<PlatformClient> platform)
{
    private const string watch = "/carillon/gateway";
    private const string activity = "/carillon/functions";
    private const string lambda = "/2015-03-31/functions";

    public async Task ApisAsync(HttpContext context) => await AnswerAsync(
        context, await WatchAsync(context, "/apis" + Query(context, "search", "nextToken", "maxResults")));

    public async Task ApiAsync(HttpContext context) => await AnswerAsync(
        context, await WatchAsync(context, $"/apis/{Label(context, "api")}"));

    public async Task ConnectionsAsync(HttpContext context) => await AnswerAsync(
        context, await WatchAsync(context, $"{Stage(context)}/connections{Query(context, "nextToken", "maxResults")}"));

    public async Task EventsAsync(HttpContext context) => await AnswerAsync(
        context, await WatchAsync(context, $"{Stage(context)}/events{Query(context, "after", "maxResults")}"));

    public async Task DisconnectAsync(HttpContext context)
    {
        await platform().RestAsync(
            "execute-api", HttpMethod.Delete,
            $"/ws/{Label(context, "api")}/{Label(context, "stage")}/@connections/{Label(context, "id")}", context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    public async Task FunctionsAsync(HttpContext context)
    {
        var query = context.Request.Query["marker"] is [{ Length: > 0 } marker] ? $"?Marker={Uri.EscapeDataString(marker)}" : "";
        try
        {
            var client = platform();
            var functions = await client.RestAsync("lambda", HttpMethod.Get, $"{lambda}/{query}", context.RequestAborted);
            var doing = await client.RestAsync("lambda", HttpMethod.Get, activity + query, context.RequestAborted);
            await PageRequests.AnswerAsync(
                context, 200,
                new FunctionsAnswer(
                    false, [.. functions.GetProperty("Functions").EnumerateArray().Select(Told)],
                    [.. doing.GetProperty("Functions").EnumerateArray()], functions.Text("NextMarker")),
                ConsoleJson.Default.FunctionsAnswer);
        }
        catch (PlatformException refused) when (refused.Status == HttpStatusCode.Forbidden)
        {
            // The owner of the account may do everything, so this says that there is nothing to do it with.
            await PageRequests.AnswerAsync(context, 200, new FunctionsAnswer(true, [], [], null), ConsoleJson.Default.FunctionsAnswer);
        }
    }

    public async Task FunctionAsync(HttpContext context)
    {
        var client = platform();
        var name = Label(context, "function");
        var configuration = await client.RestAsync(
            "lambda", HttpMethod.Get, $"{lambda}/{name}/configuration", context.RequestAborted);
        var doing = await client.RestAsync("lambda", HttpMethod.Get, $"{activity}/{name}?lines=500", context.RequestAborted);
        await PageRequests.AnswerAsync(
            context, 200, new FunctionAnswer(Told(configuration), doing), ConsoleJson.Default.FunctionAnswer);
    }

    /// <summary>Variables of functions hold secrets; the page shows none, so none go there.</summary>
    private static JsonElement Told(JsonElement configuration)
    {
        var told = configuration.EnumerateObject().Where(p => p.Name != "Environment").ToDictionary(p => p.Name, p => p.Value);
        return JsonSerializer.SerializeToElement(told, ConsoleJson.Default.DictionaryStringJsonElement);
    }

    private Task<JsonElement> WatchAsync(HttpContext context, string path) =>
        platform().RestAsync("apigateway", HttpMethod.Get, watch + path, context.RequestAborted);

    private static string Stage(HttpContext context) => $"/apis/{Label(context, "api")}/stages/{Label(context, "stage")}";

    private static string Label(HttpContext context, string name) => Uri.EscapeDataString((string)context.Request.RouteValues[name]!);

    /// <summary>Those members of the query that the platform takes.</summary>
    private static string Query(HttpContext context, params string[] names)
    {
        var pairs = names.Where(name => context.Request.Query[name] is [{ Length: > 0 }])
            .Select(name => $"{name}={Uri.EscapeDataString(context.Request.Query[name].ToString())}");
        return string.Join('&', pairs) is { Length: > 0 } query ? "?" + query : "";
    }

    private static Task AnswerAsync(HttpContext context, JsonElement answer) =>
        PageRequests.AnswerAsync(context, 200, answer, ConsoleJson.Default.JsonElement);
}
