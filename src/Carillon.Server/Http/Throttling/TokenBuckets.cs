using System.Collections.Concurrent;

namespace Carillon.Server.Http.Throttling;

/// <summary>Token buckets by rate and key. A full bucket is as good as none, so idle ones cost nothing for long.</summary>
internal sealed class TokenBuckets(TimeProvider time)
{
    /// <summary>Buckets that are kept without looking which are idle. Ours.</summary>
    public const int Floor = 10_000;

    private readonly ConcurrentDictionary<(Rate Rate, string Key), Bucket> _buckets = new();
    private int _sweepAt = Floor;

    public int Count => _buckets.Count;

    /// <summary>Takes tokens; false where there is none.</summary>
    /// <param name="amount">Where fewer are there, and one at least, the bucket owes the rest.</param>
    public bool TryTake(Rate rate, string key, double amount = 1)
    {
        var bucket = _buckets.GetOrAdd((rate, key), static (id, now) => new Bucket(id.Rate.Burst, now), time.GetTimestamp());
        lock (bucket)
        {
            bucket.Fill(rate, time);
            if (bucket.Tokens < 1)
            {
                return false;
            }

            bucket.Tokens -= amount;
        }

        SweepIfMany();
        return true;
    }

    /// <summary>Undoes a take of a request that another rate refused.</summary>
    public void GiveBack(Rate rate, string key, double amount = 1)
    {
        if (_buckets.TryGetValue((rate, key), out var bucket))
        {
            lock (bucket)
            {
                bucket.Tokens = Math.Min(rate.Burst, bucket.Tokens + amount);
            }
        }
    }

    /// <summary>Drops what is full again. Each bucket pays for one look, so many keys cost each of them little.</summary>
    private void SweepIfMany()
    {
        var limit = Volatile.Read(ref _sweepAt);
        if (_buckets.Count < limit || Interlocked.CompareExchange(ref _sweepAt, int.MaxValue, limit) != limit)
        {
            return;
        }

        foreach (var (id, bucket) in _buckets)
        {
            lock (bucket)
            {
                bucket.Fill(id.Rate, time);
                if (bucket.Tokens >= id.Rate.Burst)
                {
                    _buckets.TryRemove(id, out _);
                }
            }
        }

        Volatile.Write(ref _sweepAt, Math.Max(Floor, _buckets.Count * 2));
    }

    private sealed class Bucket(double tokens, long now)
    {
        private long _at = now;

        public double Tokens { get; set; } = tokens;

        public void Fill(Rate rate, TimeProvider time)
        {
            var now = time.GetTimestamp();
            Tokens = Math.Min(rate.Burst, Tokens + (time.GetElapsedTime(_at, now).TotalSeconds * rate.PerSecond));
            _at = now;
        }
    }
}
