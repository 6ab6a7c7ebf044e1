using System.Buffers;
using System.IO.Pipelines;

namespace Carillon.Sockets.Pipe;

/// <summary>The first bytes of a connection, which are looked at to see whose it is.</summary>
public static class FirstBytes
{
    /// <summary>
    /// Looks until the bytes tell something, no more will come or <see cref="SocketServing.HeadTimeout"/> is over. Whoever
    /// asks says how many of them are used up.
    /// </summary>
    /// <param name="tell">Null where there are too few.</param>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="OperationCanceledException">The connection was ended.</exception>
    public static async Task<(T? Told, ReadResult Read)> Look<T>(
        PipeReader input, TimeProvider time, Func<ReadOnlySequence<byte>, T?> tell)
        where T : struct
    {
        // To be told of the end of patience after it has ended would be an end without cause: the clock is awaited, too.
        await using var patience = time.CreateTimer(
            static input => ((PipeReader)input!).CancelPendingRead(), input, SocketServing.HeadTimeout, Timeout.InfiniteTimeSpan);
        while (true)
        {
            var read = await input.ReadAsync();
            var told = tell(read.Buffer);
            if (told is not null || read.IsCompleted || read.IsCanceled)
            {
                return (told, read);
            }

            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
