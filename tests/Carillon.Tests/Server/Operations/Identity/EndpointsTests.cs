using System.Text.Json.Nodes;
using Xunit;
using static Carillon.Tests.Server.ChimeClient;

namespace Carillon.Tests.Server.Operations.Identity;

public class EndpointsTests(LiveServer server) : IClassFixture<LiveServer>
{
    private async Task<(ChimeClient Chime, string User)> Somebody()
    {
        var app = await server.NewApp();
        return (app.Root, await app.NewUser("somebody"));
    }

    [Fact]
    public async Task An_endpoint_is_registered_described_updated_listed_and_deregistered()
    {
        var (chime, user) = await Somebody();
        var id = (await chime.RegisterEndpoint(user, "t0ken", "APNS", voip: "v0ip", name: "my phone")).Text("EndpointId");

        var described = (await chime.DescribeEndpoint(user, id)).At("AppInstanceUserEndpoint")!;
        Assert.Equal(
            (user, id, "my phone", "APNS", PushApp, "ALL", "t0ken", "v0ip"),
            ((string)described["AppInstanceUserArn"]!, (string)described["EndpointId"]!, (string)described["Name"]!,
             (string)described["Type"]!, (string)described["ResourceArn"]!, (string)described["AllowMessages"]!,
             (string)described["EndpointAttributes"]!["DeviceToken"]!, (string)described["EndpointAttributes"]!["VoipDeviceToken"]!));
        Assert.Equal("""{"Status":"ACTIVE"}""", described["EndpointState"]!.ToJsonString());
        Assert.Equal((double)described["CreatedTimestamp"]!, (double)described["LastUpdatedTimestamp"]!);

        Assert.Equal(id, (await chime.UpdateEndpoint(user, id, allow: "NONE")).Text("EndpointId"));
        (await chime.UpdateEndpoint(user, id, name: "")).Ok();
        var listed = (JsonObject)Assert.Single((await chime.ListEndpoints(user)).List("AppInstanceUserEndpoints"))!;
        Assert.Equal(("", "NONE", "ACTIVE"), ((string)listed["Name"]!, (string)listed["AllowMessages"]!, (string)listed["EndpointState"]!["Status"]!));
        Assert.DoesNotContain("t0ken", listed.ToJsonString(), StringComparison.Ordinal);

        (await chime.DeregisterEndpoint(user, id)).Ok();
        (await chime.DeregisterEndpoint(user, id)).Ok();
        (await chime.DescribeEndpoint(user, id)).Forbidden();
        (await chime.UpdateEndpoint(user, id, allow: "ALL")).Forbidden();
        Assert.Empty((await chime.ListEndpoints(user)).List("AppInstanceUserEndpoints"));
    }

    [Fact]
    public async Task Registering_again_with_the_token_or_the_device_makes_no_second_endpoint()
    {
        var (chime, user) = await Somebody();
        var first = await chime.RegisterEndpoint(user, "t", token: "same");

        Assert.Equal(first.Ok().Body, (await chime.RegisterEndpoint(user, "t", token: "same")).Ok().Body);
        Assert.Equal(first.Body, (await chime.RegisterEndpoint(user, "t", allow: "NONE")).Ok().Body);
        (await chime.RegisterEndpoint(user, "u", token: "same")).Conflict();
        Assert.Equal("NONE", (await chime.DescribeEndpoint(user, first.Text("EndpointId"))).Text("AppInstanceUserEndpoint.AllowMessages"));
    }

    [Fact]
    public async Task The_eleventh_is_too_many_and_a_list_has_pages()
    {
        var (chime, user) = await Somebody();
        for (var i = 0; i < 10; i++)
        {
            (await chime.RegisterEndpoint(user, $"t{i}")).Ok();
        }

        (await chime.RegisterEndpoint(user, "t10")).Refused(400, "ResourceLimitExceededException");
        var page = await chime.ListEndpoints(user, "?max-results=7");
        var rest = await chime.ListEndpoints(user, "?max-results=7&next-token=" + E(page.NextToken!));
        Assert.Equal((7, 3), (page.List("AppInstanceUserEndpoints").Count, rest.List("AppInstanceUserEndpoints").Count));
        Assert.Null(rest.NextToken);
    }

    [Fact]
    public async Task Another_users_endpoint_is_none_and_neither_is_one_of_nobody()
    {
        var app = await server.NewApp();
        var users = await app.NewUsers("ann", "bob");
        var id = (await app.Root.RegisterEndpoint(users[0])).Text("EndpointId");

        (await app.Root.DescribeEndpoint(users[1], id)).Forbidden();
        (await app.Root.DeregisterEndpoint(users[1], id)).Ok();
        (await app.Root.DescribeEndpoint(users[0], id)).Ok();
        foreach (var nobody in new[] { app.UserArn("nobody"), app.Arn + "/bot/ann", app.Arn, "arn:aws:chime:eu-west-1:1:app-instance/a/user/ann" })
        {
            (await app.Root.RegisterEndpoint(nobody)).Forbidden();
            (await app.Root.ListEndpoints(nobody)).Forbidden();
            (await app.Root.DescribeEndpoint(nobody, id)).Forbidden();
        }

        (await app.Root.DeleteAppInstanceUser(users[0])).Ok();
        (await app.Root.DescribeEndpoint(users[0], id)).Forbidden();
        await app.NewUser("ann");
        Assert.Empty((await app.Root.ListEndpoints(users[0])).List("AppInstanceUserEndpoints"));
    }

    [Fact]
    public async Task Who_registers_must_be_allowed_to_see_the_push_application()
    {
        var (chime, user) = await Somebody();
        const string register = """{"Effect":"Allow","Action":"chime:RegisterAppInstanceUserEndpoint","Resource":"*"}""";
        var without = await As(register);
        var other = await As(register, """{"Effect":"Allow","Action":"mobiletargeting:GetApp","Resource":"arn:aws:mobiletargeting:*:*:apps/other"}""");
        var with = await As(register, """{"Effect":"Allow","Action":"mobiletargeting:GetApp","Resource":"arn:aws:mobiletargeting:*:*:apps/5c0ffee"}""");
        var alone = await As("""{"Effect":"Allow","Action":"mobiletargeting:GetApp","Resource":"*"}""");

        (await without.RegisterEndpoint(user)).Forbidden();
        (await other.RegisterEndpoint(user)).Forbidden();
        (await alone.RegisterEndpoint(user)).Refused(403, "AccessDeniedException");
        Assert.Empty((await chime.ListEndpoints(user)).List("AppInstanceUserEndpoints"));
        (await with.RegisterEndpoint(user)).Ok();
    }

    /// <summary>A caller whose role holds these statements.</summary>
    private async Task<ChimeClient> As(params string[] statements)
    {
        var role = "role-" + Guid.NewGuid().ToString("n");
        await server.Root.Query("iam", "CreateRole", ("RoleName", role), ("AssumeRolePolicyDocument",
            """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::123456789012:root"}}}"""));
        await server.Root.Query("iam", "PutRolePolicy", ("RoleName", role), ("PolicyName", "p"), ("PolicyDocument",
            $$"""{"Version":"2012-10-17","Statement":[{{string.Join(',', statements)}}]}"""));
        var xml = System.Xml.Linq.XDocument.Parse(await server.Root.Query(
            "sts", "AssumeRole", ("RoleArn", $"arn:aws:iam::{LiveServer.Account}:role/{role}"), ("RoleSessionName", "session")));
        string Of(string name) => xml.Descendants().Single(e => e.Name.LocalName == name).Value;
        return server.As(new(Of("AccessKeyId"), Of("SecretAccessKey"), Of("SessionToken")));
    }

    [Fact]
    public async Task No_token_is_ever_logged()
    {
        var (chime, user) = await Somebody();
        const string secret = "s3cret-device-token";
        (await chime.RegisterEndpoint(user, secret, "APNS", voip: secret + "-voip")).Ok();
        (await chime.RegisterEndpoint(user, secret + "\n")).BadRequest();
        (await chime.RegisterEndpoint(user, secret, type: "NOPE")).BadRequest();
        (await chime.RegisterEndpoint(user + "x", secret)).Forbidden();

        Assert.DoesNotContain(server.Log.Lines, line => line.Contains(secret, StringComparison.Ordinal));
        Assert.DoesNotContain(secret, new Carillon.Core.Pushing.NewEndpoint(default, "a", "b", secret, secret, true).ToString(), StringComparison.Ordinal);
    }
}
