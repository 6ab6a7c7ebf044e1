using System.Net;

namespace Carillon.Kit;

/// <summary>The platform refused, or answered with something that is not an answer.</summary>
/// <param name="code">The error's name as AWS spells it, <c>ConflictException</c> or <c>EntityAlreadyExists</c>.</param>
public sealed class PlatformException(HttpStatusCode status, string code, string message)
    : Exception($"{(int)status} {code}: {message}")
{
    public HttpStatusCode Status { get; } = status;

    public string Code { get; } = code;

    /// <summary>How long the platform asks to be left alone; null where it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The key or its signature was refused: no other request would fare better.</summary>
    public bool IsOfTheKey => Code is "InvalidSignatureException" or "UnrecognizedClientException" or "ExpiredTokenException"
        or "SignatureDoesNotMatch" or "InvalidClientTokenId" or "ExpiredToken";

    /// <summary>The request was one too many. Nothing was done, and it may be sent again later.</summary>
    public bool IsThrottled => Status is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable
        || Code is "Throttling" or "ThrottlingException" or "LimitExceededException" or "ProvisionedThroughputExceededException";
}
