using Xunit;

namespace Carillon.Tests.Server.Operations;

/// <summary>Counts and order, which AWS has not.</summary>
public class ExtensionsTests(ExtensionsTests.Fixture fixture) : IClassFixture<ExtensionsTests.Fixture>
{
    private const string Latest = "&x-carillon-sort=last-message";

    public sealed class Fixture : LiveServer;

    private ChimeClient Chime => fixture.Root;

    private static string Ours(Answer answer) => answer.At("x-carillon")!.ToJsonString();

    [Fact]
    public async Task An_app_instance_tells_how_many_users_bots_and_channels_it_has()
    {
        var app = await fixture.NewApp();
        var people = await app.NewUsers("ann", "bob", "cat");
        var channel = await app.NewChannel(people[0]);
        await app.NewChannel(people[0]);

        Assert.Equal("""{"UserCount":3,"BotCount":0,"ChannelCount":2}""", Ours(await Chime.DescribeAppInstance(app.Arn)));
        (await Chime.DeleteChannel(people[0], channel)).Ok();
        (await Chime.DeleteAppInstanceUser(people[1])).Ok();
        Assert.Equal("""{"UserCount":2,"BotCount":0,"ChannelCount":1}""", Ours(await Chime.DescribeAppInstance(app.Arn)));
    }

    [Fact]
    public async Task A_channel_tells_how_many_members_and_messages_it_has_to_those_who_may_know()
    {
        var app = await fixture.NewApp();
        var people = await app.NewUsers("ann", "bob", "spy", "stranger");
        var (ann, bob, spy, stranger) = (people[0], people[1], people[2], people[3]);
        var channel = await app.NewChannel(ann, privacy: "PUBLIC", members: [bob]);
        (await Chime.CreateChannelMembership(ann, channel, spy, "HIDDEN")).Ok();
        await Chime.SendText(ann, channel, "one");
        (await Chime.RedactChannelMessage(ann, channel, await Chime.SendText(bob, channel, "two"))).Ok();
        (await Chime.SendChannelMessage(ann, channel, "gone", persistence: "NON_PERSISTENT")).Ok();

        const string seen = """{"MemberCount":2,"MessageCount":2}""";
        const string seenByModerators = """{"MemberCount":2,"HiddenMemberCount":1,"MessageCount":2}""";
        Assert.Equal(seenByModerators, Ours(await Chime.DescribeChannel(ann, channel)));
        foreach (var other in new[] { bob, spy, stranger })
        {
            Assert.Equal(seen, Ours(await Chime.DescribeChannel(other, channel)));
        }

        // What two say to each other moves no number, for nobody.
        (await Chime.SendChannelMessage(ann, channel, "aside", target: bob)).Ok();
        Assert.Equal(seen, Ours(await Chime.DescribeChannel(bob, channel)));
        Assert.Equal(seenByModerators, Ours(await Chime.DescribeChannel(ann, channel)));
    }

    [Fact]
    public async Task Whoever_may_not_describe_a_channel_is_told_no_number()
    {
        var app = await fixture.NewApp();
        var people = await app.NewUsers("ann", "stranger");
        var channel = await app.NewChannel(people[0], privacy: "PRIVATE");

        Assert.DoesNotContain("Count", (await Chime.DescribeChannel(people[1], channel)).Forbidden().Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lists_are_sorted_by_the_last_message_on_request()
    {
        var app = await fixture.NewApp();
        var people = await app.NewUsers("ann", "bob");
        var (ann, bob) = (people[0], people[1]);
        var channels = new List<string>();
        foreach (var i in Enumerable.Range(0, 4))
        {
            channels.Add(await app.NewChannel(ann, privacy: "PUBLIC", members: [bob], id: $"c{i}"));
        }

        await Chime.SendText(ann, channels[2], "hello");
        await Chime.SendText(ann, channels[0], "hello");
        (await Chime.SendChannelMessage(ann, channels[1], "aside", target: bob)).Ok();
        (await Chime.SendChannelMessage(ann, channels[3], "gone", persistence: "NON_PERSISTENT")).Ok();

        async Task<string> Of(Task<Answer> list, string items) => string.Join(
            ' ', (await list).List(items).Select(i => ((string)(i!["ChannelSummary"] ?? i)["ChannelArn"]!).Split('/')[^1]));

        Assert.Equal("c0 c2 c3 c1", await Of(Chime.ListChannels(bob, app.Arn, Latest), "Channels"));
        Assert.Equal("c1 c0 c2 c3", await Of(Chime.ListMembershipsOf(bob, more: Latest), "ChannelMemberships"));
        Assert.Equal("c0 c1 c2 c3", await Of(Chime.ListChannels(bob, app.Arn), "Channels"));
        Assert.Equal("c0 c1 c2 c3", await Of(Chime.ListMembershipsOf(bob), "ChannelMemberships"));
    }

    [Fact]
    public async Task A_page_s_token_keeps_the_order_it_was_made_for()
    {
        var app = await fixture.NewApp();
        var ann = await app.NewUser("ann");
        await app.NewChannel(ann, privacy: "PUBLIC");
        await app.NewChannel(ann, privacy: "PUBLIC");
        var token = "&next-token=" + ChimeClient.E((await Chime.ListChannels(ann, app.Arn, Latest + "&max-results=1")).NextToken!);

        (await Chime.ListChannels(ann, app.Arn, token)).BadRequest();
        Assert.Single((await Chime.ListChannels(ann, app.Arn, Latest + token)).List("Channels"));
    }

    [Theory]
    [InlineData("name")]
    [InlineData("LAST-MESSAGE")]
    public async Task An_order_that_nobody_knows_is_a_bad_request(string order)
    {
        var app = await fixture.NewApp();
        var ann = await app.NewUser("ann");

        (await Chime.ListChannels(ann, app.Arn, "&x-carillon-sort=" + order)).BadRequest();
        (await Chime.ListMembershipsOf(ann, more: "&x-carillon-sort=" + order)).BadRequest();
    }
}
