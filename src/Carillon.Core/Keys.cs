namespace Carillon.Core;

// Keys are ours and small; they never leave the server. What clients see are the ids inside ARNs.

public readonly record struct AppKey(long Value);

public readonly record struct UserKey(long Value);

/// <summary>
/// A channel and its log. Above zero; below it for the log of a sub-channel, which has a place in the same key space, so
/// that messages, events, members and rooms need not know the difference.
/// </summary>
public readonly record struct ChannelKey(long Value);

/// <summary>A log that a member hears, and the channel it is part of: the same key where there are no sub-channels.</summary>
public readonly record struct HeardLog(ChannelKey Log, ChannelKey Channel);

public readonly record struct FlowKey(long Value);
