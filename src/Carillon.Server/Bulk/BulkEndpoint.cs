using System.Buffers;
using System.Text.Json;
using Carillon.Core;
using Carillon.Core.Iam;
using Carillon.Server.Hosting;
using Carillon.Server.Http;
using Carillon.Wire.SigV4;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Carillon.Server.Bulk;

/// <summary>
/// POST /carillon/bulk: many operations in one request, a line of JSON each, and a line of JSON for each result. The
/// whole request is refused for its signature or its size; everything else is the matter of an item.
/// </summary>
internal sealed partial class BulkEndpoint
{
    public const string Path = "/carillon/bulk";

    private const string HashHeader = "x-amz-content-sha256";

    /// <summary>Requests at a time, each with up to <see cref="BulkBody.Most"/> bytes on disk. Ours.</summary>
    private const int MostRequests = 4;

    /// <summary>Of those, requests of one caller or role other than root: whoever can sign must not keep all others out. Ours.</summary>
    private const int MostOfOne = 2;

    /// <summary>Slower clients are cut off: bytes a second in either direction, after a first while. Ours.</summary>
    private const double LeastRate = 16 * 1024;

    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(30);

    /// <summary>Items between two lines that tell how far it is. Ours.</summary>
    private const long ProgressEvery = 1_000;

    private static readonly SigV4Policy _signing = new("chime");

    private readonly Authenticator _authenticator;
    private readonly PolicyGate _gate;
    private readonly Services _services;
    private readonly TimeProvider _time;
    private readonly IHostApplicationLifetime _life;
    private readonly ILogger<BulkEndpoint> _log;
    private readonly string _folder;
    private readonly Lock _lock = new();
    private readonly List<string> _running = [];

    public BulkEndpoint(
        Authenticator authenticator, PolicyGate gate, Services services, DataFolder folder, TimeProvider time,
        IHostApplicationLifetime life, ILogger<BulkEndpoint> log)
    {
        (_authenticator, _gate, _services, _time, _life, _log) = (authenticator, gate, services, time, life, log);

        // What a process that was killed has left there is nobody's.
        _folder = folder.Spool;
        foreach (var file in Directory.EnumerateFiles(_folder))
        {
            File.Delete(file);
        }
    }

    public async Task Handle(HttpContext http)
    {
        var requestId = Guid.NewGuid().ToString();
        Answers.Prepare(http, requestId);
        try
        {
            if (!HttpMethods.IsPost(http.Request.Method))
            {
                throw new ApiException(ApiError.UnknownOperation, "The service has no such operation.");
            }

            await Run(http, requestId);
        }
        catch (ApiException e)
        {
            await Answers.WriteError(http, e.Error, e.Message);
        }
        catch (Refusal e)
        {
            var (error, message) = RefusalErrors.Of(e, Declares.Nothing);
            await Answers.WriteError(http, error, message);
        }
        catch (BadHttpRequestException e)
        {
            await Answers.WriteError(
                http, e.StatusCode == StatusCodes.Status413PayloadTooLarge ? ApiError.TooLarge : ApiError.BadRequest,
                "The request body cannot be read.");
        }
        catch (OperationCanceledException)
        {
            // The client has gone, or the server is going: an answer without its last line says so.
            http.Abort();
        }
#pragma warning disable CA1031 // The last resort of a request: logged with its id, answered without a trace.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Failed(e, requestId);
            await Answers.WriteError(http, ApiError.ServiceFailure, "The service failed to process the request.");
        }
    }

    private async Task Run(HttpContext http, string requestId)
    {
        if (http.Request.ContentLength <= RequestBody.Most)
        {
            using var small = await RequestBody.Read(http);
            var caller = Proven(_authenticator.Authenticate(http, small.Bytes, _signing));
            await using var stream = new MemoryStream(small.Bytes.ToArray(), writable: false);
            using var place = Enter(http, caller);
            await Answer(http, caller, stream, requestId);
        }
        else
        {
            if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            {
                limit.MaxRequestBodySize = BulkBody.Most + 1;
            }

            // Nothing is kept for whoever has not proven who it is.
            var caller = Proven(_authenticator.Authenticate(http, body: null, _signing));
            if (http.Request.ContentLength > BulkBody.Most)
            {
                throw BulkBody.TooLarge();
            }

            using var place = Enter(http, caller);
            var declared = Convert.FromHexString(http.Request.Headers[HashHeader].ToString().Trim());
            await using var file = await BulkBody.Spool(http, _folder, declared);
            await Answer(http, caller, file, requestId);
        }
    }

    /// <exception cref="Refusal">Busy: as many requests as may be are under way, of all or of this caller.</exception>
    private Place Enter(HttpContext http, Caller caller)
    {
        // Of a role all sessions together: some choose the names of their own sessions.
        var who = caller.Session is RoleSession role ? role.RoleId : caller.Arn;
        lock (_lock)
        {
            if (_running.Count >= MostRequests
                || (!_gate.IsRoot(caller) && _running.Count(running => running == who) >= MostOfOne))
            {
                throw new Refusal(Reason.Busy);
            }

            _running.Add(who);
        }

        // A place is worth much, so whoever has one must not idle in it.
        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } receiving)
        {
            receiving.MinDataRate = new(LeastRate, _grace);
        }

        if (http.Features.Get<IHttpMinResponseDataRateFeature>() is { } sending)
        {
            sending.MinDataRate = new(LeastRate, _grace);
        }

        return new(this, who);
    }

    private sealed class Place(BulkEndpoint endpoint, string who) : IDisposable
    {
        public void Dispose()
        {
            lock (endpoint._lock)
            {
                endpoint._running.Remove(who);
            }
        }
    }

    /// <exception cref="ApiException">The signature does not prove a caller.</exception>
    private static Caller Proven(Authentication authentication) => authentication.IsProven
        ? authentication.Caller
        : throw new ApiException(
            new(authentication.Fault.Error.Name, authentication.Fault.Error.Name, authentication.Fault.Error.RestStatus),
            authentication.Fault.Message);

    private async Task Answer(HttpContext http, Caller caller, Stream body, string requestId)
    {
        // A server that is going takes no further slice; what is under way is finished and told.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, _life.ApplicationStopping);
        var run = new BulkRun(http, caller, _gate, _services, _time, _log, requestId);
        http.Response.ContentType = "application/x-ndjson";
        var output = http.Response.BodyWriter;
        await using var writer = new Utf8JsonWriter(output);
        var (items, failed, told) = (0L, 0L, 0L);
        await foreach (var slice in run.Results(body, stop.Token))
        {
            foreach (var result in slice)
            {
                items++;
                failed += result.Error is null ? 0 : 1;
                BulkAnswer.Write(writer, result);
                End(writer, output);
            }

            if (items - told >= ProgressEvery)
            {
                told = items;
                BulkAnswer.Write(writer, "Progress", items, failed, body);
                End(writer, output);
            }

            // Whoever does not read its results gets no more work done.
            await output.FlushAsync(stop.Token);
        }

        BulkAnswer.Write(writer, "Finished", items, failed, body);
        End(writer, output);
        await output.FlushAsync(http.RequestAborted);
        Ended(items, failed, requestId);
    }

    private static void End(Utf8JsonWriter writer, IBufferWriter<byte> output)
    {
        writer.Flush();
        writer.Reset();
        output.Write("\n"u8);
    }

    [LoggerMessage(1006, LogLevel.Error, "A bulk request failed; request {RequestId}.")]
    private partial void Failed(Exception exception, string requestId);

    [LoggerMessage(1007, LogLevel.Information, "A bulk request of {Items} items ended, {Failed} of them refused; request {RequestId}.")]
    private partial void Ended(long items, long failed, string requestId);
}
