namespace Carillon.Core.Identity;

/// <summary>How long the messages of an app instance are kept.</summary>
/// <param name="Days">1 to 5,475; null keeps them for ever.</param>
/// <param name="Set">When that was last changed; null where it never was.</param>
/// <param name="Floor">What was created then or before is gone for good, whatever the policy is now.</param>
public sealed record Retention(int? Days, Instant? Set, Instant Floor)
{
    /// <summary>
    /// After a change of the policy nothing is lost for so long, then everything as soon as it is past the period
    /// (developer guide, "Managing message retention", read 2026-11).
    /// </summary>
    public static readonly TimeSpan Grace = TimeSpan.FromDays(30);

    /// <summary>When messages past the period begin to be deleted; null while none is.</summary>
    public Instant? DeletionBegins => Days is null ? null : Set?.Plus(Grace);

    /// <summary>What was created then or before is out of sight.</summary>
    public Instant Hidden(Instant now) => Days is { } days && now.Plus(-TimeSpan.FromDays(days)) is var past && past > Floor
        ? past
        : Floor;

    /// <summary>What was created then or before is gone for good.</summary>
    public Instant Gone(Instant now) => DeletionBegins <= now ? Hidden(now) : Floor;

    public static Retention Of(IView view, string appId) => view.FindRetention(AppInstances.Find(view, appId).Key);

    /// <summary>
    /// Changes the period. What the policy before has taken for good stays gone; all else comes back into sight or leaves
    /// it at once. Setting what is set already changes nothing, so that a repeated request cannot put off a deletion.
    /// (AWS leaves that open.)
    /// </summary>
    /// <param name="days">Null switches it off.</param>
    public static Retention Put(ILedger ledger, string appId, int? days)
    {
        var app = AppInstances.Find(ledger, appId);
        var before = ledger.FindRetention(app.Key);
        if (before.Days == days)
        {
            return before;
        }

        var after = new Retention(days, ledger.Now, before.Gone(ledger.Now));
        ledger.SetRetention(app.Key, after);
        return after;
    }
}
