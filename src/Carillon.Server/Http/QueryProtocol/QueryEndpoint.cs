using System.Text;
using Carillon.Server.Access;

namespace Carillon.Server.Http.QueryProtocol;

/// <summary>Carries requests of the query protocol between HTTP and the runner, once they are authenticated.</summary>
internal static class QueryEndpoint
{
    /// <param name="context">The request, whose body was read already, and the answer.</param>
    /// <param name="service">Whom the request is for, also if it could not be authenticated.</param>
    /// <param name="body">The form of a POST.</param>
    /// <param name="authentication">Whose request it is.</param>
    /// <param name="runner">Does it.</param>
    /// <param name="now">The time of the request.</param>
    public static async Task Answer(
        HttpContext context, QueryService service, ReadOnlyMemory<byte> body, Authentication authentication,
        QueryRunner runner, DateTimeOffset now)
    {
        var requestId = Guid.NewGuid().ToString();
        QueryAnswer answer;
        if (authentication.IsProven)
        {
            var form = HttpMethods.IsGet(context.Request.Method)
                ? Encoding.UTF8.GetBytes(context.Request.QueryString.Value?.TrimStart('?') ?? "")
                : body;
            answer = await runner.Run(
                service, form, authentication.Caller, Circumstance.Of(context, now, authentication.Claim.Region), requestId);
        }
        else
        {
            var fault = authentication.Fault;
            answer = QueryRunner.Error(
                service, new(fault.Error.QueryStatus, fault.Error.QueryCode, fault.QueryMessage), requestId);
        }

        var bytes = Encoding.UTF8.GetBytes(answer.Body);
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = "text/xml";
        context.Response.ContentLength = bytes.Length;
        context.Response.Headers["x-amzn-RequestId"] = requestId;
        await context.Response.Body.WriteAsync(bytes);
    }
}
