namespace Carillon.Core;

// Keys are ours and small; they never leave the server. What clients see are the ids inside ARNs.

public readonly record struct AppKey(long Value);

public readonly record struct UserKey(long Value);

public readonly record struct ChannelKey(long Value);

public readonly record struct FlowKey(long Value);
