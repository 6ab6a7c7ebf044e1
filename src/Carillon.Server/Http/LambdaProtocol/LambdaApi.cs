using System.Text.Json;
using System.Text.Json.Serialization;
using Carillon.Core;
using Carillon.Server.Functions;
using Carillon.Server.Operations.Lambda;
using Carillon.Wire;
using Carillon.Wire.SigV4;
using Microsoft.AspNetCore.Http.Features;

namespace Carillon.Server.Http.LambdaProtocol;

/// <summary>The way of a request to Lambda: operation, size, signature, and then what the operation says.</summary>
internal sealed partial class LambdaApi(
    Authenticator authenticator, PolicyGate gate, FunctionRoom room, FunctionInvoker invoker, ILogger<LambdaApi> log) : IDisposable
{
    private static readonly SigV4Policy _signing = new("lambda") { Window = TimeSpan.FromMinutes(15) };

    /// <summary>Bodies above this wait for one another, because they are held in memory before their signature can be verified. Ours.</summary>
    private const int Large = 8 * 1024 * 1024;

    private readonly SemaphoreSlim _large = new(2);

    public static bool Owns(HttpContext http) => http.Request.Path.StartsWithSegments("/2015-03-31", StringComparison.Ordinal)
        || http.Request.Path.StartsWithSegments("/carillon/functions", StringComparison.Ordinal);

    public static Task WriteThrottled(HttpContext http)
    {
        Answers.Prepare(http, Answers.NewRequestId());
        return Write(http, LambdaFault.Throttled("CallerRateLimitExceeded"));
    }

    public async Task Handle(HttpContext http)
    {
        var requestId = Answers.NewRequestId();
        Answers.Prepare(http, requestId);
        try
        {
            var raw = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;

            // ListFunctions has a slash at its end, in some clients CreateFunction has, too.
            var mark = raw.IndexOf('?', StringComparison.Ordinal);
            var path = (mark < 0 ? raw : raw[..mark]).TrimEnd('/');
            var target = RawTarget.Parse(mark < 0 ? path : path + raw[mark..])
                ?? throw LambdaFault.Invalid("The query holds a malformed escape.");
            var operation = LambdaService.Find(http.Request.Method, target)
                ?? throw new LambdaFault(404, "UnknownOperationException", "The service has no such operation.");
            if (!room.Enabled)
            {
                throw new LambdaFault(403, "AccessDeniedException", "Functions are off on this server; the setting Functions turns them on.");
            }

            await Run(http, operation, target, requestId);
        }
        catch (LambdaFault fault)
        {
            await Write(http, fault);
        }
        catch (Refusal refusal)
        {
            await Write(http, LambdaRefusals.Of(refusal));
        }
        catch (ApiException e)
        {
            await Write(http, new(e.Error.Status, e.Error.Name, e.Message));
        }
        catch (BadHttpRequestException)
        {
            await Write(http, LambdaFault.Content("The request body cannot be read."));
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to answer.
        }
#pragma warning disable CA1031 // The last resort of a request: logged with its id, answered without a trace.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Failed(e, requestId);
            await Write(http, new(500, "ServiceException", "An error occurred and the request cannot be processed."));
        }
    }

    private async Task Run(HttpContext http, LambdaOperation operation, RawTarget target, string requestId)
    {
        if (http.Request.ContentLength > operation.MostBody)
        {
            throw TooLarge(operation);
        }

        var isLarge = (http.Request.ContentLength ?? operation.MostBody) > Large;
        if (isLarge)
        {
            await _large.WaitAsync(http.RequestAborted);
        }

        try
        {
            using var body = await ReadBody(http, operation);
            var authentication = authenticator.Authenticate(http, body.Bytes, _signing);
            if (!authentication.IsProven)
            {
                var error = authentication.Fault.Error;
                throw new LambdaFault(error.RestStatus, error.Name, authentication.Fault.Message);
            }

            var call = new LambdaCall(http, target, operation, body.Bytes, authentication.Caller, gate, room, invoker, requestId);
            var answer = await operation.Handle(call);
            await Answers.Write(http, call.Status, answer);
        }
        finally
        {
            if (isLarge)
            {
                _large.Release();
            }
        }
    }

    private static async Task<RequestBody> ReadBody(HttpContext http, LambdaOperation operation)
    {
        try
        {
            return await RequestBody.Read(http, operation.MostBody);
        }
        catch (ApiException e) when (e.Error == ApiError.TooLarge)
        {
            throw TooLarge(operation);
        }
    }

    private static LambdaFault TooLarge(LambdaOperation operation)
    {
        var message = $"Request must be smaller than {operation.MostBody} bytes for the {operation.Name} operation";
        return operation == Invoke.Operation ? new(413, "RequestTooLargeException", message) : LambdaFault.TooLarge(message);
    }

    private static Task Write(HttpContext http, LambdaFault fault)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return Task.CompletedTask;
        }

        http.Response.Headers[Answers.ErrorTypeHeader] = fault.Type;
        if (fault.Status == StatusCodes.Status429TooManyRequests)
        {
            http.Response.Headers.RetryAfter = "1";
        }

        var body = new LambdaErrorBody(
            fault.Status < 500 ? "User" : "Service", fault.Message, fault.Reason, fault.Reason is null ? null : "1");
        return Answers.Write(http, fault.Status, JsonSerializer.SerializeToUtf8Bytes(body, LambdaErrorJson.Default.LambdaErrorBody));
    }

    public void Dispose() => _large.Dispose();

    [LoggerMessage(1012, LogLevel.Error, "A request to Lambda failed; request {RequestId}.")]
    private partial void Failed(Exception exception, string requestId);
}

/// <param name="Message">Of which SDKs read either spelling.</param>
internal sealed record LambdaErrorBody(
    string Type, string Message, string? Reason, [property: JsonPropertyName("retryAfterSeconds")] string? RetryAfterSeconds);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LambdaErrorBody))]
internal sealed partial class LambdaErrorJson : JsonSerializerContext;

/// <summary>What Lambda answers to the reasons that Core gives.</summary>
internal static class LambdaRefusals
{
    public static LambdaFault Of(Refusal refusal) => refusal.Reason switch
    {
        Reason.FunctionUnknown => LambdaFault.NotFound("The resource you requested does not exist."),
        Reason.FunctionExists or Reason.FunctionPermissionExists => LambdaFault.Conflict(refusal.Detail!),
        Reason.FunctionPermissionUnknown => LambdaFault.NotFound(refusal.Detail!),
        Reason.FunctionRevisionPassed => new(
            412, "PreconditionFailedException", "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id"),
        Reason.FunctionEventsFull => LambdaFault.Throttled("FunctionInvocationRateLimitExceeded"),
        Reason.QuotaReached => new(400, "PolicyLengthExceededException", refusal.Detail!),
        Reason.Busy => LambdaFault.Throttled("CallerRateLimitExceeded"),

        // What the disk said is for the operator's log, not for callers.
        Reason.StoreUnavailable => new(500, "ServiceException", "The request has failed due to a temporary failure of the server."),
        var other => throw new InvalidOperationException($"No rule of functions refuses for {other}.", refusal),
    };
}
