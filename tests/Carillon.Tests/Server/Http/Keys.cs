using Carillon.Server.Http;
using Carillon.Tests.Wire.SigV4;

namespace Carillon.Tests.Server.Http;

/// <summary>One key, whose circumstances a test may change.</summary>
internal sealed class Keys : ICredentialSource
{
    public string Secret { get; set; } = SignedRequest.Secret;

    public string? Token { get; set; }

    public bool Known { get; set; } = true;

    public CredentialFault Fault { get; set; }

    public int Asked { get; private set; }

    public Caller Caller { get; set; } = new(
        "arn:aws:iam::123456789012:user/ann", "123456789012", "AIDAEXAMPLE", SignedRequest.AccessKeyId, null, null);

    public Credential? Find(string accessKeyId, string? sessionToken, out CredentialFault fault)
    {
        Asked++;
        fault = !Known || accessKeyId != SignedRequest.AccessKeyId ? CredentialFault.UnknownKey
            : sessionToken != Token ? CredentialFault.TokenMismatch
            : Fault;
        return fault == CredentialFault.None ? new Credential(Secret, Caller) : null;
    }
}
