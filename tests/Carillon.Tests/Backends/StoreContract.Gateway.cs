using Carillon.Core;
using Carillon.Core.Gateway;
using Xunit;

namespace Carillon.Tests.Backends;

public abstract partial class StoreContract
{
    private static readonly Quotas _gatewayQuotas = new();

    /// <summary>Whatever is deployed can run.</summary>
    private static void Runs(ApiSnapshot snapshot)
    {
    }

    private static Task<string> MakeApi(Stage stage) => stage.Write(l => GatewayApis.Create(
        l, _gatewayQuotas, Runs, GatewayPlace.Apis, null, id => $$"""{"apiId":"{{id}}","routeSelectionExpression":"$request.body.action"}""").Id);

    private static Task<GatewayResource> MakePart(Stage stage, string api, GatewayKind kind, string? name, string members, string parent = "") =>
        stage.Write(l => GatewayApis.Create(
            l, _gatewayQuotas, Runs, new(api, kind, parent), name,
            id => $$"""{"{{char.ToLowerInvariant(kind.ToString()[0])}}{{kind.ToString()[1..]}}Id":"{{id}}"{{members}}}""",
            kind == GatewayKind.Stage ? name : null));

    private static Reason ReasonOf(Action act) => Assert.Throws<Refusal>(act).Reason;

    [Fact]
    public async Task Parts_of_a_web_socket_API_are_found_by_id_and_by_name_and_are_listed_in_pages()
    {
        var stage = Begin();
        var api = await MakeApi(stage);
        var other = await MakeApi(stage);
        var routes = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            routes.Add((await MakePart(stage, api, GatewayKind.Route, $"r{i}", $$""","routeKey":"r{{i}}" """)).Id);
        }

        await MakePart(stage, other, GatewayKind.Route, "r0", ""","routeKey":"r0" """);
        var place = new GatewayPlace(api, GatewayKind.Route);

        Assert.Equal(routes[3], stage.Read(v => v.FindGatewayResourceByName(place, "r3"))!.Id);
        Assert.Null(stage.Read(v => v.FindGatewayResource(place, "absent")));
        var first = stage.Read(v => v.ListGatewayResources(place, 3, null));
        var second = stage.Read(v => v.ListGatewayResources(place, 3, first.Next));
        Assert.Equal(routes, first.Items.Concat(second.Items).Select(r => r.Id));
        Assert.Null(second.Next);
        Assert.Equal(5, stage.Read(v => v.CountGatewayResources(api, GatewayKind.Route)));
        Assert.Equal([api, other], stage.Read(v => v.ListGatewayResources(GatewayPlace.Apis, 10, null)).Items.Select(a => a.Id));
    }

    [Fact]
    public async Task A_part_is_refused_where_its_name_is_taken_its_place_is_absent_or_what_it_points_to_is_not_there()
    {
        var stage = Begin();
        var api = await MakeApi(stage);
        await MakePart(stage, api, GatewayKind.Route, "r", ""","routeKey":"r" """);

        async Task<Reason> Refused(Task<GatewayResource> making) => (await Assert.ThrowsAsync<Refusal>(() => making)).Reason;

        Assert.Equal(Reason.GatewayExists, await Refused(MakePart(stage, api, GatewayKind.Route, "r", ""","routeKey":"r" """)));
        Assert.Equal(Reason.GatewayUnknown, await Refused(MakePart(stage, "absent", GatewayKind.Route, "r", "")));
        Assert.Equal(Reason.GatewayUnknown, await Refused(MakePart(stage, api, GatewayKind.RouteResponse, "$default", "", "absent")));
        Assert.Equal(
            Reason.InvalidInput,
            await Refused(MakePart(stage, api, GatewayKind.Route, "s", ""","routeKey":"s","target":"integrations/absent" """)));
        Assert.Equal(
            Reason.GatewayUnknown, await Refused(MakePart(stage, api, GatewayKind.Stage, "dev", ""","deploymentId":"absent" """)));
    }

    [Fact]
    public async Task What_is_pointed_to_stays_and_what_hangs_on_a_part_goes_with_it()
    {
        var stage = Begin();
        var api = await MakeApi(stage);
        var integration = await MakePart(stage, api, GatewayKind.Integration, null, ""","integrationType":"MOCK" """);
        var route = await MakePart(
            stage, api, GatewayKind.Route, "r", $$""","routeKey":"r","target":"integrations/{{integration.Id}}" """);
        await MakePart(stage, api, GatewayKind.RouteResponse, "$default", "", route.Id);

        Assert.Equal(
            Reason.GatewayInUse,
            (await Assert.ThrowsAsync<Refusal>(() => stage.Write(l => GatewayApis.Delete(l, Runs, integration.Place, integration.Id)))).Reason);
        await stage.Write(l => GatewayApis.Delete(l, Runs, route.Place, route.Id));
        Assert.Equal(0, stage.Read(v => v.CountGatewayResources(api, GatewayKind.RouteResponse)));
        await stage.Write(l => GatewayApis.Delete(l, Runs, integration.Place, integration.Id));
        await MakePart(stage, api, GatewayKind.Route, "r", ""","routeKey":"r" """);
        await stage.Write(l => GatewayApis.Delete(l, Runs, GatewayPlace.Apis, api));

        Assert.Equal(0, stage.Look(sql => sql.Number("select count(*) from gateway_resource")));
        Assert.Equal(Reason.GatewayUnknown, ReasonOf(() => stage.Read(v => GatewayApis.FindApi(v, api))));
    }

    [Fact]
    public async Task A_deployment_keeps_the_API_as_it_was_and_a_stage_that_deploys_by_itself_gets_each_change()
    {
        var stage = Begin();
        var api = await MakeApi(stage);
        Assert.Equal(
            Reason.InvalidInput, (await Assert.ThrowsAsync<Refusal>(() => stage.Write(l => Deploying.Deploy(l, api, Runs, null, null)))).Reason);
        await MakePart(stage, api, GatewayKind.Route, "first", ""","routeKey":"first" """);
        await MakePart(stage, api, GatewayKind.Stage, "still", ""","stageName":"still" """);
        await MakePart(stage, api, GatewayKind.Stage, "auto", ""","stageName":"auto","autoDeploy":true """);
        await stage.Write(l => Deploying.Deploy(l, api, Runs, "one", "still"));
        await MakePart(stage, api, GatewayKind.Route, "second", ""","routeKey":"second" """);

        await stage.Write(l => GatewayApis.Update(
            l, Runs, GatewayPlace.Apis, api, found => (null, found.Definition.Replace("action", "type", StringComparison.Ordinal))));

        ApiSnapshot Running(string name)
        {
            var id = stage.Read(v => Deploying.Stages(v, api)).Single(s => s.Resource.Id == name).Definition.DeploymentId!;
            var text = stage.Read(v => v.FindGatewayResource(new(api, GatewayKind.Deployment), id))!.Definition;
            return System.Text.Json.JsonSerializer.Deserialize(text, GatewayJson.Default.DeploymentDefinition)!.Snapshot!;
        }

        Assert.Equal(["first"], Running("still").Routes.Select(r => r.RouteKey));
        Assert.Equal("$request.body.action", Running("still").Api.RouteSelectionExpression);
        Assert.Equal(["first", "second"], Running("auto").Routes.Select(r => r.RouteKey));
        Assert.Equal("$request.body.type", Running("auto").Api.RouteSelectionExpression);
    }

    [Fact]
    public async Task What_cannot_run_is_not_deployed_and_the_change_that_would_deploy_it_is_not_made()
    {
        var stage = Begin();
        var api = await MakeApi(stage);
        var route = await MakePart(stage, api, GatewayKind.Route, "r", ""","routeKey":"r" """);
        await MakePart(stage, api, GatewayKind.Stage, "auto", ""","stageName":"auto","autoDeploy":true """);
        var deployed = stage.Read(v => v.CountGatewayResources(api, GatewayKind.Deployment));
        static void Never(ApiSnapshot snapshot) => throw new FormatException("It cannot run.");

        var refusals = new[]
        {
            await Assert.ThrowsAsync<Refusal>(() => stage.Write(l => Deploying.Deploy(l, api, Never, null, null))),
            await Assert.ThrowsAsync<Refusal>(() => stage.Write(l => GatewayApis.Update(
                l, Never, route.Place, route.Id, found => (found.Name, """{"routeKey":"changed"}""")))),
        };

        Assert.All(refusals, r => Assert.Equal((Reason.InvalidInput, "It cannot run."), (r.Reason, r.Detail)));
        Assert.Equal(deployed, stage.Read(v => v.CountGatewayResources(api, GatewayKind.Deployment)));
        Assert.Contains("\"routeKey\":\"r\"", stage.Read(v => v.FindGatewayResource(route.Place, route.Id))!.Definition, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deployments_that_no_stage_needs_are_kept_up_to_a_number()
    {
        var stage = Begin();
        var api = await MakeApi(stage);
        await MakePart(stage, api, GatewayKind.Route, "r", ""","routeKey":"r" """);
        await MakePart(stage, api, GatewayKind.Stage, "dev", ""","stageName":"dev" """);
        var pinned = await stage.Write(l => Deploying.Deploy(l, api, Runs, null, "dev"));
        for (var i = 0; i < GatewayApis.KeptDeployments + 5; i++)
        {
            await stage.Write(l => Deploying.Deploy(l, api, Runs, null, null));
        }

        Assert.Equal(GatewayApis.KeptDeployments, stage.Read(v => v.CountGatewayResources(api, GatewayKind.Deployment)));
        Assert.NotNull(stage.Read(v => v.FindGatewayResource(new(api, GatewayKind.Deployment), pinned.Id)));
    }

    [Fact]
    public async Task Connections_of_another_run_are_lost_ones_and_those_of_this_run_are_not()
    {
        var stage = Begin();
        await stage.Write(l =>
        {
            for (var i = 0; i < 5; i++)
            {
                l.AddGatewayConnection($"id{i}", i == 2 ? "this" : "earlier", "api", "dev", l.Now, $$"""{"i":{{i}}}""");
            }
        });

        var first = stage.Read(v => v.ListLostConnections("this", 0, 3));
        Assert.Equal(["id0", "id1", "id3"], first.Select(c => c.Id));
        Assert.Equal(["id4"], stage.Read(v => v.ListLostConnections("this", first[^1].Key, 3)).Select(c => c.Id));
        Assert.Equal(("api", "dev", """{"i":0}"""), (first[0].Api, first[0].Stage, first[0].Detail));
        Assert.True(await stage.Write(l => l.DeleteGatewayConnection("id0")));
        Assert.False(await stage.Write(l => l.DeleteGatewayConnection("id0")));
        Assert.Equal(3, stage.Read(v => v.ListLostConnections("this", 0, 10)).Count);
    }

    /// <summary>Thousands come and go while others speak: what is known of who may speak must outlast them.</summary>
    [Fact]
    public async Task A_connection_that_comes_or_goes_costs_a_statement_and_makes_the_writer_forget_nothing()
    {
        var stage = Begin();
        var app = await stage.MakeApp();
        var ada = await stage.MakeUser(app, "ada");
        var channel = await stage.MakeChannel(ada, "room");
        async Task<long> Cost()
        {
            var before = stage.Database.Statements;
            await stage.Send(channel, ada, "hello");
            return stage.Database.Statements - before;
        }

        await Cost();
        var alone = await Cost();
        await stage.Write(l => l.AddGatewayConnection("id", "o", "a", "s", l.Now, "{}"));
        await stage.Write(l => l.DeleteGatewayConnection("id"));

        Assert.Equal(alone, await Cost());
    }
}
