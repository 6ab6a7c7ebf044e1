namespace Carillon.Server.Flows;

/// <summary>Wakes a loop that has something to do. A hint: what is to do stands in the store.</summary>
internal sealed class Bell
{
    private volatile TaskCompletionSource _rung = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Ring() => _rung.TrySetResult();

    /// <summary>
    /// Returns when it rings or has rung since it was last waited for, or after <paramref name="patience"/>. Whoever looks
    /// for work afterwards misses no ring: those that come later are for the next wait.
    /// </summary>
    public async Task Wait(TimeSpan patience, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            await _rung.Task.WaitAsync(patience, time, cancellation);
        }
        catch (TimeoutException)
        {
            // Time to look by itself.
        }

        _rung = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
