using System.Text.Json.Nodes;
using Carillon.Tests.Server.Operations.Channels;
using Xunit;

namespace Carillon.Tests.Server.Streaming;

/// <summary>What the API does, as the streams tell it.</summary>
public sealed class ExportTests(ExportTests.Fixture server) : IClassFixture<ExportTests.Fixture>
{
    public sealed class Fixture : LiveServer;

    private static int _streams;

    private async Task<(App App, string Channels, string Messages)> Begin()
    {
        var number = Interlocked.Increment(ref _streams);
        var app = await server.NewApp();
        var (channels, messages) = ($"chime-messaging-c{number}", $"chime-messaging-m{number}");
        await server.NewStream(channels);
        await server.NewStream(messages, shards: 3);
        (await server.Root.PutStreaming(app.Arn, ("Channel", Streams.Arn(channels)), ("ChannelMessage", Streams.Arn(messages)))).Ok();
        return (app, channels, messages);
    }

    /// <summary>Times as the API gives them, seconds since 1970, in place of texts.</summary>
    private static JsonObject WithSeconds(JsonNode payload)
    {
        var copy = payload.DeepClone().AsObject();
        foreach (var (name, value) in copy.Where(m => m.Key.EndsWith("Timestamp", StringComparison.Ordinal)).ToList())
        {
            var text = (string)value!;
            Assert.Matches("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3}Z$", text);
            copy[name] = DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds() / 1000m;
        }

        return copy;
    }

    private static void Same(JsonNode? expected, JsonNode payload) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected!.ToJsonString()), JsonNode.Parse(WithSeconds(payload).ToJsonString())), $"{expected}\n{payload}");

    [Fact]
    public async Task Events_of_channels_carry_what_the_API_describes()
    {
        var (app, stream, _) = await Begin();
        var (root, ann, ben, eve) = (app.Root, await app.NewUser("ann"), await app.NewUser("ben"), await app.NewUser("eve"));
        var channel = await app.NewChannel(ann);
        var created = (await root.DescribeChannel(ann, channel)).At("Channel");
        await root.CreateChannelMembership(ann, channel, ben);
        var joined = (await root.DescribeChannelMembership(ann, channel, ben)).At("ChannelMembership");
        await root.BatchCreateChannelMembership(ann, channel, [eve]);
        (await root.CreateChannelModerator(ann, channel, ben)).Ok();
        var moderator = (await root.DescribeChannelModerator(ann, channel, ben)).At("ChannelModerator");
        (await root.DeleteChannelModerator(ann, channel, ben)).Ok();
        (await root.CreateChannelBan(ann, channel, eve)).Ok();
        var ban = (await root.DescribeChannelBan(ann, channel, eve)).At("ChannelBan");
        (await root.DeleteChannelBan(ann, channel, eve)).Ok();
        (await root.UpdateChannel(ann, channel, "renamed", "RESTRICTED", "meta")).Ok();
        var updated = (await root.DescribeChannel(ann, channel)).At("Channel");
        (await root.PutChannelExpiration(ann, channel, 5)).Ok();
        var expiring = (await root.DescribeChannel(ann, channel)).At("Channel");
        (await root.DeleteChannelMembership(ann, channel, ben)).Ok();
        (await root.DeleteChannel(ann, channel)).Ok();

        var records = server.ReadStream(stream);

        Assert.Equal(
            [
                "CREATE_CHANNEL", "CREATE_CHANNEL_MEMBERSHIP", "CREATE_CHANNEL_MODERATOR", "CREATE_CHANNEL_MEMBERSHIP", "CREATE_CHANNEL_MEMBERSHIP",
                "CREATE_CHANNEL_MODERATOR", "DELETE_CHANNEL_MODERATOR", "DELETE_CHANNEL_MEMBERSHIP", "CREATE_CHANNEL_BAN",
                "DELETE_CHANNEL_BAN", "UPDATE_CHANNEL", "UPDATE_CHANNEL_EXPIRATION_SETTINGS", "DELETE_CHANNEL_MEMBERSHIP",
                "DELETE_CHANNEL",
            ],
            records.Select(r => r.Type));
        Assert.All(records, r => Assert.Equal(["EventType", "Payload"], r.Json.AsObject().Select(m => m.Key)));
        Assert.All(records, r => Assert.Equal((channel, channel), (r.Key, (string)r.Payload["ChannelArn"]!)));
        Assert.Single(records.Select(r => r.Shard).Distinct());
        Same(created, records[0].Payload);
        Same(joined, records[3].Payload);
        Assert.Equal(eve, (string)records[4].Payload["Member"]!["Arn"]!);
        Same(moderator, records[5].Payload);
        Same(moderator, records[6].Payload);
        Same(ban, records[8].Payload);
        Same(ban, records[9].Payload);
        Same(updated, records[10].Payload);
        Same(expiring, records[11].Payload);
        Same(joined, records[12].Payload);
    }

    [Fact]
    public async Task Events_of_messages_carry_what_the_API_gives()
    {
        var (app, _, stream) = await Begin();
        var (root, ann) = (app.Root, await app.NewUser("ann"));
        await root.CreateAppInstanceAdmin(app.Arn, ann);
        var channel = await app.NewChannel(ann);
        var id = await root.SendText(ann, channel, "Grüße <b>");
        var sent = (await root.GetChannelMessage(ann, channel, id)).At("ChannelMessage");
        (await root.SendChannelMessage(ann, channel, "typing", persistence: "NON_PERSISTENT")).Ok();
        var created = Assert.Single(server.ReadStream(stream));
        Same(sent, created.Payload);

        (await root.UpdateChannelMessage(ann, channel, id, "edited")).Ok();
        var updated = (await root.GetChannelMessage(ann, channel, id)).At("ChannelMessage");
        Same(updated, server.ReadStream(stream)[1].Payload);
        (await root.RedactChannelMessage(ann, channel, id)).Ok();
        var redacted = (await root.GetChannelMessage(ann, channel, id)).At("ChannelMessage");
        var other = await root.SendText(ann, channel, "to be deleted");
        (await root.DeleteChannelMessage(ann, channel, other)).Ok();

        var records = server.ReadStream(stream);
        Assert.Equal(
            ["CREATE_CHANNEL_MESSAGE", "UPDATE_CHANNEL_MESSAGE", "REDACT_CHANNEL_MESSAGE", "CREATE_CHANNEL_MESSAGE", "DELETE_CHANNEL_MESSAGE"],
            records.Select(r => r.Type));
        Same(redacted, records[2].Payload);
        Assert.All(records, r => Assert.Null(r.Payload["Content"]));
        Assert.Equal([id, id, id, other, other], records.Select(r => (string)r.Payload["MessageId"]!));
        Assert.Equal([true, true, true, true, false], records.Select(r => (bool)r.Payload["Redacted"]!));
    }

    [Fact]
    public async Task Parts_of_an_elastic_channel_are_told_under_its_ARN_and_moves_as_leaving_and_joining()
    {
        var number = Interlocked.Increment(ref _streams);
        var stream = $"chime-messaging-e{number}";
        await server.NewStream(stream);
        var room = await ElasticRoom.Open(server, most: 3, target: 4);
        (await server.Root.PutStreaming(room.App.Arn, ("Channel", Streams.Arn(stream)), ("ChannelMessage", Streams.Arn(stream)))).Ok();
        var people = await room.JoinNew("a", "b", "c", "d", "e", "f", "g");
        (await room.Say(people[0], await room.SubOf(people[0]), "here")).Ok();

        // Waits for the parts to be level.
        await Patience.Until(async () => (await room.Counts()).Split(' ').Select(int.Parse).Max() <= 4
            && server.ReadStream(stream).Exists(r => r.Type == "DELETE_CHANNEL_MEMBERSHIP"));

        var records = server.ReadStream(stream);
        Assert.All(records, r => Assert.Equal((room.Channel, room.Channel), (r.Key, (string)r.Payload["ChannelArn"]!)));
        Assert.Contains(records, r => r.Type == "CREATE_SUB_CHANNEL");
        Assert.Equal(
            ["ChannelArn", "SubChannelId"],
            records.First(r => r.Type == "CREATE_SUB_CHANNEL").Payload.AsObject().Select(m => m.Key));
        var said = Assert.Single(records, r => r.Type == "CREATE_CHANNEL_MESSAGE");
        Assert.NotNull(said.Payload["SubChannelId"]);
        var where = new Dictionary<string, string>();
        foreach (var record in records.Where(r => r.Type.EndsWith("MEMBERSHIP", StringComparison.Ordinal)))
        {
            var (member, sub) = ((string)record.Payload["Member"]!["Arn"]!, (string)record.Payload["SubChannelId"]!);
            if (record.Type == "CREATE_CHANNEL_MEMBERSHIP")
            {
                Assert.True(where.TryAdd(member, sub));
            }
            else
            {
                Assert.True(where.Remove(member, out var left));
                Assert.Equal(sub, left);
            }
        }

        foreach (var person in people)
        {
            Assert.Equal(await room.SubOf(person), where[person]);
        }
    }

    /// <summary>Replays a stream and nothing else.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task The_state_before_and_the_records_make_the_state_after(int seed)
    {
        var random = new Random(seed);
        var (app, channels, messages) = await Begin();
        var root = app.Root;
        var users = await app.NewUsers("ann", "ben", "cat", "dan");
        (await root.CreateAppInstanceAdmin(app.Arn, users[0])).Ok();
        var rooms = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            rooms.Add(await app.NewChannel(users[0], members: [users[1]]));
        }

        var said = new Dictionary<string, List<string>>();
        for (var step = 0; step < 120; step++)
        {
            var room = rooms[random.Next(rooms.Count)];
            var who = users[random.Next(1, users.Length)];
            var mine = said.TryGetValue(room, out var all) ? all : said[room] = [];
            var one = mine.Count == 0 ? "none" : mine[random.Next(mine.Count)];
            switch (random.Next(10))
            {
                case 0: await root.CreateChannelMembership(users[0], room, who); break;
                case 1: await root.DeleteChannelMembership(users[0], room, who); break;
                case 2: await root.CreateChannelBan(users[0], room, who); break;
                case 3: await root.DeleteChannelBan(users[0], room, who); break;
                case 4: await root.CreateChannelModerator(users[0], room, who); break;
                case 5: await root.DeleteChannelModerator(users[0], room, who); break;
                case 6: await root.RedactChannelMessage(users[0], room, one); break;
                case 7: await root.UpdateChannelMessage(users[0], room, one, $"edit {step}"); break;
                case 8: await root.UpdateChannel(users[0], room, $"name {step}", "UNRESTRICTED"); break;
                default: mine.Add(await root.SendText(users[0], room, $"text {step}")); break;
            }
        }

        var state = new Dictionary<string, SortedSet<string>>();
        foreach (var record in server.ReadStream(channels).Concat(server.ReadStream(messages)).OrderBy(r => r.Position))
        {
            Apply(state.TryGetValue(record.Key, out var set) ? set : state[record.Key] = new(StringComparer.Ordinal), record);
        }

        foreach (var room in rooms)
        {
            var now = new SortedSet<string>(StringComparer.Ordinal) { "name " + (await root.DescribeChannel(users[0], room)).Text("Channel.Name") };
            now.UnionWith((await root.ListChannelMemberships(users[0], room)).List("ChannelMemberships").Select(m => "member " + m!["Member"]!["Arn"]));
            now.UnionWith((await root.ListChannelModerators(users[0], room)).List("ChannelModerators").Select(m => "moderator " + m!["Moderator"]!["Arn"]));
            now.UnionWith((await root.ListChannelBans(users[0], room)).List("ChannelBans").Select(m => "ban " + m!["Member"]!["Arn"]));
            now.UnionWith((await root.ListChannelMessages(users[0], room)).List("ChannelMessages").Select(m => $"message {m!["MessageId"]} {m["Content"]}"));
            Assert.Equal(now, state[room]);
        }
    }

    private static void Apply(SortedSet<string> state, Streamed record)
    {
        var payload = record.Payload;
        switch (record.Type)
        {
            case "CREATE_CHANNEL" or "UPDATE_CHANNEL":
                state.RemoveWhere(s => s.StartsWith("name ", StringComparison.Ordinal));
                state.Add("name " + payload["Name"]);
                break;
            case "CREATE_CHANNEL_MEMBERSHIP": Assert.True(state.Add("member " + payload["Member"]!["Arn"])); break;
            case "DELETE_CHANNEL_MEMBERSHIP": Assert.True(state.Remove("member " + payload["Member"]!["Arn"])); break;
            case "CREATE_CHANNEL_MODERATOR": Assert.True(state.Add("moderator " + payload["Moderator"]!["Arn"])); break;
            case "DELETE_CHANNEL_MODERATOR": Assert.True(state.Remove("moderator " + payload["Moderator"]!["Arn"])); break;
            case "CREATE_CHANNEL_BAN": Assert.True(state.Add("ban " + payload["Member"]!["Arn"])); break;
            case "DELETE_CHANNEL_BAN": Assert.True(state.Remove("ban " + payload["Member"]!["Arn"])); break;
            case "CREATE_CHANNEL_MESSAGE": Assert.True(state.Add($"message {payload["MessageId"]} {payload["Content"]}")); break;
            case "UPDATE_CHANNEL_MESSAGE" or "REDACT_CHANNEL_MESSAGE":
                Assert.Equal(1, state.RemoveWhere(s => s.StartsWith($"message {payload["MessageId"]} ", StringComparison.Ordinal)));
                state.Add($"message {payload["MessageId"]} {payload["Content"]}");
                break;
            default:
                Assert.Fail(record.Type);
                break;
        }
    }
}
