using Xunit;

namespace Carillon.Tests.Server.Operations;

/// <summary>ClientRequestToken: SDKs send a request again when its answer is lost.</summary>
public class IdempotencyTests(TimedServer server) : IClassFixture<TimedServer>
{
    private async Task<(App App, string Ann, string Bob, string Channel)> Open()
    {
        var app = await server.NewApp();
        var people = await app.NewUsers("ann", "bob");
        return (app, people[0], people[1], await app.NewChannel(people[0], members: [people[1]]));
    }

    [Fact]
    public async Task A_send_again_gets_the_first_answer_and_announces_nothing()
    {
        var (app, ann, bob, channel) = await Open();
        await using var session = await SessionClient.Start(server, bob);

        var first = await app.Root.SendChannelMessage(ann, channel, "once", token: "same");
        var again = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => app.Root.SendChannelMessage(ann, channel, "once", token: "same")));
        var last = await app.Root.SendText(ann, channel, "last");

        Assert.All(again, answer => Assert.Equal(first.Ok().Body, answer.Body));
        await session.Wait(f => f.Text("MessageId") == last);
        Assert.Equal(2, session.Frames.Count(f => f.Type == "CREATE_CHANNEL_MESSAGE"));
        Assert.Equal(2, (await app.Root.ListChannelMessages(ann, channel)).List("ChannelMessages").Count);
    }

    [Fact]
    public async Task Sends_at_the_same_moment_with_one_token_make_one_message()
    {
        var (app, ann, _, channel) = await Open();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => app.Root.SendChannelMessage(ann, channel, "once", token: "race")));

        Assert.Single(answers.Select(a => a.Text("MessageId")).Distinct());
    }

    [Fact]
    public async Task What_is_not_persistent_is_remembered_too()
    {
        var (app, ann, _, channel) = await Open();
        Task<Answer> Send() => app.Root.SendChannelMessage(ann, channel, "now", persistence: "NON_PERSISTENT", token: "np");

        Assert.Equal((await Send()).Text("MessageId"), (await Send()).Text("MessageId"));
    }

    [Fact]
    public async Task Another_request_with_the_same_token_is_a_conflict()
    {
        var (app, ann, bob, channel) = await Open();
        (await app.Root.SendChannelMessage(ann, channel, "one", token: "tt")).Ok();

        (await app.Root.SendChannelMessage(ann, channel, "two", token: "tt")).Conflict();
        (await app.Root.SendChannelMessage(ann, channel, "one", token: "tt", metadata: "m")).Conflict();
        (await app.Root.SendChannelMessage(ann, channel, "one", token: "tt", target: bob)).Conflict();
        (await app.Root.SendChannelMessage(ann, channel, "one", token: "tt", persistence: "NON_PERSISTENT")).Conflict();
        (await app.Root.SendChannelMessage(ann, channel, "one", token: "tt")).Ok();
    }

    [Fact]
    public async Task A_token_belongs_to_its_bearer_channel_and_operation()
    {
        var (app, ann, bob, channel) = await Open();
        var another = await app.NewChannel(ann);
        var first = (await app.Root.SendChannelMessage(ann, channel, "x", token: "mine")).Text("MessageId");

        Assert.NotEqual(first, (await app.Root.SendChannelMessage(bob, channel, "x", token: "mine")).Text("MessageId"));
        Assert.NotEqual(first, (await app.Root.SendChannelMessage(ann, another, "x", token: "mine")).Text("MessageId"));
        (await app.Root.CreateChannel(ann, app.Arn, "x", token: "mine")).Ok();
        (await app.Root.CreateAppInstanceUser(app.Arn, "carol", "x", token: "mine")).Ok();
    }

    [Fact]
    public async Task A_token_is_remembered_for_a_day()
    {
        var (app, ann, _, channel) = await Open();
        async Task<string> Send() => (await app.Root.SendChannelMessage(ann, channel, "x", token: "daily")).Text("MessageId");
        var first = await Send();

        server.Clock.Pass(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        Assert.Equal(first, await Send());

        server.Clock.Pass(TimeSpan.FromSeconds(1));
        var second = await Send();
        Assert.NotEqual(first, second);
        Assert.Equal(second, await Send());
    }

    [Fact]
    public async Task A_refused_request_leaves_its_token_free()
    {
        var (app, ann, bob, channel) = await Open();
        (await app.Root.DeleteChannelMembership(ann, channel, bob)).Ok();
        (await app.Root.SendChannelMessage(bob, channel, "x", token: "later")).Forbidden();
        (await app.Root.CreateChannelMembership(ann, channel, bob)).Ok();

        (await app.Root.SendChannelMessage(bob, channel, "y", token: "later")).Ok();
    }

    [Fact]
    public async Task Who_may_not_send_any_more_gets_no_answer_from_before()
    {
        var (app, ann, bob, channel) = await Open();
        (await app.Root.SendChannelMessage(bob, channel, "x", token: "before")).Ok();
        (await app.Root.DeleteChannelMembership(ann, channel, bob)).Ok();

        (await app.Root.SendChannelMessage(bob, channel, "x", token: "before")).Forbidden();
    }

    [Fact]
    public async Task Creations_are_repeatable_and_their_natural_keys_are_not()
    {
        var (app, ann, _, _) = await Open();
        Task<Answer> App(string name) => app.Root.CreateAppInstance(name, token: "app-" + app.Arn[^8..]);
        Assert.Equal((await App("a")).Text("AppInstanceArn"), (await App("a")).Text("AppInstanceArn"));
        (await App("b")).Conflict();

        Task<Answer> User(string token, string name) => app.Root.CreateAppInstanceUser(app.Arn, "dora", name, token);
        Assert.Equal((await User("u1", "Dora")).Text("AppInstanceUserArn"), (await User("u1", "Dora")).Text("AppInstanceUserArn"));
        (await User("u1", "Other")).Conflict();
        (await User("u2", "Dora")).Conflict();

        Task<Answer> Channel(string token, string? id, string name = "c") => app.Root.CreateChannel(ann, app.Arn, name, id: id, token: token);
        Assert.Equal((await Channel("c1", null)).Text("ChannelArn"), (await Channel("c1", null)).Text("ChannelArn"));
        (await Channel("c1", null, "d")).Conflict();
        (await Channel("c2", "chosen")).Ok();
        (await Channel("c3", "chosen")).Conflict();
    }
}
