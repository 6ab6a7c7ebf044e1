namespace Carillon.Events.Core.Tickets;

public interface ITicketView
{
    /// <summary>Microseconds since 1970.</summary>
    long Now { get; }

    /// <summary>Whether there is any, of any show.</summary>
    bool HasTickets();

    Ticket? Ticket(long show, long number);

    Ticket? TicketByCode(long show, byte[] codeHash);

    /// <summary>By the platform's user id.</summary>
    Ticket? TicketByUser(string userId);

    Ticket? TicketByReference(long show, string reference);

    /// <summary>The ticket of the show that this device holds.</summary>
    Ticket? TicketByDevice(long show, byte[] deviceHash);

    /// <summary>The ticket of the show that this device held until another took it over.</summary>
    Ticket? TicketLostBy(long show, byte[] deviceHash);

    /// <summary>Whether another ticket's nickname looks so.</summary>
    /// <param name="key">One of <see cref="Folding.LookKeys"/>.</param>
    bool NicknameTaken(long show, string key, long exceptNumber);

    /// <summary>Those whose user on the platform is to be told something, the oldest first.</summary>
    IReadOnlyList<Ticket> TicketsOutOfDate(int limit);

    /// <summary>The tickets that were made under this name; null for none, or once it is a day ago.</summary>
    TicketBatch? Batch(long show, string reference);

    /// <summary>By number, rising.</summary>
    /// <param name="search">Null for all: a number, however it is grouped, or the folded beginning of a holder, nickname or reference.</param>
    /// <param name="after">0 for the first page.</param>
    IReadOnlyList<Ticket> Tickets(long show, TicketFilter filter, string? search, long after, int limit);
}

public interface ITicketLedger : ITicketView
{
    /// <summary>Takes <paramref name="count"/> numbers and answers with the first.</summary>
    long TakeNumbers(long show, int count);

    /// <summary>Adds a valid ticket, counted. False when the code's hash is taken.</summary>
    bool AddTicket(long show, long number, string userId, byte[] codeHash, NewTicket ticket, string? holderFolded);

    /// <summary>Remembers what was made in one call, for a day.</summary>
    void AddBatch(long show, string reference, TicketBatch batch);

    void PutCode(long show, long number, byte[] codeHash);

    /// <summary>Changes the state, and the counts with it.</summary>
    void PutTicketState(Ticket ticket, TicketState state, string? reason, long? until);

    /// <summary>Null leaves it with none. Whoever was there before is remembered as the one who lost it.</summary>
    void PutDevice(Ticket ticket, Device? device);

    /// <summary>The browser goes by another secret, for every ticket that it has or had.</summary>
    void RenameDevice(byte[] oldHash, byte[] newHash);

    /// <summary>First entry, counted once.</summary>
    void PutEntered(Ticket ticket);

    /// <summary>Its user on the platform is to be told of its device and name, now or when the platform can be reached.</summary>
    void AskForSync(long show, long number);

    /// <summary>What the platform was told; null is not told anew.</summary>
    void PutSynced(long show, long number, string? tag, string? name);

    /// <summary>The platform need not be told any more.</summary>
    void DeleteSync(long show, long number);

    /// <summary>Somebody waits for it to be provisioned.</summary>
    void PutWanted(long show, long number);

    void PutNickname(long show, long number, string nickname, IReadOnlyList<string> lookKeys);
}
