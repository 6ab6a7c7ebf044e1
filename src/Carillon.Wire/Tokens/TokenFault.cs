namespace Carillon.Wire.Tokens;

public enum TokenFaultKind
{
    /// <summary>It is no token of the provider, or not for us.</summary>
    Invalid,

    /// <summary>It was valid once.</summary>
    Expired,

    /// <summary>It is the provider's, and says something that may not be believed.</summary>
    Rejected,

    /// <summary>The provider's keys cannot be had.</summary>
    Unreachable,
}

/// <summary>Why a token is not believed. The message is fit for the caller and holds nothing of the token.</summary>
public sealed class TokenFault(TokenFaultKind kind, string message) : Exception(message)
{
    public TokenFaultKind Kind { get; } = kind;

    public static TokenFault Invalid(string message) => new(TokenFaultKind.Invalid, message);
}
