using System.Text.Json.Nodes;
using Xunit;

namespace Carillon.Tests.Server.Operations;

/// <summary>Paths, escapes, headers: what stands around the JSON.</summary>
public class RequestTests(RequestTests.Fixture fixture) : IClassFixture<RequestTests.Fixture>
{
    public sealed class Fixture : LiveServer;

    [Theory]
    [InlineData("/channels/%")]
    [InlineData("/channels/%2")]
    [InlineData("/channels/%zz")]
    [InlineData("/channels/%ff")]
    [InlineData("/channels/%C0%80")]
    [InlineData("/channels/arn%3Aaws%3Achime%3Aus-east-1%3A1%3Aapp-instance%2F%ED%A0%80")]
    [InlineData("/channels?app-instance-arn=%")]
    [InlineData("/channels?app-instance-arn=%zz")]
    [InlineData("/channels?app-instance-arn=%ff")]
    [InlineData("/channels?%ff=x")]
    public async Task A_malformed_escape_is_a_bad_request(string target)
    {
        var answer = await fixture.Root.Send("GET", target, "arn:aws:chime:us-east-1:123456789012:app-instance/a/user/b");

        // Kestrel itself refuses some, and the signature of others cannot be read: all before anything is done.
        Assert.Equal(400, answer.Status);
        Assert.DoesNotContain("   at ", answer.Body, StringComparison.Ordinal);
    }

    public static TheoryData<string> Ids => ["a", "a.b-c_d", "us-east-1:0b3c-4d", "ann@example.org", "A:@.-_9", new string('x', 64)];

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Ids_with_every_legal_character_travel_in_paths_queries_and_headers(string id)
    {
        var app = await fixture.NewApp();
        var user = await app.NewUser(id);
        var channel = await app.NewChannel(user, id: id);
        var message = await app.Root.SendText(user, channel, "hello");

        Assert.Equal(app.UserArn(id), user);
        Assert.Equal($"{app.Arn}/channel/{id}", channel);
        Assert.Equal(channel, (await app.Root.DescribeChannel(user, channel)).Text("Channel.ChannelArn"));
        Assert.Equal(user, (await app.Root.DescribeChannelMembership(user, channel, user)).Text("ChannelMembership.Member.Arn"));
        Assert.Equal(user, (await app.Root.GetChannelMessage(user, channel, message)).Text("ChannelMessage.Sender.Arn"));
        Assert.Single((await app.Root.ListMembershipsOf(user, user)).List("ChannelMemberships"));
    }

    [Fact]
    public async Task Escapes_in_lower_case_and_needless_ones_name_the_same()
    {
        var app = await fixture.NewApp();
        var user = await app.NewUser("ann");
        var channel = await app.NewChannel(user, id: "general");
        var encoded = ChimeClient.E(channel);

        (await fixture.Root.Send("GET", $"/channels/{encoded.Replace("%3A", "%3a", StringComparison.Ordinal).Replace("%2F", "%2f", StringComparison.Ordinal)}", user)).Ok();
        (await fixture.Root.Send("GET", $"/channels/{encoded.Replace("general", "%67eneral", StringComparison.Ordinal)}", user)).Ok();
        (await fixture.Root.Send("GET", $"/channels/{channel.Replace("/", "%2F", StringComparison.Ordinal)}", user)).Ok();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("ann")]
    [InlineData("arn:")]
    public async Task A_bearer_that_is_no_ARN_is_a_bad_request(string? bearer)
    {
        var app = await fixture.NewApp();

        (await fixture.Root.Send("GET", $"/channels?app-instance-arn={ChimeClient.E(app.Arn)}", bearer)).BadRequest();
    }

    [Theory]
    [InlineData("{0}/user/nobody")]
    [InlineData("{0}/bot/nobody")]
    [InlineData("{0}")]
    [InlineData("{0}/channel/x")]
    [InlineData("arn:aws:chime:eu-central-1:123456789012:app-instance/x/user/ann")]
    [InlineData("arn:aws:s3:::bucket")]
    public async Task A_bearer_who_is_not_there_is_forbidden(string bearer)
    {
        var app = await fixture.NewApp();
        var ann = await app.NewUser("ann");
        var channel = await app.NewChannel(ann);
        bearer = bearer.Replace("{0}", app.Arn, StringComparison.Ordinal);

        var refused = (await fixture.Root.DescribeChannel(bearer, channel)).Forbidden();
        (await fixture.Root.SendChannelMessage(bearer, channel, "x")).Forbidden();

        Assert.Equal(
            "An invalid app instance user ARN was supplied for the x-amz-chime-bearer HTTP header.", (string)refused.Json["Message"]!);
    }

    [Fact]
    public async Task Two_bearers_are_a_bad_request()
    {
        var app = await fixture.NewApp();
        var people = await app.NewUsers("ann", "bob");

        var answer = await fixture.Root.SendBytes(
            "GET", $"/channels?app-instance-arn={ChimeClient.E(app.Arn)}", people[0], null, headers: ("X-Amz-Chime-Bearer", people[1]));

        Assert.True(answer.Status is 400 or 403, answer.Body);
    }

    [Fact]
    public async Task A_bearer_is_ignored_where_none_is_needed()
    {
        var app = await fixture.NewApp();

        (await fixture.Root.Send("GET", $"/app-instance-users?app-instance-arn={ChimeClient.E(app.Arn)}", "no ARN at all")).Ok();
    }

    [Fact]
    public async Task Query_parameters_may_stand_in_any_order_and_unknown_ones_are_ignored()
    {
        var app = await fixture.NewApp();
        var ann = await app.NewUser("ann");
        var arn = ChimeClient.E(app.Arn);

        (await fixture.Root.Send("GET", $"/channels?max-results=5&x=y&app-instance-arn={arn}&privacy=PUBLIC&&z", ann)).Ok();
        (await fixture.Root.Send("GET", $"/channels?app-instance-user-arn={ChimeClient.E(ann)}&scope=app-instance-user-memberships", ann)).Ok();
    }

    [Fact]
    public async Task Any_region_s_signature_serves_and_another_service_s_does_not()
    {
        (await fixture.As(fixture.Platform.Root, "eu-central-1").ListAppInstances()).Ok();
        var answer = await fixture.Root.SendBytes("GET", "/app-instances", null, null, service: "execute-api");
        Assert.Equal(403, answer.Status);
    }

    [Fact]
    public async Task A_body_in_another_type_is_read_all_the_same()
    {
        var answer = await fixture.Root.SendBytes(
            "POST", "/app-instances", null, """{"Name":"a","ClientRequestToken":"plain-text"}"""u8.ToArray(), contentType: "text/plain");

        answer.Ok();
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    public async Task Health_is_told_to_anyone(string path)
    {
        using var answer = await fixture.Http.GetAsync(new Uri(fixture.Address, path));

        Assert.Equal(200, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Nothing_private_is_logged()
    {
        var app = await fixture.NewApp();
        var ann = await app.NewUser("ann-private-id", "private name");
        var channel = await app.NewChannel(ann);
        (await fixture.Root.SendChannelMessage(ann, channel, "private words", metadata: "private metadata")).Ok();
        (await fixture.Root.Send("POST", $"/channels/{ChimeClient.E(channel)}/messages", ann, new JsonObject { ["Content"] = "private words" })).BadRequest();

        Assert.DoesNotContain(fixture.Log.Lines, line => line.Contains("private", StringComparison.Ordinal));
    }
}
