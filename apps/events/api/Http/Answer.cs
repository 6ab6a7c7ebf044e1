using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Carillon.Events.Core;

namespace Carillon.Events.Http;

/// <summary>What an endpoint answers with.</summary>
internal abstract record Answer(int Status)
{
    public static Answer Empty { get; } = new Nothing(StatusCodes.Status204NoContent);

    public static Answer Json<T>(T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
        new Bytes(status, "application/json", JsonSerializer.SerializeToUtf8Bytes(value, type));

    /// <summary>The reason's name as <c>code</c>, with the reason's further members.</summary>
    public static Answer Refusal(Refused refused)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("code", refused.Reason.ToString());
            foreach (var (name, value) in refused.Details)
            {
                json.WritePropertyName(name);
                Write(json, value);
            }

            json.WriteEndObject();
        }

        return new Bytes(Refusals.StatusOf(refused.Reason), "application/json", buffer.ToArray());
    }

    public abstract Task WriteAsync(HttpContext context);

    private static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case int number:
                json.WriteNumberValue(number);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case DateTimeOffset time:
                json.WriteStringValue(time);
                break;
            case IReadOnlyDictionary<string, object?> members:
                json.WriteStartObject();
                foreach (var (name, member) in members)
                {
                    json.WritePropertyName(name);
                    Write(json, member);
                }

                json.WriteEndObject();
                break;
            case System.Collections.IEnumerable items:
                json.WriteStartArray();
                foreach (var item in items) Write(json, item);
                json.WriteEndArray();
                break;
            default:
                throw new ArgumentException($"A refusal cannot tell a {value.GetType().Name}.");
        }
    }

    internal sealed record Bytes(int Status, string ContentType, byte[] Body) : Answer(Status)
    {
        public override Task WriteAsync(HttpContext context)
        {
            context.Response.StatusCode = Status;
            context.Response.ContentType = ContentType;
            return context.Response.Body.WriteAsync(Body, context.RequestAborted).AsTask();
        }
    }

    private sealed record Nothing(int Status) : Answer(Status)
    {
        public override Task WriteAsync(HttpContext context)
        {
            context.Response.StatusCode = Status;
            return Task.CompletedTask;
        }
    }
}

/// <summary>Written by the endpoint itself, such as a file or a socket.</summary>
internal sealed record Written() : Answer(0)
{
    public override Task WriteAsync(HttpContext context) => Task.CompletedTask;
}
