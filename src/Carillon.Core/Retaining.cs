namespace Carillon.Core;

/// <summary>
/// Deletes messages that their app instance's retention has taken for good, a slice of one channel a transaction. What
/// to delete next follows from the rows that are still there, so a restart goes on where it was.
/// </summary>
public static class Retaining
{
    /// <summary>Does the next slice. False when nothing is left to do.</summary>
    public static bool Step(ILedger ledger) => ledger.DeleteExpiredMessages(Purging.Slice) > 0;
}

public interface IRetentionLedger
{
    /// <summary>
    /// Deletes the oldest messages of one channel where they are gone for good, and returns how many. Their places in the
    /// log stay taken.
    /// </summary>
    int DeleteExpiredMessages(int most);
}
