using Xunit;

namespace Carillon.Tests.Server.Sessions;

public class DrainTests
{
    [Fact]
    public async Task A_server_that_stops_sends_what_waits_and_tells_its_sessions_to_come_back_later()
    {
        await using var server = new LiveServer();
        await server.InitializeAsync();
        var app = await server.NewApp();
        var user = await app.NewUser("ann");
        var channel = await app.NewChannel(user);
        var session = await SessionClient.Start(server, user);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => app.Root.SendText(user, channel, "hello")));

        await server.Platform.App.StopAsync();

        Assert.Equal(1001, await session.Closed);
        Assert.Equal(100, session.Frames.Count(f => f.Type == "CREATE_CHANNEL_MESSAGE"));
        Assert.False(server.Platform.Health.IsReady);
        Assert.Equal(0, server.Platform.Sessions);
    }
}
