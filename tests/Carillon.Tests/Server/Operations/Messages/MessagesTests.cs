using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Carillon.Tests.Server.Operations.Messages;

/// <summary>Sending, reading and changing messages.</summary>
public class MessagesTests(MessagesTests.Fixture fixture) : IClassFixture<MessagesTests.Fixture>
{
    public sealed class Fixture : LiveServer;

    private sealed record Room(App App, string Ann, string Bob, string Admin, string Channel)
    {
        public ChimeClient Chime => App.Root;
    }

    private async Task<Room> Open()
    {
        var app = await fixture.NewApp();
        var people = await app.NewUsers("ann", "bob", "admin");
        (await app.Root.CreateAppInstanceAdmin(app.Arn, people[2])).Ok();
        return new(app, people[0], people[1], people[2], await app.NewChannel(people[0], members: [people[1]]));
    }

    private static Task<Answer> SendRaw(Room room, string json) => SendRaw(room, Encoding.UTF8.GetBytes(json));

    private static Task<Answer> SendRaw(Room room, byte[] json) =>
        room.Chime.SendBytes("POST", $"/channels/{ChimeClient.E(room.Channel)}/messages", room.Ann, json);

    public static TheoryData<string> Contents =>
    [
        "a", " ", "\0", "a\0b", "\u0001\u001f\u007f\u0080\u00ff", "\r\n\t", "\"\\/", "é", "😀", "\u2028\u2029", "\ufeff", "\uffff", "<script>&'",
        "{\"json\":[null]}", string.Concat(Enumerable.Range(0, 256).Select(code => (char)code)),
    ];

    [Theory]
    [MemberData(nameof(Contents))]
    public async Task Content_is_kept_exactly_in_lists_gets_and_frames(string content)
    {
        var room = await Open();
        await using var session = await SessionClient.Start(fixture, room.Bob);

        var id = await room.Chime.SendText(room.Ann, room.Channel, content);

        Assert.Equal(content, (await room.Chime.GetChannelMessage(room.Bob, room.Channel, id)).Text("ChannelMessage.Content"));
        Assert.Equal(content, (string)(await room.Chime.ListChannelMessages(room.Bob, room.Channel)).List("ChannelMessages")[0]!["Content"]!);
        Assert.Equal(content, (await session.Wait("CREATE_CHANNEL_MESSAGE")).Text("Content"));
    }

    [Theory]
    [InlineData("a", 4096, "STANDARD", true)]
    [InlineData("a", 4097, "STANDARD", false)]
    [InlineData("é", 2048, "STANDARD", true)]
    [InlineData("é", 2049, "STANDARD", false)]
    [InlineData("😀", 1024, "STANDARD", true)]
    [InlineData("😀", 1025, "STANDARD", false)]
    [InlineData("a", 30, "CONTROL", true)]
    [InlineData("a", 31, "CONTROL", false)]
    [InlineData("é", 16, "CONTROL", false)]
    public async Task Content_is_measured_in_bytes(string unit, int times, string type, bool fits)
    {
        var room = await Open();
        var content = string.Concat(Enumerable.Repeat(unit, times));

        var answer = await room.Chime.SendChannelMessage(room.Ann, room.Channel, content, type);

        if (fits)
        {
            answer.Ok();
            (await room.Chime.UpdateChannelMessage(room.Ann, room.Channel, answer.Text("MessageId"), content + "a")).BadRequest();
        }
        else
        {
            Assert.Equal("Channel Messages size limit exceeded", (string)answer.BadRequest().Json["Message"]!);
        }
    }

    [Fact]
    public async Task A_control_message_has_no_metadata()
    {
        var room = await Open();

        (await room.Chime.SendChannelMessage(room.Ann, room.Channel, "x", "CONTROL", metadata: "m")).BadRequest();
        var id = (await room.Chime.SendChannelMessage(room.Ann, room.Channel, "x", "CONTROL")).Text("MessageId");
        (await room.Chime.UpdateChannelMessage(room.Ann, room.Channel, id, "y", "m")).BadRequest();
    }

    [Theory]
    [InlineData("{\"Content\":\"\\ud800\"", "a lone surrogate")]
    [InlineData("{\"Content\":\"\\udc00\\ud800\"", "surrogates the wrong way round")]
    [InlineData("{\"Content\":\"x\",\"Metadata\":\"\\ud800\"", "in another member")]
    [InlineData("{\"Content\":\"a\",\"Content\":\"b\"", "the same name twice")]
    [InlineData("{\"Content\":\"a\",\"Conte\\u006et\":\"b\"", "the same name twice, once escaped")]
    [InlineData("{\"Content\":\"x\",\"MessageAttributes\":{\"k\":{\"StringValues\":[\"a\"]},\"k\":{\"StringValues\":[\"b\"]}}", "the same key twice")]
    [InlineData("{\"Content\":5", "a number")]
    [InlineData("{\"Content\":[\"x\"]", "a list")]
    [InlineData("{\"Content\":\"a\tb\"", "a bare control character")]
    [InlineData("{\"Content\":\"x\",", "a comma too many")]
    [InlineData("{\"Content\":\"x\" /* why */", "a comment")]
    [InlineData("{'Content':'x'", "other quotes")]
    public async Task What_is_not_the_JSON_expected_is_a_bad_request(string head, string why)
    {
        var room = await Open();

        var answer = (await SendRaw(
            room, $$"""{{head}},"Type":"STANDARD","Persistence":"PERSISTENT","ClientRequestToken":"t1"}""")).BadRequest();

        Assert.NotEqual("", why);
        Assert.DoesNotContain("ud800", answer.Body, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("5")]
    [InlineData("{}")]
    [InlineData("{} {}")]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("Content=x")]
    public async Task What_is_no_request_at_all_is_a_bad_request(string json) => (await SendRaw(await Open(), json)).BadRequest();

    [Fact]
    public async Task An_absent_body_is_an_empty_one() => (await SendRaw(await Open(), "")).BadRequest();

    [Theory]
    [InlineData(new byte[] { 0xff })]
    [InlineData(new byte[] { 0xc0, 0x80 })]
    [InlineData(new byte[] { 0xed, 0xa0, 0x80 })]
    [InlineData(new byte[] { 0xf4, 0x90, 0x80, 0x80 })]
    [InlineData(new byte[] { 0xe2, 0x82 })]
    public async Task What_is_no_UTF8_is_a_bad_request(byte[] bytes)
    {
        byte[] body =
        [
            .. "{\"Content\":\""u8, .. bytes, .. "\",\"Type\":\"STANDARD\",\"Persistence\":\"PERSISTENT\",\"ClientRequestToken\":\"t1\"}"u8,
        ];

        (await SendRaw(await Open(), body)).BadRequest();
    }

    [Theory]
    [InlineData(28, true)]
    [InlineData(33, false)]
    [InlineData(10_000, false)]
    public async Task Members_that_nobody_knows_are_ignored_unless_they_are_too_deep(int depth, bool ignored)
    {
        var room = await Open();
        var nested = new string('[', depth) + new string(']', depth);

        var answer = await SendRaw(
            room,
            $$"""{"Content":"x","Type":"STANDARD","Persistence":"PERSISTENT","ClientRequestToken":"t1","FromTheFuture":{{nested}}}""");

        Assert.Equal(ignored ? 201 : 400, answer.Status);
    }

    [Fact]
    public async Task Attributes_are_kept_and_bounded_together()
    {
        var room = await Open();
        static JsonObject Body(int values) => ChimeClient.Members(
            ("Content", "x"), ("Type", "STANDARD"), ("Persistence", "PERSISTENT"), ("ClientRequestToken", ChimeClient.NewToken()),
            ("MessageAttributes", new JsonObject
            {
                ["name"] = new JsonObject { ["StringValues"] = new JsonArray([.. Enumerable.Range(0, values).Select(_ => (JsonNode)new string('v', 510))]) },
            }));
        Task<Answer> Send(JsonObject body) => room.Chime.Send("POST", $"/channels/{ChimeClient.E(room.Channel)}/messages", room.Ann, body);

        var id = (await Send(Body(2))).Text("MessageId");
        (await Send(Body(3))).BadRequest();

        var kept = (await room.Chime.GetChannelMessage(room.Bob, room.Channel, id)).At("ChannelMessage.MessageAttributes");
        Assert.True(JsonNode.DeepEquals(Body(2)["MessageAttributes"], kept));
    }

    [Fact]
    public async Task A_message_for_one_member_is_seen_by_nobody_else()
    {
        var room = await Open();
        var carol = await room.App.NewUser("carol");
        (await room.Chime.CreateChannelMembership(room.Ann, room.Channel, carol)).Ok();
        var id = (await room.Chime.SendChannelMessage(room.Ann, room.Channel, "psst", target: room.Bob)).Text("MessageId");

        foreach (var sees in new[] { room.Ann, room.Bob })
        {
            var message = await room.Chime.GetChannelMessage(sees, room.Channel, id);
            Assert.Equal(room.Bob, (string)message.At("ChannelMessage.Target")![0]!["MemberArn"]!);
            Assert.Single((await room.Chime.ListChannelMessages(sees, room.Channel)).List("ChannelMessages"));
        }

        foreach (var blind in new[] { carol, room.Admin })
        {
            (await room.Chime.GetChannelMessage(blind, room.Channel, id)).NotFound();
            Assert.Empty((await room.Chime.ListChannelMessages(blind, room.Channel)).List("ChannelMessages"));
        }

        (await room.Chime.RedactChannelMessage(room.Admin, room.Channel, id)).Forbidden();
        (await room.Chime.UpdateChannelMessage(room.Bob, room.Channel, id, "mine")).Forbidden();
        (await room.Chime.DeleteChannelMessage(room.Admin, room.Channel, id)).Ok();
        (await room.Chime.GetChannelMessage(room.Bob, room.Channel, id)).NotFound();
    }

    [Fact]
    public async Task A_target_must_be_a_member()
    {
        var room = await Open();
        var carol = await room.App.NewUser("carol");

        (await room.Chime.SendChannelMessage(room.Ann, room.Channel, "psst", target: carol)).BadRequest();
        (await room.Chime.SendChannelMessage(room.Ann, room.Channel, "psst", target: room.App.UserArn("nobody"))).BadRequest();
        (await room.Chime.SendChannelMessage(room.Ann, room.Channel, "psst", target: room.Channel)).BadRequest();
    }

    [Fact]
    public async Task A_redacted_message_keeps_its_place_and_loses_what_it_said()
    {
        var room = await Open();
        var id = (await room.Chime.SendChannelMessage(room.Ann, room.Channel, "secret", metadata: "m")).Text("MessageId");

        (await room.Chime.RedactChannelMessage(room.Ann, room.Channel, id)).Ok();
        (await room.Chime.RedactChannelMessage(room.Ann, room.Channel, id)).Ok();

        var message = (JsonObject)(await room.Chime.GetChannelMessage(room.Bob, room.Channel, id)).At("ChannelMessage")!;
        Assert.True((bool)message["Redacted"]!);
        Assert.False(message.ContainsKey("Content"));
        Assert.False(message.ContainsKey("Metadata"));
        Assert.Single((await room.Chime.ListChannelMessages(room.Bob, room.Channel)).List("ChannelMessages"));
        (await room.Chime.UpdateChannelMessage(room.Ann, room.Channel, id, "again")).Conflict();
    }

    [Fact]
    public async Task A_deleted_message_is_gone()
    {
        var room = await Open();
        var id = await room.Chime.SendText(room.Ann, room.Channel, "x");

        (await room.Chime.DeleteChannelMessage(room.Admin, room.Channel, id)).Ok();

        (await room.Chime.GetChannelMessage(room.Ann, room.Channel, id)).NotFound();
        Assert.Empty((await room.Chime.ListChannelMessages(room.Ann, room.Channel)).List("ChannelMessages"));
        (await room.Chime.UpdateChannelMessage(room.Ann, room.Channel, id, "back")).Forbidden();
        (await room.Chime.RedactChannelMessage(room.Ann, room.Channel, id)).Forbidden();
        (await room.Chime.DeleteChannelMessage(room.Admin, room.Channel, id)).Forbidden();
    }

    [Fact]
    public async Task An_update_replaces_what_is_given_and_stamps_the_edit()
    {
        var room = await Open();
        var id = (await room.Chime.SendChannelMessage(room.Ann, room.Channel, "one", metadata: "kept")).Text("MessageId");
        Assert.Null((await room.Chime.GetChannelMessage(room.Ann, room.Channel, id)).At("ChannelMessage.LastEditedTimestamp"));

        Assert.Equal("SENT", (await room.Chime.UpdateChannelMessage(room.Ann, room.Channel, id, "two")).Text("Status.Value"));

        var message = await room.Chime.GetChannelMessage(room.Bob, room.Channel, id);
        Assert.Equal(("two", "kept"), (message.Text("ChannelMessage.Content"), message.Text("ChannelMessage.Metadata")));
        Assert.NotNull(message.At("ChannelMessage.LastEditedTimestamp"));
    }

    [Fact]
    public async Task What_is_not_persistent_is_in_no_list_and_moves_nothing()
    {
        var room = await Open();
        var id = (await room.Chime.SendChannelMessage(room.Ann, room.Channel, "now", persistence: "NON_PERSISTENT")).Text("MessageId");

        (await room.Chime.GetChannelMessage(room.Ann, room.Channel, id)).NotFound();
        Assert.Empty((await room.Chime.ListChannelMessages(room.Ann, room.Channel)).List("ChannelMessages"));
        Assert.Null((await room.Chime.DescribeChannel(room.Ann, room.Channel)).At("Channel.LastMessageTimestamp"));
    }

    [Fact]
    public async Task A_message_is_found_in_its_own_channel_alone()
    {
        var room = await Open();
        var another = await room.App.NewChannel(room.Ann);
        var id = await room.Chime.SendText(room.Ann, room.Channel, "x");

        (await room.Chime.GetChannelMessage(room.Ann, another, id)).NotFound();
        (await room.Chime.UpdateChannelMessage(room.Ann, another, id, "y")).Forbidden();
        (await room.Chime.GetChannelMessage(room.Ann, room.Channel, id.ToUpperInvariant() + "F")).NotFound();
    }
}
