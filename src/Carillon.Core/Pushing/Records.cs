using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Messages;

namespace Carillon.Core.Pushing;

public enum EndpointType
{
    Apns = 0,
    ApnsSandbox = 1,
    Gcm = 2,
}

/// <summary>Whether pushes go to an endpoint, and if not, why not.</summary>
public enum EndpointState
{
    Active = 0,
    InvalidDeviceToken = 1,
    InvalidResource = 2,
}

/// <summary>A device as its user registers it.</summary>
/// <param name="Resource">The ARN of the push application, as the user gave it; nothing here looks into it.</param>
/// <param name="VoipToken">For calls, on devices that ring by another token.</param>
public sealed record NewEndpoint(
    EndpointType Type, string Resource, string? Name, string Token, string? VoipToken, bool AllowMessages)
{
    // Tokens are secrets: printed by accident, this shows none.
    public override string ToString() => nameof(NewEndpoint);
}

/// <summary>A registered device.</summary>
public sealed record UserEndpoint(long Key, string Id, NewEndpoint Device, EndpointState State, Instant Created, Instant Updated)
{
    public override string ToString() => $"{nameof(UserEndpoint)} {Id}";
}

public enum Notifications
{
    All = 0,
    None = 1,
    Filtered = 2,
}

/// <summary>Which pushes of a channel a member wants.</summary>
/// <param name="Rule">A <see cref="FilterRule"/>; without effect unless FILTERED.</param>
public sealed record Preference(Notifications Allow, string? Rule);

/// <summary>A message in the outbox.</summary>
/// <param name="Position">Its place in the outbox.</param>
/// <param name="Address">Null once the channel is gone.</param>
/// <param name="After">Whoever stands at or before this has had its push.</param>
/// <param name="Attempts">Failed ones since the last that worked.</param>
public sealed record WaitingPush(
    long Position, ChannelKey Channel, ChannelAddress? Address, string MessageId, UserKey Sender, UserKey? Target, Push Push,
    string? Attributes, Instant Created, int Attempts, Progress After);

/// <summary>How far a push has come: its recipients stand in the order of person, then endpoint.</summary>
public readonly record struct Progress(UserKey Person, long Endpoint);

/// <summary>A device of a member that a push goes to, if the member's preference lets it through.</summary>
public sealed record Recipient(Person Person, UserEndpoint Endpoint, Preference? Preference)
{
    public Progress Place => new(Person.Key, Endpoint.Key);
}

/// <summary>Some of a push's recipients, handed over at once.</summary>
/// <param name="To">At most <see cref="Outbox.Slice"/>; empty where nobody is left.</param>
/// <param name="After">How far the push has come once these have it.</param>
/// <param name="Last">Nobody comes after them.</param>
public sealed record PushBatch(WaitingPush Push, IReadOnlyList<Recipient> To, Progress After, bool Last);
