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
        foreach (var part in cores.Split(','))
        {
            var ends = part.Split('-').Select(text => int.Parse(text, CultureInfo.InvariantCulture)).ToArray();
            for (var core = ends[0]; core <= ends[^1]; core++)
            {
                mask[core / 8] |= (byte)(1 << (core % 8));
            }
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
}
