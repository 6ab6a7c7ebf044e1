using System.Text.Json.Nodes;
using Xunit;

namespace Carillon.Events.Tests;

/// <summary>A host of its own: the app ends in the middle.</summary>
public class RestartTests(EventsHost host) : IClassFixture<EventsHost>
{
    [Fact]
    public async Task What_was_promised_holds_after_a_restart()
    {
        var show = await TestShow.Make(host);
        var codes = await show.Tickets(2);
        using var anna = await show.Enter(codes[0], "Anna");
        using var organiser = await host.NewOrganiser();
        await using var socket = await anna.Open($"/shows/{show.Slug}/socket");
        await socket.Next("hello");

        await host.RestartAppAsync();

        Assert.Equal(1001, await socket.Closed());
        var me = await anna.Get($"/shows/{show.Slug}/me");
        Assert.Equal((200, "Anna"), (me.Status, me["nickname"].GetString()));
        Assert.Equal(200, (await organiser.Get("/whoami")).Status);
        using var ben = await show.Enter(codes[1]);
        Assert.Equal("NicknameTaken", (await ben.Put($"/shows/{show.Slug}/nickname", new JsonObject { ["nickname"] = "anna" })).Code);
        using var other = host.NewBrowser();
        Assert.Equal("OnAnotherDevice", (await other.Post($"/shows/{show.Slug}/enter", new JsonObject { ["code"] = codes[0] })).Code);
    }
}
