namespace Carillon.Server.Http.QueryProtocol;

/// <summary>A request of the query protocol that is refused, with AWS's code and sentence.</summary>
internal sealed class QueryFault(int status, string code, string message) : Exception(message)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    public static QueryFault Invalid(string message) => new(400, "ValidationError", message);

    public static QueryFault AccessDenied(string message) => new(403, "AccessDenied", message);
}
