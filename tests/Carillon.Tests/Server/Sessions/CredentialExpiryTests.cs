using System.Xml.Linq;
using Carillon.Wire.SigV4;
using Xunit;

namespace Carillon.Tests.Server.Sessions;

/// <summary>Sessions whose credentials end, or whose policy does not allow them.</summary>
public class CredentialExpiryTests(TimedServer server) : IClassFixture<TimedServer>
{
    private const string Trust =
        """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}}""";

    private static int _roles;

    private async Task<AwsCredentials> Assume(string policy)
    {
        var name = $"role-{Interlocked.Increment(ref _roles)}";
        await server.Root.Query("iam", "CreateRole", ("RoleName", name), ("AssumeRolePolicyDocument", Trust));
        await server.Root.Query("iam", "PutRolePolicy", ("RoleName", name), ("PolicyName", "p"), ("PolicyDocument", policy));
        var answer = XElement.Parse(await server.Root.Query(
            "sts", "AssumeRole", ("RoleArn", $"arn:aws:iam::{LiveServer.Account}:role/{name}"), ("RoleSessionName", "session"),
            ("DurationSeconds", "900")));
        string Value(string element) => answer.Descendants().First(e => e.Name.LocalName == element).Value;
        return new(Value("AccessKeyId"), Value("SecretAccessKey"), Value("SessionToken"));
    }

    private static string Allow(string action, string resource) =>
        $$$"""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"{{{action}}}","Resource":"{{{resource}}}"}}""";

    [Fact]
    public async Task A_session_ends_when_its_credentials_do_with_a_code_that_makes_its_client_come_back()
    {
        var app = await server.NewApp();
        var user = await app.NewUser("ann");
        var credentials = await Assume(Allow("chime:*", "*"));
        await using var lasting = await SessionClient.Start(server, user);
        var sessions = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => SessionClient.Start(server, user, $"&sessionId={i}", credentials)));

        server.Clock.Pass(TimeSpan.FromSeconds(899));
        await app.Root.SendText(user, await app.NewChannel(user), "still open");
        await Task.WhenAll(sessions.Select(s => s.Wait("CREATE_CHANNEL_MESSAGE")));

        server.Clock.Pass(TimeSpan.FromSeconds(12));

        Assert.All(await Task.WhenAll(sessions.Select(s => s.Closed)), code => Assert.Equal(1012, code));
        Assert.True(lasting.IsOpen);
        await using var refused = await SessionClient.Open(SessionClient.Url(server, user, credentials));
        Assert.Equal(4401, await refused.Closed);
    }

    [Fact]
    public async Task A_signed_address_is_good_for_ten_seconds()
    {
        var app = await server.NewApp();
        var user = await app.NewUser("ann");
        var url = SessionClient.Url(server, user);
        await using (var early = await SessionClient.Open(url))
        {
            await early.Wait("SESSION_ESTABLISHED");
        }

        server.Clock.Pass(TimeSpan.FromSeconds(11));

        await using var late = await SessionClient.Open(url);
        Assert.Equal(4401, await late.Closed);
    }

    [Fact]
    public async Task A_policy_names_the_user_who_may_connect()
    {
        var app = await server.NewApp();
        var users = await app.NewUsers("ann", "bob");
        var credentials = await Assume(Allow("chime:Connect", users[0]));

        await using var allowed = await SessionClient.Start(server, users[0], credentials: credentials);
        await using var refused = await SessionClient.Open(SessionClient.Url(server, users[1], credentials));

        Assert.Equal(4401, await refused.Closed);
    }

    [Fact]
    public async Task A_policy_must_allow_the_bearer_and_the_channel()
    {
        var app = await server.NewApp();
        var users = await app.NewUsers("ann", "bob");
        var channel = await app.NewChannel(users[0], members: [users[1]]);
        var chime = server.As(await Assume(
            $$$"""
            {"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"chime:SendChannelMessage",
            "Resource":["{{{users[0]}}}","{{{channel}}}"]}}
            """));

        (await chime.SendChannelMessage(users[0], channel, "hello")).Ok();
        (await chime.SendChannelMessage(users[1], channel, "not as bob")).Refused(403, "AccessDeniedException");
        (await chime.SendChannelMessage(users[0], channel + "x", "not there")).Refused(403, "AccessDeniedException");
        (await chime.ListChannelMessages(users[0], channel)).Refused(403, "AccessDeniedException");
    }

    [Fact]
    public async Task Requests_with_credentials_that_have_ended_are_refused()
    {
        var chime = server.As(await Assume(Allow("chime:*", "*")));
        (await chime.ListAppInstances()).Ok();

        server.Clock.Pass(TimeSpan.FromSeconds(901));

        (await chime.ListAppInstances()).Refused(403, "ExpiredTokenException");
    }
}
