using System.Text.Json.Nodes;
using static Carillon.Tests.Server.ChimeClient;

namespace Carillon.Tests.Server.Operations.Channels;

/// <summary>An elastic channel and the requests that name its sub-channels.</summary>
internal sealed class ElasticRoom
{
    private ElasticRoom(App app, string owner, string channel)
    {
        App = app;
        Owner = owner;
        Channel = channel;
    }

    public App App { get; }

    /// <summary>Its creator and moderator.</summary>
    public string Owner { get; }

    public string Channel { get; }

    private ChimeClient Chime => App.Root;

    public static JsonObject Configuration(int most, int target, int least = 40) => Members(
        ("MaximumSubChannels", most), ("TargetMembershipsPerSubChannel", target), ("MinimumMembershipPercentage", least));

    public static Task<Answer> Create(
        App app, string bearer, JsonNode configuration, string? mode = null, string[]? members = null, string? privacy = null,
        string? token = null) => app.Root.Send(
        "POST", "/channels", bearer,
        Members(
            ("AppInstanceArn", app.Arn), ("Name", "elastic"), ("Mode", mode), ("Privacy", privacy),
            ("MemberArns", ChimeClient.Array(members)), ("ElasticChannelConfiguration", configuration),
            ("ClientRequestToken", token ?? NewToken())));

    public static async Task<ElasticRoom> Open(LiveServer server, int most, int target, string? privacy = null)
    {
        var app = await server.NewApp();
        var owner = await app.NewUser("owner");
        return new(app, owner, (await Create(app, owner, Configuration(most, target), privacy: privacy)).Text("ChannelArn"));
    }

    public Task<Answer> Join(string bearer, string who, string? sub = null, string type = "DEFAULT") => Chime.Send(
        "POST", $"/channels/{E(Channel)}/memberships", bearer,
        Members(("MemberArn", who), ("Type", type), ("SubChannelId", sub)));

    /// <summary>The sub-channel that the service chose.</summary>
    public async Task<string> Join(string who) => (await Join(Owner, who)).Text("SubChannelId");

    public async Task<string[]> JoinNew(params string[] names)
    {
        var people = await App.NewUsers(names);
        await JoinAll(people);
        return people;
    }

    public async Task JoinAll(params string[] people)
    {
        foreach (var person in people)
        {
            await Join(person);
        }
    }

    public Task<Answer> Batch(string[] who, string? sub = null) => Chime.Send(
        "POST", $"/channels/{E(Channel)}/memberships?operation=batch-create", Owner,
        Members(("MemberArns", ChimeClient.Array(who)), ("SubChannelId", sub)));

    public Task<Answer> Leave(string bearer, string who, string? sub = null) =>
        Chime.Send("DELETE", $"/channels/{E(Channel)}/memberships/{E(who)}{Query(sub)}", bearer);

    public Task<Answer> Describe(string bearer, string who, string? sub = null) =>
        Chime.Send("GET", $"/channels/{E(Channel)}/memberships/{E(who)}{Query(sub)}", bearer);

    public async Task<string> SubOf(string who) => (await Describe(Owner, who)).Text("ChannelMembership.SubChannelId");

    public Task<Answer> ListMembers(string bearer, string? sub = null) =>
        Chime.Send("GET", $"/channels/{E(Channel)}/memberships{Query(sub)}", bearer);

    public Task<Answer> ListSubs(string bearer, string query = "") =>
        Chime.Send("GET", $"/channels/{E(Channel)}/subchannels{query}", bearer);

    public async Task<string> Counts() =>
        string.Join(' ', (await ListSubs(Owner)).List("SubChannels").Select(s => (int)s!["MembershipCount"]!));

    public async Task<string[]> Subs() =>
        [.. (await ListSubs(Owner)).List("SubChannels").Select(s => (string)s!["SubChannelId"]!)];

    public Task<Answer> Say(string bearer, string? sub, string content, string? token = null, string? target = null) => Chime.Send(
        "POST", $"/channels/{E(Channel)}/messages", bearer,
        Members(
            ("Content", content), ("Type", "STANDARD"), ("Persistence", "PERSISTENT"), ("SubChannelId", sub),
            ("ClientRequestToken", token ?? NewToken()),
            ("Target", target is null ? null : new JsonArray(Members(("MemberArn", target))))));

    public Task<Answer> Get(string bearer, string? sub, string id) =>
        Chime.Send("GET", $"/channels/{E(Channel)}/messages/{E(id)}{Query(sub)}", bearer);

    public Task<Answer> List(string bearer, string? sub) =>
        Chime.Send("GET", $"/channels/{E(Channel)}/messages{Query(sub)}", bearer);

    public Task<Answer> Update(string bearer, string? sub, string id, string content) => Chime.Send(
        "PUT", $"/channels/{E(Channel)}/messages/{E(id)}", bearer, Members(("Content", content), ("SubChannelId", sub)));

    public Task<Answer> Redact(string bearer, string? sub, string id) => Chime.Send(
        "POST", $"/channels/{E(Channel)}/messages/{E(id)}?operation=redact", bearer, Members(("SubChannelId", sub)));

    public Task<Answer> Delete(string bearer, string? sub, string id) =>
        Chime.Send("DELETE", $"/channels/{E(Channel)}/messages/{E(id)}{Query(sub)}", bearer);

    public static string Query(string? sub) => sub is null ? "" : $"?sub-channel-id={E(sub)}";
}
