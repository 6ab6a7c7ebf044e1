using System.Text.Json.Nodes;
using Xunit;
using static Carillon.Tests.Server.ChimeClient;

namespace Carillon.Tests.Server.Operations.Channels;

public class ElasticChannelsTests(ElasticChannelsTests.Fixture fixture) : IClassFixture<ElasticChannelsTests.Fixture>
{
    public sealed class Fixture : LiveServer
    {
        internal override Carillon.Server.Hosting.CarillonOptions Adjust(Carillon.Server.Hosting.CarillonOptions options) =>
            options with { Quotas = "AppInstances=1000,ElasticChannelsPerAppInstance=2" };
    }

    [Fact]
    public async Task A_configuration_is_set_once_and_described()
    {
        var room = await ElasticRoom.Open(fixture, 3, 4);
        var (chime, owner) = (room.App.Root, room.Owner);

        (await chime.UpdateChannel(owner, room.Channel, name: "renamed")).Ok();
        (await chime.UpdateChannel(owner, room.Channel, mode: "UNRESTRICTED")).BadRequest();

        var described = (await chime.DescribeChannel(owner, room.Channel)).At("Channel")!;
        Assert.Equal(ElasticRoom.Configuration(3, 4).ToJsonString(), described["ElasticChannelConfiguration"]!.ToJsonString());
        Assert.Equal(("renamed", "RESTRICTED"), ((string)described["Name"]!, (string)described["Mode"]!));
        Assert.Empty((await chime.ListMembershipsOf(owner)).List("ChannelMemberships"));
        Assert.Equal(owner, (await chime.DescribeChannelModerator(owner, room.Channel, owner)).Text("ChannelModerator.Moderator.Arn"));
    }

    [Fact]
    public async Task What_no_elastic_channel_may_be_is_refused()
    {
        var app = await fixture.NewApp();
        var (owner, other) = (await app.NewUser("owner"), await app.NewUser("other"));
        Task<Answer> Create(JsonNode configuration, string? mode = null, string[]? members = null, string? token = null) =>
            ElasticRoom.Create(app, owner, configuration, mode, members, token: token);

        (await Create(ElasticRoom.Configuration(2, 2), mode: "UNRESTRICTED")).BadRequest();
        (await Create(ElasticRoom.Configuration(2, 2), members: [other])).BadRequest();
        foreach (var (most, target, least) in new[] { (1, 2, 10), (2, 1, 10), (2, 2, 0), (2, 2, 41), (1000, 1001, 10) })
        {
            (await Create(ElasticRoom.Configuration(most, target, least))).BadRequest();
        }

        foreach (var missing in new[] { "MaximumSubChannels", "TargetMembershipsPerSubChannel", "MinimumMembershipPercentage" })
        {
            var configuration = ElasticRoom.Configuration(2, 2);
            configuration.Remove(missing);
            (await Create(configuration)).BadRequest();
        }

        (await Create(ElasticRoom.Configuration(101, 2))).Refused(400, "ResourceLimitExceededException");
        var made = (await Create(ElasticRoom.Configuration(2, 2), token: "same")).Text("ChannelArn");
        Assert.Equal(made, (await Create(ElasticRoom.Configuration(2, 2), token: "same")).Text("ChannelArn"));
        (await Create(ElasticRoom.Configuration(2, 3), token: "same")).Conflict();
        (await Create(ElasticRoom.Configuration(2, 3))).Ok();
        (await Create(ElasticRoom.Configuration(2, 3))).Refused(400, "ResourceLimitExceededException");
        (await app.Root.DeleteChannel(owner, made)).Ok();
        (await Create(ElasticRoom.Configuration(2, 3))).Ok();
    }

    [Fact]
    public async Task The_service_chooses_where_members_are_and_says_so_everywhere()
    {
        var room = await ElasticRoom.Open(fixture, 2, 2);
        var (chime, owner) = (room.App.Root, room.Owner);
        var ann = await room.App.NewUser("ann");
        var sub = await room.Join(ann);

        Assert.Equal([sub], await room.Subs());
        Assert.Equal(sub, (await room.Describe(ann, ann)).Text("ChannelMembership.SubChannelId"));
        Assert.Equal(sub, (await room.Describe(owner, ann, sub)).Text("ChannelMembership.SubChannelId"));
        var own = (await chime.ListMembershipsOf(ann)).List("ChannelMemberships")[0]!;
        Assert.Equal(room.Channel, (string)own["ChannelSummary"]!["ChannelArn"]!);
        Assert.Equal(sub, (string)own["AppInstanceUserMembershipSummary"]!["SubChannelId"]!);
        Assert.Equal(
            sub, (await chime.DescribeMembershipOf(ann, room.Channel, ann)).Text("ChannelMembership.AppInstanceUserMembershipSummary.SubChannelId"));

        (await room.Join(owner, ann)).Conflict();
        (await room.Join(owner, await room.App.NewUser("bob"), sub)).BadRequest();
        (await room.Join(owner, room.App.UserArn("bob"), type: "HIDDEN")).BadRequest();
        (await room.Leave(ann, ann, sub)).BadRequest();
        (await room.Leave(ann, ann)).Ok();
        (await room.Describe(owner, ann)).NotFound();
        Assert.Equal("0", await room.Counts());
    }

    [Fact]
    public async Task Members_join_until_everything_is_full()
    {
        var room = await ElasticRoom.Open(fixture, 2, 2);
        var people = await room.JoinNew("p1", "p2", "p3", "p4");

        Assert.Equal("2 2", await room.Counts());
        Assert.Equal(2, (await Task.WhenAll(people.Select(room.SubOf))).Distinct().Count());
        var last = await room.App.NewUser("last");
        (await room.Join(room.Owner, last)).Refused(400, "ResourceLimitExceededException");
        var batch = await room.Batch([last, people[0]]);
        Assert.Equal(["ResourceLimitExceeded", "Conflict"], batch.List("Errors").Select(e => (string)e!["ErrorCode"]!));
        (await room.Leave(room.Owner, people[3])).Ok();
        (await room.Join(room.Owner, last)).Ok();
    }

    [Fact]
    public async Task A_moderator_names_sub_channels_and_may_be_in_many()
    {
        var room = await ElasticRoom.Open(fixture, 2, 2);
        var people = await room.JoinNew("p1", "p2", "p3");
        var (owner, subs) = (room.Owner, await room.Subs());

        (await room.Join(owner, owner)).BadRequest();
        (await room.Join(owner, owner, "no-such-sub-channel")).Forbidden();
        Assert.Equal(subs[0], (await room.Join(owner, owner, subs[0])).Text("SubChannelId"));
        (await room.Join(owner, owner, subs[0])).Conflict();
        (await room.Join(owner, owner, subs[1])).Ok();
        Assert.Equal(
            subs,
            (await room.App.Root.ListMembershipsOf(owner)).List("ChannelMemberships")
                .Select(m => (string)m!["AppInstanceUserMembershipSummary"]!["SubChannelId"]!).OrderBy(id => System.Array.IndexOf(subs, id)));
        Assert.Contains(
            owner, (await room.ListMembers(owner, subs[0])).List("ChannelMemberships").Select(m => (string)m!["Member"]!["Arn"]!));
        Assert.Equal(4, (await room.ListMembers(people[0])).List("ChannelMemberships").Count);

        (await room.Leave(owner, owner, subs[0])).Ok();
        (await room.Leave(owner, owner, subs[0])).Ok();
        Assert.Equal(subs[1], await room.SubOf(owner));
        (await room.Join(owner, owner, subs[0])).Ok();
        (await room.Leave(owner, owner)).Ok();
        (await room.Describe(owner, owner)).NotFound();
    }

    [Theory]
    [InlineData("promote")]
    [InlineData("demote")]
    [InlineData("ban")]
    public async Task Promotion_demotion_and_ban_end_every_membership(string act)
    {
        var room = await ElasticRoom.Open(fixture, 2, 2);
        var people = await room.JoinNew("p1", "p2", "p3");
        var (chime, owner, subs, who) = (room.App.Root, room.Owner, await room.Subs(), people[0]);
        if (act == "demote")
        {
            (await chime.CreateChannelModerator(owner, room.Channel, who)).Ok();
            (await room.Join(owner, who, subs[0])).Ok();
            (await room.Join(owner, who, subs[1])).Ok();
        }

        (await (act switch
        {
            "promote" => chime.CreateChannelModerator(owner, room.Channel, who),
            "demote" => chime.DeleteChannelModerator(owner, room.Channel, who),
            _ => chime.CreateChannelBan(owner, room.Channel, who),
        })).Ok();

        (await room.Describe(owner, who)).NotFound();
        Assert.Empty((await chime.ListMembershipsOf(who)).List("ChannelMemberships"));
        Assert.Equal(2, (await room.ListMembers(owner)).List("ChannelMemberships").Count);
        var again = await room.Join(owner, who, act == "promote" ? subs[0] : null);
        Assert.Equal(act == "ban" ? 403 : 201, again.Status);
    }

    [Fact]
    public async Task Messages_are_in_one_sub_channel_and_nowhere_else()
    {
        var room = await ElasticRoom.Open(fixture, 2, 2, privacy: "PUBLIC");
        var people = await room.JoinNew("p1", "p2", "p3");
        var admin = await room.App.NewUser("admin");
        (await room.App.Root.CreateAppInstanceAdmin(room.App.Arn, admin)).Ok();
        var stranger = await room.App.NewUser("stranger");
        var bySub = (await Task.WhenAll(people.Select(async p => (Who: p, Sub: await room.SubOf(p))))).ToLookup(p => p.Sub, p => p.Who);
        var (here, there) = (bySub.Single(s => s.Count() == 1).Key, bySub.Single(s => s.Count() == 2).Key);
        var (one, two) = (bySub[here].Single(), bySub[there].First());

        var sent = (await room.Say(one, here, "here", token: "once")).Ok();
        var id = sent.Text("MessageId");
        Assert.Equal(here, sent.Text("SubChannelId"));
        Assert.Equal(id, (await room.Say(one, here, "here", token: "once")).Text("MessageId"));
        (await room.Say(one, null, "x")).BadRequest();
        (await room.Say(one, "no-such-sub-channel", "x")).Forbidden();
        (await room.Say(one, there, "x")).Forbidden();
        (await room.Say(room.Owner, here, "x")).Forbidden();
        (await room.Say(one, here, "x", target: two)).BadRequest();

        Assert.Equal(here, (await room.Get(one, here, id)).Text("ChannelMessage.SubChannelId"));
        var listed = (await room.List(one, here)).Ok();
        Assert.Equal((here, 1), (listed.Text("SubChannelId"), listed.List("ChannelMessages").Count));
        Assert.Empty((await room.List(two, there)).List("ChannelMessages"));
        Assert.Equal(id, (await room.Get(admin, here, id)).Text("ChannelMessage.MessageId"));
        Assert.Single((await room.List(room.Owner, here)).List("ChannelMessages"));
        foreach (var outsider in new[] { two, stranger })
        {
            (await room.Get(outsider, here, id)).Forbidden();
            (await room.List(outsider, here)).Forbidden();
            (await room.Update(outsider, here, id, "x")).Forbidden();
            (await room.Redact(outsider, here, id)).Forbidden();
        }

        (await room.Get(two, there, id)).NotFound();
        (await room.Redact(room.Owner, there, id)).Forbidden();
        (await room.Get(one, null, id)).BadRequest();
        (await room.List(one, null)).BadRequest();
        (await room.Update(one, null, id, "x")).BadRequest();
        (await room.Redact(one, null, id)).BadRequest();
        (await room.Delete(admin, null, id)).BadRequest();

        Assert.Equal(here, (await room.Update(one, here, id, "edited")).Text("SubChannelId"));
        Assert.Equal(here, (await room.Redact(one, here, id)).Text("SubChannelId"));
        (await room.Delete(admin, here, id)).Ok();
        Assert.Empty((await room.List(one, here)).List("ChannelMessages"));
        Assert.NotNull((await room.App.Root.DescribeChannel(two, room.Channel)).At("Channel.LastMessageTimestamp"));
        Assert.Null((await room.App.Root.DescribeMembershipOf(two, room.Channel, two)).At("ChannelMembership.ChannelSummary.LastMessageTimestamp"));
    }

    [Fact]
    public async Task Whoever_left_a_sub_channel_can_no_longer_change_what_it_said_there()
    {
        var room = await ElasticRoom.Open(fixture, 2, 2);
        var (owner, sub) = (room.Owner, (await room.Subs())[0]);
        (await room.Join(owner, owner, sub)).Ok();
        var id = (await room.Say(owner, sub, "as a member")).Text("MessageId");
        (await room.Update(owner, sub, id, "still in it")).Ok();

        (await room.Leave(owner, owner, sub)).Ok();

        (await room.Update(owner, sub, id, "no longer")).Forbidden();
        (await room.Redact(owner, sub, id)).Ok();
    }

    [Fact]
    public async Task A_sub_channel_that_became_too_empty_is_merged_in_the_background()
    {
        var room = await ElasticRoom.Open(fixture, 2, 2);
        var people = await room.JoinNew("p1", "p2", "p3");
        var bySub = (await Task.WhenAll(people.Select(async p => (Who: p, Sub: await room.SubOf(p))))).ToLookup(p => p.Sub, p => p.Who);
        var gone = bySub.Single(s => s.Count() == 1);
        (await room.Say(gone.Single(), gone.Key, "lost")).Ok();

        (await room.Leave(gone.Single(), gone.Single())).Ok();

        await Patience.Until(async () => await room.Counts() == "2");

        (await room.List(room.Owner, gone.Key)).Forbidden();
        Assert.DoesNotContain(gone.Key, await room.Subs());
    }

    [Fact]
    public async Task Sub_channels_are_listed_in_pages_to_moderators_and_administrators()
    {
        var room = await ElasticRoom.Open(fixture, 3, 2);
        var people = await room.JoinNew("p1", "p2", "p3", "p4", "p5");
        var whole = (await room.ListSubs(room.Owner)).List("SubChannels").Select(s => s!.ToJsonString()).ToList();
        Assert.Equal(3, whole.Count);

        var got = new List<string>();
        string? token = null;
        do
        {
            var page = await room.ListSubs(room.Owner, "?max-results=1" + (token is null ? "" : "&next-token=" + E(token)));
            got.AddRange(page.List("SubChannels").Select(s => s!.ToJsonString()));
            token = page.NextToken;
        }
        while (token is not null);

        Assert.Equal(whole, got);
        (await room.ListSubs(people[0])).Forbidden();
        var normal = await room.App.NewChannel(room.Owner);
        (await room.App.Root.Send("GET", $"/channels/{E(normal)}/subchannels", room.Owner)).BadRequest();
    }

    [Fact]
    public async Task A_channel_without_sub_channels_refuses_the_name_of_one()
    {
        var app = await fixture.NewApp();
        var people = await app.NewUsers("ann", "bob");
        var channel = await app.NewChannel(people[0]);
        var id = await app.Root.SendText(people[0], channel, "hello");
        var (at, ann) = ($"/channels/{E(channel)}", people[0]);
        Task<Answer> Body(string method, string path, params (string, JsonNode?)[] members) =>
            app.Root.Send(method, at + path, ann, Members([.. members, ("SubChannelId", "sub")]));
        Task<Answer> Query(string method, string path) => app.Root.Send(method, $"{at}{path}?sub-channel-id=sub", ann);

        (await Body("POST", "/memberships", ("MemberArn", people[1]), ("Type", "DEFAULT"))).BadRequest();
        (await Body("POST", "/memberships?operation=batch-create", ("MemberArns", new JsonArray(people[1])))).BadRequest();
        (await Body(
            "POST", "/messages", ("Content", "x"), ("Type", "STANDARD"), ("Persistence", "PERSISTENT"),
            ("ClientRequestToken", "token"))).BadRequest();
        (await Body("PUT", $"/messages/{id}", ("Content", "x"))).BadRequest();
        (await Body("POST", $"/messages/{id}?operation=redact")).BadRequest();
        (await Query("GET", $"/messages/{id}")).BadRequest();
        (await Query("GET", "/messages")).BadRequest();
        (await Query("GET", "/memberships")).BadRequest();
        (await Query("GET", $"/memberships/{E(ann)}")).BadRequest();
        (await Query("DELETE", $"/memberships/{E(ann)}")).BadRequest();
        (await app.Root.CreateAppInstanceAdmin(app.Arn, ann)).Ok();
        (await Query("DELETE", $"/messages/{id}")).BadRequest();
    }

    [Fact]
    public async Task Strangers_learn_nothing_of_the_parts_of_a_private_channel()
    {
        var room = await ElasticRoom.Open(fixture, 2, 2);
        var sub = (await room.Subs())[0];
        var (stranger, absent) = (await room.App.NewUser("stranger"), room.App.Arn + "/channel/absent");
        var answers = new List<Answer>();
        foreach (var (channel, part) in new[] { (absent, sub), (absent, null), (room.Channel, sub), (room.Channel, null), (room.Channel, "none") })
        {
            answers.Add((await room.App.Root.Send("GET", $"/channels/{E(channel)}/messages{ElasticRoom.Query(part)}", stranger)).Forbidden());
            answers.Add((await room.App.Root.Send("GET", $"/channels/{E(channel)}/messages/m{ElasticRoom.Query(part)}", stranger)).Forbidden());
            answers.Add((await room.App.Root.Send("GET", $"/channels/{E(channel)}/memberships{ElasticRoom.Query(part)}", stranger)).Forbidden());
        }

        Assert.Single(answers.Select(a => a.Body).Distinct());
    }
}
