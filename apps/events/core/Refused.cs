namespace Carillon.Events.Core;

/// <summary>Every reason for saying no. The API's table says which status each has; its name is the answer's <c>code</c>.</summary>
public enum Reason
{
    BadRequest,
    NotFound,
    ForeignOrigin,
    SignInNeeded,
    SignInUsed,
    SignInExpired,
    SignInInvalid,
    NotYours,
    Changed,
    WrongState,
    TooMany,
    UnknownCode,
    NotEntered,
    OnAnotherDevice,
    Revoked,
    Banned,
    Ended,
    NicknameTaken,
    NicknameRefused,
    NicknameNeeded,
    LettersOff,
    LinkInvalid,
    LinkUsed,
    LinkExpired,
    ChatOff,
    ChatPreparing,
    ChatUnavailable,
    Unavailable,
}

/// <summary>The answer is no.</summary>
/// <param name="details">Further members of the answer, camel case; null for none. Values: text, number, flag, time, lists of text.</param>
public sealed class Refused(Reason reason, IReadOnlyDictionary<string, object?>? details = null) : Exception(reason.ToString())
{
    public Reason Reason { get; } = reason;

    public IReadOnlyDictionary<string, object?> Details { get; } = details ?? new Dictionary<string, object?>();

    public Refused(Reason reason, string member, object? value)
        : this(reason, new Dictionary<string, object?> { [member] = value })
    {
    }
}
