using Carillon.Core;
using Carillon.Server.Operations;
using Carillon.Wire;
using Carillon.Wire.SigV4;
using Microsoft.AspNetCore.Http.Features;

namespace Carillon.Server.Http;

/// <summary>
/// The way of a request through the two Chime services, in the order in which it can be refused: operation, size,
/// signature, shape, limits, policy, and then what Core says.
/// </summary>
internal sealed partial class ChimeApi(
    Authenticator authenticator, PolicyGate gate, Services services, ILogger<ChimeApi> log)
{
    private static readonly SigV4Policy Signing = new("chime");

    /// <summary>
    /// Whether the path belongs to the API, known operation or not. The web server resolves dots in the path that it shows,
    /// and a label of dots is a bad ARN, no other page; so the path counts as it came, too.
    /// </summary>
    public static bool Owns(HttpContext http) =>
        Catalog.Owns(http.Request.Path.Value ?? "")
        || Catalog.Owns(http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);

    /// <summary>Refuses an address that asks too often.</summary>
    public static Task WriteThrottled(HttpContext http)
    {
        Answers.Prepare(http, Answers.NewRequestId());
        return Answers.WriteError(http, ApiError.Throttled, "Rate exceeded: requests of one address.");
    }

    /// <summary>Handles a request whose path belongs to the API.</summary>
    public async Task Handle(HttpContext http)
    {
        var target = RawTarget.Parse(http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        var requestId = Answers.NewRequestId();
        Answers.Prepare(http, requestId);
        Operation? operation = null;
        try
        {
            if (target is null)
            {
                throw new ApiException(ApiError.BadRequest, "The query holds a malformed escape.");
            }

            operation = Catalog.Find(http.Request.Method, target)
                ?? throw new ApiException(ApiError.UnknownOperation, "The service has no such operation.");
            using var body = await RequestBody.Read(http);
            var call = new Call(http, target, operation, body.Bytes, Authenticate(http, body.Bytes), gate, services);
            await operation.Run(call);
            await Answers.Write(http, operation.Status, call.Answer);
        }
        catch (ApiException e)
        {
            await Answers.WriteError(http, e.Error, e.Message);
        }
        catch (Refusal e)
        {
            if (e.Reason == Reason.StoreUnavailable)
            {
                StoreUnavailable(requestId, e.Detail);
            }

            var (error, message) = RefusalErrors.Of(e, operation?.Declares ?? Declares.Nothing);
            await Answers.WriteError(http, error, message);
        }
        catch (BadHttpRequestException e)
        {
            await Answers.WriteError(
                http, e.StatusCode == StatusCodes.Status413PayloadTooLarge ? ApiError.TooLarge : ApiError.BadRequest,
                "The request body cannot be read.");
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to answer.
        }
#pragma warning disable CA1031 // The last resort of a request: logged with its id, answered without a trace.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Failed(e, operation?.Name ?? "unknown", requestId);
            await Answers.WriteError(http, ApiError.ServiceFailure, "The service failed to process the request.");
        }
    }

    private Caller Authenticate(HttpContext http, ReadOnlyMemory<byte> body)
    {
        var authentication = authenticator.Authenticate(http, body, Signing);
        if (authentication.IsProven)
        {
            return authentication.Caller;
        }

        var error = authentication.Fault.Error;
        throw new ApiException(new(error.Name, error.Name, error.RestStatus), authentication.Fault.Message);
    }

    [LoggerMessage(1001, LogLevel.Error, "{Operation} failed; request {RequestId}.")]
    private partial void Failed(Exception exception, string operation, string requestId);

    [LoggerMessage(1002, LogLevel.Critical, "The store did not take a change; request {RequestId}: {Cause}")]
    private partial void StoreUnavailable(string requestId, string? cause);
}
