namespace Carillon.Events.Core.Provisioning;

/// <summary>
/// Who comes first: the smaller number. It is the moment by which a seat should be there: the doors of its show, sooner
/// for tickets of the day, and never later than a week after it was sold, so that whoever waits long enough comes before
/// everybody who is sold a ticket afterwards: nothing starves.
/// </summary>
public static class Order
{
    /// <summary>By how much a ticket of the day goes before those of its show that were sold before. Ours.</summary>
    public const long Promotion = 12 * hour;

    /// <summary>The longest that a seat lets others with earlier doors go before. Ours.</summary>
    public const long Patience = 7 * 24 * hour;

    /// <summary>Tries of a seat before it is given up and shown. Ours.</summary>
    public const int MostTries = 6;

    private const long hour = 3600L * 1_000_000;

    /// <param name="doors">Of the show, microseconds; null where it has none.</param>
    /// <param name="queued">When the first of the line was sold.</param>
    /// <param name="due">When the first of the line may be taken again; counts for the lines Again and Taken.</param>
    public static long Urgency(SeatLine line, long? doors, long queued, long due) => line switch
    {
        SeatLine.AtTheDoor => long.MinValue,
        SeatLine.DayOf => (doors ?? queued + Patience) - Promotion,
        // Its place had come already.
        SeatLine.Again or SeatLine.Taken => Math.Min(due, doors ?? due) - Promotion,
        _ => Math.Min(doors ?? long.MaxValue, queued + Patience),
    };

    /// <summary>How long a seat waits after its n-th refusal: 2 s, 4 s, ..., a minute at most.</summary>
    public static long PauseAfter(int tries) => Math.Min(60, 1L << Math.Min(tries, 6)) * 1_000_000;
}
