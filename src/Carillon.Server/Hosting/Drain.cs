using Carillon.Server.Gateway;
using Carillon.Server.Sessions;
using Carillon.Sockets;

namespace Carillon.Server.Hosting;

/// <summary>
/// Ends the sessions before the web host stops: it waits for open connections, and would wait for them. Requests under
/// way are answered after that, and the store closes last, so nothing acknowledged is lost.
/// </summary>
internal sealed partial class Drain(
    Hub hub, GatewayHub gateway, SocketLoop loop, Sessions.SessionOptions options, Health health, ILogger<Drain> log) : IHostedLifecycleService
{
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        health.Draining = true;
        var connections = gateway.Drain(options.DrainTimeout);
        Drained(await hub.Drain());
        await connections;
        await loop.Emptied(options.DrainTimeout + options.CloseTimeout + TimeSpan.FromSeconds(1));
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(3002, LogLevel.Information, "Stopping; {Sessions} sessions were told to come back later.")]
    private partial void Drained(int sessions);
}
