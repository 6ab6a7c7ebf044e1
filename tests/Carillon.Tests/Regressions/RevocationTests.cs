using System.Xml.Linq;
using Carillon.Server.Sessions;
using Carillon.Tests.Server;
using Carillon.Wire.SigV4;
using Xunit;

namespace Carillon.Tests.Regressions;

/// <summary>A session used to live on, and to hear everything, until its credentials expired.</summary>
public sealed class RevocationTests(TimedServer server) : IClassFixture<TimedServer>
{
    private const string Trust =
        """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}}""";

    private const string Everything =
        """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"chime:*","Resource":"*"}}""";

    private static int _roles;

    private Task<string> Iam(string action, params (string Name, string Value)[] parameters) =>
        server.Root.Query("iam", action, parameters);

    private async Task<(string Role, AwsCredentials Credentials)> NewRole(string policy)
    {
        var role = $"revoked-{Interlocked.Increment(ref _roles)}";
        await Iam("CreateRole", ("RoleName", role), ("AssumeRolePolicyDocument", Trust));
        await Iam("PutRolePolicy", ("RoleName", role), ("PolicyName", "p"), ("PolicyDocument", policy));
        var answer = XElement.Parse(await server.Root.Query(
            "sts", "AssumeRole", ("RoleArn", $"arn:aws:iam::{LiveServer.Account}:role/{role}"), ("RoleSessionName", "s1")));
        string Value(string element) => answer.Descendants().First(e => e.Name.LocalName == element).Value;
        return (role, new(Value("AccessKeyId"), Value("SecretAccessKey"), Value("SessionToken")));
    }

    [Fact]
    public async Task A_session_ends_when_its_role_is_deleted()
    {
        var user = await (await server.NewApp()).NewUser("ann");
        var (role, credentials) = await NewRole(Everything);
        await using var session = await SessionClient.Start(server, user, credentials: credentials);
        await using var other = await SessionClient.Start(server, user);

        await Iam("DeleteRolePolicy", ("RoleName", role), ("PolicyName", "p"));
        await Iam("DeleteRole", ("RoleName", role));
        server.Clock.Pass(SessionGuard.Round);

        Assert.Equal(4401, await session.Closed);
        Assert.True(other.IsOpen);
    }

    [Fact]
    public async Task A_session_ends_when_a_policy_forbids_it_and_lives_when_one_still_allows_it()
    {
        var app = await server.NewApp();
        var (ann, bob) = (await app.NewUser("ann"), await app.NewUser("bob"));
        var (role, credentials) = await NewRole(Everything);
        await using var lasting = await SessionClient.Start(server, ann, credentials: credentials);
        await using var forbidden = await SessionClient.Start(server, bob, credentials: credentials);

        await Iam(
            "PutRolePolicy", ("RoleName", role), ("PolicyName", "deny"),
            ("PolicyDocument", $$"""{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"chime:Connect","Resource":"{{bob}}"} }"""));
        server.Clock.Pass(SessionGuard.Round);

        Assert.Equal(4401, await forbidden.Closed);
        Assert.True(lasting.IsOpen);
    }

    [Fact]
    public async Task A_session_ends_when_the_time_that_its_policy_allows_is_over()
    {
        var user = await (await server.NewApp()).NewUser("ann");
        var end = server.Clock.GetUtcNow().AddMinutes(1).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", null);
        var (_, credentials) = await NewRole(
            $$$"""
            {"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"chime:Connect","Resource":"*",
             "Condition":{"DateLessThan":{"aws:CurrentTime":"{{{end}}}"} } } }
            """);
        await using var session = await SessionClient.Start(server, user, credentials: credentials);

        server.Clock.Pass(TimeSpan.FromMinutes(1) + SessionGuard.Round);

        Assert.Equal(4401, await session.Closed);
    }

    [Fact]
    public async Task A_session_of_a_user_ends_when_its_key_is_switched_off_and_others_live_on()
    {
        var app = await server.NewApp();
        var (ann, bob) = (await app.NewUser("ann"), await app.NewUser("bob"));
        await Iam("CreateUser", ("UserName", "socket"));
        await Iam("PutUserPolicy", ("UserName", "socket"), ("PolicyName", "p"), ("PolicyDocument", Everything));
        var (first, second) = (await NewKey("socket"), await NewKey("socket"));
        await using var lasting = await SessionClient.Start(server, ann, credentials: first);
        await using var ended = await SessionClient.Start(server, bob, credentials: second);

        await Iam("UpdateAccessKey", ("UserName", "socket"), ("AccessKeyId", second.AccessKeyId), ("Status", "Inactive"));
        server.Clock.Pass(SessionGuard.Round);

        Assert.Equal(4401, await ended.Closed);
        Assert.True(lasting.IsOpen);
    }

    [Fact]
    public async Task A_session_of_a_user_ends_when_the_user_is_deleted_whichever_key_it_has()
    {
        var app = await server.NewApp();
        var (ann, bob) = (await app.NewUser("ann"), await app.NewUser("bob"));
        await Iam("CreateUser", ("UserName", "leaver"));
        await Iam("PutUserPolicy", ("UserName", "leaver"), ("PolicyName", "p"), ("PolicyDocument", Everything));
        var key = await NewKey("leaver");
        var token = XElement.Parse(await server.As(key).Query("sts", "GetSessionToken"));
        string Value(string element) => token.Descendants().First(e => e.Name.LocalName == element).Value;
        await using var withKey = await SessionClient.Start(server, ann, credentials: key);
        await using var withToken = await SessionClient.Start(
            server, bob, credentials: new(Value("AccessKeyId"), Value("SecretAccessKey"), Value("SessionToken")));

        await Iam("DeleteAccessKey", ("UserName", "leaver"), ("AccessKeyId", key.AccessKeyId));
        await Iam("DeleteUserPolicy", ("UserName", "leaver"), ("PolicyName", "p"));
        await Iam("DeleteUser", ("UserName", "leaver"));
        server.Clock.Pass(SessionGuard.Round);

        Assert.Equal(4401, await withKey.Closed);
        Assert.Equal(4401, await withToken.Closed);
    }

    private async Task<AwsCredentials> NewKey(string user)
    {
        var answer = XElement.Parse(await Iam("CreateAccessKey", ("UserName", user)));
        string Value(string element) => answer.Descendants().First(e => e.Name.LocalName == element).Value;
        return new(Value("AccessKeyId"), Value("SecretAccessKey"), null);
    }
}
