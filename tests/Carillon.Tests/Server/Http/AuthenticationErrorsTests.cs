using Carillon.Server.Http;
using Carillon.Wire.SigV4;
using Xunit;

namespace Carillon.Tests.Server.Http;

public class AuthenticationErrorsTests
{
    [Theory]
    [InlineData(SigV4Reason.MalformedPath, "InvalidURIPathException", 400, "InvalidURIPath", 400)]
    [InlineData(SigV4Reason.MalformedQueryString, "MalformedQueryStringException", 400, "MalformedQueryString", 400)]
    [InlineData(
        SigV4Reason.MissingAuthentication, "MissingAuthenticationTokenException", 403,
        "MissingAuthenticationToken", 403)]
    [InlineData(SigV4Reason.AmbiguousAuthentication, "InvalidSignatureException", 403, "SignatureDoesNotMatch", 403)]
    [InlineData(SigV4Reason.UnsupportedAlgorithm, "IncompleteSignatureException", 403, "IncompleteSignature", 400)]
    [InlineData(SigV4Reason.MalformedAuthorization, "IncompleteSignatureException", 403, "IncompleteSignature", 400)]
    [InlineData(SigV4Reason.MissingParameter, "IncompleteSignatureException", 403, "IncompleteSignature", 400)]
    [InlineData(SigV4Reason.RepeatedParameter, "IncompleteSignatureException", 403, "IncompleteSignature", 400)]
    [InlineData(SigV4Reason.HostNotSigned, "InvalidSignatureException", 403, "SignatureDoesNotMatch", 403)]
    [InlineData(SigV4Reason.MalformedSignedHeaders, "InvalidSignatureException", 403, "SignatureDoesNotMatch", 403)]
    [InlineData(SigV4Reason.HeaderNotSigned, "InvalidSignatureException", 403, "SignatureDoesNotMatch", 403)]
    [InlineData(SigV4Reason.MalformedDate, "IncompleteSignatureException", 403, "IncompleteSignature", 400)]
    [InlineData(SigV4Reason.MalformedExpires, "IncompleteSignatureException", 403, "IncompleteSignature", 400)]
    [InlineData(SigV4Reason.Expired, "InvalidSignatureException", 403, "SignatureDoesNotMatch", 403)]
    [InlineData(SigV4Reason.NotYetCurrent, "InvalidSignatureException", 403, "SignatureDoesNotMatch", 403)]
    [InlineData(SigV4Reason.MalformedCredential, "IncompleteSignatureException", 403, "IncompleteSignature", 400)]
    [InlineData(SigV4Reason.WrongScope, "InvalidSignatureException", 403, "SignatureDoesNotMatch", 403)]
    [InlineData(SigV4Reason.SignatureMismatch, "InvalidSignatureException", 403, "SignatureDoesNotMatch", 403)]
    [InlineData(SigV4Reason.PayloadNotHashed, "InvalidSignatureException", 403, "SignatureDoesNotMatch", 403)]
    [InlineData(SigV4Reason.PayloadMismatch, "InvalidSignatureException", 403, "SignatureDoesNotMatch", 403)]
    public void A_reason_has_its_answer(SigV4Reason reason, string name, int rest, string code, int query)
    {
        var error = AuthenticationErrors.Of(reason);

        Assert.Equal((name, rest, code, query), (error.Name, error.RestStatus, error.QueryCode, error.QueryStatus));
        Assert.Equal(400, error.RpcStatus);
    }

    [Theory]
    [InlineData(nameof(CredentialFault.UnknownKey), "UnrecognizedClientException", "InvalidClientTokenId")]
    [InlineData(nameof(CredentialFault.TokenMismatch), "UnrecognizedClientException", "InvalidClientTokenId")]
    [InlineData(nameof(CredentialFault.Expired), "ExpiredTokenException", "ExpiredToken")]
    public void A_credential_that_may_not_be_used_has_its_answer(string fault, string name, string code)
    {
        var error = AuthenticationErrors.Of(Enum.Parse<CredentialFault>(fault)).Error;

        Assert.Equal((name, 403, code, 403), (error.Name, error.RestStatus, error.QueryCode, error.QueryStatus));
    }

    [Fact]
    public void Every_reason_is_in_the_table() =>
        Assert.All(Enum.GetValues<SigV4Reason>(), reason => Assert.NotNull(AuthenticationErrors.Of(reason)));

    [Fact]
    public void A_fault_keeps_its_own_sentence_unless_the_answer_has_one()
    {
        var own = AuthenticationErrors.Of(new SigV4Fault(SigV4Reason.WrongScope, "what was wrong"));

        Assert.Equal(("what was wrong", "what was wrong"), (own.Message, own.QueryMessage));
    }
}
