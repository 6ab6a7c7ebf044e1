using System.Text.Json.Nodes;
using Carillon.Events.Core;
using Carillon.Events.Tests.Desk;
using Carillon.Kit;
using Carillon.Server.Contracts;
using Carillon.Wire.SigV4;
using Xunit;

namespace Carillon.Events.Tests.Hostile;

/// <summary>What a fan's credentials are worth at the platform, past all pages.</summary>
public class PassTests(LoudHost host) : IClassFixture<LoudHost>
{
    // ListSubChannels is for elastic channels, whose parts a client has to learn of; this one has none.
    private static readonly string[] allowed = ["GetMessagingSessionEndpoint", "ListChannelMessages", "SendChannelMessage"];

    [Fact]
    public async Task Of_all_operations_a_fan_may_use_those_of_a_fan()
    {
        var show = await DeskShow.Make(host, 2);
        var (fan, other) = (show.Fans[0], show.Fans[1]);
        var message = await show.Sent(other, "hello");
        var before = (await show.History()).Count;
        var could = new SortedSet<string>(StringComparer.Ordinal);
        var sound = 0;
        foreach (var model in new[] { ServiceModel.Identity, ServiceModel.Messaging })
        {
            foreach (var (name, operation) in model.Operations)
            {
                foreach (var bearer in new[] { fan.UserArn, other.UserArn, show.Stage.AdminArn!, null })
                {
                    var (method, path, body) = RequestFor(model, operation, show, fan, message);
                    try
                    {
                        await fan.AskAnything(new HttpMethod(method), path, body, bearer);
                        Assert.True(bearer == fan.UserArn || name == "GetMessagingSessionEndpoint", $"{name} as {bearer}");
                        could.Add(name);
                    }
                    catch (PlatformException refused)
                    {
                        // Bodies are as the contract wants them, so that it is not their shape that was refused.
                        if ((int)refused.Status is 403) sound++;
                        else Assert.True((int)refused.Status is 400 && bearer is null, $"{name} as {bearer}: {(int)refused.Status} {refused.Message}");
                    }
                }
            }
        }

        Assert.Equal(allowed, could);
        Assert.True(sound > 200, $"Only {sound} were refused for want of rights.");
        Assert.InRange((await show.History()).Count, before, before + 1);
    }

    [Fact]
    public async Task In_another_events_channel_a_fan_is_nobody()
    {
        var (own, foreign) = (await DeskShow.Make(host), await DeskShow.Make(host));
        foreach (var bearer in new[] { own.Fans[0].UserArn, foreign.Fans[0].UserArn })
        {
            foreach (var (method, path, body) in new (HttpMethod, string, JsonObject?)[]
            {
                (HttpMethod.Get, "/messages", null),
                (HttpMethod.Post, "/messages", new JsonObject
                {
                    ["Content"] = "hello", ["Type"] = "STANDARD", ["Persistence"] = "PERSISTENT", ["ClientRequestToken"] = Ids.New(),
                }),
            })
            {
                var refused = await Assert.ThrowsAsync<PlatformException>(() => own.Fans[0].AskAnything(
                    method, $"/channels/{Uri.EscapeDataString(foreign.Stage.ChannelArn!)}{path}", body, bearer));
                Assert.Equal(403, (int)refused.Status);
            }
        }
    }

    [Theory]
    [InlineData("move")]
    [InlineData("ban")]
    [InlineData("reissue")]
    [InlineData("revoke")]
    [InlineData("leave")]
    public async Task With_the_end_of_a_device_its_session_and_its_credentials_end(string how)
    {
        var show = await DeskShow.Make(host);
        var fan = show.Fans[0];
        await using var session = await fan.Connect();
        Assert.Contains("SESSION_ESTABLISHED", (await session.Next())!.Value.ToString(), StringComparison.Ordinal);
        using var organiser = await host.NewOrganiser();
        var tickets = $"/organise/shows/{show.Show.Id}/tickets/1";

        var done = how switch
        {
            "move" => await Move(),
            "ban" => await show.Moderator.Post($"{show.Desk}/people/1/ban", new JsonObject { ["reason"] = "rude" }),
            "reissue" => await organiser.Post($"{tickets}/reissue"),
            "revoke" => await organiser.Post($"{tickets}/revoke", new JsonObject { ["reason"] = "resold" }),
            _ => await fan.Browser.Post($"/shows/{show.Show.Slug}/leave"),
        };
        Assert.InRange(done.Status, 200, 204);

        await DeskHost.Eventually(async () =>
        {
            try
            {
                await fan.Say("still here");
                return false;
            }
            catch (PlatformException refused)
            {
                return (int)refused.Status == 403;
            }
        }, "the credentials end");
        // The platform asks again for open sessions in its own time.
        for (var i = 0; i < 20; i++) host.Clock.Pass(TimeSpan.FromSeconds(1));
        if (how == "ban")
        {
            // Its user may connect, and hears of nothing any more.
            await Assert.ThrowsAsync<PlatformException>(() => fan.Ask(HttpMethod.Get, "/messages", null));
            return;
        }

        Assert.InRange(await session.Closed(), 4000, 4999);
        await using var again = await fan.Connect();
        Assert.InRange(await again.Closed(), 4000, 4999);

        async Task<Reply> Move()
        {
            var code = (await organiser.Post($"{tickets}/reissue"))["code"].GetString();
            using var one = host.NewBrowser();
            await one.Post($"/shows/{show.Show.Slug}/enter", new JsonObject { ["code"] = code });
            using var two = host.NewBrowser();
            return await two.Post($"/shows/{show.Show.Slug}/enter", new JsonObject { ["code"] = code, ["move"] = true });
        }
    }

    [Fact]
    public async Task However_two_devices_pull_at_a_ticket_the_platform_knows_the_one_that_has_it()
    {
        var show = await DeskShow.Make(host);
        using var organiser = await host.NewOrganiser();
        var code = (await organiser.Post($"/organise/shows/{show.Show.Id}/tickets/1/reissue"))["code"].GetString();
        using var one = host.NewBrowser();
        using var two = host.NewBrowser();
        for (var i = 0; i < 20; i++) await Task.WhenAll(Pull(one), Pull(two));

        var number = show.Fans[0].Number;
        await DeskHost.Eventually(async () =>
        {
            var ticket = host.Events.Store.Read(view => view.Ticket(show.Show.Key, number))!;
            var tags = await host.Events.Platform().ChimeAsync(
                HttpMethod.Get, $"/tags?arn={Uri.EscapeDataString(show.Fans[0].UserArn)}", null, null, TestContext.Current.CancellationToken);
            var device = tags.GetProperty("Tags").EnumerateArray().Single(t => t.GetProperty("Key").GetString() == "device");
            return !ticket.NeedsSync && device.GetProperty("Value").GetString() == ticket.DeviceTag;
        }, "the platform and the app agree");

        async Task Pull(Browser browser)
        {
            Assert.Equal(200, (await browser.Post(
                $"/shows/{show.Show.Slug}/enter", new JsonObject { ["code"] = code, ["move"] = true })).Status);
            // The other may have it again.
            Assert.Contains((await browser.Post($"/shows/{show.Show.Slug}/chat-pass")).Status, new[] { 200, 409 });
        }
    }

    [Fact]
    public async Task Nothing_secret_and_nothing_that_was_said_is_logged()
    {
        host.Forget();
        var show = await DeskShow.Make(host, 2, rules => rules with { Words = [new("pineapple", "word", "hold")] });
        using var organiser = await host.NewOrganiser();
        var made = await organiser.Post($"/organise/shows/{show.Show.Id}/tickets", new JsonObject { ["count"] = 1 });
        var code = made["codes"][0].GetProperty("code").GetString()!;
        var key = (await organiser.Post($"/organise/shows/{show.Show.Id}/shop-keys"))["key"].GetString()!;
        var link = (await organiser.Post($"/organise/shows/{show.Show.Id}/staff", new JsonObject { ["name"] = "Zoe", ["kind"] = "moderator" }))["link"].GetString()!;
        using var zoe = await host.SignIn(link.Split('#')[1]);
        using var late = host.NewBrowser();
        await late.Post($"/shows/{show.Show.Slug}/enter", new JsonObject { ["code"] = code });
        await late.Post($"/shows/{show.Show.Slug}/enter", new JsonObject { ["code"] = code[..^1] + "?" });
        await late.Put($"/shows/{show.Show.Slug}/nickname", new JsonObject { ["nickname"] = "Xylophone" });
        await using var socket = await late.Open($"/shows/{show.Show.Slug}/socket");
        await socket.Next("hello");
        var sold = await late.SendText(
            HttpMethod.Post, "/shop/tickets", """{"reference":"REF-77","holder":"Quentin Holder","email":"quentin@holder.example"}""",
            "application/json", ("Authorization", $"Bearer {key}"));
        Assert.Equal(200, sold.Status);
        var pass = await show.Fans[0].Browser.Post($"/shows/{show.Show.Slug}/chat-pass");
        await show.Sent(show.Fans[0], "watermelon juice");
        var held = await show.Fans[1].Say("pineapple juice");
        await show.Judged(held);
        await show.Moderator.Post($"{show.Desk}/held/{held}", new JsonObject { ["decision"] = "refuse", ["reason"] = "sour fruit" });
        // Also where the platform says no, cannot be reached, or what it says is nonsense.
        host.Reachable = false;
        await show.Moderator.Post($"{show.Desk}/people/1/ban", new JsonObject { ["reason"] = "sour fruit" });
        await show.Fans[1].Browser.Post($"/shows/{show.Show.Slug}/chat-pass");
        host.Reachable = true;

        var cookies = organiser.Cookies.GetAllCookies().Concat(late.Cookies.GetAllCookies()).Concat(zoe.Cookies.GetAllCookies()).Select(c => c.Value);
        var secrets = new[]
        {
            code, code.Replace("-", "", StringComparison.Ordinal), key, link.Split('#')[1], "Xylophone", "watermelon", "pineapple", "sour fruit",
            "Quentin", "REF-77", pass["credentials"].GetProperty("secretAccessKey").GetString()!,
            pass["credentials"].GetProperty("sessionToken").GetString()!, host.Platform.Root.SecretAccessKey,
        }.Concat(cookies);

        Assert.NotEmpty(host.Logged);
        foreach (var secret in secrets)
            Assert.DoesNotContain(host.Logged, line => line.Text.Contains(secret, StringComparison.OrdinalIgnoreCase));
    }

    private static (string Method, string Path, JsonObject? Body) RequestFor(
        ServiceModel model, ModelOperation operation, DeskShow show, Fan fan, string message)
    {
        var (method, path) = operation.Route.Split(' ') is [var m, var p] ? (m, p) : throw new InvalidOperationException(operation.Route);
        JsonObject? body = method is "POST" or "PUT" ? [] : null;
        var query = new List<string>();
        foreach (var (name, member) in operation.Members)
        {
            var value = ValueFor(model, name, member, show, fan, message);
            switch (member.In)
            {
                case "path":
                    path = path.Replace($"{{{member.As}}}", Uri.EscapeDataString(value!.ToString()), StringComparison.Ordinal);
                    break;
                case "query" when member.Required && !path.Contains($"{member.As}=", StringComparison.Ordinal):
                    query.Add($"{member.As}={Uri.EscapeDataString(value!.ToString())}");
                    break;
                case null when member.Required || member.Token:
                    body![name] = value;
                    break;
            }
        }

        if (query.Count > 0) path += (path.Contains('?', StringComparison.Ordinal) ? "&" : "?") + string.Join("&", query);
        return (method, path, body);
    }

    private static JsonNode? ValueFor(ServiceModel model, string name, ModelMember member, DeskShow show, Fan fan, string message)
    {
        var shape = model.Shapes[member.Shape];
        var other = show.Fans[1].UserArn;
        switch (shape.Type)
        {
            case "string" when shape.Enum is [.., var last]:
                return last;
            case "string":
                return name switch
                {
                    "ChannelArn" => show.Stage.ChannelArn,
                    "AppInstanceArn" => show.Stage.AppInstanceArn,
                    "AppInstanceUserArn" or "ResourceARN" => fan.UserArn,
                    "AppInstanceAdminArn" => show.Stage.AdminArn,
                    "ChannelFlowArn" => $"{show.Stage.AppInstanceArn}/channel-flow/abc",
                    "AppInstanceBotArn" => $"{show.Stage.AppInstanceArn}/bot/abc",
                    "EndpointArn" => "arn:aws:mobiletargeting:us-east-1:123456789012:apps/abc",
                    "ResourceArn" => "arn:aws:lambda:us-east-1:123456789012:function:carillon-events",
                    "LexBotAliasArn" => "arn:aws:lex:us-east-1:123456789012:bot-alias/ABCDEFGHIJ/ABCDEFGHIJ",
                    "LocaleId" => "en_US",
                    "MessageId" => message,
                    _ when name.EndsWith("Arn", StringComparison.Ordinal) => other,
                    _ => new string('a', Math.Max(1, shape.Min ?? 1)),
                };
            case "integer" or "long":
                return shape.Min ?? 1;
            case "boolean":
                return true;
            case "timestamp":
                return 1_900_000_000;
            case "list":
                return new JsonArray(ValueFor(model, name.TrimEnd('s'), new ModelMember(shape.Of!, null, null, true, false), show, fan, message));
            case "map":
                return new JsonObject();
            default:
                var made = new JsonObject();
                foreach (var (inner, of) in shape.Members!)
                    if (of.Required) made[inner] = ValueFor(model, inner, of, show, fan, message);
                return made;
        }
    }
}
