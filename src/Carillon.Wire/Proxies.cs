using System.Net;

namespace Carillon.Wire;

/// <summary>Who stands in front and is believed about where a request came from.</summary>
public sealed record Proxies(IReadOnlyList<IPAddress> Addresses, IReadOnlyList<IPNetwork> Networks)
{
    /// <param name="entries">Addresses and networks (<c>10.0.0.0/8</c>), separated by commas.</param>
    /// <exception cref="FormatException">An entry is neither; the message quotes it.</exception>
    public static Proxies Parse(string entries)
    {
        var (addresses, networks) = (new List<IPAddress>(), new List<IPNetwork>());
        foreach (var entry in entries.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (IPAddress.TryParse(entry, out var address))
            {
                addresses.Add(address);
            }
            else if (IPNetwork.TryParse(entry, out var network))
            {
                networks.Add(network);
            }
            else
            {
                throw new FormatException($"{entry} is neither an address nor a network such as 10.0.0.0/8.");
            }
        }

        return new Proxies(addresses, networks);
    }
}
