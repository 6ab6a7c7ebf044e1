using Carillon.Core;

namespace Carillon.Server.Gateway;

/// <summary>A stage that runs. What it runs is swapped as a whole; connections stay.</summary>
internal sealed class LiveStage(string api, string name)
{
    private static readonly IComparer<(long Number, GatewayConnection?)> Oldest =
        Comparer<(long Number, GatewayConnection?)>.Create((a, b) => a.Number.CompareTo(b.Number));

    private readonly Lock _lock = new();
    private readonly SortedSet<(long Number, GatewayConnection? Connection)> _connections = new(Oldest);
    private volatile CompiledStage? _compiled;
    private volatile bool _isGone;

    public string Api => api;

    public string Name => name;

    /// <summary>What it was compiled from, to tell whether it has changed.</summary>
    public string Source { get; set; } = "";

    /// <summary>Null where nothing is deployed.</summary>
    public CompiledStage? Compiled
    {
        get => _compiled;
        set => _compiled = value;
    }

    /// <summary>Why it does not run what is deployed to it; null where it does.</summary>
    public string? Fault { get; set; }

    /// <summary>What happened last.</summary>
    public GatewayTrace Trace { get; } = new();

    /// <summary>Open connections.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _connections.Count;
            }
        }
    }

    public void Add(GatewayConnection connection)
    {
        lock (_lock)
        {
            _connections.Add((connection.Number, connection));
        }
    }

    public void Remove(GatewayConnection connection)
    {
        lock (_lock)
        {
            _connections.Remove((connection.Number, null));
        }
    }

    /// <summary>Open connections, the newest first; those that come meanwhile are on no later page, and none is there twice.</summary>
    /// <param name="most">From 1.</param>
    /// <param name="before">The last of the page before; null for the first.</param>
    public (Page<GatewayConnection> Page, int Count) List(int most, long? before)
    {
        lock (_lock)
        {
            var rest = before is { } end ? _connections.GetViewBetween((0, null), (Math.Max(0, end - 1), null)) : _connections;
            return (Page.Of([.. rest.Reverse().Take(most + 1).Select(c => c.Connection!)], most, c => c.Number), _connections.Count);
        }
    }

    /// <summary>It was deleted; one of its name that is made later is another.</summary>
    public bool IsGone
    {
        get => _isGone;
        set => _isGone = value;
    }
}
