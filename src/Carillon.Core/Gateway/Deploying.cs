using System.Text.Json;

namespace Carillon.Core.Gateway;

/// <summary>
/// What runs is what was deployed: a deployment keeps the whole API as it was, and a stage points to one. Stages that deploy by
/// themselves get a new one with every change.
/// </summary>
public static class Deploying
{
    /// <param name="ledger">Where.</param>
    /// <param name="api">What is deployed.</param>
    /// <param name="check">Throws a <see cref="FormatException"/> that says why what is to be deployed cannot run.</param>
    /// <param name="description">For people.</param>
    /// <param name="stage">The stage that is moved to it; null moves none.</param>
    /// <param name="isAutomatic">Whether a change has brought it about.</param>
    /// <exception cref="Refusal">GatewayUnknown; InvalidInput: there is nothing to deploy, or it cannot run.</exception>
    public static GatewayResource Deploy(
        ILedger ledger, string api, Action<ApiSnapshot> check, string? description, string? stage, bool isAutomatic = false)
    {
        var snapshot = Snapshot(ledger, api);
        if (snapshot.Routes.Count == 0)
        {
            throw new Refusal(Reason.InvalidInput, "At least one route is required before deploying the Api.");
        }

        try
        {
            check(snapshot);
        }
        catch (FormatException e)
        {
            throw new Refusal(Reason.InvalidInput, e.Message);
        }

        var place = new GatewayPlace(api, GatewayKind.Deployment);
        string id;
        do
        {
            id = GatewayIds.New(GatewayKind.Deployment);
        }
        while (ledger.FindGatewayResource(place, id) is not null);
        var made = ledger.AddGatewayResource(place, id, null, JsonSerializer.Serialize(
            new DeploymentDefinition
            {
                DeploymentId = id,
                Description = description,
                DeploymentStatus = "DEPLOYED",
                AutoDeployed = isAutomatic,
                Snapshot = snapshot,
            },
            GatewayJson.Default.DeploymentDefinition));
        if (stage is not null)
        {
            var found = GatewayApis.Find(ledger, new(api, GatewayKind.Stage), stage);
            Move(ledger, found, JsonSerializer.Deserialize(found.Definition, GatewayJson.Default.StageDefinition)!, id);
        }

        Prune(ledger, api);
        return made;
    }

    /// <summary>The API as it is defined now.</summary>
    /// <exception cref="Refusal">GatewayUnknown.</exception>
    public static ApiSnapshot Snapshot(IView view, string api)
    {
        var definition = GatewayApis.FindApi(view, api).Definition;
        var snapshot = new ApiSnapshot { Api = JsonSerializer.Deserialize(definition, GatewayJson.Default.ApiDefinition)! };
        foreach (var part in view.ReadGatewayApi(api))
        {
            switch (part.Place.Kind)
            {
                case GatewayKind.Route:
                    snapshot.Routes.Add(JsonSerializer.Deserialize(part.Definition, GatewayJson.Default.RouteDefinition)!);
                    break;
                case GatewayKind.RouteResponse:
                    snapshot.RouteResponses.Add(
                        JsonSerializer.Deserialize(part.Definition, GatewayJson.Default.RouteResponseDefinition)! with { RouteId = part.Place.Parent });
                    break;
                case GatewayKind.Integration:
                    snapshot.Integrations.Add(JsonSerializer.Deserialize(part.Definition, GatewayJson.Default.IntegrationDefinition)!);
                    break;
                case GatewayKind.IntegrationResponse:
                    snapshot.IntegrationResponses.Add(
                        JsonSerializer.Deserialize(part.Definition, GatewayJson.Default.IntegrationResponseDefinition)! with { IntegrationId = part.Place.Parent });
                    break;
                case GatewayKind.Authorizer:
                    snapshot.Authorizers.Add(JsonSerializer.Deserialize(part.Definition, GatewayJson.Default.AuthorizerDefinition)!);
                    break;
                case GatewayKind.Model:
                    snapshot.Models.Add(JsonSerializer.Deserialize(part.Definition, GatewayJson.Default.ModelDefinition)!);
                    break;
            }
        }

        return snapshot;
    }

    /// <summary>The stages of an API; quotas bound them.</summary>
    public static IReadOnlyList<(GatewayResource Resource, StageDefinition Definition)> Stages(IView view, string api) =>
    [
        .. view.ListGatewayResources(new(api, GatewayKind.Stage), MostStages, null).Items
            .Select(r => (r, JsonSerializer.Deserialize(r.Definition, GatewayJson.Default.StageDefinition)!)),
    ];

    private const int MostStages = 1_000;

    /// <summary>After a change of a part: stages that deploy by themselves get it at once.</summary>
    /// <exception cref="Refusal">InvalidInput: it cannot run as it is now.</exception>
    internal static void Changed(ILedger ledger, GatewayPlace place, Action<ApiSnapshot> check)
    {
        if (place.Kind is GatewayKind.Api or GatewayKind.Deployment)
        {
            return;
        }

        foreach (var (resource, stage) in Stages(ledger, place.Api).Where(s => s.Definition.AutoDeploy == true))
        {
            // A stage's own settings count at once; it needs a deployment only to begin with.
            if ((place.Kind != GatewayKind.Stage || stage.DeploymentId is null)
                && ledger.CountGatewayResources(place.Api, GatewayKind.Route) > 0)
            {
                var made = Deploy(
                    ledger, place.Api, check, "Automatic deployment triggered by changes to the Api configuration", null, isAutomatic: true);
                Move(ledger, resource, stage, made.Id);
            }
        }
    }

    private static void Move(ILedger ledger, GatewayResource resource, StageDefinition stage, string deployment) =>
        ledger.UpdateGatewayResource(resource, resource.Name, JsonSerializer.Serialize(
            stage with { DeploymentId = deployment }, GatewayJson.Default.StageDefinition));

    /// <summary>Each holds a whole API, so the oldest that no stage needs go.</summary>
    private static void Prune(ILedger ledger, string api)
    {
        if (ledger.CountGatewayResources(api, GatewayKind.Deployment) <= GatewayApis.KeptDeployments)
        {
            return;
        }

        var needed = Stages(ledger, api).Select(s => s.Definition.DeploymentId).ToHashSet(StringComparer.Ordinal);
        var oldest = ledger.ListGatewayResources(new(api, GatewayKind.Deployment), needed.Count + 1, null).Items
            .FirstOrDefault(d => !needed.Contains(d.Id));
        if (oldest is not null)
        {
            ledger.DeleteGatewayResource(oldest);
        }
    }
}
