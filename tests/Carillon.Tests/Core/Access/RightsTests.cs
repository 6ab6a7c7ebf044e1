using Carillon.Core.Access;
using Carillon.Tests.Server;
using Carillon.Tests.Server.Operations.Channels;
using Xunit;

namespace Carillon.Tests.Core.Access;

/// <summary>The permission matrix, cell by cell, through the operations themselves.</summary>
public class RightsTests(RightsTests.Fixture fixture) : IClassFixture<RightsTests.Fixture>
{
    public sealed class Fixture : LiveServer
    {
        internal override Carillon.Server.Hosting.CarillonOptions Adjust(Carillon.Server.Hosting.CarillonOptions options) =>
            options with { Quotas = "AppInstances=100000,ElasticChannelsPerAppInstance=100" };
    }

    public static TheoryData<string> Rows => [.. PermissionTable.Rows.Keys];

    [Fact]
    public void The_table_has_a_row_for_every_right() =>
        Assert.Empty(Rights.All.Select(r => r.Operation).Except(PermissionTable.Rows.Keys.Select(name => name.Split(':')[0])));

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Every_role_may_what_its_cell_says(string row)
    {
        var cells = PermissionTable.Roles.Zip(PermissionTable.Rows[row])
            .SelectMany(_ => new[] { "RESTRICTED", "UNRESTRICTED" }, (cell, mode) => (Role: cell.First, Cell: cell.Second, Mode: mode))
            .SelectMany(
                cell => cell.Role switch { "public" => ["PUBLIC"], "private" => ["PRIVATE"], _ => new[] { "PUBLIC", "PRIVATE" } },
                (cell, privacy) => (cell.Role, cell.Cell, cell.Mode, Privacy: privacy))
            .Where(cell => cell.Cell != '-');
        var app = await fixture.NewApp();
        var people = await People.Make(app);

        var wrong = await Task.WhenAll(cells.Select(async cell =>
        {
            var scene = await Scene.Set(app, people, cell.Mode, cell.Privacy);
            var answer = await Act(row, app.Root, scene, scene.Bearer(cell.Role));
            var expected = cell.Cell == 'Y' || (cell.Cell == 'U' && cell.Mode == "UNRESTRICTED");
            var allowed = answer.Status is >= 200 and < 300;
            var refused = answer is { Status: 403, ErrorType: "ForbiddenException" };
            return (expected ? allowed : refused)
                ? null
                : $"{cell.Role} in {cell.Mode} {cell.Privacy}: {(expected ? "Y" : "N")}, but {answer.Status} {answer.Body}";
        }));

        Assert.True(wrong.All(w => w is null), string.Join('\n', wrong.Where(w => w is not null)));
    }

    private static async Task<Answer> Act(string row, ChimeClient chime, Scene scene, string bearer)
    {
        var channel = scene.Channel;
        return row switch
        {
            "DescribeChannel" => await chime.DescribeChannel(bearer, channel),
            "UpdateChannel" => await chime.UpdateChannel(bearer, channel, name: "new"),
            "DeleteChannel" => await chime.DeleteChannel(bearer, channel),
            "PutChannelExpirationSettings" => await chime.PutChannelExpiration(bearer, channel, 7),
            "ListChannels: public" => await chime.ListChannels(bearer, scene.App),
            "ListChannels: private" => await chime.ListChannels(bearer, scene.App, "&privacy=PRIVATE"),
            "CreateChannelMembership: self" => await chime.CreateChannelMembership(bearer, channel, bearer),
            "CreateChannelMembership: other" => await chime.CreateChannelMembership(bearer, channel, scene.People.Somebody),
            "CreateChannelMembership (HIDDEN): self" => await chime.CreateChannelMembership(bearer, channel, bearer, "HIDDEN"),
            "CreateChannelMembership (HIDDEN): other" =>
                await chime.CreateChannelMembership(bearer, channel, scene.People.Somebody, "HIDDEN"),
            "BatchCreateChannelMembership: self" => await chime.BatchCreateChannelMembership(bearer, channel, [bearer]),
            "BatchCreateChannelMembership: other" => await chime.BatchCreateChannelMembership(bearer, channel, [scene.People.Somebody]),
            "BatchCreateChannelMembership: both" =>
                await chime.BatchCreateChannelMembership(bearer, channel, [bearer, scene.People.Somebody]),
            "DescribeChannelMembership" => await chime.DescribeChannelMembership(bearer, channel, scene.People.Creator),
            "ListChannelMemberships" => await chime.ListChannelMemberships(bearer, channel),
            "ListChannelMemberships (HIDDEN)" => await chime.ListChannelMemberships(bearer, channel, "?type=HIDDEN"),
            "DeleteChannelMembership: self" => await chime.DeleteChannelMembership(bearer, channel, bearer),
            "DeleteChannelMembership: other" => await chime.DeleteChannelMembership(bearer, channel, scene.People.Creator),
            "ListSubChannels" => await ListSubChannels(scene, bearer),
            "GetChannelMembershipPreferences: self" => await chime.GetPreferences(bearer, channel, bearer),
            "GetChannelMembershipPreferences: other" => await chime.GetPreferences(bearer, channel, scene.People.Creator),
            "PutChannelMembershipPreferences: self" => await chime.PutPreferences(bearer, channel, bearer, "NONE"),
            "PutChannelMembershipPreferences: other" => await chime.PutPreferences(bearer, channel, scene.People.Creator, "NONE"),
            "ListMembershipsOf: self" => await chime.ListMembershipsOf(bearer, bearer),
            "ListMembershipsOf: other" => await chime.ListMembershipsOf(bearer, scene.People.Creator),
            "DescribeMembershipOf: self" => await chime.DescribeMembershipOf(bearer, channel, bearer),
            "DescribeMembershipOf: other" => await chime.DescribeMembershipOf(bearer, channel, scene.People.Creator),
            "ListModeratedBy: self" => await chime.ListModeratedBy(bearer, bearer),
            "ListModeratedBy: other" => await chime.ListModeratedBy(bearer, scene.People.Creator),
            "DescribeModeratedBy: self" => await chime.DescribeModeratedBy(bearer, channel, bearer),
            "DescribeModeratedBy: other" => await chime.DescribeModeratedBy(bearer, channel, scene.People.Creator),
            "SearchChannels" => await chime.SearchChannels(bearer, "", ("INCLUDES", [bearer])),
            "UpdateChannelReadMarker" => await chime.UpdateChannelReadMarker(bearer, channel),
            "CreateChannelModerator" => await chime.CreateChannelModerator(bearer, channel, scene.People.Somebody),
            "DescribeChannelModerator" => await chime.DescribeChannelModerator(bearer, channel, scene.People.Creator),
            "ListChannelModerators" => await chime.ListChannelModerators(bearer, channel),
            "DeleteChannelModerator" => await chime.DeleteChannelModerator(bearer, channel, scene.People.Creator),
            "CreateChannelBan" => await chime.CreateChannelBan(bearer, channel, scene.People.Somebody),
            "DescribeChannelBan" => await chime.DescribeChannelBan(bearer, channel, scene.People.Banned),
            "ListChannelBans" => await chime.ListChannelBans(bearer, channel),
            "DeleteChannelBan" => await chime.DeleteChannelBan(bearer, channel, scene.People.Banned),
            "AssociateChannelFlow" => await chime.AssociateChannelFlow(bearer, channel, await scene.Flow()),
            "DisassociateChannelFlow" => await chime.DisassociateChannelFlow(bearer, channel, await scene.FlowOfChannel()),
            "GetChannelMessageStatus: own" => await chime.GetChannelMessageStatus(bearer, channel, await scene.Message(bearer)),
            "GetChannelMessageStatus: other" =>
                await chime.GetChannelMessageStatus(bearer, channel, await scene.Message(scene.People.Creator)),
            "SendChannelMessage" => await chime.SendChannelMessage(bearer, channel, "hello"),
            "GetChannelMessage: other" => await chime.GetChannelMessage(bearer, channel, await scene.Message(scene.People.Creator)),
            "ListChannelMessages" => await chime.ListChannelMessages(bearer, channel),
            "UpdateChannelMessage: own" => await chime.UpdateChannelMessage(bearer, channel, await scene.Message(bearer), "new"),
            "UpdateChannelMessage: other" =>
                await chime.UpdateChannelMessage(bearer, channel, await scene.Message(scene.People.Creator), "new"),
            "RedactChannelMessage: own" => await chime.RedactChannelMessage(bearer, channel, await scene.Message(bearer)),
            "RedactChannelMessage: other" => await chime.RedactChannelMessage(bearer, channel, await scene.Message(scene.People.Creator)),
            "DeleteChannelMessage: own" => await chime.DeleteChannelMessage(bearer, channel, await scene.Message(bearer)),
            "DeleteChannelMessage: other" => await chime.DeleteChannelMessage(bearer, channel, await scene.Message(scene.People.Creator)),
            _ => throw new NotSupportedException($"The test cannot do {row}."),
        };
    }

    /// <summary>In an elastic channel with the same people, except that nobody is hidden in one.</summary>
    private static async Task<Answer> ListSubChannels(Scene scene, string bearer)
    {
        var (chime, people) = (scene.Chime, scene.People);
        var described = await chime.DescribeChannel(people.Creator, scene.Channel);
        var channel = (await chime.Send("POST", "/channels", people.Creator, ChimeClient.Members(
            ("AppInstanceArn", scene.App), ("Name", "elastic"), ("Privacy", described.Text("Channel.Privacy")),
            ("ModeratorArns", ChimeClient.Array([people.Moderator])), ("ClientRequestToken", ChimeClient.NewToken()),
            ("ElasticChannelConfiguration", ElasticRoom.Configuration(2, 2))))).Text("ChannelArn");
        (await chime.CreateChannelMembership(people.Creator, channel, people.Member)).Ok();
        (await chime.CreateChannelBan(people.Creator, channel, people.Banned)).Ok();
        return await chime.Send("GET", $"/channels/{ChimeClient.E(channel)}/subchannels", bearer);
    }

    [Theory]
    [InlineData("admin")]
    [InlineData("moderator")]
    public async Task Roles_add_up(string role)
    {
        var app = await fixture.NewApp();
        var people = await People.Make(app);
        var scene = await Scene.Set(app, people, "RESTRICTED", "PRIVATE");
        (await app.Root.CreateChannelMembership(people.Creator, scene.Channel, scene.Bearer(role))).Ok();

        (await app.Root.SendChannelMessage(scene.Bearer(role), scene.Channel, "as a member")).Ok();
        (await app.Root.UpdateChannelReadMarker(scene.Bearer(role), scene.Channel)).Ok();
        (await app.Root.ListChannelBans(scene.Bearer(role), scene.Channel)).Ok();
    }

    [Fact]
    public async Task A_hidden_moderator_keeps_order_and_cannot_send()
    {
        var app = await fixture.NewApp();
        var people = await People.Make(app);
        var scene = await Scene.Set(app, people, "UNRESTRICTED", "PUBLIC");
        (await app.Root.CreateChannelMembership(people.Creator, scene.Channel, people.Moderator, "HIDDEN")).Ok();

        (await app.Root.SendChannelMessage(people.Moderator, scene.Channel, "hush")).Forbidden();
        (await app.Root.RedactChannelMessage(people.Moderator, scene.Channel, await scene.Message(people.Creator))).Ok();
    }

    [Theory]
    [InlineData("admin")]
    [InlineData("moderator")]
    public async Task Nobody_bans_an_administrator_or_a_moderator(string role)
    {
        var app = await fixture.NewApp();
        var people = await People.Make(app);
        var scene = await Scene.Set(app, people, "RESTRICTED", "PUBLIC");

        (await app.Root.CreateChannelBan(people.Admin, scene.Channel, scene.Bearer(role))).Forbidden();
    }

    [Fact]
    public async Task A_banned_user_comes_back_after_the_ban_is_lifted_and_not_before()
    {
        var app = await fixture.NewApp();
        var people = await People.Make(app);
        var scene = await Scene.Set(app, people, "UNRESTRICTED", "PUBLIC");

        (await app.Root.CreateChannelMembership(people.Admin, scene.Channel, people.Banned)).Forbidden();
        (await app.Root.DeleteChannelBan(people.Moderator, scene.Channel, people.Banned)).Ok();
        (await app.Root.CreateChannelMembership(people.Banned, scene.Channel, people.Banned)).Ok();
    }

    [Fact]
    public async Task A_stranger_to_the_app_instance_is_refused_like_one_to_a_private_channel()
    {
        var app = await fixture.NewApp();
        var people = await People.Make(app);
        var scene = await Scene.Set(app, people, "UNRESTRICTED", "PUBLIC");
        var elsewhere = await fixture.NewApp();
        var foreigner = await elsewhere.NewUser("foreigner");
        var absent = await app.Root.DescribeChannel(people.Creator, app.Arn + "/channel/absent");

        var answer = await app.Root.DescribeChannel(foreigner, scene.Channel);

        Assert.Equal(absent.Forbidden().Body, answer.Forbidden().Body);
    }
}

/// <summary>One of each role; and somebody without any.</summary>
internal sealed record People(
    string Creator, string Admin, string Moderator, string Member, string Hidden, string Stranger, string Banned, string Somebody)
{
    public static async Task<People> Make(App app)
    {
        var arns = await app.NewUsers("creator", "admin", "moderator", "member", "hidden", "stranger", "banned", "somebody");
        (await app.Root.CreateAppInstanceAdmin(app.Arn, arns[1])).Ok();
        return new(arns[0], arns[1], arns[2], arns[3], arns[4], arns[5], arns[6], arns[7]);
    }
}

/// <summary>A channel in which each plays its role.</summary>
internal sealed record Scene(ChimeClient Chime, string App, People People, string Channel, string Mode)
{
    public static async Task<Scene> Set(App app, People people, string mode, string privacy)
    {
        var channel = await app.NewChannel(
            people.Creator, mode, privacy, [people.Member], [people.Moderator]);
        (await app.Root.CreateChannelMembership(people.Creator, channel, people.Hidden, "HIDDEN")).Ok();
        (await app.Root.CreateChannelBan(people.Creator, channel, people.Banned)).Ok();
        return new(app.Root, app.Arn, people, channel, mode);
    }

    public string Bearer(string role) => role switch
    {
        "admin" => People.Admin,
        "moderator" => People.Moderator,
        "member" => People.Member,
        "hidden" => People.Hidden,
        "banned" => People.Banned,
        _ => People.Stranger,
    };

    public async Task<string> Flow()
    {
        var flow = (await Chime.ListChannelFlows(App)).List("ChannelFlows");
        return flow.Count > 0 ? (string)flow[0]!["ChannelFlowArn"]! : (await Chime.CreateChannelFlow(App, "flow", "f")).Text("ChannelFlowArn");
    }

    /// <summary>Of a channel that has one.</summary>
    public async Task<string> FlowOfChannel()
    {
        var flow = await Flow();
        (await Chime.AssociateChannelFlow(People.Creator, Channel, flow)).Ok();
        return flow;
    }

    /// <summary>A message of a sender who could send once, whatever it may now.</summary>
    public async Task<string> Message(string sender)
    {
        if (sender == People.Creator || sender == People.Member)
        {
            return await Chime.SendText(sender, Channel, "hello");
        }

        var banned = sender == People.Banned;
        var hidden = sender == People.Hidden;
        if (banned)
        {
            (await Chime.DeleteChannelBan(People.Creator, Channel, sender)).Ok();
        }

        if (hidden)
        {
            (await Chime.DeleteChannelMembership(People.Creator, Channel, sender)).Ok();
        }

        (await Chime.CreateChannelMembership(People.Creator, Channel, sender)).Ok();
        var message = await Chime.SendText(sender, Channel, "hello");
        (await Chime.DeleteChannelMembership(People.Creator, Channel, sender)).Ok();
        if (banned)
        {
            (await Chime.CreateChannelBan(People.Creator, Channel, sender)).Ok();
        }

        if (hidden)
        {
            (await Chime.CreateChannelMembership(People.Creator, Channel, sender, "HIDDEN")).Ok();
        }

        return message;
    }
}
