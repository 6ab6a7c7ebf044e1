namespace Carillon.Core;

/// <summary>How committed events reach every machine, this one included.</summary>
public interface IBus
{
    /// <summary>
    /// Hands over the events of one commit in their order. The log is the truth and the bus a hint: an implementation
    /// may lose or repeat, and receivers notice by sequence.
    /// </summary>
    void Publish(IReadOnlyList<Event> events);
}
