namespace Carillon.Core.Identity;

public sealed record AppInstance(
    AppKey Key, string Id, string Name, string? Metadata, Instant Created, Instant Updated);

/// <summary>How many there are in an app instance.</summary>
/// <param name="Users">Without the bots.</param>
public sealed record AppCounts(long Users, long Bots, long Channels);

public enum PersonKind
{
    User = 0,
    Bot = 1,
}

/// <summary>Names a user or bot the way ARNs do. It may not exist.</summary>
public readonly record struct PersonAddress(string AppId, PersonKind Kind, string Id);

/// <summary>Who did or is something: what AWS calls an Identity. Its name is the current one, also on old messages.</summary>
public sealed record Person(UserKey Key, AppKey App, string AppId, PersonKind Kind, string Id, string? Name)
{
    public PersonAddress Address => new(AppId, Kind, Id);
}

public enum ExpirationCriterion
{
    CreatedTimestamp = 0,
    LastMessageTimestamp = 1,
}

/// <param name="Days">1 to 5,475.</param>
public sealed record Expiration(int Days, ExpirationCriterion Criterion)
{
    public Instant After(Instant start) => start.Plus(TimeSpan.FromDays(Days));
}

public sealed record AppUser(
    Person Person, string? Metadata, Expiration? Expiration, Instant Created, Instant Updated);

public sealed record Admin(Person Person, Instant Created);

public sealed record Tag(string Key, string Value);
