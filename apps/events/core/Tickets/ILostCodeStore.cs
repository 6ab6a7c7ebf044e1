namespace Carillon.Events.Core.Tickets;

public interface ILostCodeView : ITicketView
{
    /// <summary>Tickets of the show that were bought with the address, in any state, by number.</summary>
    /// <param name="address">Folded.</param>
    IReadOnlyList<Ticket> TicketsOfAddress(long show, string address, int limit);

    /// <summary>When the nth newest ask after <paramref name="since"/> was; null where there are fewer.</summary>
    long? AskOfAddress(byte[] address, long since, int nth);

    /// <inheritdoc cref="AskOfAddress"/>
    long? AskOfNetwork(byte[] network, long since, int nth);

    /// <inheritdoc cref="AskOfAddress"/>
    long? AskOfShow(long show, long since, int nth);

    /// <summary>Whether that many letters wait.</summary>
    bool LettersWait(int atLeast);

    /// <summary>The one that is due first; null where none is due.</summary>
    Letter? DueLetter();

    LostLink? LostLink(byte[] hash);

    LetterCounts LettersOf(long show);
}

public interface ILostCodeLedger : ILostCodeView, ITicketLedger
{
    /// <summary>Remembers who asked, and forgets those of before <paramref name="since"/>.</summary>
    void AddAsk(long show, byte[] address, byte[] network, long since);

    void AddLetter(long show, string address, string language, byte[] nonce);

    /// <summary>Counts a try with it.</summary>
    void PutLetterTaken(long key, long due);

    void PutLetterDue(long key, long due);

    void DeleteLetter(long key);

    void CountSent(long show);

    void CountFailed(long show, string why);

    /// <summary>Adds a link, or makes one that is there good for longer; forgets those that ran out a day ago.</summary>
    void PutLink(byte[] hash, long show, string address, long expires);

    void PutLinkPage(byte[] hash, byte[] page);
}

/// <param name="Address">Folded.</param>
/// <param name="Nonce">What the link's secret is derived from.</param>
/// <param name="Tries">How often it was taken.</param>
public sealed record Letter(long Key, long Show, string Address, string Language, byte[] Nonce, long Asked, long Due, long Tries);

/// <param name="Page">The hash of the page that made a code with it; null while none has.</param>
public sealed record LostLink(long Show, string Address, long Expires, byte[]? Page);

/// <param name="Waiting">Those that were tried and are to be tried again.</param>
/// <param name="Why">Of the last that could not be delivered.</param>
public sealed record LetterCounts(long Sent, long Waiting, long Failed, long? FailedAt, string? Why);
