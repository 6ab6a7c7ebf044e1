using System.Text.Json.Nodes;
using System.Xml.Linq;
using Carillon.Server.Operations;
using Carillon.Tests.Server.IdentityPools;
using Carillon.Wire.SigV4;
using Xunit;
using static Carillon.Tests.Server.ChimeClient;

namespace Carillon.Tests.Server.Access;

/// <summary>The policies of the guides do over HTTP what the guides say of them: everything for oneself, nothing for others.</summary>
public sealed class SamplePoliciesTests(PoolServer server) : IClassFixture<PoolServer>
{
    private const string Trust =
        """
        {"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"123456789012"},
         "Action":["sts:AssumeRole","sts:TagSession"]}}
        """;

    private static int _roles;

    private static string Document(string name)
    {
        using var stream = typeof(SamplePoliciesTests).Assembly.GetManifestResourceStream($"policy-{name}.json")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static IEnumerable<string> Actions(string document) => JsonNode.Parse(document)!["Statement"]!.AsArray()
        .SelectMany(s => s!["Action"]!.AsArray()).Select(a => a!.GetValue<string>()["chime:".Length..]);

    private static readonly HashSet<string> _there =
        [.. Catalog.Identity.Concat(Catalog.Messaging).Select(o => o.Name)];

    /// <summary>A request of each action, in the name of <paramref name="user"/> where it has a bearer, about it where not.</summary>
    private static Task<Answer> Send(ChimeClient client, string action, string user, string app, string channel, string message)
    {
        var (u, c, flow) = (E(user), E(channel), $"{app}/channel-flow/none");
        return action switch
        {
            "GetMessagingSessionEndpoint" => client.Send("GET", "/endpoints/messaging-session"),
            "ListChannels" => client.ListChannels(user, app),
            "DescribeChannel" => client.DescribeChannel(user, channel),
            "ListChannelMembershipsForAppInstanceUser" => client.ListMembershipsOf(user),
            "DescribeChannelMembershipForAppInstanceUser" => client.DescribeMembershipOf(user, channel, user),
            "ListChannelsModeratedByAppInstanceUser" => client.Send("GET", "/channels?scope=app-instance-user-moderated-channels", user),
            "DescribeChannelModeratedByAppInstanceUser" => client.Send(
                "GET", $"/channels/{c}?scope=app-instance-user-moderated-channel&app-instance-user-arn={u}", user),
            "SendChannelMessage" => client.SendChannelMessage(user, channel, "hello"),
            "GetChannelMessage" => client.GetChannelMessage(user, channel, message),
            "ListChannelMessages" => client.ListChannelMessages(user, channel),
            "CreateChannel" => client.CreateChannel(user, app, "new"),
            "UpdateChannel" => client.UpdateChannel(user, channel, "new"),
            "DeleteChannel" => client.DeleteChannel(user, channel),
            "ListSubChannels" => client.Send("GET", $"/channels/{c}/subchannels", user),
            "UpdateChannelReadMarker" => client.Send("PUT", $"/channels/{c}/readMarker", user, Members()),
            "CreateChannelModerator" => client.CreateChannelModerator(user, channel, user),
            "DescribeChannelModerator" => client.DescribeChannelModerator(user, channel, user),
            "ListChannelModerators" => client.ListChannelModerators(user, channel),
            "DeleteChannelModerator" => client.DeleteChannelModerator(user, channel, user),
            "UpdateChannelMessage" => client.UpdateChannelMessage(user, channel, message, "other"),
            "RedactChannelMessage" => client.RedactChannelMessage(user, channel, message),
            "DeleteChannelMessage" => client.DeleteChannelMessage(user, channel, message),
            "CreateChannelMembership" => client.CreateChannelMembership(user, channel, user),
            "DescribeChannelMembership" => client.DescribeChannelMembership(user, channel, user),
            "DeleteChannelMembership" => client.DeleteChannelMembership(user, channel, user),
            "ListChannelMemberships" => client.ListChannelMemberships(user, channel),
            "CreateChannelBan" => client.CreateChannelBan(user, channel, user),
            "DescribeChannelBan" => client.DescribeChannelBan(user, channel, user),
            "DeleteChannelBan" => client.DeleteChannelBan(user, channel, user),
            "ListChannelBans" => client.ListChannelBans(user, channel),
            "AssociateChannelFlow" => client.Send("PUT", $"/channels/{c}/channel-flow", user, Members(("ChannelFlowArn", flow))),
            "DisassociateChannelFlow" => client.Send("DELETE", $"/channels/{c}/channel-flow/{E(flow)}", user),
            "GetChannelMessageStatus" => client.Send("GET", $"/channels/{c}/messages/{E(message)}?scope=message-status", user),
            "DescribeChannelFlow" => client.Send("GET", $"/channel-flows/{E(flow)}"),
            "ListChannelFlows" => client.Send("GET", $"/channel-flows?app-instance-arn={E(app)}"),
            "GetChannelMembershipPreferences" => client.Send("GET", $"/channels/{c}/memberships/{u}/preferences", user),
            "PutChannelMembershipPreferences" => client.Send(
                "PUT", $"/channels/{c}/memberships/{u}/preferences", user,
                Members(("Preferences", Members(("PushNotifications", Members(("AllowNotifications", "ALL"))))))),
            "RegisterAppInstanceUserEndpoint" => client.Send("POST", $"/app-instance-users/{u}/endpoints", body: Members(
                ("Type", "APNS"), ("ResourceArn", "arn:aws:mobiletargeting:us-east-1:123456789012:apps/a"),
                ("EndpointAttributes", Members(("DeviceToken", "token"))), ("ClientRequestToken", NewToken()))),
            "ListAppInstanceUserEndpoints" => client.Send("GET", $"/app-instance-users/{u}/endpoints"),
            "DescribeAppInstanceUserEndpoint" => client.Send("GET", $"/app-instance-users/{u}/endpoints/{Guid.Empty}"),
            "UpdateAppInstanceUserEndpoint" => client.Send(
                "PUT", $"/app-instance-users/{u}/endpoints/{Guid.Empty}", body: Members(("Name", "phone"))),
            "DeregisterAppInstanceUserEndpoint" => client.Send("DELETE", $"/app-instance-users/{u}/endpoints/{Guid.Empty}"),
            _ => throw new ArgumentOutOfRangeException(nameof(action), action, "An action without a request."),
        };
    }

    /// <summary>Actions that name neither a bearer nor a user, so that nobody can be somebody else in them.</summary>
    private static readonly string[] _ofNobody = ["GetMessagingSessionEndpoint", "DescribeChannelFlow", "ListChannelFlows"];

    [Theory]
    [InlineData("fan")]
    [InlineData("moderator")]
    public async Task Whoever_holds_a_policy_by_tag_does_what_it_lists_as_itself_and_as_nobody_else(string policy)
    {
        var app = await server.NewApp();
        var role = $"sample-{Interlocked.Increment(ref _roles)}";
        await server.MakeRole(role, Trust, Document(policy).Replace("APP_INSTANCE_ARN", app.Arn));
        var assumed = XElement.Parse(await server.Root.Query(
            "sts", "AssumeRole", ("RoleArn", $"arn:aws:iam::{LiveServer.Account}:role/{role}"), ("RoleSessionName", "chime_me"),
            ("Tags.member.1.Key", "UserUUID"), ("Tags.member.1.Value", "me")));
        string Value(string element) => assumed.Descendants().First(e => e.Name.LocalName == element).Value;

        await Exercise(
            policy, app, "me", new(Value("AccessKeyId"), Value("SecretAccessKey"), Value("SessionToken")));
    }

    [Theory]
    [InlineData("fan-cognito")]
    [InlineData("moderator-cognito")]
    public async Task Whoever_signs_in_to_a_pool_does_what_a_policy_lists_as_itself_and_as_nobody_else(string policy)
    {
        var app = await server.NewApp();
        var role = XElement.Parse(await server.Root.Query("iam", "ListRoles")).Descendants()
            .Where(e => e.Name.LocalName == "RoleName").Any(e => e.Value == "Fan");
        if (!role)
        {
            await server.MakeRole("Fan", PoolServer.Trust(PoolServer.Pool, "authenticated"), Document(policy).Replace("APP_INSTANCE_ARN", app.Arn));
        }

        await server.Root.Query(
            "iam", "PutRolePolicy", ("RoleName", "Fan"), ("PolicyName", "p"),
            ("PolicyDocument", Document(policy).Replace("APP_INSTANCE_ARN", app.Arn)));
        var login = (Issuer.Name, server.Token(policy));
        var id = (await server.GetId(PoolServer.Pool, login)).Text("IdentityId");
        var answer = await server.GetCredentials(id, login);

        // An id of a pool holds a colon, and the policy's variable holds the id.
        Assert.Contains(':', id);
        await Exercise(policy, app, id, new(
            answer.Text("Credentials.AccessKeyId"), answer.Text("Credentials.SecretKey"), answer.Text("Credentials.SessionToken")));
    }

    private async Task Exercise(string policy, App app, string id, AwsCredentials credentials)
    {
        var (me, other) = (await app.NewUser(id, "me"), await app.NewUser("other"));
        var client = server.As(credentials);
        var actions = Actions(Document(policy)).ToList();
        foreach (var action in actions.Where(_there.Contains))
        {
            // Actions may end what others need, so each has a channel of its own.
            var channel = await app.NewChannel(me, members: [other], moderators: [other]);
            var message = await app.Root.SendText(me, channel, "first");
            if (!_ofNobody.Contains(action))
            {
                var stolen = await Send(client, action, other, app.Arn, channel, message);
                Assert.True(stolen is { Status: 403, ErrorType: "AccessDeniedException" }, $"{action} as another: {stolen.Status} {stolen.Body}");
            }

            var own = await Send(client, action, me, app.Arn, channel, message);

            // The channel is no elastic one, which is the channel's answer and not the policy's.
            Assert.True(own.ErrorType != "AccessDeniedException" && (own.Status != 400 || action == "ListSubChannels"), $"{action} as itself: {own.Status} {own.Body}");
        }

        Assert.True(actions.Count(_there.Contains) >= 8);
        await using var session = await SessionClient.Start(server, me, credentials: credentials);
        Assert.True(session.IsOpen);

        // What is not on the list is not allowed, whomever it is about.
        (await client.DescribeAppInstance(app.Arn)).Refused(403, "AccessDeniedException");
        (await client.DeleteAppInstanceUser(me)).Refused(403, "AccessDeniedException");
        if (!actions.Contains("CreateChannel"))
        {
            (await client.CreateChannel(me, app.Arn, "new")).Refused(403, "AccessDeniedException");
            (await client.RedactChannelMessage(me, await app.NewChannel(me), new string('a', 64))).Refused(403, "AccessDeniedException");
        }
    }

    [Fact]
    public async Task A_developer_manages_app_instances_and_reads_no_channel()
    {
        var app = await server.NewApp();
        await server.Root.Query("iam", "CreateUser", ("UserName", "builder"));
        await server.Root.Query("iam", "PutUserPolicy", ("UserName", "builder"), ("PolicyName", "p"), ("PolicyDocument", Document("developer")));
        var key = XElement.Parse(await server.Root.Query("iam", "CreateAccessKey", ("UserName", "builder")));
        string Value(string element) => key.Descendants().First(e => e.Name.LocalName == element).Value;
        var client = server.As(new(Value("AccessKeyId"), Value("SecretAccessKey"), null));

        (await client.CreateAppInstance("mine")).Ok();
        var user = (await client.CreateAppInstanceUser(app.Arn, "u", "u")).Text("AppInstanceUserArn");
        (await client.DescribeAppInstanceUser(user)).Ok();
        (await client.CreateAppInstanceAdmin(app.Arn, user)).Ok();
        (await client.CreateChannel(user, app.Arn, "new")).Refused(403, "AccessDeniedException");
    }
}
