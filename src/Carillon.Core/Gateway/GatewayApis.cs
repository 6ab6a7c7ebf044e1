using System.Text.Json;

namespace Carillon.Core.Gateway;

/// <summary>The control plane's rules: what may be there beside what, and what hangs on what.</summary>
public static class GatewayApis
{
    /// <summary>Deployments of an API that are kept beside those that stages point to. Ours; AWS names no figure.</summary>
    public const int KeptDeployments = 50;

    /// <exception cref="Refusal">GatewayUnknown: there is no such API.</exception>
    public static GatewayResource FindApi(IView view, string api) => Find(view, GatewayPlace.Apis, api);

    /// <exception cref="Refusal">GatewayUnknown; the detail says which part is not there, in AWS's words as far as they are known.</exception>
    public static GatewayResource Find(IView view, GatewayPlace place, string id)
    {
        if (place.Kind != GatewayKind.Api)
        {
            FindApi(view, place.Api);
        }

        return view.FindGatewayResource(place, id) ?? throw Unknown(place.Kind, id);
    }

    /// <summary>That what the place is in exists: its API, and the route or integration.</summary>
    /// <exception cref="Refusal">GatewayUnknown.</exception>
    public static void RequirePlace(IView view, GatewayPlace place)
    {
        if (place.Kind == GatewayKind.Api)
        {
            return;
        }

        FindApi(view, place.Api);
        if (ParentOf(place.Kind) is { } parent)
        {
            Find(view, new(place.Api, parent), place.Parent);
        }
    }

    /// <param name="ledger">Where.</param>
    /// <param name="quotas">How many there may be.</param>
    /// <param name="check">Of what is deployed because of it: throws a <see cref="FormatException"/> that says why it cannot run.</param>
    /// <param name="place">Where in the API.</param>
    /// <param name="name">Null where it has none.</param>
    /// <param name="definition">Makes the definition for the id that the part gets.</param>
    /// <param name="id">An id that is given; null makes one.</param>
    /// <exception cref="Refusal">GatewayUnknown, GatewayExists, InvalidInput, QuotaReached.</exception>
    public static GatewayResource Create(
        ILedger ledger, Quotas quotas, Action<ApiSnapshot> check, GatewayPlace place, string? name, Func<string, string> definition,
        string? id = null)
    {
        RequirePlace(ledger, place);
        if (QuotaOf(place.Kind) is { } limit)
        {
            quotas.Require(limit, ledger.CountGatewayResources(place.Api, place.Kind));
        }

        RequireFree(ledger, place, name);
        id ??= NewId(ledger, place);
        var text = definition(id);
        RequireTargets(ledger, place, text);
        var made = ledger.AddGatewayResource(place, id, name, text);
        Deploying.Changed(ledger, place, check);
        return made;
    }

    /// <param name="ledger">Where.</param>
    /// <param name="check">As in <see cref="Create"/>.</param>
    /// <param name="place">Where in the API.</param>
    /// <param name="id">Of the part.</param>
    /// <param name="change">The new name and definition of what is there.</param>
    /// <exception cref="Refusal">GatewayUnknown, GatewayExists, InvalidInput.</exception>
    public static GatewayResource Update(
        ILedger ledger, Action<ApiSnapshot> check, GatewayPlace place, string id,
        Func<GatewayResource, (string? Name, string Definition)> change)
    {
        RequirePlace(ledger, place);
        var found = Find(ledger, place, id);
        var (name, definition) = change(found);
        if (name != found.Name)
        {
            RequireFree(ledger, place, name);
        }

        RequireTargets(ledger, place, definition);
        ledger.UpdateGatewayResource(found, name, definition);

        // The API's own members are deployed like its parts.
        Deploying.Changed(ledger, place.Kind == GatewayKind.Api ? new(id, GatewayKind.Route) : place, check);
        return found with { Name = name, Definition = definition, Updated = ledger.Now };
    }

    /// <param name="ledger">Where.</param>
    /// <param name="check">As in <see cref="Create"/>.</param>
    /// <param name="place">Where in the API.</param>
    /// <param name="id">Of the part.</param>
    /// <exception cref="Refusal">GatewayUnknown; GatewayInUse where something still points to it; InvalidInput: the API cannot run without it.</exception>
    public static void Delete(ILedger ledger, Action<ApiSnapshot> check, GatewayPlace place, string id)
    {
        RequirePlace(ledger, place);
        var found = Find(ledger, place, id);
        switch (place.Kind)
        {
            case GatewayKind.Api:
                ledger.DeleteGatewayApi(id);
                return;
            case GatewayKind.Integration:
                if (Parts<RouteDefinition>(ledger, place.Api, GatewayKind.Route).FirstOrDefault(r => r.Target == "integrations/" + id) is { } user)
                {
                    throw new Refusal(
                        Reason.GatewayInUse, $"Cannot delete Integration '{id}' because it is referenced by Route '{user.RouteKey}'.");
                }

                ledger.DeleteGatewayChildren(place.Api, GatewayKind.IntegrationResponse, id);
                break;
            case GatewayKind.Authorizer:
                if (Parts<RouteDefinition>(ledger, place.Api, GatewayKind.Route).FirstOrDefault(r => r.AuthorizerId == id) is { } holder)
                {
                    throw new Refusal(
                        Reason.GatewayInUse, $"Cannot delete Authorizer '{id}' because it is referenced by Route '{holder.RouteKey}'.");
                }

                break;
            case GatewayKind.Route:
                ledger.DeleteGatewayChildren(place.Api, GatewayKind.RouteResponse, id);
                break;
            case GatewayKind.Deployment:
                if (Deploying.Stages(ledger, place.Api).Any(s => s.Definition.DeploymentId == id))
                {
                    throw new Refusal(
                        Reason.InvalidInput, "Active stages pointing to this deployment must be moved or deleted");
                }

                break;
        }

        ledger.DeleteGatewayResource(found);
        Deploying.Changed(ledger, place, check);
    }

    internal static IEnumerable<T> Parts<T>(IView view, string api, GatewayKind kind) => view.ReadGatewayApi(api)
        .Where(r => r.Place.Kind == kind)
        .Select(r => (T)JsonSerializer.Deserialize(r.Definition, typeof(T), GatewayJson.Default)!);

    private static string NewId(IView view, GatewayPlace place)
    {
        while (true)
        {
            var id = GatewayIds.New(place.Kind);
            if (view.FindGatewayResource(place, id) is null)
            {
                return id;
            }
        }
    }

    private static void RequireFree(IView view, GatewayPlace place, string? name)
    {
        if (name is not null && view.FindGatewayResourceByName(place, name) is not null)
        {
            throw new Refusal(Reason.GatewayExists, place.Kind switch
            {
                GatewayKind.Route => $"Route with key {name} already exists for this API",
                GatewayKind.Stage => "Stage already exists",
                _ => $"{WordOf(place.Kind)} with name {name} already exists",
            });
        }
    }

    /// <summary>A route's target and authorizer, and a stage's deployment, must be there.</summary>
    private static void RequireTargets(IView view, GatewayPlace place, string definition)
    {
        if (place.Kind == GatewayKind.Route)
        {
            var route = JsonSerializer.Deserialize(definition, GatewayJson.Default.RouteDefinition)!;
            if (route.Target is { Length: > 0 } target
                && (!target.StartsWith("integrations/", StringComparison.Ordinal)
                    || view.FindGatewayResource(new(place.Api, GatewayKind.Integration), target["integrations/".Length..]) is null))
            {
                throw new Refusal(Reason.InvalidInput, $"Invalid target: {target}. It must be integrations/ and the id of an integration of this API.");
            }

            if (route.AuthorizerId is { Length: > 0 } authorizer
                && view.FindGatewayResource(new(place.Api, GatewayKind.Authorizer), authorizer) is null)
            {
                throw new Refusal(Reason.InvalidInput, $"Invalid authorizer: {authorizer} is not defined.");
            }
        }
        else if (place.Kind == GatewayKind.Stage)
        {
            var stage = JsonSerializer.Deserialize(definition, GatewayJson.Default.StageDefinition)!;
            if (stage.DeploymentId is { Length: > 0 } deployment
                && view.FindGatewayResource(new(place.Api, GatewayKind.Deployment), deployment) is null)
            {
                throw Unknown(GatewayKind.Deployment, deployment);
            }
        }
    }

    private static GatewayKind? ParentOf(GatewayKind kind) => kind switch
    {
        GatewayKind.RouteResponse => GatewayKind.Route,
        GatewayKind.IntegrationResponse => GatewayKind.Integration,
        _ => null,
    };

    private static Limit? QuotaOf(GatewayKind kind) => kind switch
    {
        GatewayKind.Api => Quotas.GatewayApis,
        GatewayKind.Route => Quotas.RoutesPerApi,
        GatewayKind.Integration => Quotas.IntegrationsPerApi,
        GatewayKind.Authorizer => Quotas.AuthorizersPerApi,
        GatewayKind.Stage => Quotas.StagesPerApi,
        GatewayKind.Model => Quotas.ModelsPerApi,
        GatewayKind.RouteResponse or GatewayKind.IntegrationResponse => Quotas.ResponsesPerApi,
        _ => null,
    };

    private static Refusal Unknown(GatewayKind kind, string id) => new(
        Reason.GatewayUnknown,
        kind == GatewayKind.Stage ? "Invalid stage identifier specified" : $"Invalid {WordOf(kind)} identifier specified {id}");

    private static string WordOf(GatewayKind kind) => kind == GatewayKind.Api ? "API" : kind.ToString();
}
