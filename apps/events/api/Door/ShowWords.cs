using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Store;
using Carillon.Events.Core.Talk;

namespace Carillon.Events.Door;

/// <summary>Word lists, compiled once for each version of a show, and of the list that holds for every show.</summary>
internal sealed class ShowWords(EventsStore store)
{
    /// <summary>Shows whose lists are kept. Our choice: a list that gave way is compiled again.</summary>
    private const int most = 64;

    private readonly Lock compiling = new();
    private readonly Dictionary<long, (long Version, WordList Own, long CommonVersion, WordList All)> known = [];
    private (long Version, WordList List) common;

    /// <summary>The show's own words and, unless it does without, the common ones; as they are on disk now, whoever put them there.</summary>
    public WordList Of(Show show)
    {
        var version = show.Definition.Chat.CommonWords ? store.Read(view => view.CommonWordsVersion()) : 0;
        // Of many messages that come after a change one compiles, and the others wait for it.
        lock (compiling)
        {
            if (known.TryGetValue(show.Key, out var found) && found.Version == show.Version && found.CommonVersion == version)
                return found.All;
            var own = found.Own is { } compiled && found.Version == show.Version ? compiled : WordList.Of(show.Definition.Chat.Words);
            if (known.Count >= most) known.Clear();
            known[show.Key] = (show.Version, own, version, version == 0 ? own : own.With(Common(version)));
            return known[show.Key].All;
        }
    }

    /// <summary>Words that are in force nowhere yet, with the common ones where the show has them.</summary>
    public WordList Of(Show show, IReadOnlyList<WordRule> words)
    {
        var own = WordList.Of(words);
        if (!show.Definition.Chat.CommonWords) return own;
        var version = store.Read(view => view.CommonWordsVersion());
        lock (compiling) return own.With(Common(version));
    }

    private WordList Common(long version)
    {
        if (common.Version == version && common.List is not null) return common.List;
        var now = store.Read(view => view.CommonWords());
        common = (now.Version, WordList.Of(now.Words, common: true));
        return common.List;
    }
}
