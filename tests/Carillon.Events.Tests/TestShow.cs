using System.Text.Json.Nodes;
using Carillon.Events.Core;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Staff;
using Carillon.Events.Core.Stage;
using Carillon.Events.Core.Tickets;
using Carillon.Kit;
using Xunit;

namespace Carillon.Events.Tests;

/// <summary>A published show that is on, made through the store.</summary>
internal sealed class TestShow
{
    private readonly EventsHost host;

    private TestShow(EventsHost host, Show show)
    {
        this.host = host;
        Key = show.Key;
        Slug = show.Slug;
        Id = show.Id;
    }

    public long Key { get; }

    public string Slug { get; }

    public string Id { get; }

    public Show Now => host.Events.Store.Read(view => view.ShowByKey(Key))!;

    public static async Task<TestShow> Make(EventsHost host, Func<ShowDefinition, ShowDefinition>? change = null)
    {
        var now = host.Time.GetUtcNow();
        var definition = new ShowDefinition
        {
            Title = $"Show {Ids.New()}",
            Artist = "Amalia",
            StartsAt = now.AddMinutes(-10),
            DoorsAt = now.AddMinutes(-40),
            EndsAt = now.AddHours(2),
            Tickets = new TicketPlan(100) { Tiers = ["standard", "vip"] },
        };
        definition = change?.Invoke(definition) ?? definition;
        var show = await host.Events.Store.Write(ledger =>
        {
            var key = ledger.AddShow(Ids.New(), Slugs.Free(ledger, definition.Title), definition, sample: false);
            ledger.PutState(key, ShowState.Published);
            return ledger.ShowByKey(key)!;
        });
        return new TestShow(host, show);
    }

    /// <summary>Codes as they are shown, of tickets numbered from 1 on.</summary>
    public async Task<string[]> Tickets(int count) =>
        [.. (await host.Events.Store.Write(ledger => Issuing.Issue(
            ledger, ledger.ShowByKey(Key)!, [.. Enumerable.Repeat(new NewTicket("standard"), count)], host.Events.Codes)))
            .Select(t => t.Code)];

    public Ticket Ticket(long number) => host.Events.Store.Read(view => view.Ticket(Key, number))!;

    /// <summary>A browser that has come in with the code.</summary>
    public async Task<Browser> Enter(string code, string? nickname = null)
    {
        var browser = host.NewBrowser();
        Assert.Equal(200, (await browser.Post($"/shows/{Slug}/enter", new JsonObject { ["code"] = code })).Status);
        if (nickname is not null)
            Assert.Equal(200, (await browser.Put($"/shows/{Slug}/nickname", new JsonObject { ["nickname"] = nickname })).Status);
        return browser;
    }

    /// <summary>Makes what the provisioner makes: app instance, admin, channel, roles, and every ticket's user as a member.</summary>
    public async Task<Stage> MakeStage()
    {
        var root = host.Root;
        var app = (await root.ChimeAsync(
            HttpMethod.Post, "/app-instances", new JsonObject { ["Name"] = Slug, ["ClientRequestToken"] = Ids.New() }, null,
            default)).Text("AppInstanceArn")!;
        var admin = await User("the-app", "The app");
        await root.ChimeAsync(
            HttpMethod.Post, $"/app-instances/{Uri.EscapeDataString(app)}/admins", new JsonObject { ["AppInstanceAdminArn"] = admin },
            null, default);
        var channel = (await root.ChimeAsync(HttpMethod.Post, "/channels", new JsonObject
        {
            ["AppInstanceArn"] = app,
            ["Name"] = Slug,
            ["Mode"] = "RESTRICTED",
            ["Privacy"] = "PRIVATE",
            ["ClientRequestToken"] = Ids.New(),
        }, admin, default)).Text("ChannelArn")!;
        var fans = await Role($"fans-{Ids.New()}", FanPolicy.OfFans(app));
        var staff = await Role($"staff-{Ids.New()}", FanPolicy.OfStaff(app));
        var stage = new Stage(Key, StageState.Ready, app, admin, channel, false, null, fans, staff, null);
        var (tickets, people) = host.Events.Store.Read(
            view => (view.Tickets(Key, TicketFilter.All, null, 0, 1000), view.StaffOf(Key)));
        foreach (var user in tickets.Select(t => t.UserId).Concat(people.Select(p => p.UserId)))
        {
            var arn = await User(user, user);
            await root.ChimeAsync(
                HttpMethod.Post, $"/channels/{Uri.EscapeDataString(channel)}/memberships",
                new JsonObject { ["MemberArn"] = arn, ["Type"] = "DEFAULT" }, admin, default);
        }

        await host.Events.Store.Write(ledger =>
        {
            ledger.PutStage(stage);
            foreach (var ticket in tickets) ledger.PutProvisioned(Key, ticket.Number, null);
            foreach (var member in people) ledger.PutStaffProvisioned(member.Key);
        });
        return stage;

        async Task<string> User(string id, string name) => (await root.ChimeAsync(
            HttpMethod.Post, "/app-instance-users",
            new JsonObject
            {
                ["AppInstanceArn"] = app,
                ["AppInstanceUserId"] = id,
                ["Name"] = name,
                ["ClientRequestToken"] = Ids.New(),
            }, null, default)).Text("AppInstanceUserArn")!;

        async Task<string> Role(string name, JsonObject policy)
        {
            var made = await root.IamAsync("CreateRole", new Dictionary<string, string>
            {
                ["RoleName"] = name,
                ["AssumeRolePolicyDocument"] = FanPolicy.Trust(EventsHost.Account).ToJsonString(),
            }, default);
            await root.IamAsync("PutRolePolicy", new Dictionary<string, string>
            {
                ["RoleName"] = name,
                ["PolicyName"] = "Chat",
                ["PolicyDocument"] = policy.ToJsonString(),
            }, default);
            return made.Text("Arn")!;
        }
    }
}

/// <summary>Browsers that are signed in.</summary>
internal static class StaffBrowsers
{
    public static async Task<Browser> NewOrganiser(this EventsHost host)
    {
        var token = await host.Events.Store.Write(ledger =>
            SignIns.Invite(ledger, new SignedIn(ledger.AddAccount($"organiser {Ids.New()}").Key, null), ledger.Now));
        return await host.SignIn(token);
    }

    public static async Task<Browser> SignIn(this EventsHost host, string token)
    {
        var browser = host.NewBrowser();
        Assert.Equal(200, (await browser.Post("/sign-in", new JsonObject { ["token"] = token })).Status);
        return browser;
    }
}
