using System.Globalization;
using System.Text;
using System.Text.Json;
using Carillon.Core.Functions;
using Carillon.Core.Gateway;
using Carillon.Server.Http;
using Carillon.Server.Outbound;

namespace Carillon.Server.Gateway;

/// <summary>Where a route's events go.</summary>
internal abstract class Integration
{
    /// <summary>Does not throw, except for a bug.</summary>
    public abstract Task<IntegrationResult> Run(GatewayEvent what, CancellationToken cancellation);
}

/// <summary>What integrations are run with.</summary>
internal sealed record IntegrationTools(
    IFunctionInvoker Functions, OutboundHttp Outbound, GatewayHandlers Handlers, Func<GatewayHub> Hub, TimeProvider Time, GatewayLimits Limits,
    Arns Arns, Action<Exception, string> Failed)
{
    /// <summary>The gateway, as functions see it that it invokes.</summary>
    /// <param name="api">Whose event it is.</param>
    /// <param name="source">What of it: <c>{stage}/{routeKey}</c> or <c>authorizers/{id}</c>.</param>
    /// <param name="role">ARN; null or empty for none.</param>
    public InvokingService Gateway(string api, string source, string? role) => new(
        "apigateway.amazonaws.com", $"arn:aws:execute-api:{Arns.Region}:{Arns.Account}:{api}/{source}", string.IsNullOrEmpty(role) ? null : role);
}

/// <summary>AWS_PROXY to a function.</summary>
/// <param name="function">Its ARN; null where the stage's variables make none.</param>
/// <param name="role">Of a role that invokes it; null where the function's policy lets the gateway.</param>
internal sealed class FunctionIntegration(
    string? function, string? role, IReadOnlyDictionary<string, string> stageVariables, TimeSpan timeout, IntegrationTools tools) : Integration
{
    public override async Task<IntegrationResult> Run(GatewayEvent what, CancellationToken cancellation)
    {
        if (function is null)
        {
            return IntegrationResult.Failed(IntegrationOutcome.NotPossible);
        }

        var by = tools.Gateway(what.Peer.Api, $"{what.Peer.Stage}/{what.RouteKey}", role);
        var invoked = await tools.Functions.Invoke(function, what.ToProxyEvent(stageVariables), by, timeout, cancellation);
        return invoked.Status switch
        {
            InvokedStatus.Answered when invoked.FunctionError is null => IntegrationResult.OfProxy(invoked.Payload),
            InvokedStatus.Answered or InvokedStatus.CannotRun => IntegrationResult.Failed(IntegrationOutcome.Malformed),
            InvokedStatus.TimedOut => IntegrationResult.Failed(IntegrationOutcome.TimedOut),
            InvokedStatus.Unreachable => IntegrationResult.Failed(IntegrationOutcome.Unreachable),
            _ => IntegrationResult.Failed(IntegrationOutcome.NotPossible),
        };
    }

    /// <summary>The function of an invocation URI, or a bare ARN; null for anything else.</summary>
    public static string? FunctionOf(string uri)
    {
        const string path = ":lambda:path/2015-03-31/functions/";
        const string end = "/invocations";
        if (uri.StartsWith("arn:", StringComparison.Ordinal) && uri.IndexOf(path, StringComparison.Ordinal) is var at and > 0
            && uri.EndsWith(end, StringComparison.Ordinal) && uri.Length > at + path.Length + end.Length)
        {
            return uri[(at + path.Length)..^end.Length];
        }

        const string kind = ":function:";
        return uri.StartsWith("arn:", StringComparison.Ordinal) && uri.Contains(":lambda:", StringComparison.Ordinal)
            && uri.IndexOf(kind, StringComparison.Ordinal) is var name and > 0
            && uri.AsSpan(name + kind.Length) is [not ':', ..] ? uri : null;
    }
}

/// <summary>A handler in this process.</summary>
internal sealed class HandlerIntegration(string name, TimeSpan timeout, IntegrationTools tools) : Integration
{
    public const string Scheme = "carillon:handler/";

    public override async Task<IntegrationResult> Run(GatewayEvent what, CancellationToken cancellation)
    {
        if (tools.Handlers.Find(name) is not { } handler)
        {
            return IntegrationResult.Failed(IntegrationOutcome.NotPossible);
        }

        try
        {
            var running = handler(new GatewayCall(what, tools.Hub(), cancellation));
            var reply = running.IsCompletedSuccessfully ? running : running.WaitAsync(timeout, tools.Time, cancellation);
            return Of(await reply);
        }
        catch (TimeoutException)
        {
            return IntegrationResult.Failed(IntegrationOutcome.TimedOut);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // A fault of a handler is its client's to hear of, and the operator's; it is logged.
        catch (Exception e)
#pragma warning restore CA1031
        {
            tools.Failed(e, name);
            return IntegrationResult.Failed(IntegrationOutcome.Malformed);
        }
    }

    private static IntegrationResult Of(GatewayReply? reply) => reply is null
        ? IntegrationResult.Nothing
        : new(
            IntegrationOutcome.Answered, reply.StatusCode, reply.Body is null ? default : Encoding.UTF8.GetBytes(reply.Body),
            reply.Protocol is null ? [] : [new("Sec-WebSocket-Protocol", reply.Protocol)]);
}

internal static partial class HandlerLog
{
    [LoggerMessage(8010, LogLevel.Error, "The handler {Name} failed.")]
    public static partial void HandlerFailed(this ILogger<HandlerIntegration> log, Exception exception, string name);
}

/// <summary>HTTP_PROXY: the message as it came to a URL of the API's author, at a place that the operator allows.</summary>
internal sealed class HttpIntegration(
    string uri, HttpMethod method, Mapping mapping, TimeSpan timeout, IntegrationTools tools) : Integration
{
    public override async Task<IntegrationResult> Run(GatewayEvent what, CancellationToken cancellation)
    {
        var (url, headers) = mapping.Apply(uri, what);
        if (Webhooks.Url(url) is not { } target)
        {
            return IntegrationResult.Failed(IntegrationOutcome.NotPossible);
        }

        using var request = new HttpRequestMessage(method, target);
        if (!what.Body.IsEmpty && method != HttpMethod.Get && method != HttpMethod.Head)
        {
            request.Content = new ReadOnlyMemoryContent(what.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        }

        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value) && request.Content is { } content)
            {
                content.Headers.Remove(name);
                content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        try
        {
            var answer = await tools.Outbound.Send(request, timeout, cancellation);
            return System.Text.Unicode.Utf8.IsValid(answer.Body)
                ? new(IntegrationOutcome.Answered, answer.Status, answer.Body, [])
                : IntegrationResult.Failed(IntegrationOutcome.Malformed);
        }
        catch (OutboundException e)
        {
            return IntegrationResult.Failed(
                e.InnerException is OperationCanceledException ? IntegrationOutcome.TimedOut : IntegrationOutcome.Unreachable);
        }
    }
}

/// <summary>MOCK: an answer that stands in the definition.</summary>
internal sealed class MockIntegration(IntegrationResult result) : Integration
{
    /// <summary>Templates here are plain text; those with variables are refused where they are defined.</summary>
    public static MockIntegration Of(IntegrationDefinition definition, IReadOnlyList<IntegrationResponseDefinition> responses)
    {
        // The template selects the status; without any it is what a mock is for.
        var status = 200;
        if (definition.RequestTemplates is { Count: > 0 } templates)
        {
            var chosen = definition.TemplateSelectionExpression is { } key && templates.TryGetValue(key.TrimStart('\\'), out var named)
                ? named
                : templates.GetValueOrDefault("$default") ?? templates.Values.First();
            status = StatusOf(chosen) ?? 0;
        }

        if (status == 0)
        {
            return new(IntegrationResult.Failed(IntegrationOutcome.NotPossible));
        }

        var text = status.ToString(CultureInfo.InvariantCulture);
        var response = responses.FirstOrDefault(r => Matches(r.IntegrationResponseKey!, text))
            ?? responses.FirstOrDefault(r => r.IntegrationResponseKey == "$default");
        var body = response?.ResponseTemplates is { Count: > 0 } bodies
            ? bodies.GetValueOrDefault(response.TemplateSelectionExpression?.TrimStart('\\') ?? "$default") ?? bodies.Values.First()
            : "";
        return new(new(IntegrationOutcome.Answered, status, Encoding.UTF8.GetBytes(body), []));
    }

    private static bool Matches(string key, string status) => key.Length > 2 && key[0] == '/' && key[^1] == '/'
        && System.Text.RegularExpressions.Regex.IsMatch(
            status, $"^(?:{key[1..^1]})$", System.Text.RegularExpressions.RegexOptions.NonBacktracking);

    private static int? StatusOf(string template)
    {
        try
        {
            using var document = JsonDocument.Parse(template);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("statusCode", out var code) && code.TryGetInt32(out var status) ? status : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    public override Task<IntegrationResult> Run(GatewayEvent what, CancellationToken cancellation) => Task.FromResult(result);
}
