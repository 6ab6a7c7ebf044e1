using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Carillon.Core.Gateway;
using Carillon.Server.Gateway;
using Carillon.Server.Http;
using Carillon.Server.Outbound;
using Carillon.Wire.Tokens;

namespace Carillon.Server.Operations.Gateway;

/// <summary>The parts of WebSocket APIs with the rules of their members (apigatewayv2 2018-11-29; "Quotas", read 2026-11).</summary>
internal static partial class GatewayFamilies
{
    public static IReadOnlyList<GatewayFamily> All { get; } =
    [
        new(
            GatewayKind.Api, "Api", "apis", "apiId", null, GatewayJson.Default.ApiDefinition,
            """{"apiKeySelectionExpression":"$request.header.x-api-key","disableExecuteApiEndpoint":false,"ipAddressType":"ipv4","tags":{}}""",
            CheckApi),
        new(
            GatewayKind.Route, "Route", "routes", "routeId", "routeKey", GatewayJson.Default.RouteDefinition,
            """{"apiKeyRequired":false,"authorizationType":"NONE"}""", CheckRoute),
        new(
            GatewayKind.RouteResponse, "RouteResponse", "routeresponses", "routeResponseId", "routeResponseKey",
            GatewayJson.Default.RouteResponseDefinition, "{}", CheckRouteResponse, GatewayKind.Route),
        new(
            GatewayKind.Integration, "Integration", "integrations", "integrationId", null, GatewayJson.Default.IntegrationDefinition,
            """{"connectionType":"INTERNET","passthroughBehavior":"WHEN_NO_MATCH","payloadFormatVersion":"1.0","timeoutInMillis":29000}""",
            CheckIntegration),
        new(
            GatewayKind.IntegrationResponse, "IntegrationResponse", "integrationresponses", "integrationResponseId",
            "integrationResponseKey", GatewayJson.Default.IntegrationResponseDefinition, "{}", CheckIntegrationResponse, GatewayKind.Integration),
        new(
            GatewayKind.Authorizer, "Authorizer", "authorizers", "authorizerId", "name", GatewayJson.Default.AuthorizerDefinition, "{}",
            CheckAuthorizer),
        new(
            GatewayKind.Model, "Model", "models", "modelId", "name", GatewayJson.Default.ModelDefinition,
            """{"contentType":"application/json"}""", CheckModel),
        new(
            GatewayKind.Stage, "Stage", "stages", "stageName", "stageName", GatewayJson.Default.StageDefinition,
            """
            {"autoDeploy":false,"stageVariables":{},"routeSettings":{},"tags":{},
             "defaultRouteSettings":{"dataTraceEnabled":false,"detailedMetricsEnabled":false,"loggingLevel":"OFF"}}
            """,
            CheckStage),
        new(
            GatewayKind.Deployment, "Deployment", "deployments", "deploymentId", null, GatewayJson.Default.DeploymentDefinition, "{}",
            static _ => { }),
    ];

    public static GatewayFamily Of(GatewayKind kind) => All.First(f => f.Kind == kind);

    private static void CheckApi(JsonObject api)
    {
        var protocol = Text(api, "protocolType");
        Must(protocol is "WEBSOCKET" or "HTTP", "Invalid protocol specified. Must be one of [HTTP, WEBSOCKET]");
        // Differs from AWS: APIs are WebSocket APIs; HTTP APIs are refused.
        Must(protocol == "WEBSOCKET", "HTTP APIs are not supported: protocolType must be WEBSOCKET.");
        Must(Text(api, "name") is { Length: >= 1 and <= 128 }, "The name must have 1 to 128 characters.");
        Expression(api, "routeSelectionExpression", isRequired: true);
        var key = Text(api, "apiKeySelectionExpression");
        Must(
            key is "$request.header.x-api-key" or "$context.authorizer.usageIdentifierKey",
            "Invalid API key selection expression specified.");
        Must(Text(api, "ipAddressType") is "ipv4" or "dualstack", "The ipAddressType must be ipv4 or dualstack.");
    }

    private static void CheckRoute(JsonObject route)
    {
        var key = Text(route, "routeKey");
        Must(key is { Length: > 0 and <= 512 }, "The routeKey must have 1 to 512 characters.");
        Must(
            !key.StartsWith('$') || key is CompiledStage.Connect or CompiledStage.Disconnect or CompiledStage.Default,
            $"Invalid route key: {key}. Keys that begin with $ are $connect, $disconnect and $default.");
        var authorization = Text(route, "authorizationType") is { Length: > 0 } given ? given : "NONE";
        Must(
            authorization is "NONE" or "AWS_IAM" or "CUSTOM" or "JWT",
            "Invalid authorization type specified. Must be one of [NONE, AWS_IAM, CUSTOM, JWT]");
        Must(authorization == "NONE" || key == CompiledStage.Connect, "Authorization is supported only for the $connect route.");
        Must(
            authorization is not ("CUSTOM" or "JWT") || Text(route, "authorizerId") is { Length: > 0 },
            $"An authorizerId is required for the authorization type {authorization}.");
        // Differs from AWS: API keys and usage plans are not there, so a route that requires a key is refused.
        Must((bool?)route["apiKeyRequired"] != true, "API keys are not supported: apiKeyRequired must be false.");
        Must(
            Text(route, "routeResponseSelectionExpression") is null or "" or CompiledStage.Default,
            "The routeResponseSelectionExpression must be $default.");
        Expression(route, "modelSelectionExpression", isRequired: false);
    }

    private static void CheckRouteResponse(JsonObject response) => Must(
        Text(response, "routeResponseKey") == CompiledStage.Default, "Only $default is supported as the routeResponseKey of a WebSocket API.");

    private static void CheckIntegration(JsonObject integration)
    {
        var type = Text(integration, "integrationType");
        Must(
            type is "AWS" or "AWS_PROXY" or "HTTP" or "HTTP_PROXY" or "MOCK",
            "Invalid integration type specified. Must be one of [AWS, AWS_PROXY, HTTP, HTTP_PROXY, MOCK]");
        // Differs from AWS: integrations are AWS_PROXY (functions), HTTP_PROXY and MOCK; those that need mapping templates are refused.
        Must(type is not ("AWS" or "HTTP"), $"Integrations of the type {type} need mapping templates, which are not supported. Use {type}_PROXY.");
        var uri = Text(integration, "integrationUri") ?? "";
        var substituted = StageVariable().Replace(uri, "v");
        Must(
            type != "AWS_PROXY" || uri.StartsWith(HandlerIntegration.Scheme, StringComparison.Ordinal)
                || FunctionIntegration.FunctionOf(substituted) is not null,
            "Invalid integration URI specified. AWS_PROXY needs the invocation URI or the ARN of a Lambda function.");
        Must(
            type != "HTTP_PROXY" || Webhooks.Url(PathPart().Replace(substituted, "p")) is not null || uri.StartsWith("${", StringComparison.Ordinal),
            "Invalid HTTP endpoint specified for URI");
        Must(Text(integration, "connectionType") == "INTERNET", "VPC links are not supported: connectionType must be INTERNET.");
        Must((int?)integration["timeoutInMillis"] is >= 50 and <= 29_000, "Timeout should be between 50 ms and 29000 ms");
        Must(Text(integration, "contentHandlingStrategy") is null or "CONVERT_TO_TEXT", "The contentHandlingStrategy CONVERT_TO_BINARY is not supported.");
        Must(
            Text(integration, "passthroughBehavior") is "WHEN_NO_MATCH" or "NEVER" or "WHEN_NO_TEMPLATES", "Invalid passthrough behavior specified.");
        Templates(integration, "requestTemplates");
        try
        {
            _ = new Mapping(
                integration["requestParameters"] is JsonObject parameters
                    ? parameters.ToDictionary(p => p.Key, p => (string)p.Value!, StringComparer.Ordinal)
                    : [],
                new Dictionary<string, string>());
        }
        catch (FormatException e)
        {
            throw Bad(e.Message);
        }

        if (type == "MOCK")
        {
            integration["integrationResponseSelectionExpression"] = "${integration.response.statuscode}";
        }
    }

    private static void CheckIntegrationResponse(JsonObject response)
    {
        var key = Text(response, "integrationResponseKey");
        Must(
            key is CompiledStage.Default || (key is { Length: > 2 } && key[0] == '/' && key[^1] == '/' && IsPattern(key[1..^1])),
            "The integrationResponseKey must be $default or a regular expression between slashes.");
        Templates(response, "responseTemplates");
    }

    private static void CheckAuthorizer(JsonObject authorizer)
    {
        Must(Text(authorizer, "name") is { Length: >= 1 and <= 128 }, "The name must have 1 to 128 characters.");
        var type = Text(authorizer, "authorizerType");
        Must(type is "REQUEST" or "JWT", "Invalid authorizer type specified. Must be one of [REQUEST, JWT]");
        Must(
            type != "REQUEST" || FunctionIntegration.FunctionOf(StageVariable().Replace(Text(authorizer, "authorizerUri") ?? "", "v")) is not null,
            "Invalid authorizer URI specified. It must be the invocation URI of a Lambda function.");
        Must(
            type != "JWT" || (authorizer["jwtConfiguration"]?["issuer"] is JsonValue issuer && IssuerUrl.IsIssuer((string)issuer!)
                && authorizer["jwtConfiguration"]?["audience"] is JsonArray { Count: > 0 }),
            "A JWT authorizer needs a jwtConfiguration with the issuer's https URL and an audience.");
        Must(
            type != "JWT" || authorizer["identitySource"] is JsonArray { Count: > 0 }, "A JWT authorizer needs an identitySource.");
        foreach (var source in authorizer["identitySource"] as JsonArray ?? [])
        {
            Must(IdentitySource().IsMatch((string?)source ?? ""), $"Invalid identity source: {(string?)source}");
        }
    }

    private static void CheckModel(JsonObject model)
    {
        Must(ModelName().IsMatch(Text(model, "name") ?? ""), "Model name must be alphanumeric");
        try
        {
            _ = JsonSchema.Parse(Text(model, "schema") ?? "");
        }
        catch (FormatException e)
        {
            throw Bad(e.Message);
        }
    }

    private static void CheckStage(JsonObject stage)
    {
        Must(StageName().IsMatch(Text(stage, "stageName") ?? ""), "Stage name only allows a-zA-Z0-9_-, 1 to 128 of them.");
        Must(Text(stage, "clientCertificateId") is null or "", "Client certificates are not supported.");
        var variables = stage["stageVariables"] as JsonObject ?? [];
        Must(variables.Count <= 100, "A stage has at most 100 variables.");
        foreach (var (name, value) in variables)
        {
            Must(
                VariableName().IsMatch(name) && VariableValue().IsMatch((string?)value ?? ""),
                $"Stage variable name or value of {name} is invalid.");
        }

        Settings(stage["defaultRouteSettings"]);
        foreach (var (_, settings) in stage["routeSettings"] as JsonObject ?? [])
        {
            Settings(settings);
        }
    }

    private static void Settings(JsonNode? settings)
    {
        Must((double?)settings?["throttlingRateLimit"] is null or >= 0, "The throttlingRateLimit must be 0 or more.");
        Must((int?)settings?["throttlingBurstLimit"] is null or >= 0, "The throttlingBurstLimit must be 0 or more.");
        Must((string?)settings?["loggingLevel"] is null or "OFF" or "ERROR" or "INFO", "Invalid logging level specified.");
    }

    // Differs from AWS: mapping templates are plain text without variables (for MOCK); Velocity is refused.
    private static void Templates(JsonObject part, string member)
    {
        foreach (var (_, template) in part[member] as JsonObject ?? [])
        {
            Must(
                ((string?)template ?? "").AsSpan().IndexOfAny('$', '#') < 0,
                "Mapping templates with variables or directives are not supported; a template is plain text.");
        }
    }

    private static void Expression(JsonObject part, string member, bool isRequired)
    {
        var text = Text(part, member);
        if (string.IsNullOrEmpty(text))
        {
            Must(!isRequired, $"The {member} is required.");
            return;
        }

        try
        {
            var expression = SelectionExpression.Parse(text);
            Must(
                expression.Variables.All(v => v.StartsWith("request.body.", StringComparison.Ordinal)),
                $"Invalid {member}: its variables must begin with $request.body.");
        }
        catch (FormatException e)
        {
            throw Bad(e.Message);
        }
    }

    private static bool IsPattern(string pattern)
    {
        try
        {
            _ = new Regex(pattern, RegexOptions.NonBacktracking);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    private static string? Text(JsonObject part, string member) => (string?)part[member];

    private static void Must([DoesNotReturnIf(false)] bool holds, string sentence)
    {
        if (!holds)
        {
            throw Bad(sentence);
        }
    }

    private static ApiException Bad(string sentence) => new(ApiError.BadRequest, sentence);

    [GeneratedRegex(@"\$\{stageVariables\.[^}]*\}")]
    private static partial Regex StageVariable();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex PathPart();

    [GeneratedRegex(@"^(\$?(route\.request\.(header|querystring)|context|stageVariables)\.[A-Za-z0-9._$-]+)\z")]
    private static partial Regex IdentitySource();

    [GeneratedRegex(@"^[A-Za-z0-9]{1,128}\z")]
    private static partial Regex ModelName();

    [GeneratedRegex(@"^[A-Za-z0-9_-]{1,128}\z")]
    private static partial Regex StageName();

    [GeneratedRegex(@"^[A-Za-z0-9_]{1,64}\z")]
    private static partial Regex VariableName();

    [GeneratedRegex(@"^[A-Za-z0-9\-._~:/?#&=,]{1,512}\z")]
    private static partial Regex VariableValue();
}
