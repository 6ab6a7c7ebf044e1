using Carillon.Core.Channels;
using Carillon.Core.Messages;

namespace Carillon.Core.Flows;

/// <summary>What becomes of a message whose processor cannot be reached.</summary>
public enum FallbackAction
{
    /// <summary>It is delivered as if the processor had let it pass.</summary>
    Continue = 0,

    /// <summary>It fails.</summary>
    Abort = 1,
}

/// <summary>Who looks at messages before anyone else does.</summary>
/// <param name="Function">ARN of a Lambda function; the settings say how it is reached.</param>
/// <param name="Order">1 to 3; kept and told, and without effect while a flow has one processor.</param>
public sealed record FlowProcessor(string Name, string Function, int Order, FallbackAction Fallback);

/// <summary>What the messages of the channels associated with it pass.</summary>
public sealed record Flow(
    FlowKey Key, AppKey App, string AppId, string Id, string Name, IReadOnlyList<FlowProcessor> Processors,
    Instant Created, Instant Updated)
{
    public FlowAddress Address => new(AppId, Id);
}

/// <summary>How far a held message has come; the numbers are stored. The last three are final.</summary>
public enum PendingState
{
    /// <summary>Its processor is still to be called.</summary>
    Waiting = 0,

    /// <summary>Its processor has it and is to call back.</summary>
    HandedOver = 1,
    Sent = 2,
    Denied = 3,
    Failed = 4,
}

/// <summary>A message, or a new content of one, that a channel flow holds or has held.</summary>
/// <param name="Key">0 before it is stored.</param>
/// <param name="CallbackId">32 hexadecimal digits that nobody can guess.</param>
/// <param name="Edits">It is a new content of a message that is there already.</param>
/// <param name="Message">Its content is gone once it is sent, denied, or failed and not kept for its sender.</param>
/// <param name="Push">For the delivery; the processor may replace it.</param>
/// <param name="Function">Of the processor, as it was when the message came: a changed flow changes only what follows.</param>
/// <param name="Detail">Why it failed.</param>
/// <param name="Ends">While it is open, when it fails for want of a callback; later, when it is forgotten.</param>
public sealed record PendingMessage(
    long Key, ChannelAddress Channel, string CallbackId, bool Edits, PendingState State, Message Message, Push? Push,
    string Function, FallbackAction Fallback, Instant Asked, string? Detail, Instant Ends)
{
    public bool Open => State is PendingState.Waiting or PendingState.HandedOver;

    public MessageStatus Status => State switch
    {
        PendingState.Sent => MessageStatus.Sent,
        PendingState.Denied => MessageStatus.Denied,
        PendingState.Failed => MessageStatus.Failed,
        _ => MessageStatus.Pending,
    };

    /// <summary>Its sender can ask for it. What was denied is not stored, and nothing is kept of what is not persistent.</summary>
    public bool Tells => Open || (State == PendingState.Failed && Message.Persistent);
}

/// <summary>What a processor says of a message. What is null stays as the sender wrote it.</summary>
public sealed record Verdict(
    bool Deny, string? Content, string? Metadata, string? Attributes, string? ContentType, Push? Push);
