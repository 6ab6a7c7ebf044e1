using Carillon.Events.Core.Shows;

namespace Carillon.Events.Core.Talk;

/// <summary>The words that hold for every show of the installation, but for those that do without.</summary>
/// <param name="Updated">Microseconds; 0 while nobody has changed them.</param>
/// <param name="By">Who changed them last.</param>
public sealed record CommonWords(IReadOnlyList<WordRule> Words, long Version, long Updated, string By)
{
    /// <summary>Stores them over the version that whoever asks began with. They are checked already (<see cref="Moderation.CheckRules"/>).</summary>
    /// <exception cref="Refused">Changed with <c>current</c>: somebody else stored others meanwhile.</exception>
    public static CommonWords Put(ITalkLedger ledger, IReadOnlyList<WordRule> words, long version, string by)
    {
        var before = ledger.CommonWords();
        if (before.Version != version) throw new Refused(Reason.Changed, "current", before.Version);
        ledger.PutCommonWords(words, by);
        return ledger.CommonWords();
    }
}
