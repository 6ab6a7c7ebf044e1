using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Carillon.Events.Core;
using Carillon.Events.Core.Store;

namespace Carillon.Events.Http;

/// <summary>One request and what its handler needs.</summary>
internal sealed class EventsCall(HttpContext http, EventsService events)
{
    /// <summary>What a request may hold at most, in bytes, unless its endpoint says more. Our choice.</summary>
    public const int UsualLimit = 64 * 1024;

    public HttpContext Http => http;

    public EventsService Events => events;

    public EventsStore Store => events.Store;

    public CancellationToken Cancel => http.RequestAborted;

    public DateTimeOffset Now => events.Time.GetUtcNow();

    /// <summary>Where people reach a path of the app.</summary>
    public string AddressOf(string path) => events.Options.Address is { } address
        ? new Uri(address, path).AbsoluteUri : $"{http.Request.Scheme}://{http.Request.Host}{path}";

    public string Route(string name) => (string)http.GetRouteValue(name)!;

    /// <exception cref="Refused">NotFound: it is no number.</exception>
    public long RouteNumber(string name) =>
        long.TryParse(Route(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new Refused(Reason.NotFound);

    public string? Query(string name) => http.Request.Query[name] is [{ Length: > 0 } value] ? value : null;

    /// <summary>A number of the query within bounds; the usual where it is absent.</summary>
    public long QueryNumber(string name, long usual, long least, long most)
    {
        if (Query(name) is not { } text) return usual;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least
            ? Math.Min(number, most)
            : throw new Refused(Reason.BadRequest, "member", name);
    }

    /// <summary>The body as JSON.</summary>
    /// <exception cref="Refused">BadRequest: it is not declared as JSON, too long, or no such JSON.</exception>
    public async Task<T> BodyAsync<T>(JsonTypeInfo<T> type, int limit = UsualLimit)
    {
        // A form of another site cannot declare JSON without asking first.
        if (!http.Request.HasJsonContentType()) throw new Refused(Reason.BadRequest, "why", "Content-Type");
        var body = await BytesAsync(limit);
        // What is passed over is not decoded, and what is no text is not to pass.
        if (!Utf8.IsValid(body.Span)) throw new Refused(Reason.BadRequest, "why", "encoding");
        try
        {
            return JsonSerializer.Deserialize(body.Span, type) ?? throw new Refused(Reason.BadRequest, "why", "null");
        }
        catch (JsonException fault)
        {
            throw new Refused(Reason.BadRequest, "member", fault.Path);
        }
    }

    /// <summary>The body's bytes.</summary>
    /// <exception cref="Refused">BadRequest: it is longer than the limit.</exception>
    public async Task<ReadOnlyMemory<byte>> BytesAsync(int limit)
    {
        var buffer = new ArrayBufferWriter<byte>();
        while (true)
        {
            var read = await http.Request.Body.ReadAsync(buffer.GetMemory(4096), Cancel);
            if (read == 0) return buffer.WrittenMemory;
            buffer.Advance(read);
            if (buffer.WrittenCount > limit) throw new Refused(Reason.BadRequest, "why", "length");
        }
    }
}
