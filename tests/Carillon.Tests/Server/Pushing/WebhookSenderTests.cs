using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Carillon.Core.Messages;
using Carillon.Core.Pushing;
using Carillon.Server.Http;
using Carillon.Server.Outbound;
using Carillon.Server.Pushing;
using Carillon.Wire.Outbound;
using Xunit;

namespace Carillon.Tests.Server.Pushing;

public sealed class WebhookSenderTests : PushSenderContract, IAsyncDisposable
{
    private static readonly byte[] secret = Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef");

    private readonly WebhookReceiver _receiver = new();
    private readonly TaskCompletionSource _end = new();
    private readonly List<OutboundHttp> _opened = [];

    private protected override IReadOnlyList<string> Given => [.. _receiver.Received.SelectMany(r => r.Tokens)];

    private protected override IPushSender Open(OtherSide side)
    {
        var time = side == OtherSide.NeverAnswers ? new Hasty() : TimeProvider.System;
        _receiver.Answer = async received =>
        {
            switch (side)
            {
                case OtherSide.RefusesTheBatch:
                    return (400, "");
                case OtherSide.Fails:
                    return (500, """{"InvalidEndpoints":[{"EndpointId":"endpoint-0"}]}""");
                case OtherSide.IsOverloaded:
                    return (429, "");
                case OtherSide.NeverAnswers:
                    await _end.Task;
                    return (200, "");
                default:
                    return (200, Verdict(received));
            }
        };
        var url = side == OtherSide.IsNotThere ? "http://127.0.0.1:1/" : _receiver.Url;
        var http = new OutboundHttp(new OutboundRules("127.0.0.0/8"), time);
        _opened.Add(http);
        return new WebhookSender(new Uri(url), new Webhooks(secret, TimeProvider.System), http, new Arns("us-east-1", "123456789012"));
    }

    private static string Verdict(Received received)
    {
        var invalid = received.Json["Notifications"]!.AsArray().Where(n => (string)n!["Token"]! is "bad" or "lost").Select(n =>
            (JsonNode)new JsonObject
            {
                ["EndpointId"] = (string)n!["EndpointId"]!,
                ["StatusReason"] = (string)n["Token"]! == "lost" ? "INVALID_PINPOINT_ARN" : null,
            });
        return new JsonObject { ["InvalidEndpoints"] = new JsonArray([.. invalid]), ["More"] = 1 }.ToJsonString();
    }

    [Fact]
    public async Task The_request_is_signed_over_its_time_and_the_body_as_it_came()
    {
        var before = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        await Open(OtherSide.Works).Send(Batch("1"), default);

        var received = Assert.Single(_receiver.Received);
        var parts = received.Signature.Split(',').Select(p => p.Split('=', 2)).ToDictionary(p => p[0], p => p[1]);
        Assert.InRange(long.Parse(parts["t"], null), before, before + 60);
        byte[] signed = [.. Encoding.ASCII.GetBytes(parts["t"] + "."), .. received.Body];
        var expected = HMACSHA256.HashData(secret, signed);
        Assert.Equal(Convert.ToHexStringLower(expected), parts["v1"]);
        Assert.Equal(("application/json", "POST /pushes?of=carillon"), (received.ContentType, received.Method));
    }

    /// <summary>The example of the documentation, so that it stays true.</summary>
    [Fact]
    public void The_documented_signature_is_what_is_sent() => Assert.Equal(
        "t=1700000000,v1=8d3cdf67dc96649430fa25ec2c50229ef97581dbf2ee6ef2cc527c5ba72d5386",
        Webhooks.Sign(secret, DateTimeOffset.FromUnixTimeSeconds(1700000000), """{"Version":1}"""u8));

    [Fact]
    public async Task The_request_holds_what_a_bridge_needs()
    {
        var device = Device("t") with { Type = EndpointType.ApnsSandbox, VoipToken = "v" };
        await Open(OtherSide.Works).Send(Batch(new Push("Hello", "See \"you\"", Voip: false), device), default);

        var received = Assert.Single(_receiver.Received);
        const string channel = "arn:aws:chime:us-east-1:123456789012:app-instance/app/channel/room";
        var message = new string('a', 32);
        var expected = new JsonObject
        {
            ["Version"] = 1,
            ["Id"] = received.Id,
            ["ChannelArn"] = channel,
            ["MessageId"] = message,
            ["Title"] = "Hello",
            ["Body"] = "See \"you\"",
            ["Type"] = "DEFAULT",
            ["Data"] = new JsonObject
            {
                ["pinpoint.openApp"] = "true",
                ["pinpoint.notification.title"] = "Hello",
                ["pinpoint.notification.body"] = "See \"you\"",
                ["pinpoint.campaign.campaign_id"] = "_DIRECT",
                ["pinpoint.notification.silentPush"] = "0",
                ["pinpoint.jsonBody"] = $$"""{"chime.message_id":"{{message}}","chime.channel_arn":"{{channel}}"}""",
            },
            ["Notifications"] = new JsonArray(new JsonObject
            {
                ["Id"] = message + ".endpoint-0",
                ["AppInstanceUserArn"] = "arn:aws:chime:us-east-1:123456789012:app-instance/app/user/user-0",
                ["EndpointId"] = "endpoint-0",
                ["EndpointType"] = "APNS_SANDBOX",
                ["ResourceArn"] = "arn:aws:mobiletargeting:::apps/a",
                ["Type"] = "DEFAULT",
                ["Token"] = "t",
            }),
        };
        Assert.True(JsonNode.DeepEquals(expected, received.Json), received.Json.ToJsonString());
    }

    [Fact]
    public async Task A_call_rings_by_the_token_for_calls_and_is_shown_where_there_is_none()
    {
        var apns = Device("line") with { Type = EndpointType.Apns };
        await Open(OtherSide.Works).Send(
            Batch(new Push(null, null, Voip: true), apns with { VoipToken = "ring" }, apns, Device("gcm")), default);

        var received = Assert.Single(_receiver.Received);
        Assert.Equal("VOIP", (string?)received.Json["Type"]);
        Assert.Equal(
            [("VOIP", "ring"), ("DEFAULT", "line"), ("VOIP", "gcm")],
            received.Json["Notifications"]!.AsArray().Select(n => ((string)n!["Type"]!, (string)n["Token"]!)));
        Assert.False(received.Json.AsObject().ContainsKey("Title"));
        Assert.False(received.Json["Data"]!.AsObject().ContainsKey("pinpoint.notification.title"));
    }

    [Fact]
    public async Task The_same_notifications_have_the_same_id_and_others_have_another()
    {
        var sender = Open(OtherSide.Works);
        await sender.Send(Batch("1", "2"), default);
        await sender.Send(Batch("1", "2"), default);
        await sender.Send(Batch("1"), default);

        var ids = _receiver.Received.Select(r => r.Id).ToList();
        Assert.Equal(ids[0], ids[1]);
        Assert.NotEqual(ids[0], ids[2]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("thank you")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"InvalidEndpoints":null}""")]
    [InlineData("""{"InvalidEndpoints":[null,{},{"EndpointId":"somebody-elses"},{"EndpointId":null}]}""")]
    [InlineData("""{"InvalidEndpoints":"endpoint-0"}""")]
    public async Task An_answer_that_names_nobody_of_the_batch_is_an_answer_all_the_same(string body)
    {
        var sender = Open(OtherSide.Works);
        _receiver.Answer = _ => Task.FromResult((202, body));

        var answer = await sender.Send(Batch("1"), default);

        Assert.Equal(PushOutcome.Taken, answer.Outcome);
        Assert.Empty(answer.Invalid);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(401)]
    [InlineData(410)]
    public async Task No_status_says_that_a_token_is_invalid(int status)
    {
        var sender = Open(OtherSide.Works);
        _receiver.Answer = _ => Task.FromResult((status, """{"InvalidEndpoints":[{"EndpointId":"endpoint-0"}]}"""));

        var answer = await sender.Send(Batch("1"), default);

        Assert.Equal((PushOutcome.Refused, 0), (answer.Outcome, answer.Invalid.Count));
    }

    public async ValueTask DisposeAsync()
    {
        _end.SetResult();
        await _receiver.DisposeAsync();
        _opened.ForEach(http => http.Dispose());
    }

    /// <summary>Time in which ten seconds take a tenth.</summary>
    private sealed class Hasty : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / 100 : dueTime, period);
    }
}
