using System.Collections.Concurrent;

namespace Carillon.Server.Gateway;

/// <summary>Gives equal texts the same string. What it holds is bounded, as strangers choose it: when it is full it begins anew.</summary>
internal sealed class SharedTexts
{
    private const int Most = 1_024;
    private const int Longest = 512;

    private readonly ConcurrentDictionary<string, string> _texts = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>The same text; the same string for all where it is kept.</summary>
    public string Share(string text)
    {
        if (_texts.TryGetValue(text, out var kept))
        {
            return kept;
        }

        if (text.Length > Longest)
        {
            return text;
        }

        if (Interlocked.Increment(ref _count) > Most)
        {
            _texts.Clear();
            Volatile.Write(ref _count, 0);
        }

        return _texts.GetOrAdd(text, text);
    }
}
