using System.Diagnostics;
using System.Security.Cryptography;
using Xunit;

namespace Carillon.Tests.Durability;

/// <summary>Holds times that were promised for a machine that has nothing else to do.</summary>
internal static class Pace
{
    // Of the two loops below, on the machine where the times were set: 2 cores, idle, a write-cached disk.
    private static readonly TimeSpan hashing = TimeSpan.FromMilliseconds(110);
    private static readonly TimeSpan syncing = TimeSpan.FromMilliseconds(60);

    /// <summary>A machine that is slower, or busy with something else, gets as much more time as it is slower.</summary>
    public static void Within(TimeSpan promised, TimeSpan took, string what)
    {
        if (took <= promised)
        {
            return;
        }

        var stretch = Stretch();
        Assert.True(
            took <= promised * stretch,
            $"{what} took {took.TotalSeconds:0.00} s instead of {promised.TotalSeconds:0} s at most (this machine is given {stretch:0.0} times that).");
    }

    private static double Stretch() =>
        Math.Max(1, Math.Max(Hash() / hashing, Sync() / syncing));

    private static TimeSpan Hash()
    {
        var block = new byte[1 << 20];
        var watch = Stopwatch.StartNew();
        Parallel.For(0, Environment.ProcessorCount, _ =>
        {
            for (var i = 0; i < 100; i++)
            {
                SHA256.HashData(block);
            }
        });
        return watch.Elapsed;
    }

    private static TimeSpan Sync()
    {
        using var file = new FileStream(Path.GetTempFileName(), FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 100; i++)
        {
            file.Write(new byte[4096]);
            file.Flush(flushToDisk: true);
        }

        return watch.Elapsed;
    }
}
