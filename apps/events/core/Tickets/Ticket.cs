namespace Carillon.Events.Core.Tickets;

public enum TicketState
{
    Valid = 0,
    Revoked = 1,
    Banned = 2,
}

/// <summary>A ticket is its holder's identity: bans, nickname and device hang on it. Its code is kept as a hash.</summary>
/// <param name="Number">Counts from one in each show.</param>
/// <param name="UserId">Of its user on the platform.</param>
/// <param name="Reason">Why it was revoked or banned.</param>
/// <param name="Until">When a ban ends, microseconds; null for never.</param>
/// <param name="Entered">When it was first used, microseconds.</param>
/// <param name="PlatformTag">What its user was tagged with last; null for never.</param>
/// <param name="PlatformName">What its user was named last; null for never.</param>
/// <param name="Provisioned">Its user exists on the platform and is a member of the channel.</param>
public sealed record Ticket(
    long Show, long Number, string UserId, string Tier, string? Holder, string? Email, string? Reference, TicketState State,
    string? Reason, long? Until, string? Nickname, Device? Device, long? Entered, bool Provisioned, string? SubChannelId,
    long Created, string? PlatformTag, string? PlatformName)
{
    /// <summary>What the platform's user is to be tagged with: only the device that carries the same may speak for it.</summary>
    public string DeviceTag => State == TicketState.Revoked || Device is null ? NoDevice : Device.Tag;

    /// <summary>Whether the platform was told something that holds no longer. What it was never told needs no taking back.</summary>
    public bool NeedsSync => Provisioned
        && ((PlatformTag is not null && PlatformTag != DeviceTag) || (PlatformName is not null && PlatformName != Nickname));

    /// <summary>A tag that no session carries.</summary>
    private const string NoDevice = "none";

    /// <summary>The state as of now: a ban that has run out is none.</summary>
    public TicketState StateAt(long now) =>
        State == TicketState.Banned && Until is { } end && end <= now ? TicketState.Valid : State;
}

/// <summary>The browser that a ticket is used in.</summary>
/// <param name="Hash">Of the secret in its cookie.</param>
/// <param name="Name">Such as <c>Chrome on Android</c>.</param>
/// <param name="Tag">What the platform's user carries; public, and another with each device.</param>
/// <param name="Since">Microseconds since 1970.</param>
public sealed record Device(byte[] Hash, string Name, string Tag, long Since)
{
    public bool Is(ReadOnlySpan<byte> hash) =>
        System.Security.Cryptography.CryptographicOperations.FixedTimeEquals(Hash, hash);
}

/// <param name="Tier">One of the show's tiers.</param>
/// <param name="Reference">The shop's own number, which makes adding idempotent; null for none.</param>
public sealed record NewTicket(string Tier, string? Holder = null, string? Email = null, string? Reference = null);

/// <summary>Tickets that were made in one call: numbers without a gap.</summary>
public sealed record TicketBatch(long First, long Count)
{
    public bool Holds(long number) => number >= First && number < First + Count;
}

/// <summary>Which tickets a list shows.</summary>
public enum TicketFilter
{
    All,
    Valid,
    Revoked,
    Banned,
    Entered,
}
