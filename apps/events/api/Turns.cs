using Carillon.Events.Core;

namespace Carillon.Events;

/// <summary>
/// Turns of what is done again and again, by a timer or in a loop of its own. Whatever a turn meets is logged, and the next
/// one comes all the same: a disk that is full for a minute must end neither the process nor the moderation of a show.
/// </summary>
internal static partial class Turns
{
    /// <summary>Runs one turn.</summary>
    /// <exception cref="OperationCanceledException">It was told to end by <paramref name="end"/>.</exception>
    public static async Task TryAsync(ILogger log, string what, Func<Task> turn, CancellationToken end)
    {
        try
        {
            await turn();
        }
        catch (Refused unavailable)
        {
            Waits(log, what, unavailable.Message);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // The last resort of what must not end: logged, and tried again.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Faulted(log, fault, what);
        }
    }

    /// <summary>Runs one turn of a timer, which has nobody to throw to.</summary>
    public static void Try(ILogger log, string what, Action turn)
    {
        try
        {
            turn();
        }
        catch (Refused unavailable)
        {
            Waits(log, what, unavailable.Message);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Faulted(log, fault, what);
        }
    }

    [LoggerMessage(5003, LogLevel.Warning, "{What} waits: {Why}")]
    private static partial void Waits(ILogger log, string what, string why);

    [LoggerMessage(5004, LogLevel.Error, "{What} met a fault, and goes on.")]
    private static partial void Faulted(ILogger log, Exception fault, string what);
}
