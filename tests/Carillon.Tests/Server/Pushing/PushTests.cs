using System.Text.Json.Nodes;
using Xunit;
using static Carillon.Tests.Server.ChimeClient;

namespace Carillon.Tests.Server.Pushing;

/// <summary>From a member's message to another's device, over everything in between.</summary>
public class PushTests(PushServer server) : IClassFixture<PushServer>
{
    private static JsonObject Push(string title, string? type = null) => Members(("Title", title), ("Body", "body of " + title), ("Type", type));

    private static string NewTitle() => Guid.NewGuid().ToString("n");

    private async Task<(ChimeClient Chime, string Ann, string Bob, string Cyd, string Channel)> Open()
    {
        var app = await server.NewApp();
        var people = await app.NewUsers("ann", "bob", "cyd");
        foreach (var person in people)
        {
            (await app.Root.RegisterEndpoint(person, "token of " + person[^3..])).Ok();
        }

        return (app.Root, people[0], people[1], people[2], await app.NewChannel(people[0], members: [people[1], people[2]]));
    }

    [Fact]
    public async Task A_message_with_a_push_reaches_the_devices_of_the_others_once()
    {
        var (chime, ann, _, _, channel) = await Open();
        var title = NewTitle();

        var sent = await chime.SendChannelMessage(ann, channel, "the content", push: Push(title));
        (await chime.SendChannelMessage(ann, channel, "no push")).Ok();

        var request = Assert.Single(await server.Webhook.Wait(title));
        Assert.Equal(["token of bob", "token of cyd"], request.Tokens.Order());
        Assert.Equal((channel, sent.Text("MessageId"), "DEFAULT"), ((string)request.Json["ChannelArn"]!, (string)request.Json["MessageId"]!, (string)request.Json["Type"]!));
        Assert.DoesNotContain("the content", request.Json.ToJsonString(), StringComparison.Ordinal);
        await Fence(chime, ann, channel);
        Assert.Single(server.Webhook.Received, r => r.Title == title);
    }

    /// <summary>Another push of the same sender, after which the first would have come again if it did.</summary>
    private async Task Fence(ChimeClient chime, string sender, string channel)
    {
        var title = NewTitle();
        (await chime.SendChannelMessage(sender, channel, "fence", push: Push(title))).Ok();
        await server.Webhook.Wait(title);
    }

    [Fact]
    public async Task A_targeted_message_reaches_its_target_alone_and_a_call_is_one()
    {
        var (chime, ann, bob, _, channel) = await Open();
        var title = NewTitle();

        (await chime.SendChannelMessage(ann, channel, "psst", persistence: "NON_PERSISTENT", target: bob, push: Push(title, "VOIP"))).Ok();

        var request = Assert.Single(await server.Webhook.Wait(title));
        Assert.Equal(["token of bob"], request.Tokens);
        Assert.Equal("VOIP", (string?)request.Json["Type"]);
    }

    [Fact]
    public async Task A_repeated_send_is_pushed_once()
    {
        var (chime, ann, _, _, channel) = await Open();
        var title = NewTitle();
        for (var i = 0; i < 3; i++)
        {
            (await chime.SendChannelMessage(ann, channel, "x", push: Push(title), token: "same-" + title)).Ok();
        }

        (await chime.SendChannelMessage(ann, channel, "x", push: Push(NewTitle()), token: "same-" + title)).Conflict();
        await Fence(chime, ann, channel);
        Assert.Single(server.Webhook.Received, r => r.Title == title);
    }

    [Fact]
    public async Task Preferences_and_endpoints_decide_who_is_told()
    {
        var (chime, ann, bob, cyd, channel) = await Open();
        (await chime.PutPreferences(bob, channel, bob, "FILTERED", """{"mention":["@bob"]}""")).Ok();
        var (first, second, third) = (NewTitle(), NewTitle(), NewTitle());
        var mention = new JsonObject { ["mention"] = new JsonObject { ["StringValues"] = new JsonArray("@all", "@bob") } };

        (await chime.SendChannelMessage(ann, channel, "1", push: Push(first))).Ok();
        Assert.Equal(["token of cyd"], Assert.Single(await server.Webhook.Wait(first)).Tokens);

        var endpoint = (string)(await chime.ListEndpoints(cyd)).List("AppInstanceUserEndpoints")[0]!["EndpointId"]!;
        (await chime.UpdateEndpoint(cyd, endpoint, allow: "NONE")).Ok();
        (await chime.SendChannelMessage(ann, channel, "2", push: Push(second), attributes: (JsonObject)mention.DeepClone())).Ok();
        Assert.Equal(["token of bob"], Assert.Single(await server.Webhook.Wait(second)).Tokens);

        (await chime.UpdateEndpoint(cyd, endpoint, allow: "ALL")).Ok();
        (await chime.CreateChannelBan(ann, channel, bob)).Ok();
        (await chime.SendChannelMessage(ann, channel, "3", push: Push(third), attributes: (JsonObject)mention.DeepClone())).Ok();
        Assert.Equal(["token of cyd"], Assert.Single(await server.Webhook.Wait(third)).Tokens);
    }

    [Fact]
    public async Task An_endpoint_that_the_webhook_calls_invalid_is_inactive_until_it_is_registered_again()
    {
        var (chime, ann, bob, _, channel) = await Open();
        var endpoint = (await chime.RegisterEndpoint(bob, "token of bob")).Text("EndpointId");
        var (first, second, third) = (NewTitle(), NewTitle(), NewTitle());
        server.Webhook.Answer = received => Task.FromResult((200, received.Title == first
            ? $$"""{"InvalidEndpoints":[{"EndpointId":"{{endpoint}}","StatusReason":"INVALID_DEVICE_TOKEN"}]}"""
            : ""));

        (await chime.SendChannelMessage(ann, channel, "1", push: Push(first))).Ok();
        await server.Webhook.Wait(first);
        (await chime.SendChannelMessage(ann, channel, "2", push: Push(second))).Ok();
        var after = await server.Webhook.Wait(second);

        // The verdict is written down before the next slice of its own push, not before another's.
        await Patience.Until(async () =>
            (await chime.DescribeEndpoint(bob, endpoint)).Text("AppInstanceUserEndpoint.EndpointState.Status") == "INACTIVE");

        Assert.NotEmpty(after);
        Assert.Equal("INVALID_DEVICE_TOKEN", (await chime.DescribeEndpoint(bob, endpoint)).Text("AppInstanceUserEndpoint.EndpointState.StatusReason"));
        (await chime.SendChannelMessage(ann, channel, "3", push: Push(third))).Ok();
        Assert.Equal(["token of cyd"], Assert.Single(await server.Webhook.Wait(third)).Tokens);

        (await chime.RegisterEndpoint(bob, "token of bob")).Ok();
        Assert.Equal("ACTIVE", (await chime.DescribeEndpoint(bob, endpoint)).Text("AppInstanceUserEndpoint.EndpointState.Status"));
    }

    [Fact]
    public async Task What_was_redacted_while_the_webhook_failed_is_not_sent_again()
    {
        var (chime, ann, _, _, channel) = await Open();
        var title = NewTitle();
        var redacted = new TaskCompletionSource();
        server.Webhook.Answer = async received =>
        {
            if (received.Title != title)
            {
                return (200, "");
            }

            await redacted.Task;
            return (500, "");
        };

        var message = (await chime.SendChannelMessage(ann, channel, "oops", push: Push(title))).Text("MessageId");
        await server.Webhook.Wait(title);
        (await chime.RedactChannelMessage(ann, channel, message)).Ok();
        redacted.SetResult();

        await Fence(chime, ann, channel);
        await Fence(chime, ann, channel);
        Assert.Single(server.Webhook.Received, r => r.Title == title);
    }

    [Fact]
    public async Task Nothing_of_a_push_is_logged()
    {
        var (chime, ann, _, _, channel) = await Open();
        var title = NewTitle();
        var failed = false;
        server.Webhook.Answer = received =>
        {
            var fails = received.Title == title && !failed;
            failed |= fails;
            return Task.FromResult((fails ? 503 : 200, title));
        };

        (await chime.SendChannelMessage(ann, channel, "x", push: Push(title))).Ok();
        await server.Webhook.Wait(title, count: 2);

        Assert.Contains(server.Log.Lines, line => line.Contains(" 4001 ", StringComparison.Ordinal));
        Assert.DoesNotContain(server.Log.Lines, line => line.Contains(title, StringComparison.Ordinal) || line.Contains("token of", StringComparison.Ordinal));
    }

    [Fact]
    public void The_secret_is_made_once_and_for_its_owner_alone()
    {
        var path = server.Platform.Folder.WebhookSecret;

        Assert.Matches("^[0-9a-f]{64}\n$", File.ReadAllText(path));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }
}
