using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Messages;
using Xunit;

namespace Carillon.Tests.Backends;

public abstract partial class StoreContract
{
    private protected static Task<Bot> MakeBot(Stage stage, AppInstance app, string name, InvokedBy? invoked = null, bool respondsTo = true) =>
        stage.Write(l =>
        {
            var id = Bots.Create(
                l, new Repetition(Guid.NewGuid().ToString("n"), [], []), app.Id, name, "about it",
                new("arn", "en_US", respondsTo, invoked, "Hello"), [new("b", "1")]);
            return Bots.Find(l, new(app.Id, PersonKind.Bot, id));
        });

    private static async Task<(Stage Stage, AppInstance App, Person Ada, Person Bob, Channel Channel)> Lobby(Stage stage)
    {
        var (app, ada, others) = await People(stage, "one");
        return (stage, app, ada, others[0], await stage.MakeChannel(ada, "lobby"));
    }

    private static Task<string> Say(
        Stage stage, Channel channel, Person sender, MessageType type = MessageType.Standard, bool persistent = true,
        string? attributes = null, Person? target = null) => stage.Write(l => Sending.Do(
        l, new(), new NewMessage(
            sender.Address, channel.Address, type, persistent, "hello", null, attributes, null, target?.Address,
            new Repetition(Guid.NewGuid().ToString("n"), [], []))).Id);

    private static string Mention(Bot bot) =>
        $$$"""{"CHIME.mentions":{"StringValues":["x","arn:aws:chime:us-east-1:1:{{{ResourceAddress.Of(bot.Person.Address).Path}}}"]}}""";

    private static List<BotCall> Waiting(Stage stage) => stage.Look(sql => sql.Query(
        "select position, bot, channel, sequence, attempts from bot_call where due <= $1 order by due, position",
        static r => new BotCall(r.Integer(0), new(r.Integer(1)), new(r.Integer(2)), r.Integer(3), (int)r.Integer(4)),
        stage.Read(v => v.Now).Microseconds));

    [Fact]
    public async Task A_conversation_with_much_to_be_asked_about_hides_no_other()
    {
        var (stage, app, ada, _, channel) = await Lobby(Begin());
        var bot = await MakeBot(stage, app, "bot", new(StandardTrigger.All, false));
        var other = await stage.MakeChannel(ada, "other", bot.Person);
        await stage.Join(channel, ada, bot.Person);
        for (var i = 0; i < 20; i++)
        {
            await Say(stage, channel, ada);
        }

        await Say(stage, other, ada);

        Assert.Equal([channel.Key, other.Key], stage.Read(v => v.ListBotCalls(2)).Select(c => c.Channel));
        Assert.Equal(21, Waiting(stage).Count);
        await stage.Write(l => l.PostponeBotCall(l.ListBotCalls(1)[0], l.Now.Plus(TimeSpan.FromSeconds(9))));
        Assert.Equal(Waiting(stage)[0], stage.Read(v => v.ListBotCalls(2))[0]);
    }

    /// <summary>Plain beside two others, plain beside one, mentioned beside two, targeted.</summary>
    [Theory]
    [InlineData(StandardTrigger.All, false, "1110")]
    [InlineData(StandardTrigger.All, true, "1111")]
    [InlineData(StandardTrigger.Auto, false, "0110")]
    [InlineData(StandardTrigger.Mentions, true, "0011")]
    [InlineData(StandardTrigger.None, true, "0001")]
    [InlineData(StandardTrigger.None, false, "0000")]
    public async Task A_bot_is_called_by_what_it_says_it_is_invoked_by(StandardTrigger standard, bool targeted, string expected)
    {
        var (stage, app, ada, bob, channel) = await Lobby(Begin());
        var bot = await MakeBot(stage, app, "bot", new(standard, targeted));
        await stage.Join(channel, ada, bot.Person);
        await stage.Join(channel, ada, await stage.MakeUser(app, "observer"), hidden: true);
        var called = "";
        async Task Try(Func<Task> say)
        {
            var before = Waiting(stage).Count;
            await say();
            called += Waiting(stage).Count - before;
        }

        await stage.Join(channel, ada, bob);
        await Try(() => Say(stage, channel, ada));
        await stage.Write(l => Memberships.Delete(l, ada.Address, channel.Address, bob.Address));
        await Try(() => Say(stage, channel, ada));
        await stage.Join(channel, ada, bob);
        await Try(() => Say(stage, channel, ada, attributes: Mention(bot)));
        await Try(() => Say(stage, channel, ada, target: bot.Person));

        Assert.Equal(expected, called);
        stage.Look(Checked);
    }

    [Fact]
    public async Task Nobody_calls_a_bot_without_a_lasting_standard_message_of_a_user_past_it()
    {
        var (stage, app, ada, bob, channel) = await Lobby(Begin());
        var bot = await MakeBot(stage, app, "bot", new(StandardTrigger.All, true));
        var other = await MakeBot(stage, app, "other", new(StandardTrigger.All, true));
        var hidden = await MakeBot(stage, app, "hidden", new(StandardTrigger.All, true));
        await stage.Join(channel, ada, bob);
        await stage.Join(channel, ada, bot.Person);
        await stage.Join(channel, ada, other.Person);
        await stage.Join(channel, ada, hidden.Person, hidden: true);

        await Say(stage, channel, ada, MessageType.Control);
        await Say(stage, channel, ada, persistent: false);
        await Say(stage, channel, ada, target: bob);
        await Say(stage, channel, bot.Person, attributes: Mention(other));
        Assert.Empty(Waiting(stage));
        await Say(stage, channel, ada);
        Assert.Equal([bot.Person.Key, other.Person.Key], Waiting(stage).Select(c => c.Bot));
    }

    [Fact]
    public async Task A_bot_without_InvokedBy_acts_by_what_it_responds_to()
    {
        var (stage, app, ada, bob, channel) = await Lobby(Begin());
        var (all, neither) = (await MakeBot(stage, app, "all"), await MakeBot(stage, app, "neither", respondsTo: false));
        await stage.Join(channel, ada, all.Person);
        await stage.Join(channel, ada, neither.Person);
        await stage.Join(channel, ada, bob);

        await Say(stage, channel, ada);
        await Say(stage, channel, ada, attributes: Mention(neither));
        await Say(stage, channel, ada, target: all.Person);
        await Say(stage, channel, ada, target: neither.Person);

        Assert.Equal(
            [all.Person.Key, all.Person.Key, neither.Person.Key, neither.Person.Key], Waiting(stage).Select(c => c.Bot));
    }

    [Fact]
    public async Task An_answer_comes_into_the_channel_once_and_ends_its_call_across_restarts()
    {
        var (stage, app, ada, _, channel) = await Lobby(Begin());
        var bot = await MakeBot(stage, app, "bot");
        await stage.Join(channel, ada, bot.Person);
        var asked = await Say(stage, channel, ada);
        stage = Restart(stage);
        var call = Assert.Single(Waiting(stage));
        var question = stage.Read(v => v.FindQuestion(call))!;
        Assert.Equal((asked, "lobby", "bot"), (question.Message.Id, question.Channel.Id, question.Bot.Person.Name));

        await stage.Write(l => l.PostponeBotCall(call, l.Now.Plus(TimeSpan.FromSeconds(2))));
        Assert.Empty(Waiting(stage));
        stage.Clock.Pass(TimeSpan.FromSeconds(2));
        Assert.Equal(call with { Attempts = 1 }, Assert.Single(Waiting(stage)));
        for (var i = 0; i < 2; i++)
        {
            await stage.Write(l => BotCalls.Answer(l, new(), question, new("Hi!", "type", null)));
            stage = Restart(stage);
        }

        Assert.Empty(Waiting(stage));
        Assert.Equal(["hello", "Hi!"], stage.History(channel, ada).Select(m => m.Content));
        Assert.Equal((bot.Person, "type"), (stage.History(channel, ada)[1].Sender, stage.History(channel, ada)[1].ContentType));
        stage.Look(Checked);
    }

    [Theory]
    [InlineData("bot")]
    [InlineData("channel")]
    [InlineData("redacted")]
    [InlineData("left")]
    [InlineData("asker")]
    public async Task What_is_gone_when_the_answer_comes_ends_the_call_without_it(string gone)
    {
        var (stage, app, ada, bob, channel) = await Lobby(Begin());
        var bot = await MakeBot(stage, app, "bot", new(StandardTrigger.All, true));
        await stage.Join(channel, ada, bot.Person);
        await stage.Join(channel, ada, bob);
        var asked = await Say(stage, channel, bob, target: bot.Person);
        var call = Assert.Single(Waiting(stage));
        var question = stage.Read(v => v.FindQuestion(call))!;
        await stage.Write(l =>
        {
            switch (gone)
            {
                case "bot":
                    Bots.Delete(l, bot.Person.Address);
                    break;
                case "channel":
                    Channels.Delete(l, ada.Address, channel.Address);
                    break;
                case "redacted":
                    Editing.Redact(l, bob.Address, channel.Address, asked);
                    break;
                case "left":
                    Memberships.Delete(l, ada.Address, channel.Address, bot.Person.Address);
                    break;
                case "asker":
                    Users.Delete(l, bob.Address);
                    break;
            }
        });

        await stage.Write(l => BotCalls.Answer(l, new(), question, new("Hi!", "type", null)));

        Assert.Empty(Waiting(stage));
        Assert.DoesNotContain(stage.Bus.All.OfType<MessageCreated>(), e => e.Message.Content == "Hi!");
        stage.Look(Checked);
    }
}
