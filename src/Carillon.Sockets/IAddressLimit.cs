using System.Net;

namespace Carillon.Sockets;

/// <summary>How many connections one address may have.</summary>
public interface IAddressLimit
{
    /// <returns>False where it has as many already.</returns>
    bool TryEnter(IPAddress? address);

    void Leave(IPAddress? address);
}
