namespace Carillon.Server.Http;

/// <summary>An exception of the service models: long name for the header, short code for the body, HTTP status.</summary>
internal sealed record ApiError(string Name, string Code, int Status)
{
    public static readonly ApiError BadRequest = new("BadRequestException", "BadRequest", 400);
    public static readonly ApiError ResourceLimitExceeded = new("ResourceLimitExceededException", "ResourceLimitExceeded", 400);
    public static readonly ApiError Forbidden = new("ForbiddenException", "Forbidden", 403);

    /// <summary>IAM says no, as opposed to the bearer's role (Forbidden).</summary>
    public static readonly ApiError AccessDenied = new("AccessDeniedException", "AccessDenied", 403);
    public static readonly ApiError NotFound = new("NotFoundException", "NotFound", 404);
    public static readonly ApiError UnknownOperation = new("UnknownOperationException", "UnknownOperationException", 404);
    public static readonly ApiError Conflict = new("ConflictException", "Conflict", 409);
    public static readonly ApiError TooLarge = new("RequestEntityTooLargeException", "RequestEntityTooLarge", 413);
    public static readonly ApiError Throttled = new("ThrottledClientException", "Throttled", 429);
    public static readonly ApiError ServiceFailure = new("ServiceFailureException", "ServiceFailure", 500);
    public static readonly ApiError ServiceUnavailable = new("ServiceUnavailableException", "ServiceUnavailable", 503);
}

/// <summary>Ends a request with an error of the wire.</summary>
internal sealed class ApiException(ApiError error, string message) : Exception(message)
{
    public ApiError Error { get; } = error;

    public static ApiException Throttled(string rate) => new(ApiError.Throttled, $"Rate exceeded: {rate}.");
}
