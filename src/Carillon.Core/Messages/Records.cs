using Carillon.Core.Identity;

namespace Carillon.Core.Messages;

public enum MessageType
{
    Standard = 0,
    Control = 1,
}

public enum MessageState
{
    Sent = 0,
    Redacted = 1,
    Deleted = 2,
}

/// <summary>How far a message has come. Only under a channel flow is it ever anything but sent.</summary>
public enum MessageStatus
{
    Sent = 0,

    /// <summary>The flow's processor has it; nobody but its sender sees it.</summary>
    Pending = 1,
    Denied = 2,
    Failed = 3,
}

/// <summary>A message as it is now.</summary>
/// <param name="Sequence">Where its creation stands in the channel's log; 0 for a message that is not kept.</param>
/// <param name="Content">Null once redacted or deleted.</param>
/// <param name="Attributes">JSON in AWS's shape, <c>{"name":{"StringValues":["..."]}}</c>; checked when it came in.</param>
/// <param name="Target">Where set, only it and the sender see the message.</param>
public sealed record Message(
    string Id,
    ChannelKey Channel,
    long Sequence,
    MessageType Type,
    bool Persistent,
    Person Sender,
    string? Content,
    string? Metadata,
    string? Attributes,
    string? ContentType,
    Person? Target,
    Instant Created,
    Instant Updated,
    Instant? Edited,
    MessageState State)
{
    public MessageStatus Status { get; init; }

    /// <summary>Why it failed, for its sender; null for any other status.</summary>
    public string? StatusDetail { get; init; }

    public bool Redacted => State == MessageState.Redacted;

    public bool IsFor(UserKey user) => Target is null || Target.Key == user || Sender.Key == user;
}

/// <summary>Which part of a channel's history is asked for. Both bounds are inclusive.</summary>
public sealed record HistoryRange(bool Ascending, Instant? NotBefore, Instant? NotAfter);
