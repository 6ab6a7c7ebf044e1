namespace Carillon.Server.Gateway;

/// <summary>A handshake that asked for a stage which does not run.</summary>
/// <param name="At">Milliseconds since 1970.</param>
/// <param name="Stage">As it was asked for, shortened.</param>
/// <param name="SourceIp">Whose it was.</param>
internal readonly record struct StrayHandshake(long At, string Stage, string SourceIp);

/// <summary>The last stray handshakes of an API, in memory: there is no stage that could have them among its events.</summary>
internal sealed class StrayHandshakes
{
    /// <summary>How many are kept. Ours.</summary>
    public const int Most = 16;

    private readonly Lock _lock = new();
    private readonly Queue<StrayHandshake> _last = new();

    public void Add(StrayHandshake handshake)
    {
        lock (_lock)
        {
            if (_last.Count == Most)
            {
                _last.Dequeue();
            }

            _last.Enqueue(handshake);
        }
    }

    /// <summary>In their order.</summary>
    public IReadOnlyList<StrayHandshake> Read()
    {
        lock (_lock)
        {
            return [.. _last];
        }
    }
}
