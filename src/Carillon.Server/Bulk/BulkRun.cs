using Carillon.Core;
using Carillon.Server.Http;

namespace Carillon.Server.Bulk;

/// <summary>What became of an item.</summary>
/// <param name="Answer">JSON of AWS's response; null where it has no body, or where there is an error.</param>
internal sealed record BulkResult(BulkItem Item, int Status, byte[]? Answer, ApiError? Error, string? Message);

/// <summary>
/// Runs the items of one request. A slice is handed to the store item by item without waiting, so that it commits in one
/// go, and the next slice is prepared meanwhile; results are given out when the slice is on disk.
/// </summary>
internal sealed partial class BulkRun(
    HttpContext http, Caller caller, PolicyGate gate, Services services, TimeProvider time, ILogger log, string requestId)
{
    /// <summary>Results in the order of the lines, a slice at a time.</summary>
    public async IAsyncEnumerable<IReadOnlyList<BulkResult>> Results(
        Stream body, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await using var lines = new BulkLines(body);
        Task<BulkResult[]>? before = null;
        Task<BulkResult[]>? started = null;
        try
        {
            while (true)
            {
                var slice = await lines.NextSlice(cancel);
                started = Start(slice);
                if (before is not null)
                {
                    yield return await before;
                }

                if (slice.Count == 0)
                {
                    yield break;
                }

                before = started;
            }
        }
        finally
        {
            // Whoever stops listening does not stop what has begun, and it needs the request for as long as it runs.
            await Task.WhenAll(before ?? Task.CompletedTask, started ?? Task.CompletedTask);
        }
    }

    private Task<BulkResult[]> Start(List<BulkLine> slice)
    {
        var started = new Task<BulkResult>[slice.Count];
        for (var i = 0; i < started.Length; i++)
        {
            started[i] = Run(slice[i]);
        }

        return Task.WhenAll(started);
    }

    private async Task<BulkResult> Run(BulkLine line)
    {
        var item = line.Bytes is { } bytes
            ? BulkItem.Read(line.Number, bytes)
            : new(line.Number, null, null, null, null, default, new(
                ApiError.TooLarge, $"The line is longer than {BulkLines.LongestLine} bytes."));
        if (item is not { Operation: { Operation: var operation }, Target: { } target })
        {
            return Refused(item, item.Unreadable!.Error, item.Unreadable.Message);
        }

        try
        {
            if (caller.Expires <= time.GetUtcNow())
            {
                var expired = AuthenticationErrors.Of(CredentialFault.Expired);
                return Refused(item, new(expired.Error.Name, expired.Error.Name, expired.Error.RestStatus), expired.Message);
            }

            var call = new Call(http, target, operation, item.Body, caller, gate, services) { StatedBearer = item.Bearer };
            await operation.Run(call);
            return new(item, operation.Status, call.Answer, null, null);
        }
        catch (ApiException e)
        {
            return Refused(item, e.Error, e.Message);
        }
        catch (Refusal e)
        {
            if (e.Reason == Reason.StoreUnavailable)
            {
                StoreUnavailable(requestId, e.Detail);
            }

            var (error, message) = RefusalErrors.Of(e, operation.Declares);
            return Refused(item, error, message);
        }
#pragma warning disable CA1031 // The last resort of an item: logged, and it fails nobody else.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Failed(e, operation.Name, item.Line, requestId);
            return Refused(item, ApiError.ServiceFailure, "The service failed to process the request.");
        }
    }

    private static BulkResult Refused(BulkItem item, ApiError error, string message) =>
        new(item, error.Status, null, error, message);

    [LoggerMessage(1004, LogLevel.Error, "{Operation} in line {Line} of a bulk request failed; request {RequestId}.")]
    private partial void Failed(Exception exception, string operation, long line, string requestId);

    [LoggerMessage(1005, LogLevel.Critical, "The store did not take a change of a bulk request; request {RequestId}: {Cause}")]
    private partial void StoreUnavailable(string requestId, string? cause);
}
