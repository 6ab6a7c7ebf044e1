using Xunit;

namespace Carillon.Tests.Server.Operations.Channels;

public class SearchTests(SearchTests.Fixture fixture) : IClassFixture<SearchTests.Fixture>
{
    public sealed class Fixture : LiveServer;

    private ChimeClient Chime => fixture.Root;

    private async Task<string[]> Found(string bearer, params (string Operator, string[] Values)[] fields) =>
        [.. (await Chime.SearchChannels(bearer, "", fields)).List("Channels").Select(c => ((string)c!["ChannelArn"]!).Split('/')[^1])];

    [Fact]
    public async Task Equals_finds_these_members_exactly_and_includes_finds_them_among_others()
    {
        var app = await fixture.NewApp();
        var people = await app.NewUsers("ann", "bob", "cat");
        var (ann, bob, cat) = (people[0], people[1], people[2]);
        await app.NewChannel(ann, members: [bob], id: "pair");
        await app.NewChannel(bob, members: [ann], id: "pair-2");
        await app.NewChannel(ann, members: [bob, cat], id: "all");
        await app.NewChannel(ann, id: "alone");

        Assert.Equal(["pair", "pair-2"], await Found(ann, ("EQUALS", [ann, bob])));
        Assert.Equal(["pair", "pair-2"], await Found(bob, ("EQUALS", [bob, ann, bob])));
        Assert.Equal(["alone"], await Found(ann, ("EQUALS", [ann])));
        Assert.Equal(["pair", "pair-2", "all"], await Found(ann, ("INCLUDES", [bob])));
        Assert.Equal(["all"], await Found(ann, ("INCLUDES", [bob]), ("INCLUDES", [cat])));
        Assert.Equal(["all"], await Found(ann, ("EQUALS", [ann, bob, cat]), ("INCLUDES", [cat])));

        // The caller is a member like any other: where it is not named, its channels are no exact match.
        Assert.Empty(await Found(ann, ("EQUALS", [bob])));
        Assert.Empty(await Found(ann, ("EQUALS", [ann, bob]), ("EQUALS", [ann])));
        Assert.Empty(await Found(ann, ("EQUALS", [ann, bob]), ("INCLUDES", [cat])));
    }

    [Fact]
    public async Task A_user_searches_its_own_channels_and_an_administrator_all()
    {
        var app = await fixture.NewApp();
        var people = await app.NewUsers("ann", "bob", "cat", "boss");
        var (ann, bob, cat, boss) = (people[0], people[1], people[2], people[3]);
        (await Chime.CreateAppInstanceAdmin(app.Arn, boss)).Ok();
        await app.NewChannel(ann, privacy: "PUBLIC", members: [bob], id: "theirs");

        Assert.Empty(await Found(cat, ("INCLUDES", [ann])));
        Assert.Equal(["theirs"], await Found(boss, ("INCLUDES", [ann])));
        Assert.Equal(["theirs"], await Found(boss, ("EQUALS", [ann, bob])));
        Assert.Empty(await Found(boss, ("EQUALS", [ann, bob, boss])));
    }

    [Fact]
    public async Task Hidden_members_neither_count_nor_are_found()
    {
        var app = await fixture.NewApp();
        var people = await app.NewUsers("ann", "bob", "spy");
        var (ann, bob, spy) = (people[0], people[1], people[2]);
        var channel = await app.NewChannel(ann, members: [bob], id: "watched");
        (await Chime.CreateChannelMembership(ann, channel, spy, "HIDDEN")).Ok();

        Assert.Equal(["watched"], await Found(bob, ("EQUALS", [ann, bob])));
        Assert.Empty(await Found(bob, ("INCLUDES", [spy])));
        Assert.Empty(await Found(bob, ("EQUALS", [ann, bob, spy])));

        // It is one of the hidden member's own channels all the same.
        Assert.Equal(["watched"], await Found(spy, ("EQUALS", [ann, bob])));
        Assert.Empty(await Found(spy, ("INCLUDES", [spy])));
    }

    [Fact]
    public async Task What_names_nobody_finds_nothing()
    {
        var app = await fixture.NewApp();
        var ann = await app.NewUser("ann");
        var channel = await app.NewChannel(ann, id: "mine");
        var elsewhere = await (await fixture.NewApp()).NewUser("ann");

        foreach (var nobody in new[] { app.UserArn("nobody"), app.Arn, channel, "no ARN", "\n", elsewhere, ann + "/x" })
        {
            Assert.Empty(await Found(ann, ("INCLUDES", [ann, nobody])));
            Assert.Empty(await Found(ann, ("EQUALS", [ann, nobody])));
        }
    }

    [Fact]
    public async Task The_bearer_must_be_named()
    {
        var app = await fixture.NewApp();
        var ann = await app.NewUser("ann");

        (await Chime.SearchChannels(null, "", ("INCLUDES", [ann]))).BadRequest();
        (await Chime.SearchChannels(app.UserArn("nobody"), "", ("INCLUDES", [ann]))).Forbidden();
    }

    [Fact]
    public async Task A_page_s_token_is_for_the_same_search_alone()
    {
        var app = await fixture.NewApp();
        var people = await app.NewUsers("ann", "bob");
        await app.NewChannel(people[0], members: [people[1]]);
        await app.NewChannel(people[0], members: [people[1]]);
        var first = await Chime.SearchChannels(people[0], "&max-results=1", ("INCLUDES", [people[1]]));
        var token = "&next-token=" + ChimeClient.E(first.NextToken!);

        Assert.Single((await Chime.SearchChannels(people[0], token, ("INCLUDES", [people[1]]))).List("Channels"));
        (await Chime.SearchChannels(people[0], token, ("EQUALS", [people[1]]))).BadRequest();
        (await Chime.SearchChannels(people[0], token, ("INCLUDES", [people[0]]))).BadRequest();
        (await Chime.SearchChannels(people[1], token, ("INCLUDES", [people[1]]))).BadRequest();
    }
}
