using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Core;
using Carillon.Core.Gateway;
using Carillon.Server.Gateway;
using Carillon.Server.Http;
using Carillon.Wire;

namespace Carillon.Server.Operations.Gateway;

/// <summary>
/// What apigatewayv2 has not: every API that runs, wherever it is defined, with numbers; who is connected; what happened last and why.
/// GET below <c>/carillon/gateway</c>, an extension (docs/wire/extensions.md).
/// </summary>
internal sealed class GatewayWatch(Services services, GatewayDirectory directory, GatewayHub hub)
{
    private const int MostResults = 100;

    /// <param name="path">From <c>apis</c> on.</param>
    /// <exception cref="ApiException">BadRequest, UnknownOperation.</exception>
    /// <exception cref="Refusal">GatewayUnknown.</exception>
    public JsonObject Get(string[] path, RawTarget target, string caller) => path switch
    {
        ["apis"] => Apis(target, caller),
        ["apis", var api] => Api(api),
        ["apis", var api, "stages", var stage, "connections"] => Connections(Find(api, stage), target, caller),
        ["apis", var api, "stages", var stage, "events"] => Events(Find(api, stage), target),
        _ => throw new ApiException(ApiError.UnknownOperation, "The service has no such operation."),
    };

    private LiveStage Find(string api, string stage) => directory.FindAny(api, stage)
        ?? throw new Refusal(Reason.GatewayUnknown, $"Unable to find Stage by name {stage} within the provided Api");

    // Those in C# and of the definitions file come first; they are few. The others come in the order of their creation; a quota bounds them.
    private JsonObject Apis(RawTarget target, string caller)
    {
        var size = SizeOf(target);
        var search = target.Query("search")?.Trim() ?? "";
        var scope = $"WatchApis\n{caller}\n{search}";
        long? after = target.Query("nextToken") is { } token
            ? services.PageTokens.Open(token, scope) ?? throw new ApiException(ApiError.BadRequest, "The nextToken is not valid for this request.")
            : null;
        bool Fits(string id, string? name) => search.Length == 0
            || id.Contains(search, StringComparison.OrdinalIgnoreCase)
            || name?.Contains(search, StringComparison.OrdinalIgnoreCase) == true;

        var elsewhere = directory.Elsewhere;
        var items = new JsonArray();
        if (after is null)
        {
            foreach (var (id, snapshot) in elsewhere.Where(e => Fits(e.Key, e.Value.Api.Name)).OrderBy(e => e.Key, StringComparer.Ordinal))
            {
                items.Add(Summary(id, snapshot.Api, snapshot.Routes.Count, snapshot.Stages?.Select(s => s.StageName!) ?? [], null));
            }
        }

        var count = services.Store.Read(view =>
        {
            var wanted = Math.Max(1, size - items.Count);
            do
            {
                var page = view.ListGatewayResources(GatewayPlace.Apis, wanted, after);
                foreach (var resource in page.Items)
                {
                    var api = JsonSerializer.Deserialize(resource.Definition, GatewayJson.Default.ApiDefinition)!;
                    if (!elsewhere.ContainsKey(resource.Id) && Fits(resource.Id, api.Name))
                    {
                        items.Add(Summary(
                            resource.Id, api, view.CountGatewayResources(resource.Id, GatewayKind.Route),
                            Deploying.Stages(view, resource.Id).Select(s => s.Definition.StageName!), resource.Created));
                    }
                }

                after = page.Next;
            }
            while (after is not null && search.Length > 0 && items.Count < size);
            return view.CountGatewayResources("", GatewayKind.Api);
        });
        var answer = new JsonObject { ["items"] = items, ["count"] = count + elsewhere.Count };
        if (after is { } next)
        {
            answer["nextToken"] = services.PageTokens.Seal(next, scope);
        }

        return answer;
    }

    private JsonObject Summary(string id, ApiDefinition api, long routes, IEnumerable<string> stages, Instant? created) => new()
    {
        ["apiId"] = id,
        ["name"] = api.Name ?? id,
        ["description"] = api.Description,
        ["routeSelectionExpression"] = api.RouteSelectionExpression,
        ["source"] = SourceOf(id),
        ["createdDate"] = created is { } time ? ConnectionsApi.Time(time.ToTime()) : null,
        ["routeCount"] = routes,
        ["stages"] = new JsonArray([.. stages.Select(stage => new JsonObject
        {
            ["stageName"] = stage,
            ["isRunning"] = directory.Find(id, stage) is not null,
            ["connectionCount"] = directory.FindAny(id, stage)?.Count ?? 0,
        })]),
    };

    private string SourceOf(string api) =>
        directory.IsProgram(api) ? "CODE" : directory.Elsewhere.ContainsKey(api) ? "FILE" : "CONTROL_PLANE";

    private JsonObject Api(string id)
    {
        if (directory.Elsewhere.TryGetValue(id, out var given))
        {
            return Whole(id, given, (given.Stages ?? []).Select(s => Stage(id, s, isCurrent: true, null)));
        }

        return services.Store.Read(view =>
        {
            var snapshot = Deploying.Snapshot(view, id);
            var now = JsonSerializer.Serialize(snapshot, GatewayJson.Default.ApiSnapshot);
            return Whole(id, snapshot, Deploying.Stages(view, id).Select(s =>
            {
                var deployment = s.Definition.DeploymentId is { } name
                    ? view.FindGatewayResource(new(id, GatewayKind.Deployment), name)
                    : null;
                var deployed = deployment is null ? null
                    : JsonSerializer.Deserialize(deployment.Definition, GatewayJson.Default.DeploymentDefinition)!.Snapshot;
                return Stage(
                    id, s.Definition, deployed is not null && JsonSerializer.Serialize(deployed, GatewayJson.Default.ApiSnapshot) == now,
                    deployment?.Created);
            }));
        });
    }

    private JsonObject Whole(string id, ApiSnapshot snapshot, IEnumerable<JsonObject> stages)
    {
        // What a deployment keeps is everything that runs, so it is told as it is.
        var whole = (JsonObject)JsonSerializer.SerializeToNode(snapshot with { Stages = null }, GatewayJson.Default.ApiSnapshot)!;
        whole["api"]!["apiEndpoint"] = $"wss://{services.SessionEndpoint()}/ws/{id}";
        whole["source"] = SourceOf(id);
        whole["stages"] = new JsonArray([.. stages]);
        whole["strayHandshakes"] = new JsonArray([.. (directory.StraysOf(id)?.Read() ?? []).Select(h => new JsonObject
        {
            ["at"] = ConnectionsApi.Time(DateTimeOffset.FromUnixTimeMilliseconds(h.At)),
            ["stageName"] = h.Stage,
            ["sourceIp"] = h.SourceIp,
        })]);
        return whole;
    }

    private JsonObject Stage(string api, StageDefinition stage, bool isCurrent, Instant? deployed)
    {
        var live = directory.FindAny(api, stage.StageName!);
        var shape = (JsonObject)JsonSerializer.SerializeToNode(stage, GatewayJson.Default.StageDefinition)!;
        shape["isRunning"] = live?.Compiled is not null;
        shape["isCurrent"] = isCurrent;
        shape["fault"] = live?.Fault;
        shape["deployedDate"] = deployed is { } time ? ConnectionsApi.Time(time.ToTime()) : null;
        shape["connectionCount"] = live?.Count ?? 0;
        return shape;
    }

    private JsonObject Connections(LiveStage stage, RawTarget target, string caller)
    {
        // Numbers of connections begin anew with each run of the server.
        var scope = $"WatchConnections\n{caller}\n{stage.Api}\n{stage.Name}\n{hub.Owner}";
        long? before = target.Query("nextToken") is { } token
            ? services.PageTokens.Open(token, scope) ?? throw new ApiException(ApiError.BadRequest, "The nextToken is not valid for this request.")
            : null;
        var (page, count) = stage.List(SizeOf(target), before);
        var answer = new JsonObject
        {
            ["items"] = new JsonArray([.. page.Items.Select(c => new JsonObject
            {
                ["connectionId"] = c.Peer.Id,
                ["connectedAt"] = ConnectionsApi.Time(DateTimeOffset.FromUnixTimeMilliseconds(c.Peer.ConnectedAt)),
                ["lastActiveAt"] = ConnectionsApi.Time(c.LastActiveAt),
                ["sourceIp"] = c.Peer.SourceIp,
                ["userAgent"] = c.Peer.UserAgent,
                ["principal"] = PrincipalOf(c.Peer),
            })]),
            ["count"] = count,
        };
        if (page.Next is { } next)
        {
            answer["nextToken"] = services.PageTokens.Seal(next, scope);
        }

        return answer;
    }

    private static string? PrincipalOf(GatewayPeer peer) =>
        (peer.Authorizer?["principalId"] ?? peer.Identity?["userArn"])?.ToString();

    private JsonObject Events(LiveStage stage, RawTarget target)
    {
        long? after = null;
        var isOther = false;
        if (target.Query("after") is { } cursor)
        {
            if (cursor.Split('.') is not [{ Length: > 0 } run, var text]
                || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            {
                throw new ApiException(ApiError.BadRequest, "The after is not one that was given out.");
            }

            (after, isOther) = run == hub.Owner ? (count, false) : (0, true);
        }

        var (events, next, missed) = stage.Trace.Read(after, SizeOf(target));
        return new()
        {
            ["items"] = new JsonArray([.. events.Select(Event)]),
            ["next"] = string.Create(CultureInfo.InvariantCulture, $"{hub.Owner}.{next}"),
            ["missed"] = missed,
            ["isRestarted"] = isOther,
        };
    }

    private static JsonObject Event(TracedEvent what)
    {
        var shape = new JsonObject
        {
            ["at"] = ConnectionsApi.Time(DateTimeOffset.FromUnixTimeMilliseconds(what.At)),
            ["type"] = Word(what.Kind.ToString()),
            ["connectionId"] = what.ConnectionId,
            ["requestId"] = what.RequestId,
            ["outcome"] = Word(what.Outcome.ToString()),
            ["durationMs"] = Math.Round(what.Took.TotalMilliseconds, 2),
        };
        Add("routeKey", what.RouteKey);
        Add("reason", what.Reason == TracedReason.Unasked ? null : Word(what.Reason.ToString()));
        Add("expression", what.Expression);
        Add("selected", what.Reason == TracedReason.Unasked ? null : what.Selected);
        Add("target", what.Target);
        Add("error", what.Error);
        if (what.Status != 0)
        {
            shape["status"] = what.Status;
        }

        if (what.CloseCode != 0)
        {
            shape["closeCode"] = what.CloseCode;
        }

        return shape;

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                shape[name] = value;
            }
        }
    }

    /// <summary>As AWS spells what is one of a few: NOT_POSSIBLE.</summary>
    private static string Word(string name) => string.Concat(
        name.Select((c, i) => i > 0 && char.IsAsciiLetterUpper(c) ? $"_{c}" : char.ToUpperInvariant(c).ToString()));

    private static int SizeOf(RawTarget target)
    {
        var size = MostResults;
        return target.Query("maxResults") is { } text
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out size) || size is < 1 or > MostResults)
                ? throw new ApiException(ApiError.BadRequest, $"The maxResults must be 1 to {MostResults}.")
                : size;
    }
}
