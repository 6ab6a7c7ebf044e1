using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using Carillon.Load.Net;

namespace Carillon.Load;

/// <summary>The cores that this process may run on.</summary>
internal static unsafe class Cores
{
    /// <param name="cores">Numbers and ranges, as taskset takes them: <c>1</c> or <c>2-3,6</c>.</param>
    public static void Pin(string cores)
    {
        Span<byte> mask = stackalloc byte[128];
        mask.Clear();
        foreach (var core in Each(cores))
        {
            mask[core / 8] |= (byte)(1 << (core % 8));
        }

        // Threads that are there already keep where they run; each is told.
        foreach (var thread in Directory.EnumerateDirectories("/proc/self/task"))
        {
            fixed (byte* pointer = mask)
            {
                var id = int.Parse(Path.GetFileName(thread), CultureInfo.InvariantCulture);
                if (Native.sched_setaffinity(id, mask.Length, pointer) != 0)
                    throw new Win32Exception(Marshal.GetLastPInvokeError());
            }
        }
    }

    /// <summary>Seconds since the system started in which the cores did anything for anybody.</summary>
    public static double Busy(string cores)
    {
        var names = Each(cores).Select(core => $"cpu{core}").ToHashSet();
        long ticks = 0;
        foreach (var fields in File.ReadLines("/proc/stat").Select(line => line.Split(' ')).Where(f => names.Contains(f[0])))
        {
            // user, nice, system, idle, iowait, irq, softirq
            ticks += ((int[])[1, 2, 3, 6, 7]).Sum(field => long.Parse(fields[field], CultureInfo.InvariantCulture));
        }

        return ticks / (double)Native.sysconf(Native.ScheduleClockTicks);
    }

    private static IEnumerable<int> Each(string cores) => cores.Split(',').SelectMany(part =>
    {
        var ends = part.Split('-').Select(text => int.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
    });
}
