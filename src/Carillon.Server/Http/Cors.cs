namespace Carillon.Server.Http;

/// <summary>
/// Lets browsers call the API from other origins, as the chat demos do. Requests carry signatures and never cookies, so
/// an origin gains nothing by calling that its user's keys don't give it.
/// </summary>
internal sealed class Cors(IReadOnlyList<string> allowedOrigins)
{
    private const string AllowedHeaders =
        "authorization, content-type, x-amz-date, x-amz-security-token, x-amz-content-sha256, x-amz-user-agent, "
        + "x-amz-target, x-amz-chime-bearer, amz-sdk-invocation-id, amz-sdk-request, x-amzn-trace-id";

    // Without x-amzn-ErrorType a browser's SDK falls back to the short code and its exceptions lose their type.
    private const string ExposedHeaders = "x-amzn-ErrorType, x-amzn-RequestId, Date, Retry-After";

    private readonly bool _any = allowedOrigins.Contains("*");

    public bool Allows(string origin) => _any || allowedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase);

    /// <summary>Marks the answer as readable. True when the request was a preflight and is answered with that.</summary>
    public bool Apply(HttpContext http)
    {
        var request = http.Request;
        string? origin = request.Headers.Origin;
        if (string.IsNullOrEmpty(origin))
        {
            return false;
        }

        var headers = http.Response.Headers;
        var allowed = Allows(origin);
        if (allowed)
        {
            headers.AccessControlAllowOrigin = _any ? "*" : origin;
            headers.AccessControlExposeHeaders = ExposedHeaders;
        }

        if (!_any)
        {
            headers.Vary = "Origin";
        }

        if (!HttpMethods.IsOptions(request.Method) || !request.Headers.ContainsKey("Access-Control-Request-Method"))
        {
            return false;
        }

        if (allowed)
        {
            headers.AccessControlAllowMethods = "GET, POST, PUT, DELETE";
            headers.AccessControlAllowHeaders = AllowedHeaders;
            headers.AccessControlMaxAge = "600";
        }

        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return true;
    }
}
