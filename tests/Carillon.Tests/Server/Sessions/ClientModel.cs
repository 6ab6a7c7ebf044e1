using System.Globalization;
using System.Text.Json.Nodes;

namespace Carillon.Tests.Server.Sessions;

/// <summary>
/// What a client knows of a channel: read once through the API, and kept from then on by the frames it hears. Times are
/// milliseconds, so that the API's numbers and the frames' texts compare.
/// </summary>
internal sealed class ClientModel
{
    private readonly string _me;
    private readonly SortedDictionary<string, string> _members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JsonObject> _messages = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];
    private JsonObject? _channel;
    private bool _member = true;

    private ClientModel(string me) => _me = me;

    public static async Task<ClientModel> Read(ChimeClient chime, string me, string channel)
    {
        var model = new ClientModel(me);
        var described = await chime.DescribeChannel(me, channel);
        if (described.Status == 403)
        {
            (model._channel, model._member) = (null, false);
            return model;
        }

        model._channel = Normal((JsonObject)described.At("Channel")!);
        foreach (var member in await All(query => chime.ListChannelMemberships(me, channel, query), "ChannelMemberships"))
        {
            var arn = (string)member["Member"]!["Arn"]!;
            model._members[arn] = Membership((JsonObject)(await chime.DescribeChannelMembership(me, channel, arn)).At("ChannelMembership")!);
        }

        foreach (var message in await All(query => chime.ListChannelMessages(me, channel, query + "&sort-order=ASCENDING"), "ChannelMessages"))
        {
            // The list's summaries leave out what the frames and GetChannelMessage have.
            model.Add(Normal((JsonObject)(await chime.GetChannelMessage(me, channel, (string)message["MessageId"]!)).At("ChannelMessage")!));
        }

        return model;
    }

    private static async Task<List<JsonNode>> All(Func<string, Task<Answer>> list, string name)
    {
        var all = new List<JsonNode>();
        string? token = null;
        do
        {
            var page = await list("?max-results=17" + (token is null ? "" : "&next-token=" + Uri.EscapeDataString(token)));
            all.AddRange(page.List(name).Select(item => item!));
            token = page.NextToken;
        }
        while (token is not null);
        return all;
    }

    public void Apply(Frame frame)
    {
        switch (frame.Type)
        {
            case "CREATE_CHANNEL_MESSAGE":
                if (frame.Text("Persistence") == "PERSISTENT")
                {
                    Add(Normal((JsonObject)frame.Payload!));
                    if (frame.Payload!["Target"] is null)
                    {
                        _channel!["LastMessageTimestamp"] = Millis(frame.Payload["CreatedTimestamp"]!);
                    }
                }

                break;
            case "UPDATE_CHANNEL_MESSAGE" or "REDACT_CHANNEL_MESSAGE":
                _messages[frame.Text("MessageId")!] = Normal((JsonObject)frame.Payload!);
                break;
            case "DELETE_CHANNEL_MESSAGE":
                _messages.Remove(frame.Text("MessageId")!);
                _order.Remove(frame.Text("MessageId")!);
                break;
            case "UPDATE_CHANNEL":
                _channel = Normal((JsonObject)frame.Payload!);
                break;
            case "DELETE_CHANNEL":
                Forget();
                break;
            case "CREATE_CHANNEL_MEMBERSHIP":
                if (frame.Text("Type") == "DEFAULT")
                {
                    _members[frame.Text("Member.Arn")!] = Membership((JsonObject)frame.Payload!);
                }

                break;
            case "BATCH_CREATE_CHANNEL_MEMBERSHIP":
                foreach (var member in (JsonArray)frame.Payload!["Members"]!)
                {
                    // The batch has no times; what it has is compared.
                    _members[(string)member!["Arn"]!] = $"{member["Name"]} {frame.Text("InvitedBy.Arn")} {frame.Text("Type")}";
                }

                break;
            case "DELETE_CHANNEL_MEMBERSHIP":
                _members.Remove(frame.Text("Member.Arn")!);
                if (frame.Text("Member.Arn") == _me)
                {
                    Forget();
                }

                break;
            default:
                throw new InvalidOperationException($"The model does not know {frame.Type}.");
        }
    }

    private void Forget()
    {
        (_channel, _member) = (null, false);
        _members.Clear();
        _messages.Clear();
        _order.Clear();
    }

    private void Add(JsonObject message)
    {
        _order.Add((string)message["MessageId"]!);
        _messages.Add(_order[^1], message);
    }

    /// <summary>Everything, one fact a line.</summary>
    public string Text() => string.Join(
        '\n',
        [$"member {_member}", $"channel {_channel?.ToJsonString()}", .. _members.Select(m => $"{m.Key} {m.Value}"), .. _order.Select(id => _messages[id].ToJsonString())]);

    private static string Membership(JsonObject shape) =>
        $"{shape["Member"]!["Name"]} {shape["InvitedBy"]!["Arn"]} {shape["Type"]}";

    private static JsonObject Normal(JsonObject shape)
    {
        var copy = new JsonObject();
        foreach (var (name, value) in shape.OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            copy[name] = name.EndsWith("Timestamp", StringComparison.Ordinal) ? Millis(value!) : value!.DeepClone();
        }

        return copy;
    }

    private static JsonNode Millis(JsonNode time) => time.GetValueKind() == System.Text.Json.JsonValueKind.Number
        ? (long)decimal.Round((decimal)time * 1000)
        : DateTimeOffset.Parse((string)time!, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();
}
