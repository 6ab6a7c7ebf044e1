namespace Carillon.Events.Core.Shows;

public interface IShowView
{
    /// <summary>Microseconds since 1970.</summary>
    long Now { get; }

    Show? ShowById(string id);

    Show? ShowByKey(long key);

    /// <summary>Any state but draft.</summary>
    Show? ShowBySlug(string slug);

    bool SlugTaken(string slug);

    /// <summary>Published shows that are not over, by their start; then those that ended within a day.</summary>
    IReadOnlyList<Show> ShowsOn(int limit);

    /// <summary>All shows, newest first.</summary>
    /// <param name="title">The folded beginning of titles; null for all.</param>
    /// <param name="before">The key of the last one that the page before had; null for the first page.</param>
    IReadOnlyList<Show> Shows(string? title, long? before, int limit);

    TicketCounts CountsOf(long show);
}

public interface IShowLedger : IShowView
{
    /// <returns>The key.</returns>
    long AddShow(string id, string slug, ShowDefinition definition, bool sample);

    /// <summary>Stores the definition under the next version.</summary>
    void PutDefinition(long show, ShowDefinition definition);

    void PutSlug(long show, string slug);

    void PutState(long show, ShowState state);

    /// <summary>A draft and all that hangs on it.</summary>
    void DeleteShow(long show);
}
