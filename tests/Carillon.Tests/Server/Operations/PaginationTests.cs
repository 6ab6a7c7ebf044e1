using System.Text.Json.Nodes;
using Xunit;

namespace Carillon.Tests.Server.Operations;

/// <summary>Lists in pages.</summary>
public class PaginationTests(PaginationTests.Fixture fixture) : IClassFixture<PaginationTests.Fixture>
{
    public sealed class Fixture : LiveServer;

    /// <summary>A list: how to ask for it, what its items are called, and what tells one from another.</summary>
    private sealed record Listing(Func<string, string, Task<Answer>> Ask, string Items, Func<JsonNode, string> Id, int Count);

    private static readonly string[] _people = [.. Enumerable.Range(0, 6).Select(i => $"user-{i}")];

    public static TheoryData<string> Lists =>
    [
        "users", "admins", "channels", "private channels", "members", "hidden members", "memberships", "moderators", "bans", "messages",
        "messages ascending", "moderated", "found", "latest channels", "latest memberships",
    ];

    private async Task<Dictionary<string, Listing>> Make()
    {
        var app = await fixture.NewApp();
        var people = await app.NewUsers(_people);
        var hidden = await app.NewUsers([.. Enumerable.Range(0, 5).Select(i => $"hidden-{i}")]);
        var banned = await app.NewUsers([.. Enumerable.Range(0, 5).Select(i => $"banned-{i}")]);
        foreach (var person in people[..5])
        {
            (await app.Root.CreateAppInstanceAdmin(app.Arn, person)).Ok();
        }

        var ann = people[0];
        var channel = await app.NewChannel(ann, privacy: "PUBLIC", members: people[1..5], moderators: people[1..5]);
        foreach (var privacy in new[] { "PUBLIC", "PUBLIC", "PUBLIC", "PUBLIC", "PRIVATE", "PRIVATE", "PRIVATE", "PRIVATE", "PRIVATE" })
        {
            await app.NewChannel(ann, privacy: privacy);
        }

        (await app.Root.BatchCreateChannelMembership(ann, channel, hidden, "HIDDEN")).Ok();
        foreach (var person in banned)
        {
            (await app.Root.CreateChannelBan(ann, channel, person)).Ok();
        }

        foreach (var i in Enumerable.Range(0, 5))
        {
            await app.Root.SendText(ann, channel, $"{i}");
        }

        var chime = app.Root;
        return new()
        {
            ["users"] = new((_, q) => chime.ListAppInstanceUsers(app.Arn, q), "AppInstanceUsers", i => (string)i["AppInstanceUserArn"]!, 16),
            ["admins"] = new((_, q) => chime.ListAppInstanceAdmins(app.Arn, "?" + q[1..]), "AppInstanceAdmins", i => (string)i["Admin"]!["Arn"]!, 5),
            ["channels"] = new((b, q) => chime.ListChannels(b, app.Arn, q), "Channels", i => (string)i["ChannelArn"]!, 5),
            ["private channels"] = new((b, q) => chime.ListChannels(b, app.Arn, "&privacy=PRIVATE" + q), "Channels", i => (string)i["ChannelArn"]!, 5),
            ["members"] = new((b, q) => chime.ListChannelMemberships(b, channel, "?" + q[1..]), "ChannelMemberships", i => (string)i["Member"]!["Arn"]!, 5),
            ["hidden members"] = new(
                (b, q) => chime.ListChannelMemberships(b, channel, "?type=HIDDEN" + q), "ChannelMemberships", i => (string)i["Member"]!["Arn"]!, 5),
            ["memberships"] = new(
                (b, q) => chime.ListMembershipsOf(b, ann, q), "ChannelMemberships", i => (string)i["ChannelSummary"]!["ChannelArn"]!, 10),
            ["moderators"] = new((b, q) => chime.ListChannelModerators(b, channel, "?" + q[1..]), "ChannelModerators", i => (string)i["Moderator"]!["Arn"]!, 5),
            ["bans"] = new((b, q) => chime.ListChannelBans(b, channel, "?" + q[1..]), "ChannelBans", i => (string)i["Member"]!["Arn"]!, 5),
            ["messages"] = new((b, q) => chime.ListChannelMessages(b, channel, "?" + q[1..]), "ChannelMessages", i => (string)i["MessageId"]!, 5),
            ["messages ascending"] = new(
                (b, q) => chime.ListChannelMessages(b, channel, "?sort-order=ASCENDING" + q), "ChannelMessages", i => (string)i["MessageId"]!, 5),
            ["moderated"] = new(
                (b, q) => chime.ListModeratedBy(b, ann, q), "Channels", i => (string)i["ChannelSummary"]!["ChannelArn"]!, 10),
            ["found"] = new(
                (b, q) => chime.SearchChannels(b, q, ("EQUALS", [ann])), "Channels", i => (string)i["ChannelArn"]!, 9),
            ["latest channels"] = new(
                (b, q) => chime.ListChannels(b, app.Arn, "&x-carillon-sort=last-message" + q), "Channels", i => (string)i["ChannelArn"]!, 5),
            ["latest memberships"] = new(
                (b, q) => chime.ListMembershipsOf(b, ann, "&x-carillon-sort=last-message" + q), "ChannelMemberships",
                i => (string)i["ChannelSummary"]!["ChannelArn"]!, 10),
            ["bearers"] = new((_, _) => throw new NotSupportedException(), $"{people[0]} {people[1]}", _ => "", 0),
        };
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task Pages_hold_everything_once_in_the_order_of_the_whole(string name)
    {
        var lists = await Make();
        var (ann, bob) = (lists["bearers"].Items.Split(' ')[0], lists["bearers"].Items.Split(' ')[1]);
        var list = lists[name];
        var whole = await list.Ask(ann, "&max-results=50");
        var expected = whole.List(list.Items).Select(i => list.Id(i!)).ToArray();
        Assert.Equal(list.Count, expected.Distinct().Count());
        Assert.Null(whole.NextToken);

        // An empty token is none.
        Assert.Equal(whole.Body, (await list.Ask(ann, "&next-token=")).Ok().Body);

        foreach (var size in new[] { 1, 2, list.Count - 1, list.Count })
        {
            var got = new List<string>();
            string? token = null;
            do
            {
                var page = await list.Ask(ann, $"&max-results={size}{(token is null ? "" : "&next-token=" + ChimeClient.E(token))}");
                var items = page.List(list.Items);
                Assert.InRange(items.Count, 1, size);
                got.AddRange(items.Select(i => list.Id(i!)));
                token = page.NextToken;
            }
            while (token is not null);
            Assert.Equal(expected, got);
        }

        var second = (await list.Ask(ann, "&max-results=1")).NextToken!;
        foreach (var bad in new[] { "x", "%00", second[..^1], "A" + second[1..] + "A", second + "%20", new string('A', 2048) })
        {
            (await list.Ask(ann, $"&max-results=1&next-token={bad}")).BadRequest();
        }

        // Another list's token, and another bearer's.
        foreach (var other in lists.Where(l => l.Key != name && l.Value.Count > 0))
        {
            (await other.Value.Ask(ann, $"&next-token={ChimeClient.E(second)}")).BadRequest();
        }

        if (name is not ("users" or "admins"))
        {
            (await list.Ask(bob, $"&next-token={ChimeClient.E(second)}")).BadRequest();
        }
    }

    [Fact]
    public async Task Messages_that_arrive_while_a_list_is_read_are_neither_skipped_nor_repeated()
    {
        var app = await fixture.NewApp();
        var ann = await app.NewUser("ann");
        var channel = await app.NewChannel(ann);
        var sent = new List<string>();
        for (var i = 0; i < 10; i++)
        {
            sent.Add(await app.Root.SendText(ann, channel, $"{i}"));
        }

        var (up, down) = (new List<string>(), new List<string>());
        foreach (var (order, got) in new[] { ("ASCENDING", up), ("DESCENDING", down) })
        {
            string? token = null;
            do
            {
                var page = await app.Root.ListChannelMessages(
                    ann, channel, $"?sort-order={order}&max-results=3&next-token={ChimeClient.E(token ?? "")}");
                got.AddRange(page.List("ChannelMessages").Select(m => (string)m!["MessageId"]!));
                token = page.NextToken;
                if (sent.Count < 14)
                {
                    sent.Add(await app.Root.SendText(ann, channel, "meanwhile"));
                }
            }
            while (token is not null);
        }

        Assert.Equal(sent.Take(up.Count), up);
        Assert.True(up.Count >= 10);
        Assert.Equal(Enumerable.Reverse(sent).Skip(sent.Count - down.Count), down);
    }

    [Fact]
    public async Task Bounds_of_time_include_their_moment()
    {
        var app = await fixture.NewApp();
        var ann = await app.NewUser("ann");
        var channel = await app.NewChannel(ann);
        var ids = new List<string>();
        var times = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add(await app.Root.SendText(ann, channel, $"{i}"));
            var created = (decimal)(await app.Root.GetChannelMessage(ann, channel, ids[^1])).At("ChannelMessage.CreatedTimestamp")!;
            times.Add(DateTimeOffset.FromUnixTimeMilliseconds((long)(created * 1000)).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture));
        }

        async Task<string[]> List(string query) =>
            [.. (await app.Root.ListChannelMessages(ann, channel, "?sort-order=ASCENDING" + query)).List("ChannelMessages").Select(m => (string)m!["MessageId"]!)];
        string[] Between(int from, int to) =>
            [.. ids.Where((_, i) => string.CompareOrdinal(times[i], times[from]) >= 0 && string.CompareOrdinal(times[i], times[to]) <= 0)];

        Assert.Equal(Between(2, 4), await List($"&not-before={ChimeClient.E(times[2])}"));
        Assert.Equal(Between(0, 2), await List($"&not-after={ChimeClient.E(times[2])}"));
        Assert.Equal(Between(1, 3), await List($"&not-before={ChimeClient.E(times[1])}&not-after={ChimeClient.E(times[3])}"));
        Assert.Empty(await List("&not-after=2001-01-01T00%3A00%3A00Z"));
        Assert.Empty(await List("&not-before=2999-01-01T00%3A00%3A00Z"));
        Assert.Empty(await List($"&not-before={ChimeClient.E(times[4])}&not-after=2001-01-01T00%3A00%3A00Z"));
    }
}
