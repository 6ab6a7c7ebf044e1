using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Carillon.Server.Hosting;
using Carillon.Server.Responders;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Carillon.Tests.Server.Responders;

/// <summary>Bots that somebody answers for, over real requests in both directions.</summary>
public class BotResponderTests(BotResponderTests.Fixture fixture) : IClassFixture<BotResponderTests.Fixture>
{
    private const string Alias = "arn:aws:lex:us-east-1:123456789012:bot-alias/ABCDEFGHIJ/TSTALIASID";

    /// <summary>A server and, beside it, a responder that does as the text it is asked says.</summary>
    public sealed class Fixture : LiveServer, IAsyncLifetime
    {
        private readonly WebApplication _responder;

        public Fixture()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            _responder = builder.Build();
            _responder.Urls.Add("http://127.0.0.1:0");
            _responder.MapPost("/hook", Answer);
        }

        internal ConcurrentQueue<(string Call, JsonNode Question)> Asked { get; } = new();

        /// <summary>Returns once the responder has been asked about the message.</summary>
        internal Task Until(string message) =>
            Patience.Until(() => Asked.Any(q => (string?)q.Question["channelMessage"]!["MessageId"] == message));

        internal override CarillonOptions Adjust(CarillonOptions options) =>
            base.Adjust(options) with { BotResponders = $"{Alias}={_responder.Urls.First()}/hook" };

        async ValueTask IAsyncLifetime.InitializeAsync()
        {
            await _responder.StartAsync();
            await InitializeAsync();
        }

        async ValueTask IAsyncDisposable.DisposeAsync()
        {
            GC.SuppressFinalize(this);
            await DisposeAsync();
            await _responder.DisposeAsync();
        }

        private async Task<IResult> Answer(HttpRequest request)
        {
            var question = (await JsonNode.ParseAsync(request.Body))!;
            var call = request.Headers[BotResponder.CallHeader].ToString();
            var again = Asked.Any(a => a.Call == call);
            Asked.Enqueue((call, question));
            return (string?)question["text"] switch
            {
                "fail once" or "fail once, and be put out" when !again => Results.StatusCode(503),
                "refuse" => Results.StatusCode(400),
                "nonsense" => Results.Text("nonsense"),
                "too much" => Results.Text($$"""{"messages":[{"content":"{{new string('x', 5000)}}","contentType":"PlainText"}]}"""),
                "hush" => Results.StatusCode(204),
                var text => Results.Text(
                    $$"""
                    {"messages":[{"content":"You said {{text}}","contentType":"PlainText"}],
                     "sessionState":{"intent":{"name":"Echo","state":"Fulfilled","slots":{} } },"sessionId":"ignored"}
                    """),
            };
        }
    }

    private async Task<(App App, string Ann, string Bot, string Channel, SessionClient Session)> Open(string targeted = "ALL")
    {
        var app = await fixture.NewApp();
        var ann = await app.NewUser("ann");
        var lex = ChimeClient.Lex();
        lex["InvokedBy"] = ChimeClient.Members(("StandardMessages", "AUTO"), ("TargetedMessages", targeted));
        var bot = (await app.Root.CreateAppInstanceBot(app.Arn, "Echo", lex: lex)).Text("AppInstanceBotArn");
        var channel = await app.NewChannel(ann, members: [bot]);
        return (app, ann, bot, channel, await SessionClient.Start(fixture, ann));
    }

    private static Task<Frame> Reply(SessionClient session, string bot) =>
        session.Wait(f => f.Type == "CREATE_CHANNEL_MESSAGE" && f.Text("Sender.Arn") == bot);

    [Fact]
    public async Task A_bot_answers_with_the_content_type_and_attributes_that_clients_know()
    {
        var (app, ann, bot, channel, session) = await Open();
        await using var _ = session;

        var asked = await app.Root.SendText(ann, channel, "hello");

        var reply = await Reply(session, bot);
        Assert.Equal(
            ("application/amz-chime-lex-msgs", "STANDARD", "PERSISTENT", "Echo"),
            (reply.Text("ContentType"), reply.Text("Type"), reply.Text("Persistence"), reply.Text("Sender.Name")));
        Assert.Equal(
            """{"Messages":[{"Content":"You said hello","ContentType":"PlainText"}]}""", reply.Text("Content"));
        string? Said(string name) => (string?)reply.Payload!["MessageAttributes"]!["CHIME.LEX.sessionState." + name]!["StringValues"]![0];
        Assert.Equal(("Echo", "Fulfilled", asked), (Said("intent.name"), Said("intent.state"), Said("originatingRequestId")));
        var question = fixture.Asked.Single(q => (string?)q.Question["channelMessage"]!["MessageId"] == asked).Question;
        Assert.Equal(
            (Alias, "en_US", "hello", bot, Said("sessionId")),
            ((string?)question["botAliasArn"], (string?)question["localeId"], (string?)question["text"], (string?)question["botArn"],
                (string?)question["sessionId"]));
        Assert.Equal(
            (channel, ann, asked),
            ((string?)question["requestAttributes"]!["CHIME.channel.arn"], (string?)question["requestAttributes"]!["CHIME.sender.arn"],
                (string?)question["requestAttributes"]!["CHIME.message.id"]));
        Assert.Equal(channel, (string?)question["channelMessage"]!["ChannelArn"]);
    }

    [Fact]
    public async Task What_is_between_two_stays_between_two()
    {
        var (app, ann, bot, channel, session) = await Open();
        await using var _ = session;
        var bob = await app.NewUser("bob");
        (await app.Root.CreateChannelMembership(ann, channel, bob)).Ok();

        await app.Root.SendText(ann, channel, "to everybody");
        (await app.Root.SendChannelMessage(ann, channel, "secret", target: bot)).Ok();

        // Beside two others a bot that is invoked by AUTO keeps silent until it is spoken to.
        var reply = await Reply(session, bot);
        Assert.Equal("You said secret", (string?)JsonNode.Parse(reply.Text("Content")!)!["Messages"]![0]!["Content"]);
        Assert.Equal(ann, (string?)reply.Payload!["Target"]![0]!["MemberArn"]);
        Assert.Single((await app.Root.ListChannelMessages(bob, channel)).List("ChannelMessages"));
    }

    [Fact]
    public async Task A_question_that_failed_is_asked_again_under_its_number_and_answered_once()
    {
        var (app, ann, bot, channel, session) = await Open();
        await using var _ = session;

        await app.Root.SendText(ann, channel, "fail once");
        await Reply(session, bot);
        await app.Root.SendText(ann, channel, "and now");
        await session.Wait(f => f.Text("Sender.Arn") == bot && f.Text("Content")!.Contains("and now", StringComparison.Ordinal));

        var asked = fixture.Asked.Where(q => (string?)q.Question["text"] == "fail once").ToList();
        Assert.Equal((2, 1), (asked.Count, asked.Select(q => q.Call).Distinct().Count()));
        Assert.Equal(4, (await app.Root.ListChannelMessages(ann, channel)).List("ChannelMessages").Count);
        Assert.Contains(fixture.Log.Lines, line => line.Contains("6001", StringComparison.Ordinal) && line.Contains("503", StringComparison.Ordinal));
        Assert.DoesNotContain(fixture.Log.Lines, line => line.Contains("fail once", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_bot_that_was_put_out_is_not_asked_again_what_was_said_before()
    {
        var (app, ann, bot, channel, session) = await Open();
        await using var _ = session;
        var (_, eve, other, elsewhere, later) = await Open();
        await using var __ = later;

        var said = await app.Root.SendText(ann, channel, "fail once, and be put out");
        await fixture.Until(said);
        (await app.Root.CreateChannelBan(ann, channel, bot)).Ok();

        // It is tried again in the order in which it failed: by the time of this reply the first had its turn.
        await app.Root.SendText(eve, elsewhere, "fail once, and be put out");
        await Reply(later, other);

        Assert.Single(fixture.Asked, q => (string?)q.Question["channelMessage"]!["MessageId"] == said);
    }

    [Theory]
    [InlineData("refuse", "DependencyFailedException")]
    [InlineData("nonsense", "BadGatewayException")]
    [InlineData("too much", "BadGatewayException")]
    public async Task An_answer_that_is_none_shows_as_an_error_of_the_bot(string text, string code)
    {
        var (app, ann, bot, channel, session) = await Open();
        await using var _ = session;

        await app.Root.SendText(ann, channel, text);

        var reply = await Reply(session, bot);
        Assert.Equal(("application/amz-chime-lex-error", $$"""{"Code":"{{code}}"}"""), (reply.Text("ContentType"), reply.Text("Content")));
    }

    [Fact]
    public async Task A_bot_with_nothing_to_say_says_nothing_and_hears_on()
    {
        var (app, ann, bot, channel, session) = await Open();
        await using var _ = session;

        await app.Root.SendText(ann, channel, "hush");
        await app.Root.SendText(ann, channel, "speak");

        Assert.Contains("You said speak", (await Reply(session, bot)).Text("Content"), StringComparison.Ordinal);
        Assert.Equal(3, (await app.Root.ListChannelMessages(ann, channel)).List("ChannelMessages").Count);
    }

    [Theory]
    [InlineData("arn=http://127.0.0.1")]
    [InlineData(Alias)]
    [InlineData(Alias + "=ftp://127.0.0.1")]
    [InlineData(Alias + "=/hook")]
    public void A_setting_that_names_no_alias_or_no_place_is_refused_at_the_start(string entries) =>
        Assert.Throws<FormatException>(() => new BotResponders(entries));
}
