using System.Net;
using System.Net.Sockets;

namespace Carillon.Events.Door;

/// <summary>Counts what happens within a minute, by key; in memory, so that a restart forgets it.</summary>
internal sealed class Gates(TimeProvider time)
{
    private static readonly TimeSpan window = TimeSpan.FromMinutes(1);

    /// <summary>Keys remembered; beyond it those that are over give way. Our choice.</summary>
    private const int most = 100_000;

    private readonly Lock gate = new();
    private readonly Dictionary<string, (DateTimeOffset Since, int Count)> windows = [];

    /// <summary>Seconds until the key may try again; 0 while it has not used up its limit.</summary>
    public int Wait(string key, int limit)
    {
        lock (gate)
        {
            if (!windows.TryGetValue(key, out var seen) || seen.Count < limit) return 0;
            var left = seen.Since + window - time.GetUtcNow();
            return left <= TimeSpan.Zero ? 0 : SecondsOf(left);
        }
    }

    /// <summary>Counts one more, unless the limit is used up.</summary>
    /// <returns>Seconds until the key may try again; 0 where it was counted.</returns>
    public int Count(string key, int limit)
    {
        var now = time.GetUtcNow();
        lock (gate)
        {
            if (windows.TryGetValue(key, out var seen) && seen.Since + window > now)
            {
                if (seen.Count >= limit) return SecondsOf(seen.Since + window - now);
                windows[key] = seen with { Count = seen.Count + 1 };
                return 0;
            }

            if (windows.Count >= most) MakeRoom(now);
            windows[key] = (now, 1);
            return 0;
        }
    }

    private void MakeRoom(DateTimeOffset now)
    {
        foreach (var (old, _) in windows.Where(w => w.Value.Since + window <= now).ToList()) windows.Remove(old);
        // Nearly all are fresh: whoever made so many addresses is not to fill the memory, nor to have it looked through each time.
        if (windows.Count >= most / 10 * 9) windows.Clear();
    }

    private static int SecondsOf(TimeSpan left) => (int)Math.Ceiling(left.TotalSeconds);

    /// <summary>An address as limits know it: of IPv6 the network, because a household has 2^64 of the others.</summary>
    public static string Of(IPAddress? address)
    {
        if (address is null) return "?";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, 8)) : address.ToString();
    }
}
