using System.Text;
using System.Text.Json.Nodes;
using Carillon.Tests.Server.Flows;
using Carillon.Tests.Server.Operations.Channels;

namespace Carillon.Tests.Server.Operations;

/// <summary>A request of an operation with every member in it, to be spoiled one member at a time.</summary>
internal sealed class ContractRequest
{
    /// <summary>Members of elastic channels: these requests are about another channel, unless a case adds one.</summary>
    public static readonly IReadOnlyList<string> OfElastic = ["SubChannelId", "ElasticChannelConfiguration"];

    private readonly Contract _contract;
    private readonly Dictionary<string, string> _outside = [];

    private ContractRequest(Contract contract) => _contract = contract;

    public JsonObject Body { get; } = [];

    /// <param name="world">Null: nothing that the request names needs to be there.</param>
    public static ContractRequest Of(Contract contract, World? world)
    {
        var request = new ContractRequest(contract);
        foreach (var member in contract.Members.Where(m => world is null || !OfElastic.Contains(m.Name)))
        {
            var value = world?.ValueOf(contract.Name, member) ?? member.Sample();
            if (member.Location is null)
            {
                request.Body[member.WireName] = value;
            }
            else
            {
                request._outside[member.Name!] = value.ToString();
            }
        }

        return request;
    }

    /// <summary>Sets a member of path, query or header; null leaves it out.</summary>
    public ContractRequest With(ContractMember member, string? value)
    {
        if (value is null)
        {
            _outside.Remove(member.Name!);
        }
        else
        {
            _outside[member.Name!] = value;
        }

        return this;
    }

    /// <summary>Of a member of path, query or header; null where it is left out.</summary>
    public string? ValueOf(ContractMember member) => _outside.GetValueOrDefault(member.Name!);

    public bool HasBody => _contract.Members.Any(m => m.Location is null);

    public string? Bearer => _outside.GetValueOrDefault("ChimeBearer");

    public Task<Answer> Send(ChimeClient chime) => chime.Send(_contract.Method, Target(), Bearer, HasBody ? Body : null);

    /// <summary>Path and query as they go out.</summary>
    public string Target()
    {
        var target = new StringBuilder(_contract.Path);
        var query = _contract.FixedQuery.Select(p => $"{p.Key}={p.Value}").ToList();
        foreach (var member in _contract.Members.Where(m => m.Location is "uri" or "querystring"))
        {
            if (!_outside.TryGetValue(member.Name!, out var value))
            {
                continue;
            }

            switch (member.Location)
            {
                case "uri":
                    target.Replace($"{{{member.WireName}}}", Uri.EscapeDataString(value));
                    break;
                case "querystring":
                    query.Add($"{member.WireName}={Uri.EscapeDataString(value)}");
                    break;
            }
        }

        if (query.Count > 0)
        {
            target.Append('?').AppendJoin('&', query);
        }

        return target.ToString();
    }
}

/// <summary>What requests may name: an app instance, its people, a channel and a message in it.</summary>
internal sealed record World(string App, string Admin, string Member, string Other, string Banned, string Channel, string Message)
{
    private const string Stream = $"arn:aws:kinesis:{LiveServer.Region}:{LiveServer.Account}:stream/chime-messaging-test";

    public required string Bot { get; init; }

    /// <summary>Of the member.</summary>
    public required string Endpoint { get; init; }

    /// <summary>An elastic channel.</summary>
    public required string Elastic { get; init; }

    /// <summary>Associated with no channel.</summary>
    public required string Flow { get; init; }

    /// <summary>A channel with the flow of its own, and what that waits for.</summary>
    public required string FlowChannel { get; init; }

    public required string ChannelFlow { get; init; }

    public required string HeldMessage { get; init; }

    public required string Callback { get; init; }

    private static int _ids;

    public static async Task<World> Make(LiveServer server)
    {
        var app = await server.NewApp();
        var people = await app.NewUsers("admin", "member", "other", "banned");
        (await app.Root.CreateAppInstanceAdmin(app.Arn, people[0])).Ok();
        var channel = await app.NewChannel(people[0], privacy: "PUBLIC", members: [people[1], people[3]]);
        (await app.Root.CreateChannelBan(people[0], channel, people[3])).Ok();
        var flows = new string[2];
        foreach (var i in new[] { 0, 1 })
        {
            flows[i] = (await app.Root.CreateChannelFlow(app.Arn, $"flow {i}", "silent", "CONTINUE")).Text("ChannelFlowArn");
        }

        var flowChannel = await app.NewChannel(people[0]);
        (await app.Root.AssociateChannelFlow(people[0], flowChannel, flows[1])).Ok();
        var held = await app.Root.SendText(people[0], flowChannel, "held");
        await server.NewStream("chime-messaging-test");
        (await app.Root.PutStreaming(app.Arn, ("ChannelMessage", Stream))).Ok();
        return new(
            app.Arn, people[0], people[1], people[2], people[3], channel, await app.Root.SendText(people[0], channel, "hello"))
        {
            Bot = (await app.Root.CreateAppInstanceBot(app.Arn, "bot")).Text("AppInstanceBotArn"),
            Elastic = (await ElasticRoom.Create(app, people[0], ElasticRoom.Configuration(2, 2))).Text("ChannelArn"),
            Endpoint = (await app.Root.RegisterEndpoint(people[1])).Text("EndpointId"),
            Flow = flows[0],
            FlowChannel = flowChannel,
            ChannelFlow = flows[1],
            HeldMessage = held,
            Callback = await SilentProcessor.Instance.CallbackOf(held),
        };
    }

    public JsonNode? ValueOf(string operation, ContractMember member) => (operation, member.Name) switch
    {
        (_, "ChimeBearer") => Admin,
        ("DisassociateChannelFlow" or "ChannelFlowCallback", "ChannelArn") => FlowChannel,
        ("DisassociateChannelFlow", "ChannelFlowArn") => ChannelFlow,
        (_, "ChannelFlowArn") => Flow,
        (_, "Processors") => ChimeClient.Processors("silent"),
        ("ChannelFlowCallback", "CallbackId") => Callback,
        ("ChannelFlowCallback", "ChannelMessage") => CallbackMessage(member),
        ("ListSubChannels", "ChannelArn") => Elastic,
        (_, "ChannelArn") => Channel,
        (_, "AppInstanceArn") => App,
        (_, "AppInstanceBotArn") => Bot,
        (_, "ResourceARN") => Channel,
        (_, "Configuration") => new JsonObject
        {
            ["Lex"] = ChimeClient.Members(
                ("RespondsTo", "STANDARD_MESSAGES"), ("LexBotAliasArn", (string)ChimeClient.Lex()["LexBotAliasArn"]!),
                ("LocaleId", "en_US"), ("WelcomeIntent", "Hello"),
                ("InvokedBy", ChimeClient.Members(("StandardMessages", "AUTO"), ("TargetedMessages", "ALL")))),
        },
        (_, "MessageId") => Message,
        ("CreateAppInstanceAdmin", "AppInstanceAdminArn") => Member,
        (_, "AppInstanceAdminArn") => Admin,
        ("DescribeChannelBan" or "DeleteChannelBan", "MemberArn") => Banned,
        ("CreateChannelBan" or "DescribeChannelMembership" or "DeleteChannelMembership", "MemberArn") => Member,
        ("GetChannelMembershipPreferences" or "PutChannelMembershipPreferences", "MemberArn") => Admin,
        (_, "MemberArn") => Other,
        (_, "MemberArns") => new JsonArray(Other),
        ("CreateChannel", "ModeratorArns") => new JsonArray(Member),
        ("CreateChannelModerator", "ChannelModeratorArn") => Other,
        (_, "ChannelModeratorArn") => Admin,
        ("DescribeChannelModeratedByAppInstanceUser", "AppInstanceUserArn") => Admin,
        (_, "AppInstanceUserArn") => Member,
        (_, "AppInstanceUserId" or "ChannelId") => $"id-{Interlocked.Increment(ref _ids)}",
        (_, "ClientRequestToken") => ChimeClient.NewToken(),
        (_, "Target") => new JsonArray(new JsonObject { ["MemberArn"] = Member }),
        (_, "EndpointId") => Endpoint,
        (_, "Preferences") => new JsonObject { ["PushNotifications"] = new JsonObject { ["AllowNotifications"] = "NONE" } },
        (_, "NextToken") => "",
        (_, "StreamingConfigurations") => new JsonArray(new JsonObject { ["DataType"] = "Channel", ["ResourceArn"] = Stream }),
        _ => null,
    };

    private JsonObject CallbackMessage(ContractMember member)
    {
        var message = (JsonObject)member.Sample();
        message["MessageId"] = HeldMessage;
        message.Remove("SubChannelId");
        return message;
    }
}
