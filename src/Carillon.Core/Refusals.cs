namespace Carillon.Core;

/// <summary>Every reason for saying no. The server's table turns each into AWS's status, exception and message.</summary>
public enum Reason
{
    /// <summary>The input breaks a rule that only the domain knows; the detail says which.</summary>
    InvalidInput,

    // Who is asking, and about what. An absent thing and a hidden one are refused alike.
    BearerUnknown,
    AppInstanceUnknown,
    UserUnknown,
    ChannelUnknown,
    SubChannelUnknown,

    /// <summary>What was to be tagged is not there.</summary>
    ResourceUnknown,
    NotAllowed,
    MemberBanned,
    ModeratorCannotBeBanned,

    // A part of something the caller may see is not there.
    MemberUnknown,
    ModeratorUnknown,
    BanUnknown,
    AdminUnknown,
    MessageUnknown,
    FlowUnknown,

    /// <summary>No message waits for this callback in the channel, or it came too late.</summary>
    CallbackUnknown,
    BotUnknown,
    StreamingUnknown,
    EndpointUnknown,

    /// <summary>No data stream has this name.</summary>
    StreamUnknown,

    /// <summary>The detail is its id.</summary>
    ShardUnknown,

    // It is there already, or in the way.
    UserExists,
    ChannelExists,
    MemberExists,
    ModeratorExists,
    BanExists,
    AdminExists,
    StreamExists,
    TokenReused,
    MessageRedacted,

    /// <summary>A flow still holds the last update of the message.</summary>
    MessagePending,

    /// <summary>The channel has a flow already.</summary>
    FlowAssociated,

    /// <summary>Channels still use the flow.</summary>
    FlowInUse,
    CallbackAnswered,

    // Roles, and the policies written into them.
    RoleUnknown,
    RolePolicyUnknown,
    RoleExists,

    /// <summary>It still holds what must be deleted first.</summary>
    RoleInUse,

    // Users, keys, managed policies and identity providers of IAM; the detail says which.
    IamEntityUnknown,
    IamEntityExists,
    IamEntityInUse,

    /// <summary>One of AWS's own policies, which only AWS changes.</summary>
    PolicyNotOurs,

    /// <summary>Logins of one request that are of different identities.</summary>
    LoginsDiffer,

    // Lambda functions.
    FunctionUnknown,
    FunctionExists,
    FunctionPermissionUnknown,
    FunctionPermissionExists,

    /// <summary>The function was changed since the caller read it.</summary>
    FunctionRevisionPassed,

    /// <summary>Too many asynchronous invocations wait.</summary>
    FunctionEventsFull,
    // Parts of WebSocket APIs; the detail says which.
    GatewayUnknown,
    GatewayExists,
    GatewayInUse,

    /// <summary>A quota is used up; the detail names it.</summary>
    QuotaReached,

    // The server, not the caller.
    /// <summary>The queue before the disk is full; nothing was done, and a retry may succeed.</summary>
    Busy,

    /// <summary>The store did not take the change; it is not acknowledged.</summary>
    StoreUnavailable,
}

/// <summary>A request that is refused. It changes nothing.</summary>
public sealed class Refusal(Reason reason, string? detail = null)
    : Exception(detail is null ? reason.ToString() : $"{reason}: {detail}")
{
    public Reason Reason { get; } = reason;

    /// <summary>A sentence for the caller where the reason alone does not say enough.</summary>
    public string? Detail { get; } = detail;
}
