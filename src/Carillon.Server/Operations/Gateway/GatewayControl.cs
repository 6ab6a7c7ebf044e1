using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Core;
using Carillon.Core.Gateway;
using Carillon.Server.Gateway;
using Carillon.Server.Http;
using Carillon.Wire;
using Carillon.Wire.SigV4;
using Microsoft.AspNetCore.Http.Features;

namespace Carillon.Server.Operations.Gateway;

/// <summary>
/// The control plane of WebSocket APIs: apigatewayv2 2018-11-29 under <c>/v2</c>, signed as apigateway. Every kind of part has the same
/// five operations (<see cref="GatewayFamily"/>), so they are written once.
/// </summary>
internal sealed partial class GatewayControl(
    Authenticator authenticator, PolicyGate gate, Services services, GatewayDirectory directory, GatewayWatch watch,
    ILogger<GatewayControl> log)
{
    private const int MostResults = 100;

    private static readonly SigV4Policy Signing = new("apigateway");

    public static bool Owns(HttpContext http) =>
        http.Request.Path.StartsWithSegments("/v2/apis", StringComparison.Ordinal)
        || http.Request.Path.StartsWithSegments("/v2/tags", StringComparison.Ordinal)
        || http.Request.Path.StartsWithSegments("/v2/domainnames", StringComparison.Ordinal)
        || http.Request.Path.StartsWithSegments("/v2/vpclinks", StringComparison.Ordinal)
        || IsWatch(http);

    private static bool IsWatch(HttpContext http) => http.Request.Path.StartsWithSegments("/carillon/gateway", StringComparison.Ordinal);

    public async Task Handle(HttpContext http)
    {
        var requestId = Answers.NewRequestId();
        Answers.Prepare(http, requestId);
        try
        {
            using var body = await RequestBody.Read(http);
            var target = RawTarget.Parse(http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget)
                ?? throw new ApiException(ApiError.BadRequest, "The query holds a malformed escape.");
            var (status, answer) = await Run(http, target, body.Bytes);
            await Answers.Write(http, status, answer is null ? null : JsonSerializer.SerializeToUtf8Bytes(answer, GatewayControlJson.Default.JsonObject));
        }
        catch (ApiException e)
        {
            await ConnectionsApi.Refuse(http, e.Error.Status, e.Error.Name, e.Message);
        }
        catch (Refusal e)
        {
            var (status, type) = e.Reason switch
            {
                Reason.GatewayUnknown => (404, "NotFoundException"),
                Reason.GatewayExists or Reason.GatewayInUse => (409, "ConflictException"),
                Reason.Busy or Reason.QuotaReached => (429, "TooManyRequestsException"),
                Reason.StoreUnavailable => (503, "ServiceUnavailableException"),
                _ => (400, "BadRequestException"),
            };
            await ConnectionsApi.Refuse(http, status, type, status == 503 ? "The service cannot store anything at the moment." : e.Detail ?? "Bad Request");
        }
        catch (BadHttpRequestException)
        {
            await ConnectionsApi.Refuse(http, StatusCodes.Status400BadRequest, "BadRequestException", "The request body cannot be read.");
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to answer.
        }
#pragma warning disable CA1031 // The last resort of a request: logged with its id, answered without a trace.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Failed(e, requestId);
            await ConnectionsApi.Refuse(http, StatusCodes.Status500InternalServerError, "InternalServerErrorException", "Internal server error");
        }
    }

    private async Task<(int Status, JsonObject? Answer)> Run(HttpContext http, RawTarget target, ReadOnlyMemory<byte> body)
    {
        var authentication = authenticator.Authenticate(http, body, Signing);
        if (!authentication.IsProven)
        {
            var error = authentication.Fault.Error;
            throw new ApiException(new(error.Name, error.Name, error.RestStatus), authentication.Fault.Message);
        }

        var path = Enumerable.Range(0, target.Segments).Where(i => target.RawSegment(i).Length > 0)
            .Select(i => target.Segment(i) ?? throw new ApiException(ApiError.BadRequest, "The path holds a malformed escape.")).Skip(IsWatch(http) ? 2 : 1).ToArray();
        var method = http.Request.Method;
        var resource = $"arn:aws:apigateway:{services.Arns.Region}::/{string.Join('/', path)}";
        if (gate.WhyNot(authentication.Caller, $"apigateway:{method}", [resource], http) is { } why)
        {
            throw new ApiException(ApiError.AccessDenied, why);
        }

        if (IsWatch(http))
        {
            return method == "GET" ? (StatusCodes.Status200OK, watch.Get(path, target, authentication.Caller.Arn)) : throw Unknown();
        }

        return path switch
        {
            ["tags", var arn] => await Tags(method, arn, target, body),
            ["apis", ..] => await Apis(method, path, target, PassingRoles(method, body, authentication.Caller, http), authentication.Caller.Arn),
            _ => throw new ApiException(ApiError.BadRequest, "Custom domain names and VPC links are not supported."),
        };
    }

    /// <summary>Whoever names a role that the gateway is to take on must be allowed to pass it, or anybody could use any role.</summary>
    /// <returns>The body, as it came.</returns>
    private ReadOnlyMemory<byte> PassingRoles(string method, ReadOnlyMemory<byte> body, Caller caller, HttpContext http)
    {
        foreach (var member in method is "POST" or "PATCH" ? new[] { "credentialsArn", "authorizerCredentialsArn" } : [])
        {
            if (Read(body)[member] is JsonValue named && Words(named) is { Length: > 0 } role
                && gate.WhyNot(caller, "iam:PassRole", [role], http) is { } why)
            {
                throw new ApiException(ApiError.AccessDenied, why);
            }
        }

        return body;
    }

    private Task<(int Status, JsonObject? Answer)> Apis(
        string method, string[] path, RawTarget target, ReadOnlyMemory<byte> body, string caller)
    {
        switch (path)
        {
            case ["apis"]:
                return Collection(method, GatewayFamilies.Of(GatewayKind.Api), GatewayPlace.Apis, target, body, caller);
            case ["apis", var id]:
                return Item(method, GatewayFamilies.Of(GatewayKind.Api), GatewayPlace.Apis, id, body);
            case ["apis", var api, "stages", var stage, "routesettings", var key] when method == "DELETE":
                return Change(new(api, GatewayKind.Stage), stage, s => (s["routeSettings"] as JsonObject)?.Remove(key));
            case ["apis", var api, "stages", var stage, "accesslogsettings"] when method == "DELETE":
                return Change(new(api, GatewayKind.Stage), stage, s => s.Remove("accessLogSettings"));
            case ["apis", var api, "stages", var stage, "cache", "authorizers"] when method == "DELETE":
                // Nothing is cached for WebSocket APIs; what it is asked of must be there.
                services.Store.Read(view => GatewayApis.Find(view, new(api, GatewayKind.Stage), stage));
                return Task.FromResult<(int, JsonObject?)>((StatusCodes.Status204NoContent, null));
            case ["apis", var api, "routes", var route, "requestparameters", var key] when method == "DELETE":
                return Change(new(api, GatewayKind.Route), route, r => (r["requestParameters"] as JsonObject)?.Remove(key));
            case ["apis", var api, var collection] when Family(collection, null) is { } family:
                return Collection(method, family, new(api, family.Kind), target, body, caller);
            case ["apis", var api, var collection, var id] when Family(collection, null) is { } family:
                return Item(method, family, new(api, family.Kind), id, body);
            case ["apis", var api, var above, var parent, var collection] when Family(collection, above) is { } family:
                return Collection(method, family, new(api, family.Kind, parent), target, body, caller);
            case ["apis", var api, var above, var parent, var collection, var id] when Family(collection, above) is { } family:
                return Item(method, family, new(api, family.Kind, parent), id, body);
            default:
                throw Unknown();
        }
    }

    private static GatewayFamily? Family(string collection, string? above) => GatewayFamilies.All.FirstOrDefault(
        f => f.Collection == collection && f.Kind != GatewayKind.Api
            && (above is null ? f.Parent is null : f.Parent is { } parent && GatewayFamilies.Of(parent).Collection == above));

    // Create and Get...s.
    private async Task<(int Status, JsonObject? Answer)> Collection(
        string method, GatewayFamily family, GatewayPlace place, RawTarget target, ReadOnlyMemory<byte> body, string caller)
    {
        if (method == "GET")
        {
            return (StatusCodes.Status200OK, List(family, place, target, caller));
        }

        if (method != "POST")
        {
            throw Unknown();
        }

        var given = Read(body);
        GatewayResource made;
        if (family.Kind == GatewayKind.Deployment)
        {
            var stage = given["stageName"] is JsonValue named ? Words(named) : null;
            var description = given["description"] is JsonValue text ? Words(text) : null;
            made = await services.Store.Write(ledger => Deploying.Deploy(ledger, place.Api, directory.Check, description, stage));
        }
        else
        {
            var (name, definition) = family.Create(given);
            made = await services.Store.Write(ledger => GatewayApis.Create(
                ledger, services.Quotas, directory.Check, place, name,
                id =>
                {
                    definition[family.IdMember] = id;
                    return definition.ToJsonString();
                },
                family.Kind == GatewayKind.Stage ? name : null));
        }

        directory.Refresh(family.Kind == GatewayKind.Api ? made.Id : place.Api);

        // A stage that deploys by itself points to its first deployment by now.
        var stored = services.Store.Read(view => view.FindGatewayResource(made.Place, made.Id)) ?? made;
        return (StatusCodes.Status201Created, Shape(family, stored));
    }

    // Get, Update and Delete of one.
    private async Task<(int Status, JsonObject? Answer)> Item(
        string method, GatewayFamily family, GatewayPlace place, string id, ReadOnlyMemory<byte> body)
    {
        switch (method)
        {
            case "GET":
                return (StatusCodes.Status200OK, Shape(family, services.Store.Read(view =>
                {
                    GatewayApis.RequirePlace(view, place);
                    return GatewayApis.Find(view, place, id);
                })));
            case "PATCH":
                var given = Read(body);
                if (family.Kind is GatewayKind.Stage)
                {
                    given.Remove("stageName");
                }

                var changed = await services.Store.Write(ledger => GatewayApis.Update(ledger, directory.Check, place, id, found =>
                {
                    var (name, definition) = family.Update(found.Definition, given);
                    return (name, definition.ToJsonString());
                }));
                directory.Refresh(family.Kind == GatewayKind.Api ? id : place.Api);
                var stored = services.Store.Read(view => view.FindGatewayResource(place, id)) ?? changed;
                return (StatusCodes.Status200OK, Shape(family, stored));
            case "DELETE":
                await services.Store.Write(ledger =>
                {
                    GatewayApis.Delete(ledger, directory.Check, place, id);
                    return true;
                });
                directory.Refresh(family.Kind == GatewayKind.Api ? id : place.Api);
                return (StatusCodes.Status204NoContent, null);
            default:
                throw Unknown();
        }
    }

    private async Task<(int Status, JsonObject? Answer)> Change(GatewayPlace place, string id, Action<JsonObject> change)
    {
        await services.Store.Write(ledger => GatewayApis.Update(ledger, directory.Check, place, id, found =>
        {
            var definition = (JsonObject)JsonNode.Parse(found.Definition)!;
            change(definition);
            return (found.Name, definition.ToJsonString());
        }));
        directory.Refresh(place.Api);
        return (StatusCodes.Status204NoContent, null);
    }

    private JsonObject List(GatewayFamily family, GatewayPlace place, RawTarget target, string caller)
    {
        var size = MostResults;
        if (target.Query("maxResults") is { } text
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out size) || size is < 1 or > MostResults))
        {
            throw new ApiException(ApiError.BadRequest, $"The maxResults must be 1 to {MostResults}.");
        }

        var scope = $"Get{family.Noun}s\n{caller}\n{place.Api}\n{place.Parent}";
        long? after = null;
        if (target.Query("nextToken") is { } token)
        {
            after = services.PageTokens.Open(token, scope) ?? throw new ApiException(ApiError.BadRequest, "The nextToken is not valid for this request.");
        }

        var page = services.Store.Read(view =>
        {
            GatewayApis.RequirePlace(view, place);
            return view.ListGatewayResources(place, size, after);
        });
        var answer = new JsonObject { ["items"] = new JsonArray([.. page.Items.Select(item => Shape(family, item))]) };
        if (page.Next is { } next)
        {
            answer["nextToken"] = services.PageTokens.Seal(next, scope);
        }

        return answer;
    }

    /// <summary>A part as it is told.</summary>
    private JsonObject Shape(GatewayFamily family, GatewayResource resource)
    {
        var shape = (JsonObject)JsonNode.Parse(resource.Definition)!;
        switch (family.Kind)
        {
            case GatewayKind.Api:
                shape["apiEndpoint"] = $"wss://{services.SessionEndpoint()}/ws/{resource.Id}";
                shape["createdDate"] = Time(resource.Created);
                break;
            case GatewayKind.Stage:
                shape["createdDate"] = Time(resource.Created);
                shape["lastUpdatedDate"] = Time(resource.Updated);
                break;
            case GatewayKind.Deployment:
                shape.Remove("snapshot");
                shape["createdDate"] = Time(resource.Created);
                break;
        }

        return shape;
    }

    private static string Time(Instant time) => ConnectionsApi.Time(time.ToTime());

    // TagResource, UntagResource and GetTags, of APIs and stages.
    private async Task<(int Status, JsonObject? Answer)> Tags(string method, string arn, RawTarget target, ReadOnlyMemory<byte> body)
    {
        var prefix = $"arn:aws:apigateway:{services.Arns.Region}::/";
        var parts = arn.StartsWith(prefix, StringComparison.Ordinal) ? arn[prefix.Length..].Split('/') : [];
        var (place, id) = parts switch
        {
            ["apis", var api] => (GatewayPlace.Apis, api),
            ["apis", var api, "stages", var stage] => (new GatewayPlace(api, GatewayKind.Stage), stage),
            _ => throw new ApiException(ApiError.BadRequest, "Invalid ARN specified in the request"),
        };
        switch (method)
        {
            case "GET":
                var found = services.Store.Read(view => GatewayApis.Find(view, place, id));
                return (StatusCodes.Status200OK, new() { ["tags"] = JsonNode.Parse(found.Definition)!["tags"]?.DeepClone() ?? new JsonObject() });
            case "POST":
                var given = Read(body)["tags"] as JsonObject ?? [];
                if (!given.All(t => t.Key.Length is > 0 and <= 128 && t.Value is JsonValue v && Words(v) is { Length: <= 256 }))
                {
                    throw new ApiException(ApiError.BadRequest, "A tag is a key of 1 to 128 characters and a value of up to 256.");
                }

                await Tag(place, id, tags =>
                {
                    foreach (var (key, value) in given)
                    {
                        tags[key] = value!.DeepClone();
                    }
                });
                return (StatusCodes.Status201Created, []);
            case "DELETE":
                var keys = target.QueryPairs.Where(p => p.Key == "tagKeys").Select(p => p.Value).ToList();
                await Tag(place, id, tags => keys.ForEach(key => tags.Remove(key)));
                return (StatusCodes.Status204NoContent, null);
            default:
                throw Unknown();
        }
    }

    private Task<(int Status, JsonObject? Answer)> Tag(GatewayPlace place, string id, Action<JsonObject> change) => Change(place, id, definition =>
    {
        var tags = definition["tags"] as JsonObject ?? [];
        change(tags);
        if (tags.Count > 50)
        {
            throw new ApiException(ApiError.BadRequest, "A resource has at most 50 tags.");
        }

        definition["tags"] = tags.DeepClone();
    });

    private static string Words(JsonValue value) =>
        value.TryGetValue<string>(out var text) ? text : throw new ApiException(ApiError.BadRequest, "A member that is text is something else.");

    private static JsonObject Read(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
        {
            return [];
        }

        try
        {
            return JsonNode.Parse(body.Span, documentOptions: new() { AllowDuplicateProperties = false }) as JsonObject
                ?? throw new ApiException(ApiError.BadRequest, "The request body must be a JSON object.");
        }
        catch (JsonException)
        {
            throw new ApiException(ApiError.BadRequest, "The request body cannot be read.");
        }
    }

    private static ApiException Unknown() => new(ApiError.UnknownOperation, "The service has no such operation.");

    [LoggerMessage(8009, LogLevel.Error, "A request of the gateway's control plane failed; request {RequestId}.")]
    private partial void Failed(Exception exception, string requestId);
}

[System.Text.Json.Serialization.JsonSerializable(typeof(JsonObject))]
internal sealed partial class GatewayControlJson : System.Text.Json.Serialization.JsonSerializerContext;
