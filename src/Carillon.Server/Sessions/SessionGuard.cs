namespace Carillon.Server.Sessions;

/// <summary>
/// Ends sessions whose callers may not connect any more: their role is gone, or a policy has changed. A socket is open
/// for hours, so what was asked when it opened is asked again all the while. It is a loop of its own because asking may
/// read the store, for which the hub never waits.
/// </summary>
internal sealed partial class SessionGuard(Hub hub, TimeProvider time, ILogger<SessionGuard> log) : BackgroundService
{
    /// <summary>In which every open session is asked once. Ours.</summary>
    public static readonly TimeSpan Round = TimeSpan.FromSeconds(3);

    /// <summary>Steps of a round: ten thousand sessions at once would keep a core from a message.</summary>
    private const int Steps = 12;

    private static readonly TimeSpan Step = Round / Steps;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ticks = new PeriodicTimer(Step, time);
        var (start, next) = (time.GetTimestamp(), 0L);
        try
        {
            while (await ticks.WaitForNextTickAsync(stoppingToken))
            {
                // By the clock, not by ticks, which melt into one for who comes late.
                var due = time.GetElapsedTime(start).Ticks / Step.Ticks;
                for (next = Math.Max(next, due - Steps); next < due; next++)
                {
                    await Look((int)(next % Steps));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server is shutting down.
        }
    }

    private async Task Look(int share)
    {
        try
        {
            foreach (var session in await hub.Sessions(share, Steps))
            {
                if (!session.MayConnect() && await hub.Revoke(session))
                {
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
