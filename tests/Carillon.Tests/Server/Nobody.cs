using Carillon.Core;

namespace Carillon.Tests.Server;

/// <summary>A bus that nobody listens to.</summary>
internal sealed class Nobody : IBus
{
    public void Publish(IReadOnlyList<Event> events)
    {
    }
}
