using System.Collections.Concurrent;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Talk;

namespace Carillon.Events.Door;

/// <summary>Word lists, compiled once for each version of a show.</summary>
internal sealed class ShowWords
{
    /// <summary>Shows whose lists are kept. Our choice: a list that gave way is compiled again.</summary>
    private const int most = 64;

    private readonly ConcurrentDictionary<long, (long Version, WordList List)> known = [];

    public WordList Of(Show show)
    {
        if (known.TryGetValue(show.Key, out var found) && found.Version == show.Version) return found.List;
        var list = WordList.Of(show.Definition.Chat.Words);
        if (known.Count >= most) known.Clear();
        known[show.Key] = (show.Version, list);
        return list;
    }
}
