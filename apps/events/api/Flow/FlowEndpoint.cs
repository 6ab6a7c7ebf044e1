using System.Buffers;
using Carillon.Events.Core;
using Carillon.Events.Core.Talk;

namespace Carillon.Events.Flow;

/// <summary>
/// The processor of every show's channel flow: each message passes here before anybody sees it, whatever client sent it.
/// Its decision is on disk before the platform hears of it.
/// </summary>
internal static class FlowEndpoint
{
    public const string Path = "/events/flow";

    /// <summary>An event at most, in bytes. Our choice: content, metadata and attributes need a tenth.</summary>
    private const int mostBytes = 256 * 1024;

    public static void Map(IEndpointRouteBuilder routes, EventsService events) =>
        routes.MapPost(Path, http => AskAsync(http, events));

    private static async Task AskAsync(HttpContext http, EventsService events)
    {
        if (await BodyAsync(http) is not { } body)
        {
            http.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return;
        }

        var now = events.Time.GetUtcNow();
        if (events.Options.FlowSecret?.Invoke() is not { } secret
            || !FlowSignature.IsGood(secret, http.Request.Headers[FlowSignature.Header], body.Span, now))
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        if (FlowEvent.Read(body, now) is not var (channel, asked))
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        try
        {
            await HearAsync(events, channel, asked);
            http.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        catch (Refused)
        {
            // Nothing is on disk. The platform takes its fallback: the message fails, and the sender is told.
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
    }

    private static async Task HearAsync(EventsService events, string channel, Asked asked)
    {
        var show = events.Desk.ShowOfChannel(channel);
        // Anybody on the platform may name this processor in a flow of their own. They get no answer, and no error either:
        // errors in a row would make the platform leave the processor alone, for all.
        if (show is null) return;
        // Before the transaction: the store's one writer has no time for word lists.
        var verdict = events.Words.Of(show).Judge(asked.Text);
        var heard = await events.Store.Write(ledger => Hearing.Hear(ledger, show, asked, verdict));
        if (heard is null) return;
        if (heard.Answer is { } answer) events.Errands.Do(answer);
        events.Desk.Heard(show, heard);
    }

    private static async Task<ReadOnlyMemory<byte>?> BodyAsync(HttpContext http)
    {
        var buffer = new ArrayBufferWriter<byte>();
        while (true)
        {
            var read = await http.Request.Body.ReadAsync(buffer.GetMemory(4096), http.RequestAborted);
            if (read == 0) return buffer.WrittenMemory;
            buffer.Advance(read);
            if (buffer.WrittenCount > mostBytes) return null;
        }
    }
}
