using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Events.Core;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Staff;
using Carillon.Events.Core.Stage;
using Carillon.Events.Core.Talk;
using Carillon.Kit;
using Carillon.Tests;
using Carillon.Wire.SigV4;
using Xunit;

namespace Carillon.Events.Tests.Desk;

/// <summary>A host whose time a test moves, and whose way to the platform a test can cut.</summary>
public class DeskHost : EventsHost
{
    internal ManualTime Clock { get; } = new();

    internal override TimeProvider Time => Clock;

    /// <summary>False while nothing that the app says reaches the platform.</summary>
    internal bool Reachable { get; set; } = true;

    internal override EventsOptions Adjust(EventsOptions options) => options with
    {
        AllowedOutbound = "127.0.0.1",
        // Nobody listens at port 1.
        Endpoint = () => Reachable ? options.Endpoint() : new Uri("http://127.0.0.1:1"),
    };

    /// <summary>Waits for what others do in their own time; how long that takes is not the test's matter.</summary>
    internal static async Task Eventually(Func<Task<bool>> holds, string what)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await holds())
        {
            Assert.False(patience.IsCancellationRequested, $"Never: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }
}

/// <summary>A show on stage, with the flow that asks the app, fans who can talk, a moderator and an artist.</summary>
internal sealed class DeskShow
{
    private readonly DeskHost host;

    private DeskShow(DeskHost host, TestShow show, Stage stage, IReadOnlyList<Fan> fans, Browser moderator, Browser artist)
    {
        (this.host, Show, Stage, Fans, Moderator, Artist) = (host, show, stage, fans, moderator, artist);
    }

    public TestShow Show { get; }

    public Stage Stage { get; }

    public IReadOnlyList<Fan> Fans { get; }

    /// <summary>Signed in as the moderator Mo.</summary>
    public Browser Moderator { get; }

    /// <summary>Signed in as the artist Amalia.</summary>
    public Browser Artist { get; }

    public string Desk => $"/desk/{Show.Id}";

    public static async Task<DeskShow> Make(DeskHost host, int fans = 1, Func<ChatRules, ChatRules>? rules = null)
    {
        var show = await TestShow.Make(host, d => d with { Chat = rules?.Invoke(d.Chat) ?? d.Chat });
        var codes = await show.Tickets(fans);
        var (moderator, artist) = await host.Events.Store.Write(ledger => (
            Invite(ledger, ledger.AddStaff(show.Key, "Mo", "mo", StaffKind.Moderator, Ids.NewUser("mod-"))),
            Invite(ledger, ledger.AddStaff(show.Key, "Amalia", "amalia", StaffKind.Artist, Ids.NewUser("artist-")))));
        var stage = await show.MakeStage();
        await Associate(host, stage);
        var made = new Fan[fans];
        for (var i = 0; i < fans; i++)
            made[i] = await Fan.Come(host, show, i + 1, await show.Enter(codes[i], $"Fan {i + 1}"));
        return new DeskShow(host, show, stage, made, await host.SignIn(moderator), await host.SignIn(artist));

        string Invite(IStaffLedger ledger, StaffMember member) =>
            SignIns.Invite(ledger, new SignedIn(null, member.Key), host.Clock.GetUtcNow().ToMicroseconds());
    }

    /// <summary>What a user of the staff may do with the pass that their page gets.</summary>
    public Task<Fan> Staff(Browser browser) => Fan.Pass(host, browser, $"{Desk}/chat-pass", 0);

    /// <summary>What the channel holds, the oldest first.</summary>
    public async Task<IReadOnlyList<(string Id, string Text, bool Redacted)>> History()
    {
        var messages = new List<(string, string, bool)>();
        string? next = null;
        do
        {
            var page = await host.Root.ChimeAsync(
                HttpMethod.Get,
                $"/channels/{Uri.EscapeDataString(Stage.ChannelArn!)}/messages?max-results=50&sort-order=ASCENDING"
                    + (next is null ? "" : $"&next-token={Uri.EscapeDataString(next)}"), null, Stage.AdminArn, default);
            messages.AddRange(page.GetProperty("ChannelMessages").EnumerateArray().Select(m => (
                m.Text("MessageId")!, m.Text("Content") ?? "", m.TryGetProperty("Redacted", out var gone) && gone.GetBoolean())));
            next = page.Text("NextToken");
        } while (!string.IsNullOrEmpty(next));
        return messages;
    }

    public Task Seen(string messageId) => DeskHost.Eventually(
        async () => (await History()).Any(m => m.Id == messageId), "the message is there");

    public Task Redacted(string messageId) => DeskHost.Eventually(
        async () => (await History()).Any(m => m.Id == messageId && m.Redacted), "the message is redacted");

    /// <summary>What the app knows of the message; it may still be on its way.</summary>
    public Said? Said(string messageId) => host.Events.Store.Read(view => view.Said(Show.Key, messageId));

    public async Task<Said> Judged(string messageId)
    {
        await DeskHost.Eventually(() => Task.FromResult(Said(messageId) is not null), "the app was asked");
        return Said(messageId)!;
    }

    /// <summary>Says something that is seen.</summary>
    public async Task<string> Sent(Fan fan, string text)
    {
        var id = await fan.Say(text);
        await Seen(id);
        return id;
    }

    private static async Task Associate(DeskHost host, Stage stage)
    {
        var flow = (await host.Root.ChimeAsync(HttpMethod.Post, "/channel-flows", new JsonObject
        {
            ["AppInstanceArn"] = stage.AppInstanceArn,
            ["Name"] = "rules",
            ["ClientRequestToken"] = Ids.New(),
            ["Processors"] = new JsonArray(new JsonObject
            {
                ["Name"] = "rules",
                ["ExecutionOrder"] = 1,
                ["FallbackAction"] = "ABORT",
                ["Configuration"] = new JsonObject
                {
                    ["Lambda"] = new JsonObject
                    {
                        ["ResourceArn"] = $"arn:aws:lambda:{EventsHost.Region}:{EventsHost.Account}:function:carillon-events",
                        ["InvocationType"] = "ASYNC",
                    },
                },
            }),
        }, null, default)).Text("ChannelFlowArn");
        await host.Root.ChimeAsync(
            HttpMethod.Put, $"/channels/{Uri.EscapeDataString(stage.ChannelArn!)}/channel-flow",
            new JsonObject { ["ChannelFlowArn"] = flow }, stage.AdminArn, default);
    }
}

/// <summary>Somebody with a chat pass: a client of the platform like any, and not the app's page.</summary>
internal sealed class Fan(DeskHost host, Browser browser, AwsCredentials credentials, string userArn, string channelArn, long number)
{
    public Browser Browser => browser;

    public long Number => number;

    public string UserArn => userArn;

    public static Task<Fan> Come(DeskHost host, TestShow show, long number, Browser browser) =>
        Pass(host, browser, $"/shows/{show.Slug}/chat-pass", number);

    public static async Task<Fan> Pass(DeskHost host, Browser browser, string path, long number)
    {
        var pass = await browser.Post(path);
        Assert.Equal(200, pass.Status);
        var credentials = pass["credentials"];
        return new Fan(
            host, browser,
            new AwsCredentials(
                credentials.Text("accessKeyId")!, credentials.Text("secretAccessKey")!, credentials.Text("sessionToken")),
            pass["userArn"].GetString()!, pass["channelArn"].GetString()!, number);
    }

    /// <returns>The message's id.</returns>
    public async Task<string> Say(string text, Action<JsonObject>? change = null)
    {
        var message = new JsonObject
        {
            ["Content"] = text,
            ["Type"] = "STANDARD",
            ["Persistence"] = "PERSISTENT",
            ["ClientRequestToken"] = Ids.New(),
        };
        change?.Invoke(message);
        var answer = await host.As(credentials).ChimeAsync(
            HttpMethod.Post, $"/channels/{Uri.EscapeDataString(channelArn)}/messages", message, userArn, default);
        Assert.Equal("PENDING", answer.GetProperty("Status").Text("Value"));
        return answer.Text("MessageId")!;
    }

    /// <summary>Asks the platform anything about the channel.</summary>
    public Task<JsonElement> Ask(HttpMethod method, string path, JsonObject? body) => host.As(credentials).ChimeAsync(
        method, $"/channels/{Uri.EscapeDataString(channelArn)}{path}", body, userArn, default);

    /// <summary>Asks the platform anything at all, as whomever.</summary>
    public Task<JsonElement> AskAnything(HttpMethod method, string path, JsonObject? body, string? bearer) =>
        host.As(credentials).ChimeAsync(method, path, body, bearer, default);

    /// <summary>Opens a session of the chat itself.</summary>
    public async Task<PageSocket> Connect()
    {
        var address = new Uri($"ws://127.0.0.1:{host.Endpoint.Port}/connect?userArn={Uri.EscapeDataString(userArn)}&sessionId={Ids.New()}");
        var signed = new SigV4Signer(credentials, EventsHost.Region, "chime", host.Time).Presign("GET", address, TimeSpan.FromSeconds(10));
        var socket = new ClientWebSocket();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await socket.ConnectAsync(
            new Uri(signed, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }), patience.Token);
        return new PageSocket(socket);
    }

    /// <summary>Opens the page's socket and waits until it is welcome.</summary>
    public async Task<PageSocket> Watch(TestShow show)
    {
        var socket = await browser.Open($"/shows/{show.Slug}/socket");
        await socket.Next("hello");
        return socket;
    }
}
