using Carillon.Core;
using Carillon.Server.Access;
using Carillon.Server.Http.Kinesis;
using Carillon.Server.Operations.IdentityPools;

namespace Carillon.Server.Http.JsonProtocol;

/// <summary>The operations that are named by <c>X-Amz-Target</c>.</summary>
internal sealed partial class JsonApi(AccessRoom room, KinesisApi kinesis, ILogger<JsonApi> log)
{
    public async Task Handle(HttpContext http, string requestId)
    {
        if (KinesisApi.Owns(http))
        {
            await kinesis.Handle(http, requestId);
            return;
        }

        if (IdentityPoolsService.Find(http.Request.Headers["X-Amz-Target"].ToString()) is not { } operation
            || !HttpMethods.IsPost(http.Request.Method))
        {
            await Answers.WriteUnknownTarget(http);
            return;
        }

        try
        {
            using var body = await RequestBody.Read(http);
            await JsonAnswer.Write(http, StatusCodes.Status200OK, await operation.Run(body.Bytes, room, http.RequestAborted));
        }
        catch (JsonFault fault)
        {
            await JsonAnswer.WriteError(http, fault.Status, fault.Type, fault.Message);
        }
        catch (Refusal refusal) when (refusal.Reason is Reason.Busy)
        {
            await JsonAnswer.WriteError(http, StatusCodes.Status400BadRequest, "TooManyRequestsException", "Rate exceeded");
        }
        catch (ApiException e)
        {
            await JsonAnswer.WriteError(http, e.Error.Status, e.Error.Name, e.Message);
        }
        catch (BadHttpRequestException)
        {
            await JsonAnswer.WriteError(http, StatusCodes.Status400BadRequest, "SerializationException", "The request body cannot be read.");
        }
#pragma warning disable CA1031 // The last resort of a request: logged with its id, answered without a trace.
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            Failed(e, requestId);
            await JsonAnswer.WriteError(
                http, StatusCodes.Status500InternalServerError, "InternalErrorException", "The service failed to process the request.");
        }
    }

    [LoggerMessage(1011, LogLevel.Error, "A request of the JSON protocol failed; request {RequestId}.")]
    private partial void Failed(Exception exception, string requestId);
}
