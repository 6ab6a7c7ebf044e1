using System.Text.Json.Nodes;
using Carillon.Tests.Server.Access;
using Carillon.Wire.SigV4;
using Xunit;

namespace Carillon.Tests.Server.IdentityPools;

/// <summary>Cognito's identity pools over HTTP.</summary>
public sealed class IdentityPoolsTests(PoolServer server) : IClassFixture<PoolServer>, IAsyncLifetime
{
    private const string OwnUser =
        """
        {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"chime:*",
         "Resource":["*/user/${cognito-identity.amazonaws.com:sub}","*/channel/*"]}]}
        """;

    private static readonly SemaphoreSlim _once = new(1);
    private static bool _made;

    public async ValueTask InitializeAsync()
    {
        await _once.WaitAsync();
        if (!_made)
        {
            var own = OwnUser.Replace("\"*/", "\"arn:aws:chime:us-east-1:123456789012:app-instance/*/");
            await server.MakeRole("Fan", PoolServer.Trust(PoolServer.Pool, "authenticated"), own);
            await server.MakeRole("Guest", PoolServer.Trust(PoolServer.Pool, "unauthenticated"), own);
            _made = true;
        }

        _once.Release();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private (string, string) Login(string subject) => (Issuer.Name, server.Token(subject));

    private static AwsCredentials Credentials(Answer answer) => new(
        answer.Text("Credentials.AccessKeyId"), answer.Text("Credentials.SecretKey"), answer.Text("Credentials.SessionToken"));

    private static void Refused(Answer answer, string type)
    {
        Assert.Equal((400, type), (answer.Status, answer.ErrorType));
        Assert.Equal(type, (string?)answer.Json["__type"]);
        Assert.NotEmpty((string)answer.Json["message"]!);
        Assert.Equal("application/x-amz-json-1.1", answer.ContentHeaders.ContentType!.ToString());
    }

    [Fact]
    public async Task The_same_login_is_the_same_identity_and_another_is_another()
    {
        var ada = (await server.GetId(PoolServer.Pool, Login("same-ada"))).Text("IdentityId");
        var again = (await server.GetId(PoolServer.Pool, Login("same-ada"))).Text("IdentityId");
        var ben = (await server.GetId(PoolServer.Pool, Login("same-ben"))).Text("IdentityId");
        var elsewhere = (await server.GetId(PoolServer.Closed, Login("same-ada"))).Text("IdentityId");

        Assert.Matches("^us-east-1:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", ada);
        Assert.Equal(ada, again);
        Assert.Equal(3, new[] { ada, ben, elsewhere }.Distinct().Count());
    }

    [Fact]
    public async Task Many_at_once_with_one_login_are_one_identity()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => server.GetId(PoolServer.Pool, Login("crowd"))));

        Assert.Single(answers.Select(a => a.Text("IdentityId")).Distinct());
    }

    [Fact]
    public async Task Whoever_brings_a_token_acts_as_its_own_identity_and_nobody_else()
    {
        var app = await server.NewApp();
        var id = (await server.GetId(PoolServer.Pool, Login("own-ada"))).Text("IdentityId");
        var answer = await server.GetCredentials(id, Login("own-ada"));
        var ada = await app.NewUser(id, "Ada");
        var ben = await app.NewUser("ben");
        var channel = await app.NewChannel(ada, members: [ben]);
        var client = server.As(Credentials(answer));

        Assert.Equal(id, answer.Text("IdentityId"));
        Assert.Equal(
            server.Clock.GetUtcNow().AddHours(1).ToUnixTimeSeconds(), (long)answer.Json["Credentials"]!["Expiration"]!);
        Assert.Null(answer.Json["Credentials"]!["SecretAccessKey"]);
        (await client.SendChannelMessage(ada, channel, "hello")).Ok();
        (await client.SendChannelMessage(ben, channel, "hello")).Refused(403, "AccessDeniedException");
        Assert.Contains("assumed-role/Fan/CognitoIdentityCredentials", await client.Query("sts", "GetCallerIdentity"));
        await using var session = await SessionClient.Start(server, ada, credentials: Credentials(answer));
        Assert.True(session.IsOpen);
    }

    [Fact]
    public async Task A_guest_has_an_identity_that_is_not_stored_and_a_role_of_its_own()
    {
        var id = (await server.GetId(PoolServer.Pool)).Text("IdentityId");
        var answer = (await server.GetCredentials(id)).Ok();

        Assert.Contains("assumed-role/Guest/", await server.As(Credentials(answer)).Query("sts", "GetCallerIdentity"));
        Assert.NotEqual(id, (await server.GetId(PoolServer.Pool)).Text("IdentityId"));
        Refused(await server.GetId(PoolServer.Closed), "NotAuthorizedException");
    }

    [Fact]
    public async Task A_guest_who_signs_in_keeps_the_identity_and_no_guest_has_it_again()
    {
        var id = (await server.GetId(PoolServer.Pool)).Text("IdentityId");
        (await server.GetCredentials(id, Login("late"))).Ok();

        Assert.Equal(id, (await server.GetId(PoolServer.Pool, Login("late"))).Text("IdentityId"));
        Refused(await server.GetCredentials(id), "NotAuthorizedException");
        Refused(await server.GetCredentials(id, Login("somebody")), "NotAuthorizedException");
    }

    [Fact]
    public async Task Nobody_gets_credentials_for_the_identity_of_another()
    {
        var ada = (await server.GetId(PoolServer.Pool, Login("victim"))).Text("IdentityId");
        var ben = (await server.GetId(PoolServer.Pool, Login("thief"))).Text("IdentityId");

        Refused(await server.GetCredentials(ada, Login("thief")), "NotAuthorizedException");
        Refused(await server.GetCredentials(ada), "NotAuthorizedException");
        Refused(await server.GetCredentials(ben, Login("victim")), "NotAuthorizedException");
    }

    [Fact]
    public async Task An_identity_that_was_not_made_here_is_not_found()
    {
        var id = (await server.GetId(PoolServer.Pool)).Text("IdentityId");
        var last = id[^1] == '0' ? '1' : '0';

        foreach (var other in new[] { id[..^1] + last, id.ToUpperInvariant(), $"us-east-1:{Guid.NewGuid()}", $"eu-west-1:{id[10..]}", "x", "" })
            Refused(await server.GetCredentials(other), "ResourceNotFoundException");
        Refused(await server.GetId("us-east-1:00000000-0000-4000-8000-000000000000"), "ResourceNotFoundException");
    }

    [Fact]
    public async Task A_token_that_is_not_right_is_refused()
    {
        var id = (await server.GetId(PoolServer.Pool, Login("right"))).Text("IdentityId");
        var old = Issuer.Claims(server.Clock.GetUtcNow());
        old["exp"] = server.Clock.GetUtcNow().ToUnixTimeSeconds();
        var other = Issuer.Claims(server.Clock.GetUtcNow());
        other["aud"] = "mobile";

        foreach (var login in new[]
        {
            (Issuer.Name, "x.y.z"), (Issuer.Name, server.Issuer.Rs256(old)), (Issuer.Name, server.Issuer.Rs256(other)),
            ("accounts.google.com", server.Token("right")), (Issuer.Url, server.Token("right")),
        })
        {
            Refused(await server.GetId(PoolServer.Pool, login), "NotAuthorizedException");
            Refused(await server.GetCredentials(id, login), "NotAuthorizedException");
        }

        Assert.StartsWith(
            "Invalid login token. Token expired: ",
            (string)(await server.GetId(PoolServer.Pool, (Issuer.Name, server.Issuer.Rs256(old)))).Json["message"]!);
    }

    [Fact]
    public async Task The_role_must_trust_the_pool()
    {
        // The role of the closed pool trusts the other one.
        var id = (await server.GetId(PoolServer.Closed, Login("closed"))).Text("IdentityId");

        Refused(await server.GetCredentials(id, Login("closed")), "InvalidIdentityPoolConfigurationException");
    }

    [Fact]
    public async Task What_cannot_be_read_and_what_is_not_there_is_said_in_the_protocol()
    {
        Refused(await server.Ask("GetId", []), "InvalidParameterException");
        Refused(await server.Ask("GetCredentialsForIdentity", []), "InvalidParameterException");
        Refused(await server.Ask("GetId", new() { ["IdentityPoolId"] = 7 }), "SerializationException");
        Refused(await server.Ask("GetCredentialsForIdentity", new() { ["IdentityId"] = "x", ["CustomRoleArn"] = "arn" }), "InvalidParameterException");
        Assert.Equal("UnknownOperationException", (await server.Ask("CreateIdentityPool", [])).ErrorType);
        var many = new JsonObject();
        for (var i = 0; i < 11; i++)
            many[$"p{i}"] = "t";
        Refused(await server.Ask("GetId", new() { ["IdentityPoolId"] = PoolServer.Pool, ["Logins"] = many }), "InvalidParameterException");
    }

    [Fact]
    public async Task A_page_of_another_origin_may_ask_and_read()
    {
        using var preflight = new HttpRequestMessage(HttpMethod.Options, new Uri(server.Address, "/"));
        preflight.Headers.Add("Origin", "https://app.example.org");
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "content-type,x-amz-target,x-amz-user-agent,amz-sdk-invocation-id");
        using var allowed = await server.Http.SendAsync(preflight);
        var answer = await server.GetId(PoolServer.Pool);

        Assert.Equal(204, (int)allowed.StatusCode);
        Assert.Contains("x-amz-target", allowed.Headers.GetValues("Access-Control-Allow-Headers").Single());
        Assert.Equal("*", answer.Header("Access-Control-Allow-Origin"));
    }
}
