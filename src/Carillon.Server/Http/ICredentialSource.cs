namespace Carillon.Server.Http;

/// <summary>Where secrets are found.</summary>
internal interface ICredentialSource
{
    /// <summary>Null when the key may not be used; the fault then says why.</summary>
    /// <param name="accessKeyId">As claimed by a request; anything at all.</param>
    /// <param name="sessionToken">Null when the request carries none. A long-term key must not come with one, nor a
    /// temporary one without: both are TokenMismatch.</param>
    /// <remarks>Called for every signed request, on its thread, before the signature is proven.</remarks>
    Credential? Find(string accessKeyId, string? sessionToken, out CredentialFault fault);
}

internal enum CredentialFault
{
    None,
    UnknownKey,
    TokenMismatch,
    Expired,
}

/// <summary>A secret and whom it speaks for. Printing it never shows the secret.</summary>
internal sealed record Credential(string Secret, Caller Caller)
{
    public override string ToString() => $"{nameof(Credential)} {Caller.AccessKeyId}";
}
