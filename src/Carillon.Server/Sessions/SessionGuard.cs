namespace Carillon.Server.Sessions;

/// <summary>
/// Ends sessions whose callers may not connect any more: their role is gone, or a policy has changed. A socket is open
/// for hours, so what was asked when it opened is asked again all the while. It is a loop of its own because asking may
/// read the store, for which the hub never waits.
/// </summary>
internal sealed partial class SessionGuard(Hub hub, TimeProvider time, ILogger<SessionGuard> log) : BackgroundService
{
    /// <summary>Between two rounds. Ours.</summary>
    public static readonly TimeSpan Round = TimeSpan.FromSeconds(3);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var rounds = new PeriodicTimer(Round, time);
        try
        {
            while (await rounds.WaitForNextTickAsync(stoppingToken))
            {
                await Look();
            }
        }
        catch (OperationCanceledException)
        {
            // The server is shutting down.
        }
    }

    private async Task Look()
    {
        try
        {
            foreach (var session in await hub.Sessions())
            {
                if (!session.MayConnect())
                {
                    await hub.Revoke(session);
                    Revoked();
                }
            }
        }
#pragma warning disable CA1031 // A store that cannot be read must not end the rounds, nor the process.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Failed(e);
        }
    }

    [LoggerMessage(2004, LogLevel.Information, "A session was ended: its caller may not connect any more.")]
    private partial void Revoked();

    [LoggerMessage(2005, LogLevel.Error, "The policies of open sessions could not be asked; they are asked again.")]
    private partial void Failed(Exception exception);
}
