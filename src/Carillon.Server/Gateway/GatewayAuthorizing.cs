using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Core.Access;
using Carillon.Core.Functions;
using Carillon.Server.Access;
using Carillon.Server.Federation;
using Carillon.Server.Http;
using Carillon.Wire;
using Carillon.Wire.SigV4;
using Carillon.Wire.Tokens;

namespace Carillon.Server.Gateway;

/// <summary>Whether a handshake may go on.</summary>
/// <param name="Peer">With what the authorizer said.</param>
/// <param name="Refused">Status and message; null where it may.</param>
internal readonly record struct Allowance(GatewayPeer Peer, (int Status, string Message)? Refused);

/// <summary>
/// Who may connect: whoever a function allows (REQUEST), whoever signs and whose policies allow it (AWS_IAM), or whoever brings a token
/// of an OIDC issuer (JWT). It is asked once, on <c>$connect</c>, and holds for as long as the connection.
/// </summary>
internal sealed class GatewayAuthorizing(
    Authenticator authenticator, PolicyGate gate, AccessRoom access, Arns arns, IntegrationTools tools)
{
    /// <summary>Bytes of what an authorizer answers (API Gateway quotas, "Authorizer result size", read 2026-11).</summary>
    private const int MostResult = 8 * 1024;

    private const string Invoke = "execute-api:Invoke";

    private static readonly SigV4Policy Signing = new("execute-api");

    private static readonly (int, string) Unauthorized = (401, "Unauthorized");
    private static readonly (int, string) Failure = (500, "Internal server error");

    public async Task<Allowance> Ask(CompiledRoute? route, CompiledStage stage, GatewayEvent what)
    {
        var arn = Arn(what.Peer.Api, what.Peer.Stage, CompiledStage.Connect);
        return route?.Definition.AuthorizationType switch
        {
            null or "" or "NONE" => new(what.Peer, null),
            "AWS_IAM" => AskPolicies(what, arn),
            "CUSTOM" when route.Authorizer is { } authorizer => await AskFunction(authorizer, stage, what, arn),
            // Differs from AWS: routes of WebSocket APIs may have a JWT authorizer, for tokens of any OIDC issuer.
            "JWT" when route.Authorizer is { } authorizer => await AskIssuer(authorizer, stage, what),
            _ => new(what.Peer, Failure),
        };
    }

    /// <summary>As policies name a route, or what is done to a connection.</summary>
    public string Arn(string api, string stage, string rest) => $"arn:aws:execute-api:{arns.Region}:{arns.Account}:{api}/{stage}/{rest}";

    private Allowance AskPolicies(GatewayEvent what, string arn)
    {
        var request = what.Request!;
        var authentication = authenticator.Authenticate(
            new RawRequest("GET", request.Target, request.Headers), ReadOnlyMemory<byte>.Empty, Signing);
        if (!authentication.IsProven)
        {
            return new(what.Peer, (403, authentication.Fault.Message));
        }

        var caller = authentication.Caller;
        if (gate.WhyNot(caller, Invoke, [arn], gate.CircumstanceOf(request)) is { } why)
        {
            return new(what.Peer, (403, why));
        }

        var identity = new JsonObject
        {
            ["accountId"] = caller.AccountId,
            ["caller"] = caller.UserId,
            ["user"] = caller.UserId,
            ["userArn"] = caller.Arn,
            ["accessKey"] = caller.AccessKeyId,
        };
        return new(what.Peer with { Identity = identity }, null);
    }

    private async Task<Allowance> AskFunction(
        Core.Gateway.AuthorizerDefinition authorizer, CompiledStage stage, GatewayEvent what, string arn)
    {
        if ((authorizer.IdentitySource ?? []).Exists(source => string.IsNullOrEmpty(Source(source, stage, what))))
        {
            return new(what.Peer, Unauthorized);
        }

        if (FunctionIntegration.FunctionOf(CompiledStage.Substitute(authorizer.AuthorizerUri ?? "", stage.Variables)) is not { } function)
        {
            return new(what.Peer, Failure);
        }

        var since = tools.Time.GetTimestamp();
        var invoked = await tools.Functions.Invoke(
            function, what.ToAuthorizerEvent(arn, stage.Variables),
            tools.Gateway(what.Peer.Api, $"authorizers/{authorizer.AuthorizerId}", authorizer.AuthorizerCredentialsArn), tools.Limits.Integration, CancellationToken.None);
        if (invoked.Status != InvokedStatus.Answered || invoked.Payload.Length > MostResult)
        {
            return new(what.Peer, Failure);
        }

        if (invoked.FunctionError is not null)
        {
            return new(what.Peer, IsUnauthorized(invoked.Payload) ? Unauthorized : Failure);
        }

        return Read(invoked.Payload, arn, (long)tools.Time.GetElapsedTime(since).TotalMilliseconds) switch
        {
            null => new(what.Peer, Failure),
            { IsAllowed: false } => new(what.Peer, (403, "User is not authorized to access this resource")),
            { } said => new(what.Peer with { Authorizer = said.Context }, null),
        };
    }

    private async Task<Allowance> AskIssuer(Core.Gateway.AuthorizerDefinition authorizer, CompiledStage stage, GatewayEvent what)
    {
        var given = (authorizer.IdentitySource ?? []).Select(source => Source(source, stage, what)).FirstOrDefault(s => !string.IsNullOrEmpty(s));
        if (given is null || authorizer.JwtConfiguration is not { Issuer: { } issuer, Audience: { } audience })
        {
            return new(what.Peer, given is null ? Unauthorized : Failure);
        }

        // A header may say Bearer before it; a list of sub-protocols holds it among others.
        var token = given.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(part => part.Count(c => c == '.') == 2);
        try
        {
            var (claims, jwt) = await access.Providers.Verify(token ?? given, issuer, audience, CancellationToken.None);
            var all = new JsonObject();
            foreach (var claim in jwt.Claims.EnumerateObject())
            {
                all[claim.Name] = claim.Value.ToString();
            }

            return new(what.Peer with { Authorizer = new JsonObject { ["principalId"] = claims.Subject, ["claims"] = all } }, null);
        }
        catch (TokenFault fault)
        {
            return new(what.Peer, fault.Kind == TokenFaultKind.Unreachable ? Failure : Unauthorized);
        }
    }

    /// <summary>What an identity source says; null or empty where it is not there.</summary>
    private static string? Source(string source, CompiledStage stage, GatewayEvent what)
    {
        string? After(string start) => source.StartsWith(start, StringComparison.Ordinal) ? source[start.Length..] : null;
        return After("route.request.header.") is { } header ? what.Request!.Header(header)
            : After("route.request.querystring.") is { } query ? RawTarget.Parse(what.Request!.Target)?.Query(query)
            : After("context.") is { } context ? what.Variable(context)
            : After("stageVariables.") is { } variable ? stage.Variables.GetValueOrDefault(variable)
            : null;
    }

    private static bool IsUnauthorized(byte[] payload)
    {
        try
        {
            return JsonNode.Parse(payload) is JsonObject error && error["errorMessage"] is JsonValue text
                && text.TryGetValue<string>(out var message) && message == "Unauthorized";
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private sealed record Said(bool IsAllowed, JsonObject Context);

    /// <summary>Reads an authorizer's answer; null where it is none.</summary>
    private static Said? Read(byte[] payload, string arn, long latency)
    {
        try
        {
            if (JsonNode.Parse(payload) is not JsonObject answer || answer["principalId"] is not JsonValue principal
                || !principal.TryGetValue<string>(out var id) || answer["policyDocument"] is not JsonObject document)
            {
                return null;
            }

            var context = new JsonObject { ["principalId"] = id, ["integrationLatency"] = latency };
            foreach (var (name, value) in answer["context"] as JsonObject ?? [])
            {
                if (value is not JsonValue simple)
                {
                    return null;
                }

                context[name] = simple.GetValueKind() switch
                {
                    JsonValueKind.String => simple.GetValue<string>(),
                    _ => simple.ToJsonString(),
                };
            }

            var policy = Policy.Parse(document.ToJsonString());
            var decision = Policy.Evaluate(new(false, [policy]), new(Invoke, [new(arn)], new ContextKeys()));
            return new(decision.IsAllowed, context);
        }
        catch (Exception e) when (e is JsonException or MalformedPolicyException or InvalidOperationException)
        {
            return null;
        }
    }
}
