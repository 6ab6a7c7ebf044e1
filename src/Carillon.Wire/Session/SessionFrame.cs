using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Carillon.Wire.WebSockets;

namespace Carillon.Wire.Session;

/// <summary>
/// Frames of a messaging session: one JSON object per text frame,
/// <c>{"Headers":{name:value},"Payload":"JSON as text"}</c>. The payload is a string, never an object.
/// </summary>
public static class SessionFrame
{
    /// <summary>Ours; clients ignore it. Where the event stands in its channel's log.</summary>
    public const string SequenceHeader = "x-carillon-sequence";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonEncodedText Headers = JsonEncodedText.Encode("Headers");
    private static readonly JsonEncodedText Payload = JsonEncodedText.Encode("Payload");
    private static readonly JsonEncodedText EventType = JsonEncodedText.Encode("x-amz-chime-event-type");
    private static readonly JsonEncodedText MessageType = JsonEncodedText.Encode("x-amz-chime-message-type");
    private static readonly JsonEncodedText EventReason = JsonEncodedText.Encode("x-amz-chime-event-reason");
    private static readonly JsonEncodedText Sequence = JsonEncodedText.Encode(SequenceHeader);

    // What encoding needs, used again for each frame of a thread.
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _inner;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _outer;

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    /// <param name="messageType">STANDARD or CONTROL for events about a message, SYSTEM for every other.</param>
    /// <param name="sequence">0 leaves the header out.</param>
    /// <param name="reason">Why it happened, where clients are told; null leaves the header out.</param>
    /// <returns>The frame as UTF-8, until the next one is encoded on this thread.</returns>
    public static ReadOnlySpan<byte> Encode<T>(
        string eventType, string messageType, long sequence, T payload, JsonTypeInfo<T> shape, string? reason = null)
    {
        var inner = _inner ??= new(2048);
        var writer = Begin(inner);
        JsonSerializer.Serialize(writer, payload, shape);
        writer.Flush();
        return Encode(eventType, messageType, sequence, inner.WrittenSpan, reason);
    }

    /// <param name="payload">JSON as UTF-8; empty for an event without payload.</param>
    /// <returns>The frame as UTF-8, until the next one is encoded on this thread.</returns>
    public static ReadOnlySpan<byte> Encode(
        string eventType, string messageType, long sequence, ReadOnlySpan<byte> payload, string? reason = null)
    {
        var outer = _outer ??= new(4096);
        var writer = Begin(outer);
        writer.WriteStartObject();
        writer.WriteStartObject(Headers);
        writer.WriteString(EventType, eventType);
        writer.WriteString(MessageType, messageType);
        if (reason is not null)
        {
            writer.WriteString(EventReason, reason);
        }

        if (sequence > 0)
        {
            Span<byte> digits = stackalloc byte[20];
            sequence.TryFormat(digits, out var length, provider: System.Globalization.CultureInfo.InvariantCulture);
            writer.WriteString(Sequence, digits[..length]);
        }

        writer.WriteEndObject();
        writer.WriteString(Payload, payload);
        writer.WriteEndObject();
        writer.Flush();
        return outer.WrittenSpan;
    }

    private static Utf8JsonWriter Begin(ArrayBufferWriter<byte> into)
    {
        into.ResetWrittenCount();
        var writer = _writer ??= new Utf8JsonWriter(into, Options);
        writer.Reset(into);
        return writer;
    }
}

/// <summary>Names of the events of a messaging session.</summary>
public static class SessionEvents
{
    public const string SessionEstablished = "SESSION_ESTABLISHED";
    public const string ChannelDetails = "CHANNEL_DETAILS";
    public const string CreateChannelMessage = "CREATE_CHANNEL_MESSAGE";
    public const string UpdateChannelMessage = "UPDATE_CHANNEL_MESSAGE";
    public const string RedactChannelMessage = "REDACT_CHANNEL_MESSAGE";
    public const string DeleteChannelMessage = "DELETE_CHANNEL_MESSAGE";
    public const string PendingCreateChannelMessage = "PENDING_CREATE_CHANNEL_MESSAGE";
    public const string PendingUpdateChannelMessage = "PENDING_UPDATE_CHANNEL_MESSAGE";
    public const string FailedCreateChannelMessage = "FAILED_CREATE_CHANNEL_MESSAGE";
    public const string FailedUpdateChannelMessage = "FAILED_UPDATE_CHANNEL_MESSAGE";
    public const string DeniedCreateChannelMessage = "DENIED_CREATE_CHANNEL_MESSAGE";
    public const string DeniedUpdateChannelMessage = "DENIED_UPDATE_CHANNEL_MESSAGE";
    public const string UpdateChannel = "UPDATE_CHANNEL";
    public const string DeleteChannel = "DELETE_CHANNEL";
    public const string CreateChannelMembership = "CREATE_CHANNEL_MEMBERSHIP";
    public const string DeleteChannelMembership = "DELETE_CHANNEL_MEMBERSHIP";
    public const string UpdateChannelMembership = "UPDATE_CHANNEL_MEMBERSHIP";
    public const string BatchCreateChannelMembership = "BATCH_CREATE_CHANNEL_MEMBERSHIP";

    /// <summary>The one reason there is: a moderator's membership ended with the sub-channel it was in.</summary>
    public const string SubChannelDeleted = "subchannel_DELETED";
}

/// <summary>
/// How a session ends, and what the official client makes of it: it reconnects on 1001, 1011 to 1014 and above 4000,
/// and stops on 4002, 4003 and 4401.
/// </summary>
public static class CloseCodes
{
    /// <summary>The server is shutting down; the client reconnects.</summary>
    public const int GoingAway = CloseStatus.GoingAway;

    /// <summary>The server failed; the client reconnects.</summary>
    public const int InternalError = CloseStatus.InternalError;

    /// <summary>The credentials expired; the client refreshes them and reconnects.</summary>
    public const int ServiceRestart = 1012;

    /// <summary>The client reads too slowly, or the server has no room; the client reconnects.</summary>
    public const int TryAgainLater = 1013;

    /// <summary>The user was deleted, or has too many sessions; the client stops.</summary>
    public const int Forbidden = 4003;

    /// <summary>The signature or the policy says no; the client stops.</summary>
    public const int Unauthorized = 4401;
}
