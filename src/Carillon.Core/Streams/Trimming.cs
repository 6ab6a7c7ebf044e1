namespace Carillon.Core.Streams;

/// <summary>
/// Deletes records that their stream keeps no longer, and changes the data key in time. Nobody can tell when it comes: what
/// has expired is not read, whether or not it is still there.
/// </summary>
public static class Trimming
{
    /// <summary>Does the next slice. False when nothing is left to do.</summary>
    public static bool Step(ILedger ledger)
    {
        if (ledger.IsStreamKeyWorn())
        {
            ledger.RotateStreamKey();
            return true;
        }

        return ledger.DeleteExpiredRecords(Purging.Slice);
    }
}
