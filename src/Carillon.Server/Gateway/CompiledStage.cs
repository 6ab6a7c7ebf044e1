using System.Collections.Frozen;
using Carillon.Core.Gateway;
using Carillon.Server.Http.Throttling;

namespace Carillon.Server.Gateway;

/// <summary>A route as it runs.</summary>
/// <param name="Integration">Null where nothing is behind it: events end there.</param>
/// <param name="IsTwoWay">Whether its client is told what the integration answers.</param>
/// <param name="Rate">Null where nothing throttles it.</param>
internal sealed record CompiledRoute(
    RouteDefinition Definition, Integration? Integration, bool IsTwoWay, AuthorizerDefinition? Authorizer, Rate? Rate, RequestModels? Models)
{
    public string Key => Definition.RouteKey!;
}

/// <summary>What a message selects.</summary>
/// <param name="Route">Null where none takes it.</param>
/// <param name="Key">What its selection expression says, shortened where no route has it.</param>
internal readonly record struct Selected(CompiledRoute? Route, string? Key, TracedReason Reason);

/// <summary>A stage as it runs: what was deployed with the stage's own settings, made once and never changed.</summary>
internal sealed class CompiledStage
{
    public const string Connect = "$connect";
    public const string Disconnect = "$disconnect";
    public const string Default = "$default";

    private readonly SelectionExpression _selection;
    private readonly FrozenDictionary<string, CompiledRoute> _routes;

    /// <param name="snapshot">What was deployed.</param>
    /// <param name="stage">Its own settings.</param>
    /// <param name="tools">What integrations are run with.</param>
    /// <exception cref="FormatException">It cannot run; the sentence says why.</exception>
    public CompiledStage(ApiSnapshot snapshot, StageDefinition stage, IntegrationTools tools)
    {
        Variables = stage.StageVariables ?? [];
        _selection = SelectionExpression.Parse(snapshot.Api.RouteSelectionExpression
            ?? throw new FormatException("The API has no routeSelectionExpression."));
        var integrations = snapshot.Integrations.ToDictionary(
            i => i.IntegrationId ?? throw new FormatException("An integration has no integrationId."),
            i => IntegrationOf(i, snapshot, tools), StringComparer.Ordinal);
        var routes = new Dictionary<string, CompiledRoute>(StringComparer.Ordinal);
        foreach (var route in snapshot.Routes)
        {
            var key = route.RouteKey ?? throw new FormatException("A route has no routeKey.");
            if (!routes.TryAdd(key, RouteOf(route, snapshot, stage, integrations)))
            {
                throw new FormatException($"The route {key} is there twice.");
            }
        }

        _routes = routes.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public IReadOnlyDictionary<string, string> Variables { get; }

    public CompiledRoute? Find(string key) => _routes.GetValueOrDefault(key);

    public IEnumerable<CompiledRoute> Routes => _routes.Values;

    /// <summary>What chooses routes, as it was written.</summary>
    public string Expression => _selection.Text;

    /// <summary>The route of a message.</summary>
    /// <remarks>AWS leaves open what a message with the name of a lifecycle route does; it never runs one here.</remarks>
    public Selected Select(ReadOnlyMemory<byte> message)
    {
        var key = _selection.Evaluate(message);
        return key is not ("" or Connect or Disconnect) && _routes.TryGetValue(key, out var own) ? new(own, key, TracedReason.Own)
            : _routes.TryGetValue(Default, out var rest) ? new(rest, TracedEvent.Shortened(key), TracedReason.Default)
            : new(null, TracedEvent.Shortened(key), TracedReason.None);
    }

    private static CompiledRoute RouteOf(
        RouteDefinition route, ApiSnapshot snapshot, StageDefinition stage, Dictionary<string, Integration> integrations)
    {
        const string prefix = "integrations/";
        Integration? integration = null;
        if (route.Target is { Length: > 0 } target)
        {
            integration = target.StartsWith(prefix, StringComparison.Ordinal) && integrations.TryGetValue(target[prefix.Length..], out var found)
                ? found
                : throw new FormatException($"The target {target} of the route {route.RouteKey} is not there.");
        }

        AuthorizerDefinition? authorizer = null;
        if (route.AuthorizerId is { Length: > 0 } id)
        {
            authorizer = snapshot.Authorizers.FirstOrDefault(a => a.AuthorizerId == id)
                ?? throw new FormatException($"The authorizer {id} of the route {route.RouteKey} is not there.");
        }

        var isTwoWay = route.RouteResponseSelectionExpression == Default && snapshot.RouteResponses.Any(
            r => r.RouteId == route.RouteId && r.RouteResponseKey == Default);
        return new(
            route, integration, isTwoWay, authorizer, RateOf(route.RouteKey!, stage),
            RequestModels.Of(route, snapshot.Models));
    }

    private static Rate? RateOf(string key, StageDefinition stage)
    {
        var own = stage.RouteSettings?.GetValueOrDefault(key);
        var perSecond = own?.ThrottlingRateLimit ?? stage.DefaultRouteSettings?.ThrottlingRateLimit;
        var burst = own?.ThrottlingBurstLimit ?? stage.DefaultRouteSettings?.ThrottlingBurstLimit;

        // A rate without a bucket holds a second's worth; a bucket without a rate is AWS's account rate.
        return perSecond is null && burst is null
            ? null
            : new(key, RateScope.Account, perSecond ?? 10_000, burst ?? Math.Max(1, perSecond!.Value), "the stage's settings", []);
    }

    private Integration IntegrationOf(IntegrationDefinition definition, ApiSnapshot snapshot, IntegrationTools tools)
    {
        var timeout = TimeSpan.FromMilliseconds(definition.TimeoutInMillis ?? tools.Limits.Integration.TotalMilliseconds);
        timeout = timeout < tools.Limits.Integration ? timeout : tools.Limits.Integration;
        var uri = Substitute(definition.IntegrationUri ?? "", Variables);
        switch (definition.IntegrationType)
        {
            case "AWS_PROXY" when uri.StartsWith(HandlerIntegration.Scheme, StringComparison.Ordinal):
                return new HandlerIntegration(uri[HandlerIntegration.Scheme.Length..], timeout, tools);
            case "AWS_PROXY":
                var function = FunctionIntegration.FunctionOf(uri);
                return function is not null || uri != definition.IntegrationUri
                    ? new FunctionIntegration(function, definition.CredentialsArn, Variables, timeout, tools)
                    : throw new FormatException($"The integration {definition.IntegrationId} names no function.");
            case "HTTP_PROXY":
                return new HttpIntegration(
                    uri, new HttpMethod(definition.IntegrationMethod is null or "ANY" ? "POST" : definition.IntegrationMethod),
                    new Mapping(definition.RequestParameters ?? [], Variables), timeout, tools);
            case "MOCK":
                return MockIntegration.Of(
                    definition, [.. snapshot.IntegrationResponses.Where(r => r.IntegrationId == definition.IntegrationId)]);
            default:
                throw new FormatException($"The integration type {definition.IntegrationType} is not supported.");
        }
    }

    /// <summary>Puts stage variables in: <c>${stageVariables.name}</c>. One that is not set is nothing.</summary>
    public static string Substitute(string text, IReadOnlyDictionary<string, string> variables)
    {
        const string start = "${stageVariables.";
        for (var at = text.IndexOf(start, StringComparison.Ordinal); at >= 0; at = text.IndexOf(start, at, StringComparison.Ordinal))
        {
            var end = text.IndexOf('}', at);
            if (end < 0)
            {
                return text;
            }

            var value = variables.GetValueOrDefault(text[(at + start.Length)..end]) ?? "";
            text = text[..at] + value + text[(end + 1)..];
            at += value.Length;
        }

        return text;
    }
}
