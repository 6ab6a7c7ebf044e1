using Carillon.Server.Access;
using Carillon.Server.Http.JsonProtocol;
using Carillon.Server.Http.QueryProtocol;
using Carillon.Server.Operations.Access;
using Carillon.Wire.SigV4;
using Microsoft.AspNetCore.Http.Features;

namespace Carillon.Server.Http;

/// <summary>IAM and STS: forms posted to the root path, told apart by the scope of the signature.</summary>
internal sealed partial class QueryApi(
    Authenticator authenticator, AccessRoom room, JsonApi json, TimeProvider time, ILogger<QueryApi> log)
{
    private static readonly SigV4Policy Signing = new("sts", "iam") { Window = TimeSpan.FromMinutes(15) };

    /// <summary>Whether the request is one of the query protocol, or a browser's question before one.</summary>
    public static bool Owns(HttpContext http) => http.Request.Path == "/"
        && (HttpMethods.IsOptions(http.Request.Method) || HttpMethods.IsPost(http.Request.Method) || IsQuery(http.Request));

    private static bool IsQuery(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Query.ContainsKey("Action");

    /// <summary>Refuses an address that asks too often.</summary>
    public static async Task WriteThrottled(HttpContext http)
    {
        var requestId = Guid.NewGuid().ToString();
        Answers.Prepare(http, requestId);
        var answer = QueryRunner.Error(StsService.Service, new(400, "Throttling", "Rate exceeded"), requestId);
        http.Response.StatusCode = answer.Status;
        http.Response.ContentType = "text/xml";
        http.Response.Headers.RetryAfter = "1";
        await http.Response.WriteAsync(answer.Body, http.RequestAborted);
    }

    public async Task Handle(HttpContext http)
    {
        var requestId = Guid.NewGuid().ToString();
        Answers.Prepare(http, requestId);
        if (http.Request.Headers.ContainsKey("X-Amz-Target"))
        {
            // The services of the JSON protocol share this path.
            await json.Handle(http, requestId);
            return;
        }

        var answer = await Answer(http, requestId);
        http.Response.StatusCode = answer.Status;
        http.Response.ContentType = "text/xml";
        await http.Response.WriteAsync(answer.Body, http.RequestAborted);
    }

    private async Task<QueryAnswer> Answer(HttpContext http, string requestId)
    {
        // Which of the two it is, the signature's scope says; until it is proven, STS's shape serves for both.
        var service = StsService.Service;
        try
        {
            using var body = await RequestBody.Read(http);
            var form = IsQuery(http.Request) ? QueryOf(http) : body.Bytes;
            if (IsUnsigned(form))
            {
                return await new QueryRunner(room).Run(
                    service, form, Caller.Anonymous, Circumstance.Of(http, time.GetUtcNow(), region: null), requestId);
            }

            var authentication = authenticator.Authenticate(http, body.Bytes, Signing);
            if (!authentication.IsProven)
            {
                var fault = authentication.Fault;
                return QueryRunner.Error(
                    service, new(fault.Error.QueryStatus, fault.Error.QueryCode, fault.QueryMessage), requestId);
            }

            var claim = authentication.Claim;
            service = claim.Service == IamService.Service.Name ? IamService.Service : StsService.Service;
            var circumstance = Circumstance.Of(http, time.GetUtcNow(), claim.Region);
            return await new QueryRunner(room).Run(service, form, authentication.Caller, circumstance, requestId);
        }
        catch (ApiException e)
        {
            return QueryRunner.Error(service, new(e.Error.Status, e.Error.Code, e.Message), requestId);
        }
        catch (BadHttpRequestException)
        {
            return QueryRunner.Error(service, new(400, "ValidationError", "The request body cannot be read."), requestId);
        }
#pragma warning disable CA1031 // The last resort of a request: logged with its id, answered without a trace.
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            Failed(e, requestId);
            return QueryRunner.Error(service, new(500, "InternalFailure", "The service failed to process the request."), requestId);
        }
    }

    /// <summary>Whether the request asks for what takes no signature; one that it carries nevertheless says nothing.</summary>
    private static bool IsUnsigned(ReadOnlyMemory<byte> form)
    {
        try
        {
            return StsService.Service.Find(QueryForm.Parse(form.Span)["Action"]) is { IsUnsigned: true };
        }
        catch (QueryFault)
        {
            // Whoever signed it learns what is wrong with it.
            return false;
        }
    }

    private static ReadOnlyMemory<byte> QueryOf(HttpContext http)
    {
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        return System.Text.Encoding.ASCII.GetBytes(target[(target.IndexOf('?', StringComparison.Ordinal) + 1)..]);
    }

    [LoggerMessage(1003, LogLevel.Error, "A request of the query protocol failed; request {RequestId}.")]
    private partial void Failed(Exception exception, string requestId);
}
