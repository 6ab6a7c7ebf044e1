using Carillon.Core;

namespace Carillon.Tests.Backends;

/// <summary>A bus that keeps what it is handed.</summary>
internal sealed class Announcements : IBus
{
    private readonly Lock _lock = new();
    private readonly List<Event> _all = [];

    /// <summary>Called for each commit before it is kept; may throw.</summary>
    public Action Before { get; set; } = () => { };

    public IReadOnlyList<Event> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _all];
            }
        }
    }

    public void Publish(IReadOnlyList<Event> events)
    {
        Before();
        lock (_lock)
        {
            _all.AddRange(events);
        }
    }
}
