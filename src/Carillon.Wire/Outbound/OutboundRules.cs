using System.Globalization;
using System.Net;

namespace Carillon.Wire.Outbound;

/// <summary>
/// Where the server itself may connect to. Callers name URLs (processors, webhooks, key sets), so without a list they
/// could make it knock at doors that only it can reach.
/// </summary>
/// <remarks>
/// An entry is a host (<c>hooks.example.org</c>), a host and port, an address or a network (<c>10.1.0.0/16</c>). A host
/// entry allows the name to be used, and then whatever it resolves to; a network allows any name that resolves into it.
/// </remarks>
public sealed class OutboundRules
{
    private readonly List<(string Host, int? Port)> _hosts = [];
    private readonly List<IPNetwork> _networks = [];

    /// <param name="entries">Separated by commas.</param>
    /// <exception cref="FormatException">An entry is none of the forms; the message quotes it.</exception>
    public OutboundRules(string entries)
    {
        foreach (var entry in entries.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (IPNetwork.TryParse(entry, out var network))
            {
                _networks.Add(network);
            }
            else if (IPAddress.TryParse(entry, out var address))
            {
                _networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            }
            else if (entry.Split(':') is [var host, var port]
                && int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && Uri.CheckHostName(host) == UriHostNameType.Dns)
            {
                _hosts.Add((host, number));
            }
            else if (Uri.CheckHostName(entry) == UriHostNameType.Dns)
            {
                _hosts.Add((entry, null));
            }
            else
            {
                throw new FormatException($"'{entry}' is no host, host:port, address or network.");
            }
        }
    }

    public bool AllowsName(string host, int port) =>
        _hosts.Any(h => string.Equals(h.Host, host, StringComparison.OrdinalIgnoreCase) && (h.Port ?? port) == port);

    public bool AllowsAddress(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return _networks.Any(n => n.BaseAddress.AddressFamily == plain.AddressFamily && n.Contains(plain));
    }
}
