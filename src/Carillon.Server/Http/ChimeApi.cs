using System.Buffers;
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

    /// <summary>Whether the path belongs to the API, known operation or not.</summary>
    public static bool Owns(HttpContext http) => http.Request.Path.Value is { } path && Catalog.Owns(path);

    /// <summary>Handles a request whose path belongs to the API.</summary>
    public async Task Handle(HttpContext http)
    {
        var target = RawTarget.Parse(http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        var requestId = Guid.NewGuid().ToString();
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
            await Run(http, target, operation);
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

    private async Task Run(HttpContext http, RawTarget target, Operation operation)
    {
        using var body = await RequestBody.Read(http);
        var authentication = authenticator.Authenticate(http, body.Bytes, Signing);
        if (!authentication.IsProven)
        {
            var error = authentication.Fault.Error;
            throw new ApiException(new(error.Name, error.Name, error.RestStatus), authentication.Fault.Message);
        }

        var call = new Call(http, target, operation, body.Bytes, authentication.Caller, gate, services);
        await operation.Run(call);
        await Answers.Write(http, operation.Status, call.Answer);
    }

    [LoggerMessage(1001, LogLevel.Error, "{Operation} failed; request {RequestId}.")]
    private partial void Failed(Exception exception, string operation, string requestId);

    [LoggerMessage(1002, LogLevel.Critical, "The store did not take a change; request {RequestId}: {Cause}")]
    private partial void StoreUnavailable(string requestId, string? cause);
}

/// <summary>The whole body of a request, in a rented buffer: signatures cover it, so it is read before anything else.</summary>
internal sealed class RequestBody : IDisposable
{
    /// <summary>Bytes; larger bodies are refused before they are read. Ours: the largest legal request is far smaller.</summary>
    public const int Most = 256 * 1024;

    /// <summary>
    /// Bytes that the web server still takes off the wire, for a few seconds, behind the refusal of a body that is too
    /// large: a connection that is closed with unread input is reset, and the client never sees the answer. Ours.
    /// </summary>
    private const int MostDrained = 8 * 1024 * 1024;

    /// <summary>Bytes of memory that a request gets for what it only promises to send; more comes with what has come. Ours.</summary>
    private const int FirstPart = 8 * 1024;

    private byte[] _buffer = [];
    private int _length;

    private RequestBody()
    {
    }

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <exception cref="ApiException">TooLarge.</exception>
    /// <exception cref="BadHttpRequestException">It does not arrive as the client announced it.</exception>
    public static async Task<RequestBody> Read(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MostDrained;
        }

        if (http.Request.ContentLength > Most)
        {
            throw TooLarge();
        }

        var body = new RequestBody();
        try
        {
            // One byte more, so that the end of a body that fits is seen without growing.
            body._buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(http.Request.ContentLength ?? FirstPart, FirstPart) + 1);
            while (true)
            {
                var read = await http.Request.Body.ReadAsync(body._buffer.AsMemory(body._length), http.RequestAborted);
                if (read == 0)
                {
                    return body;
                }

                body._length += read;
                if (body._length > Most)
                {
                    throw TooLarge();
                }

                if (body._length == body._buffer.Length)
                {
                    body.Grow();
                }
            }
        }
        catch (Exception e)
        {
            body.Dispose();
            if (e is IOException and not BadHttpRequestException)
            {
                // The client broke off, or framed its chunks in a way that the web server reports as a broken stream.
                throw new BadHttpRequestException("The request body cannot be read.", e);
            }

            throw;
        }
    }

    private static ApiException TooLarge() => new(ApiError.TooLarge, $"The request body is larger than {Most} bytes.");

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer, clearArray: true);
        _buffer = larger;
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer, clearArray: true);
            _buffer = [];
            _length = 0;
        }
    }
}
