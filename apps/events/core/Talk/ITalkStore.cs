using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Staff;
using Carillon.Events.Core.Stage;
using Carillon.Events.Core.Tickets;

namespace Carillon.Events.Core.Talk;

public interface ITalkView
{
    /// <summary>The show of a channel, and what tells whether it is as it was; null where it is none of ours.</summary>
    (long Show, long Version, long Updated)? ShowOfChannel(string channelArn);

    Said? Said(long show, string messageId);

    /// <summary>What stands in the queue, the oldest first.</summary>
    /// <param name="after">The key of the last one that the page before had; 0 for the first page.</param>
    IReadOnlyList<Said> Waiting(long show, long after, int limit);

    /// <summary>What a ticket said and can still be removed, the newest first.</summary>
    IReadOnlyList<Said> SentBy(long show, long number, int limit);

    /// <summary>What of a ticket is held.</summary>
    IReadOnlyList<Said> HeldOf(long show, long number, int limit);

    /// <summary>Why fans reported a message, the reason that was given first before the others.</summary>
    IReadOnlyList<ReportReason> ReportReasons(long show, string messageId, int limit);

    /// <summary>Held messages of any show that were judged before then, the oldest first.</summary>
    IReadOnlyList<Said> HeldBefore(long at, int limit);

    /// <summary>Messages that fans no longer see, and that the platform still has.</summary>
    IReadOnlyList<string> Hidden(long show, int limit);

    Talker TalkerOf(long show, long number);

    TalkCounts TalkCountsOf(long show);

    Pin? PinOf(long show);

    /// <summary>The newest first.</summary>
    /// <param name="before">The key of the last one that the page before had; null for the first page.</param>
    IReadOnlyList<LogEntry> Log(long show, long? before, int limit);

    LogEntry? LogEntry(long show, long key);

    /// <summary>The last time that this was done to a ticket and not taken back.</summary>
    /// <param name="act">One of <see cref="Acts"/>.</param>
    LogEntry? NewestOf(long show, long number, string act);

    /// <summary>The words that hold for every show.</summary>
    CommonWords CommonWords();

    /// <summary>Rises with each change of them.</summary>
    long CommonWordsVersion();

    /// <summary>Those who have entered, by number.</summary>
    /// <param name="state">Null for all; not looked at where something is searched.</param>
    /// <param name="search">Null for all: a number, or the beginning of a nickname.</param>
    IReadOnlyList<Person> People(long show, PersonState? state, string? search, long after, int limit);

    Person? PersonOf(long show, long number);

    /// <summary>What is due, the oldest first.</summary>
    IReadOnlyList<Errand> DueErrands(int limit);

    Errand? Errand(long key);

    Errand? ErrandOf(long show, ErrandKind kind, string messageId);
}

public interface ITalkLedger : ITalkView
{
    /// <returns>The key.</returns>
    long AddSaid(Said said);

    /// <summary>Stores state, reason, place in the queue, reports; counts what changed.</summary>
    void PutSaid(Said before, Said after);

    void PutTalker(Talker talker);

    void AddRemoved(long show, long number, long change);

    /// <returns>False where this ticket reported the message before.</returns>
    bool AddReport(long show, string messageId, long number, string? reason);

    /// <summary>Stores them under the next version.</summary>
    void PutCommonWords(IReadOnlyList<WordRule> words, string by);

    void PutPin(long show, Pin? pin);

    /// <returns>The entry with its key.</returns>
    LogEntry AddLog(LogEntry entry);

    void PutUndone(long key, long by);

    /// <summary>Adds an errand, taken where it is due now; a ban's takes the place of the one that is there.</summary>
    /// <returns>With its key; null where the platform is to be told the same already.</returns>
    Errand? AddErrand(Errand errand);

    /// <returns>False where it is gone or may have gone out: then it cannot be called off.</returns>
    bool CallOff(long show, ErrandKind kind, string messageId);

    /// <summary>From now on it cannot be called off. False where it is gone.</summary>
    bool TakeErrand(long key);

    /// <summary>Tries again then, once it was tried in vain.</summary>
    void PostponeErrand(long key, long due);

    /// <summary>It is done.</summary>
    void EndErrand(long key);

    /// <summary>Redactions that could still be called off are due now.</summary>
    void HastenRedactions();

    /// <summary>The part of an elastic channel that the ticket's user is in now.</summary>
    void PutSubChannel(long show, long number, string? subChannelId);
}

/// <summary>All that the desk reads and changes.</summary>
public interface IDeskLedger : ITalkLedger, ITicketLedger, IShowLedger, IStaffView, IStageView
{
    /// <summary>Microseconds since 1970.</summary>
    new long Now { get; }
}
