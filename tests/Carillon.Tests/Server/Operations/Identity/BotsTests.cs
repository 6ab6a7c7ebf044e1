using System.Text.Json.Nodes;
using Xunit;

namespace Carillon.Tests.Server.Operations.Identity;

/// <summary>Bots, and everything a bot may be.</summary>
public class BotsTests(BotsTests.Fixture fixture) : IClassFixture<BotsTests.Fixture>
{
    public sealed class Fixture : LiveServer;

    private ChimeClient Chime => fixture.Root;

    private static JsonObject Whole() => ChimeClient.Members(
        ("RespondsTo", "STANDARD_MESSAGES"),
        ("InvokedBy", ChimeClient.Members(("StandardMessages", "MENTIONS"), ("TargetedMessages", "ALL"))),
        ("LexBotAliasArn", "arn:aws:lex:eu-central-1:210987654321:bot-alias/ABCDEFGHIJ/TSTALIASID"), ("LocaleId", "de_DE"),
        ("WelcomeIntent", "Say_Hello"));

    [Fact]
    public async Task A_bot_is_described_as_it_was_made_and_updated()
    {
        var app = await fixture.NewApp();
        var arn = (await Chime.CreateAppInstanceBot(app.Arn, "Helper", metadata: "{}", lex: Whole())).Text("AppInstanceBotArn");
        Assert.Matches($"^{app.Arn}/bot/[0-9a-f-]{{36}}$", arn);

        var made = await Chime.DescribeAppInstanceBot(arn);
        Assert.Equal(arn, made.Text("AppInstanceBot.AppInstanceBotArn"));
        Assert.Equal(("Helper", "{}"), (made.Text("AppInstanceBot.Name"), made.Text("AppInstanceBot.Metadata")));
        Assert.True(JsonNode.DeepEquals(Whole(), made.At("AppInstanceBot.Configuration.Lex")));

        Assert.Equal(arn, (await Chime.UpdateAppInstanceBot(arn, "Renamed", "new")).Text("AppInstanceBotArn"));
        var renamed = await Chime.DescribeAppInstanceBot(arn);
        Assert.Equal(("Renamed", "new"), (renamed.Text("AppInstanceBot.Name"), renamed.Text("AppInstanceBot.Metadata")));
        Assert.True(JsonNode.DeepEquals(Whole(), renamed.At("AppInstanceBot.Configuration.Lex")));
        Assert.Equal(
            (decimal)made.At("AppInstanceBot.CreatedTimestamp")!, (decimal)renamed.At("AppInstanceBot.CreatedTimestamp")!);

        (await Chime.UpdateAppInstanceBot(arn, "Renamed", "new", ChimeClient.Lex())).Ok();
        Assert.True(JsonNode.DeepEquals(
            ChimeClient.Lex(), (await Chime.DescribeAppInstanceBot(arn)).At("AppInstanceBot.Configuration.Lex")));
    }

    [Theory]
    [InlineData("AUTO", "NONE")]
    [InlineData("ALL", "ALL")]
    [InlineData("MENTIONS", "NONE")]
    [InlineData("NONE", "ALL")]
    public async Task What_calls_a_bot_comes_back_as_it_was_given(string standard, string targeted)
    {
        var app = await fixture.NewApp();
        var lex = ChimeClient.Lex();
        lex["InvokedBy"] = ChimeClient.Members(("StandardMessages", standard), ("TargetedMessages", targeted));

        var arn = (await Chime.CreateAppInstanceBot(app.Arn, lex: lex)).Text("AppInstanceBotArn");

        var described = await Chime.DescribeAppInstanceBot(arn);
        Assert.True(JsonNode.DeepEquals(lex, described.At("AppInstanceBot.Configuration.Lex")));
        Assert.Null(described.At("AppInstanceBot.Name"));
    }

    [Fact]
    public async Task A_creation_again_makes_no_second_bot()
    {
        var app = await fixture.NewApp();
        Task<Answer> Create(string name) => Chime.CreateAppInstanceBot(app.Arn, name, token: "bot-1");

        Assert.Equal((await Create("a")).Text("AppInstanceBotArn"), (await Create("a")).Text("AppInstanceBotArn"));
        (await Create("b")).Conflict();

        Assert.Single((await Chime.ListAppInstanceBots(app.Arn)).List("AppInstanceBots"));
    }

    [Fact]
    public async Task Bots_are_listed_in_pages_and_never_among_the_users()
    {
        var app = await fixture.NewApp();
        var ann = await app.NewUser("ann");
        var made = new List<string>();
        foreach (var i in Enumerable.Range(0, 5))
        {
            made.Add((await Chime.CreateAppInstanceBot(app.Arn, $"bot {i}", metadata: $"{i}")).Text("AppInstanceBotArn"));
        }

        var listed = new List<string>();
        string? token = null;
        do
        {
            var page = await Chime.ListAppInstanceBots(app.Arn, $"&max-results=2&next-token={ChimeClient.E(token ?? "")}");
            Assert.Equal(app.Arn, page.Text("AppInstanceArn"));
            listed.AddRange(page.List("AppInstanceBots").Select(b => (string)b!["AppInstanceBotArn"]!));
            token = page.NextToken;
        }
        while (token is not null);

        Assert.Equal(made, listed);
        Assert.Equal([ann], (await Chime.ListAppInstanceUsers(app.Arn)).List("AppInstanceUsers").Select(u => (string)u!["AppInstanceUserArn"]!));
    }

    [Fact]
    public async Task A_bot_is_no_user_and_a_user_no_bot()
    {
        var app = await fixture.NewApp();
        var (ann, bot) = (await app.NewUser("ann"), (await Chime.CreateAppInstanceBot(app.Arn, "Bot")).Text("AppInstanceBotArn"));

        (await Chime.DescribeAppInstanceUser(bot)).Forbidden();
        (await Chime.UpdateAppInstanceUser(bot, "x")).Forbidden();
        (await Chime.DeleteAppInstanceUser(bot)).Forbidden();
        (await Chime.PutUserExpiration(bot, 3)).Forbidden();
        (await Chime.DescribeAppInstanceBot(ann)).NotFound();
        (await Chime.UpdateAppInstanceBot(ann, "x")).Forbidden();
        (await Chime.DeleteAppInstanceBot(ann)).Forbidden();
        (await Chime.DescribeAppInstanceBot(app.Arn + "/bot/nobody")).NotFound();
        (await Chime.CreateAppInstanceBot(app.Arn[..^1] + "_")).Forbidden();
        Assert.Equal("Bot", (await Chime.DescribeAppInstanceBot(bot)).Text("AppInstanceBot.Name"));
    }

    [Fact]
    public async Task A_bot_opens_no_session()
    {
        var app = await fixture.NewApp();
        var bot = (await Chime.CreateAppInstanceBot(app.Arn, "Bot")).Text("AppInstanceBotArn");

        await using var session = await SessionClient.Open(SessionClient.Url(fixture, bot));

        Assert.Equal(4401, await session.Closed);
    }

    [Fact]
    public async Task A_bot_may_be_all_that_a_user_may_be_in_a_channel()
    {
        var app = await fixture.NewApp();
        var (ann, bob) = (await app.NewUser("ann"), await app.NewUser("bob"));
        var bot = (await Chime.CreateAppInstanceBot(app.Arn, "Bot")).Text("AppInstanceBotArn");
        var other = (await Chime.CreateAppInstanceBot(app.Arn, "Other")).Text("AppInstanceBotArn");
        var channel = await app.NewChannel(ann, mode: "UNRESTRICTED", members: [bob]);
        await using var session = await SessionClient.Start(fixture, bob);

        (await Chime.CreateChannelMembership(ann, channel, bot)).Ok();
        var joined = await session.Wait("CREATE_CHANNEL_MEMBERSHIP");
        Assert.Equal((bot, "Bot"), (joined.Text("Member.Arn"), joined.Text("Member.Name")));
        var said = await Chime.SendText(bot, channel, "I am a bot");
        Assert.Equal(bot, (await session.Wait(f => f.Text("MessageId") == said)).Text("Sender.Arn"));
        (await Chime.UpdateChannelMessage(bot, channel, said, "still")).Ok();
        var aimed = (await Chime.SendChannelMessage(ann, channel, "for the bot", target: bot)).Text("MessageId");
        Assert.Equal("for the bot", (await Chime.GetChannelMessage(bot, channel, aimed)).Text("ChannelMessage.Content"));
        (await Chime.GetChannelMessage(bob, channel, aimed)).NotFound();
        Assert.Single((await Chime.ListMembershipsOf(bot)).List("ChannelMemberships"));

        (await Chime.CreateChannelModerator(ann, channel, bot)).Ok();
        (await Chime.CreateChannelMembership(bot, channel, other)).Ok();
        (await Chime.CreateChannelBan(bot, channel, other)).Ok();
        (await Chime.SendChannelMessage(other, channel, "x")).Forbidden();
        (await Chime.DeleteChannelBan(bot, channel, other)).Ok();

        (await Chime.CreateAppInstanceAdmin(app.Arn, bot)).Ok();
        Assert.Equal(bot, (await Chime.DescribeAppInstanceAdmin(app.Arn, bot)).Text("AppInstanceAdmin.Admin.Arn"));
        (await Chime.DeleteChannelMessage(bot, channel, said)).Ok();
        var own = await app.NewChannel(bot, members: [other]);
        Assert.Equal(bot, (await Chime.DescribeChannel(bot, own)).Text("Channel.CreatedBy.Arn"));
    }

    [Fact]
    public async Task A_deleted_bot_leaves_everything_and_its_messages_keep_its_name()
    {
        var app = await fixture.NewApp();
        var (ann, bob) = (await app.NewUser("ann"), await app.NewUser("bob"));
        var bot = (await Chime.CreateAppInstanceBot(app.Arn, "Bot", tags: ChimeClient.Tags(("k", "v")))).Text("AppInstanceBotArn");
        var channel = await app.NewChannel(ann, members: [bot, bob], moderators: [bot]);
        (await Chime.CreateAppInstanceAdmin(app.Arn, bot)).Ok();
        var said = await Chime.SendText(bot, channel, "last words");
        await using var session = await SessionClient.Start(fixture, bob);

        (await Chime.DeleteAppInstanceBot(bot)).Ok();

        Assert.Equal(bot, (await session.Wait("DELETE_CHANNEL_MEMBERSHIP")).Text("Member.Arn"));
        (await Chime.DescribeAppInstanceBot(bot)).NotFound();
        (await Chime.DeleteAppInstanceBot(bot)).Forbidden();
        (await Chime.SendChannelMessage(bot, channel, "x")).Forbidden();
        Assert.Empty((await Chime.ListAppInstanceAdmins(app.Arn)).List("AppInstanceAdmins"));
        Assert.Equal([ann], (await Chime.ListChannelModerators(ann, channel)).List("ChannelModerators").Select(m => (string)m!["Moderator"]!["Arn"]!));
        Assert.Equal(2, (await Chime.ListChannelMemberships(ann, channel)).List("ChannelMemberships").Count);
        Assert.Equal("Bot", (await Chime.GetChannelMessage(ann, channel, said)).Text("ChannelMessage.Sender.Name"));
        (await Chime.ListTags(bot)).Forbidden();
    }

    [Fact]
    public async Task Policies_name_bots_by_their_arns()
    {
        var app = await fixture.NewApp();
        var (mine, theirs) = (
            (await Chime.CreateAppInstanceBot(app.Arn, "Mine")).Text("AppInstanceBotArn"),
            (await Chime.CreateAppInstanceBot(app.Arn, "Theirs")).Text("AppInstanceBotArn"));
        var channel = await app.NewChannel(mine, members: [theirs]);
        var worker = fixture.As(await Chime.Assume(
            $$"""
            {"Version":"2012-10-17","Statement":[
              {"Effect":"Allow","Action":"chime:*","Resource":["{{mine}}","{{app.Arn}}/channel/*"]},
              {"Effect":"Allow","Action":["chime:CreateAppInstanceBot","chime:ListAppInstanceBots"],"Resource":"{{app.Arn}}/bot/*"}]}
            """));

        (await worker.SendChannelMessage(mine, channel, "x")).Ok();
        (await worker.DescribeAppInstanceBot(mine)).Ok();
        (await worker.ListAppInstanceBots(app.Arn)).Ok();
        (await worker.CreateAppInstanceBot(app.Arn)).Ok();
        (await worker.SendChannelMessage(theirs, channel, "x")).Denied();
        (await worker.DescribeAppInstanceBot(theirs)).Denied();
        (await worker.DeleteAppInstanceBot(theirs)).Denied();
        (await worker.ListAppInstanceUsers(app.Arn)).Denied();
    }
}
