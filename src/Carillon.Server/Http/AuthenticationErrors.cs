using Carillon.Wire.SigV4;

namespace Carillon.Server.Http;

/// <summary>What AWS answers to one kind of refusal, in each of its protocols.</summary>
/// <param name="Name">The exception's name in rest-json and in JSON 1.1.</param>
/// <param name="RestStatus">rest-json: Chime, @connections, API Gateway, Lambda.</param>
/// <param name="RpcStatus">JSON 1.1: Kinesis.</param>
/// <param name="QueryCode">The <c>Code</c> in XML: STS, IAM.</param>
/// <param name="Message">Null when the fault has its own sentence.</param>
/// <param name="QueryMessage">Null when the query protocol says the same.</param>
internal sealed record AuthenticationError(
    string Name, int RestStatus, int RpcStatus, string QueryCode, int QueryStatus,
    string? Message = null, string? QueryMessage = null);

/// <summary>Why a request was not taken for its sender's, ready to be answered.</summary>
/// <param name="Message">For rest-json and JSON 1.1.</param>
/// <param name="QueryMessage">For the query protocol.</param>
internal sealed record AuthenticationFault(AuthenticationError Error, string Message, string QueryMessage);

/// <summary>The table from reasons to answers.</summary>
internal static class AuthenticationErrors
{
    public static readonly AuthenticationError MissingToken = new(
        "MissingAuthenticationTokenException", 403, 400, "MissingAuthenticationToken", 403,
        "Missing Authentication Token", "Request is missing Authentication Token");

    public static readonly AuthenticationError Incomplete = new(
        "IncompleteSignatureException", 403, 400, "IncompleteSignature", 400);

    public static readonly AuthenticationError UnknownToken = new(
        "UnrecognizedClientException", 403, 400, "InvalidClientTokenId", 403,
        "The security token included in the request is invalid.");

    public static readonly AuthenticationError InvalidSignature = new(
        "InvalidSignatureException", 403, 400, "SignatureDoesNotMatch", 403);

    public static readonly AuthenticationError ExpiredToken = new(
        "ExpiredTokenException", 403, 400, "ExpiredToken", 403,
        "The security token included in the request is expired");

    // The query protocol's names are AWS's; for the others no answer is known, so theirs follow the pattern.
    public static readonly AuthenticationError MalformedPath = new(
        "InvalidURIPathException", 400, 400, "InvalidURIPath", 400);

    public static readonly AuthenticationError MalformedQuery = new(
        "MalformedQueryStringException", 400, 400, "MalformedQueryString", 400);

    public static AuthenticationFault Of(SigV4Fault fault)
    {
        var error = Of(fault.Reason);
        var message = error.Message ?? fault.Message;
        return new(error, message, error.QueryMessage ?? message);
    }

    /// <param name="fault">Anything but None.</param>
    public static AuthenticationFault Of(CredentialFault fault)
    {
        var error = fault == CredentialFault.Expired ? ExpiredToken : UnknownToken;
        return new(error, error.Message!, error.Message!);
    }

    public static AuthenticationError Of(SigV4Reason reason) => reason switch
    {
        SigV4Reason.MalformedPath => MalformedPath,
        SigV4Reason.MalformedQueryString => MalformedQuery,
        SigV4Reason.MissingAuthentication => MissingToken,
        SigV4Reason.UnsupportedAlgorithm => Incomplete,
        SigV4Reason.MalformedAuthorization => Incomplete,
        SigV4Reason.MissingParameter => Incomplete,
        SigV4Reason.RepeatedParameter => Incomplete,
        SigV4Reason.MalformedDate => Incomplete,
        SigV4Reason.MalformedExpires => Incomplete,
        SigV4Reason.MalformedCredential => Incomplete,
        SigV4Reason.AmbiguousAuthentication => InvalidSignature,
        SigV4Reason.HostNotSigned => InvalidSignature,
        SigV4Reason.MalformedSignedHeaders => InvalidSignature,
        SigV4Reason.HeaderNotSigned => InvalidSignature,
        SigV4Reason.Expired => InvalidSignature,
        SigV4Reason.NotYetCurrent => InvalidSignature,
        SigV4Reason.WrongScope => InvalidSignature,
        SigV4Reason.SignatureMismatch => InvalidSignature,
        SigV4Reason.PayloadNotHashed => InvalidSignature,
        SigV4Reason.PayloadMismatch => InvalidSignature,
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };
}
