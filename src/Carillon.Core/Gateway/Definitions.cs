using System.Text.Json;
using System.Text.Json.Serialization;

namespace Carillon.Core.Gateway;

// The shapes of apigatewayv2 2018-11-29, as far as WebSocket APIs use them. One shape serves the control plane's answers, the
// store, a deployment's snapshot and the definitions file, so a definition can be moved between them by copying it.

public sealed record ApiDefinition
{
    public string? ApiId { get; init; }
    public string? Name { get; init; }
    public string? ProtocolType { get; init; }
    public string? RouteSelectionExpression { get; init; }
    public string? ApiKeySelectionExpression { get; init; }
    public string? Description { get; init; }
    public bool? DisableSchemaValidation { get; init; }
    public bool? DisableExecuteApiEndpoint { get; init; }
    public string? IpAddressType { get; init; }
    public string? Version { get; init; }
    public Dictionary<string, string>? Tags { get; init; }
}

public sealed record RequiredParameter(bool? Required);

public sealed record RouteDefinition
{
    public string? RouteId { get; init; }
    public string? RouteKey { get; init; }

    /// <summary><c>integrations/{integrationId}</c>.</summary>
    public string? Target { get; init; }

    /// <summary>NONE, AWS_IAM, CUSTOM, or JWT, which is ours for WebSocket APIs.</summary>
    public string? AuthorizationType { get; init; }
    public string? AuthorizerId { get; init; }
    public List<string>? AuthorizationScopes { get; init; }
    public bool? ApiKeyRequired { get; init; }
    public string? ModelSelectionExpression { get; init; }
    public string? OperationName { get; init; }
    public Dictionary<string, string>? RequestModels { get; init; }
    public Dictionary<string, RequiredParameter>? RequestParameters { get; init; }
    public string? RouteResponseSelectionExpression { get; init; }
}

public sealed record RouteResponseDefinition
{
    /// <summary>In a snapshot: the route that it is of.</summary>
    public string? RouteId { get; init; }
    public string? RouteResponseId { get; init; }
    public string? RouteResponseKey { get; init; }
    public string? ModelSelectionExpression { get; init; }
    public Dictionary<string, string>? ResponseModels { get; init; }
    public Dictionary<string, RequiredParameter>? ResponseParameters { get; init; }
}

public sealed record IntegrationDefinition
{
    public string? IntegrationId { get; init; }
    public string? IntegrationType { get; init; }
    public string? IntegrationMethod { get; init; }
    public string? IntegrationUri { get; init; }
    public string? ConnectionType { get; init; }
    public string? ConnectionId { get; init; }
    public string? ContentHandlingStrategy { get; init; }
    public string? CredentialsArn { get; init; }
    public string? Description { get; init; }
    public string? PassthroughBehavior { get; init; }
    public string? PayloadFormatVersion { get; init; }
    public Dictionary<string, string>? RequestParameters { get; init; }
    public Dictionary<string, string>? RequestTemplates { get; init; }
    public string? TemplateSelectionExpression { get; init; }
    public string? IntegrationResponseSelectionExpression { get; init; }
    public int? TimeoutInMillis { get; init; }
}

public sealed record IntegrationResponseDefinition
{
    /// <summary>In a snapshot: the integration that it is of.</summary>
    public string? IntegrationId { get; init; }
    public string? IntegrationResponseId { get; init; }
    public string? IntegrationResponseKey { get; init; }
    public string? ContentHandlingStrategy { get; init; }
    public Dictionary<string, string>? ResponseParameters { get; init; }
    public Dictionary<string, string>? ResponseTemplates { get; init; }
    public string? TemplateSelectionExpression { get; init; }
}

public sealed record JwtConfiguration
{
    public List<string>? Audience { get; init; }
    public string? Issuer { get; init; }
}

public sealed record AuthorizerDefinition
{
    public string? AuthorizerId { get; init; }
    public string? Name { get; init; }
    public string? AuthorizerType { get; init; }
    public string? AuthorizerUri { get; init; }
    public string? AuthorizerCredentialsArn { get; init; }
    public int? AuthorizerResultTtlInSeconds { get; init; }
    public string? AuthorizerPayloadFormatVersion { get; init; }
    public bool? EnableSimpleResponses { get; init; }
    public List<string>? IdentitySource { get; init; }
    public string? IdentityValidationExpression { get; init; }
    public JwtConfiguration? JwtConfiguration { get; init; }
}

public sealed record ModelDefinition
{
    public string? ModelId { get; init; }
    public string? Name { get; init; }
    public string? Schema { get; init; }
    public string? ContentType { get; init; }
    public string? Description { get; init; }
}

public sealed record RouteSettings
{
    public bool? DataTraceEnabled { get; init; }
    public bool? DetailedMetricsEnabled { get; init; }
    public string? LoggingLevel { get; init; }
    public int? ThrottlingBurstLimit { get; init; }

    /// <summary>Requests a second.</summary>
    public double? ThrottlingRateLimit { get; init; }
}

public sealed record AccessLogSettings
{
    public string? DestinationArn { get; init; }
    public string? Format { get; init; }
}

public sealed record StageDefinition
{
    public string? StageName { get; init; }
    public string? DeploymentId { get; init; }
    public bool? AutoDeploy { get; init; }
    public Dictionary<string, string>? StageVariables { get; init; }
    public RouteSettings? DefaultRouteSettings { get; init; }
    public Dictionary<string, RouteSettings>? RouteSettings { get; init; }
    public AccessLogSettings? AccessLogSettings { get; init; }
    public string? ClientCertificateId { get; init; }
    public string? Description { get; init; }
    public Dictionary<string, string>? Tags { get; init; }
}

public sealed record DeploymentDefinition
{
    public string? DeploymentId { get; init; }
    public string? Description { get; init; }
    public string? DeploymentStatus { get; init; }
    public bool? AutoDeployed { get; init; }

    /// <summary>What was deployed. Never told.</summary>
    public ApiSnapshot? Snapshot { get; init; }
}

/// <summary>Everything that makes an API run, at one moment: what a deployment keeps, and what the definitions file says.</summary>
public sealed record ApiSnapshot
{
    // The reader of JSON sets what is left out to null, whatever stands after the property.
    public ApiDefinition Api { get; init => field = value ?? new(); } = new();
    public List<RouteDefinition> Routes { get; init => field = value ?? []; } = [];
    public List<RouteResponseDefinition> RouteResponses { get; init => field = value ?? []; } = [];
    public List<IntegrationDefinition> Integrations { get; init => field = value ?? []; } = [];
    public List<IntegrationResponseDefinition> IntegrationResponses { get; init => field = value ?? []; } = [];
    public List<AuthorizerDefinition> Authorizers { get; init => field = value ?? []; } = [];
    public List<ModelDefinition> Models { get; init => field = value ?? []; } = [];

    /// <summary>In the definitions file alone; the stages of the store point to deployments.</summary>
    public List<StageDefinition>? Stages { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true)]
[JsonSerializable(typeof(ApiSnapshot))]
[JsonSerializable(typeof(List<ApiSnapshot>))]
[JsonSerializable(typeof(DeploymentDefinition))]
[JsonSerializable(typeof(StageDefinition))]
public sealed partial class GatewayJson : JsonSerializerContext;
