using Xunit;

namespace Carillon.Tests.Server.Operations.Tags;

/// <summary>Tags of everything that can have some.</summary>
public class TagsTests(TagsTests.Fixture fixture) : IClassFixture<TagsTests.Fixture>
{
    public sealed class Fixture : LiveServer;

    private ChimeClient Chime => fixture.Root;

    public static TheoryData<string> Kinds => ["app instance", "user", "bot", "channel"];

    private static async Task<string> Make(App app, string kind) => kind switch
    {
        "app instance" => app.Arn,
        "user" => await app.NewUser("someone"),
        "bot" => (await app.Root.CreateAppInstanceBot(app.Arn)).Text("AppInstanceBotArn"),
        _ => await app.NewChannel(await app.NewUser("creator")),
    };

    private async Task<(string Key, string Value)[]> TagsOf(string arn) =>
        [.. (await Chime.ListTags(arn)).List("Tags").Select(t => ((string)t!["Key"]!, (string)t["Value"]!))];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Tags_are_set_replaced_listed_and_removed(string kind)
    {
        var arn = await Make(await fixture.NewApp(), kind);
        Assert.Equal("""{"Tags":[]}""", (await Chime.ListTags(arn)).Ok().Body);

        Assert.Equal((204, ""), (await Chime.Tag(arn, ("team", "red"), ("Team", "blue"), ("Zoë/+-=._:@ ", "ü")) is var put ? (put.Status, put.Body) : default));
        (await Chime.Tag(arn, ("team", "green"))).Ok();

        // Case tells keys apart.
        Assert.Equal([("Team", "blue"), ("Zoë/+-=._:@ ", "ü"), ("team", "green")], await TagsOf(arn));
        (await Chime.Untag(arn, "Team", "absent")).Ok();
        Assert.Equal([("Zoë/+-=._:@ ", "ü"), ("team", "green")], await TagsOf(arn));
    }

    [Fact]
    public async Task What_was_given_at_creation_is_listed()
    {
        var app = await fixture.NewApp();
        var bot = (await Chime.CreateAppInstanceBot(app.Arn, tags: ChimeClient.Tags(("a", "1"), ("b", "2")))).Text("AppInstanceBotArn");

        Assert.Equal([("a", "1"), ("b", "2")], await TagsOf(bot));
    }

    [Fact]
    public async Task A_resource_has_fifty_tags_at_most()
    {
        var app = await fixture.NewApp();
        (string, string)[] Numbered(int from, int count) => [.. Enumerable.Range(from, count).Select(i => ($"k{i}", "v"))];
        (await Chime.Tag(app.Arn, Numbered(0, 30))).Ok();

        (await Chime.Tag(app.Arn, Numbered(29, 22))).Refused(400, "ResourceLimitExceededException");
        Assert.Equal(30, (await TagsOf(app.Arn)).Length);
        (await Chime.Tag(app.Arn, Numbered(29, 21))).Ok();
        Assert.Equal(50, (await TagsOf(app.Arn)).Length);
        (await Chime.Tag(app.Arn, ("k0", "new"))).Ok();
        (await Chime.Tag(app.Arn, ("k50", "v"))).Refused(400, "ResourceLimitExceededException");
    }

    [Fact]
    public async Task Keys_of_AWS_and_keys_given_twice_are_refused()
    {
        var app = await fixture.NewApp();

        (await Chime.Tag(app.Arn, ("aws:cloudformation", "v"))).BadRequest();
        (await Chime.Tag(app.Arn, ("ok", "v"), ("AWS:x", "v"))).BadRequest();
        (await Chime.Tag(app.Arn, ("k", "1"), ("k", "2"))).BadRequest();
        (await Chime.Untag(app.Arn, "aws:x")).BadRequest();
        (await Chime.CreateAppInstanceBot(app.Arn, tags: ChimeClient.Tags(("aws:x", "v")))).BadRequest();
        (await Chime.Tag(app.Arn, ("aws", "v"))).Ok();
        Assert.Equal([("aws", "v")], await TagsOf(app.Arn));
    }

    [Fact]
    public async Task Tags_vanish_with_what_they_hang_on()
    {
        var app = await fixture.NewApp();
        var ann = await app.NewUser("ann");
        var channel = await app.NewChannel(ann, id: "room");
        (await Chime.Tag(ann, ("k", "v"))).Ok();
        (await Chime.Tag(channel, ("k", "v"))).Ok();

        (await Chime.DeleteChannel(ann, channel)).Ok();
        (await Chime.DeleteAppInstanceUser(ann)).Ok();

        (await Chime.ListTags(ann)).Forbidden();
        (await Chime.ListTags(channel)).Forbidden();
        await app.NewUser("ann");
        await app.NewChannel(ann, id: "room");
        Assert.Empty(await TagsOf(ann));
        Assert.Empty(await TagsOf(channel));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/user/nobody")]
    [InlineData("/bot/nobody")]
    [InlineData("/channel/nowhere")]
    [InlineData("/channel-flow/none")]
    [InlineData("/else/where")]
    public async Task What_is_not_there_has_no_tags_and_takes_none(string rest)
    {
        var app = await fixture.NewApp();
        var arn = rest.Length == 0 ? app.Arn[..^1] + "_" : app.Arn + rest;

        var answers = new[] { await Chime.ListTags(arn), await Chime.Tag(arn, ("k", "v")), await Chime.Untag(arn, "k") };

        Assert.All(answers, answer => answer.Forbidden());
    }
}
