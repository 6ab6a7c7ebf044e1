using Carillon.Core;

namespace Carillon.Server.Gateway;

/// <summary>
/// Delivers <c>$disconnect</c> for the connections that an earlier run of the server has left, with the code of a connection that broke.
/// Each row goes when its event was taken, so a second crash delivers again what the first recovery had under way.
/// </summary>
internal sealed partial class GatewayRecovery(
    IStore store, GatewayDirectory directory, GatewayHub hub, ILogger<GatewayRecovery> log) : BackgroundService
{
    private const int AtATime = 16;
    private const int Slice = 256;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Starting must not wait for it.
        await Task.Yield();
        try
        {
            var (after, count) = (0L, 0);
            while (store.Read(view => view.ListLostConnections(hub.Owner, after, Slice)) is { Count: > 0 } lost)
            {
                await Parallel.ForEachAsync(
                    lost, new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = stoppingToken },
                    async (row, _) =>
                    {
                        if (GatewayPeer.Read(row.Detail) is { } peer)
                        {
                            await hub.Disconnect(
                                directory.Find(row.Api, row.Stage), peer, Wire.WebSockets.CloseStatus.Abnormal, "");
                        }
                        else
                        {
                            await store.Write(ledger => ledger.DeleteGatewayConnection(row.Id));
                        }
                    });
                (after, count) = (lost[^1].Key, count + lost.Count);
            }

            if (count > 0)
            {
                Recovered(count);
            }
        }
        catch (OperationCanceledException)
        {
            // The server is shutting down; the next run goes on.
        }
        catch (Refusal refusal)
        {
            NotRecovered(refusal.Reason);
        }
    }

    [LoggerMessage(8007, LogLevel.Information, "{Count} WebSocket connections of an earlier run were disconnected.")]
    private partial void Recovered(int count);

    [LoggerMessage(8008, LogLevel.Error, "Connections of an earlier run could not be read ({Reason}); the next run tries again.")]
    private partial void NotRecovered(Reason reason);
}
