using Carillon.Server.Gateway;
using Carillon.Server.Hosting;
using Xunit;

namespace Carillon.Tests.Server.Gateway;

/// <summary>A gateway whose time a test moves.</summary>
public sealed class TimedGateway : GatewayServer
{
    internal ManualTime Clock { get; } = new();

    internal override TimeProvider Time => Clock;

    internal override CarillonOptions Adjust(CarillonOptions options) => base.Adjust(options) with { GatewayLimits = "Idle=60,Duration=150,Integration=5" };
}

/// <summary>Connections end when they were idle or open for too long, and handlers when they take too long.</summary>
public class GatewayTimeTests(TimedGateway server) : IClassFixture<TimedGateway>
{
    [Fact]
    public async Task An_idle_connection_is_closed_one_that_speaks_is_not_and_none_is_open_for_ever()
    {
        server.Functions.Returns("gone", """{"statusCode":200}""");
        var api = await TestApi.Deployed(server, ("$disconnect", "gone"));
        await using var idle = await GatewaySocket.Open(api.Url);
        await using var busy = await GatewaySocket.Open(server.SocketUrl("/ws/rooms/dev"));
        for (var i = 0; i < 2; i++)
        {
            server.Clock.Pass(TimeSpan.FromSeconds(40));
            Assert.Equal("default", await busy.Ask("x"));
        }

        Assert.Equal(1001, (await idle.Closed).Code);
        var context = (await server.Functions.Wait("gone", _ => true))["requestContext"]!;
        Assert.Equal((1001, "Going away"), ((int)context["disconnectStatusCode"]!, (string?)context["disconnectReason"]));
        server.Clock.Pass(TimeSpan.FromSeconds(40));
        Assert.Equal("default", await busy.Ask("x"));
        server.Clock.Pass(TimeSpan.FromSeconds(40));
        Assert.Equal(1001, (await busy.Closed).Code);
    }

    [Fact]
    public async Task A_handler_that_hangs_is_given_up_on()
    {
        await using var socket = await GatewaySocket.Open(server.SocketUrl("/ws/rooms/dev"));
        await socket.Send("""{"action":"hang"}""");
        Assert.Equal("default", await socket.Ask("x"));
        server.Clock.Pass(TimeSpan.FromSeconds(6));

        Assert.StartsWith("""{"message": "Endpoint request timed out", """, await socket.Next());
    }
}
