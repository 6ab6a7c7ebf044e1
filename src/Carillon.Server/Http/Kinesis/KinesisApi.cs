using System.Security.Cryptography;
using System.Text.Json;
using Carillon.Core;
using Carillon.Server.Http.JsonProtocol;
using Carillon.Server.Operations.Kinesis;
using Carillon.Wire.SigV4;

namespace Carillon.Server.Http.Kinesis;

/// <summary>
/// The way of a request to Kinesis Data Streams, in the order in which it can be refused: the body's form, operation,
/// signature, types, limits, policy, rates, and then what Core says.
/// </summary>
internal sealed partial class KinesisApi(Authenticator authenticator, KinesisRoom room, ILogger<KinesisApi> log)
{
    private const string TargetPrefix = "Kinesis_20131202.";

    /// <summary>Bytes of a body that holds records: what PutRecords may hold, in base64, and room for the rest.</summary>
    private const int MostOfRecords = 15 * 1024 * 1024;

    /// <summary>As deep as a body may be. Ours; the deepest legal one has four levels.</summary>
    private static readonly JsonReaderOptions Reading = new() { MaxDepth = 32 };

    public static bool Owns(HttpContext http) => HttpMethods.IsPost(http.Request.Method)
        && (Target(http).StartsWith(TargetPrefix, StringComparison.Ordinal) || Target(http) == RotateKeyOnDemand.Target);

    private static string Target(HttpContext http) => http.Request.Headers["X-Amz-Target"].ToString();

    /// <summary>Handles a request that is <see cref="Owns">its own</see>.</summary>
    public async Task Handle(HttpContext http, string requestId)
    {
        http.Response.Headers["x-amz-id-2"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(48));
        if (Cbor.IsSpokenBy(http))
        {
            await Cbor.Refuse(http);
            return;
        }

        var target = Target(http);
        KinesisCall? call = null;
        try
        {
            var operation = target == RotateKeyOnDemand.Target
                ? RotateKeyOnDemand.Operation
                : KinesisService.Find(target[TargetPrefix.Length..]);
            using var body = await RequestBody.Read(http, MostOf(http, operation));
            if (!IsJson(body.Bytes.Span))
            {
                throw new JsonFault(KinesisErrors.Serialization, "The request body is not JSON.");
            }

            if (operation is null)
            {
                throw new JsonFault(KinesisErrors.UnknownOperation, KinesisService.WhyNot(target[TargetPrefix.Length..]));
            }

            call = new KinesisCall(http, operation, body.Bytes, Authenticate(http, body.Bytes, operation.Signing), room);
            await JsonAnswer.Write(http, StatusCodes.Status200OK, await operation.Run(call));
        }
        catch (JsonFault fault)
        {
            await JsonAnswer.WriteError(http, fault.Status, fault.Type, fault.Message);
        }
        catch (Refusal refusal)
        {
            if (refusal.Reason == Reason.StoreUnavailable)
            {
                StoreUnavailable(requestId, refusal.Detail);
            }

            var fault = KinesisErrors.Of(refusal, call);
            await JsonAnswer.WriteError(http, fault.Status, fault.Type, fault.Message);
        }
        catch (ApiException e) when (e.Error == ApiError.TooLarge)
        {
            await JsonAnswer.WriteError(http, e.Error.Status, e.Error.Name, e.Message);
        }
        catch (ApiException e)
        {
            // What the limits call malformed.
            await JsonAnswer.WriteError(http, StatusCodes.Status400BadRequest, KinesisErrors.Serialization, e.Message);
        }
        catch (BadHttpRequestException)
        {
            await JsonAnswer.WriteError(http, StatusCodes.Status400BadRequest, KinesisErrors.Serialization, "The request body cannot be read.");
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to answer.
        }
#pragma warning disable CA1031 // The last resort of a request: logged with its id, answered without a trace.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Failed(e, call?.Operation.Name ?? "unknown", requestId);
            await JsonAnswer.WriteError(
                http, StatusCodes.Status500InternalServerError, KinesisErrors.InternalFailure, "The service failed to process the request.");
        }
    }

    /// <summary>Bytes that a body may have.</summary>
    private int MostOf(HttpContext http, KinesisOperation? operation) =>
        operation?.TakesRecords == true && !(http.Request.ContentLength <= RequestBody.Most)
            && authenticator.NamesCredential(http, operation.Signing)
                ? MostOfRecords
                : RequestBody.Most;

    private Caller Authenticate(HttpContext http, ReadOnlyMemory<byte> body, SigV4Policy signing)
    {
        var authentication = authenticator.Authenticate(http, body, signing);
        return authentication.IsProven
            ? authentication.Caller
            : throw new JsonFault(authentication.Fault.Error.Name, authentication.Fault.Message, authentication.Fault.Error.RpcStatus);
    }

    private static bool IsJson(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, Reading);
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    [LoggerMessage(1021, LogLevel.Error, "{Operation} of Kinesis failed; request {RequestId}.")]
    private partial void Failed(Exception exception, string operation, string requestId);

    [LoggerMessage(1022, LogLevel.Critical, "The store did not take a change; request {RequestId}: {Cause}")]
    private partial void StoreUnavailable(string requestId, string? cause);
}
