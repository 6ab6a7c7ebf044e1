using System.Buffers;
using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Carillon.Core;
using Carillon.Core.Messages;
using Carillon.Core.Streaming;
using Carillon.Server.Http;
using Carillon.Server.Operations.Channels;
using Carillon.Server.Operations.Memberships;
using Carillon.Server.Operations.Messages;
using Carillon.Server.Operations.Moderation;
using Carillon.Wire.RestJson;
using Carillon.Wire.Session;

namespace Carillon.Server.Streaming;

/// <summary>
/// Events as records of streams: <c>{"EventType":"...","Payload":{...}}</c> in UTF-8 ("Streaming messaging data", developer
/// guide, read 2026-11). Unlike in a session's frame, the payload is an object.
/// </summary>
internal sealed class EventRecords(Arns arns) : IEventRecords
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonEncodedText EventType = JsonEncodedText.Encode("EventType");
    private static readonly JsonEncodedText Payload = JsonEncodedText.Encode("Payload");

    // What rendering needs, used again for each record of a thread.
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _bytes;

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    public EventRecord Render(ChannelEvent happened)
    {
        // Whatever happens in a channel is in one shard, so that it stays in order. (AWS leaves the partition key open.)
        var channel = arns.Channel(happened.Channel);
        return new(channel, Render(happened, channel));
    }

    private ReadOnlyMemory<byte> Render(ChannelEvent happened, string channel) =>
        happened switch
        {
            MessageCreated e => Render(SessionEvents.CreateChannelMessage, e, e.Message, channel),
            MessageUpdated e => Render(SessionEvents.UpdateChannelMessage, e, e.Message, channel),
            MessageRedacted e => Render(SessionEvents.RedactChannelMessage, e, e.Message, channel),
            MessageDeleted e => Render(SessionEvents.DeleteChannelMessage, e, e.Message, channel),
            ChannelCreated => Render(StreamEvents.CreateChannel, happened),
            ChannelUpdated => Render(SessionEvents.UpdateChannel, happened),
            ChannelDeleted => Render(SessionEvents.DeleteChannel, happened),
            ChannelExpirationUpdated => Render(StreamEvents.UpdateChannelExpirationSettings, happened),
            MemberJoined e => Render(
                SessionEvents.CreateChannelMembership, ChannelMembershipShape.Of(e.Member, channel, arns),
                RecordsJson.Default.ChannelMembershipShape),
            MemberLeft e => Render(
                SessionEvents.DeleteChannelMembership, ChannelMembershipShape.Of(e.Member, channel, arns),
                RecordsJson.Default.ChannelMembershipShape),
            ModeratorCreated e => Render(
                StreamEvents.CreateChannelModerator, ChannelModeratorShape.Of(e.Moderator, channel, arns),
                RecordsJson.Default.ChannelModeratorShape),
            ModeratorDeleted e => Render(
                StreamEvents.DeleteChannelModerator, ChannelModeratorShape.Of(e.Moderator, channel, arns),
                RecordsJson.Default.ChannelModeratorShape),
            BanCreated e => Render(
                StreamEvents.CreateChannelBan, ChannelBanShape.Of(e.Ban, channel, arns), RecordsJson.Default.ChannelBanShape),
            BanDeleted e => Render(
                StreamEvents.DeleteChannelBan, ChannelBanShape.Of(e.Ban, channel, arns), RecordsJson.Default.ChannelBanShape),
            SubChannelCreated e => Render(
                StreamEvents.CreateSubChannel, new(channel, e.Made.Id), RecordsJson.Default.SubChannelPayload),
            SubChannelDeleted e => Render(
                StreamEvents.DeleteSubChannel, new(channel, e.Gone.Id), RecordsJson.Default.SubChannelPayload),
            _ => throw new UnreachableException($"{happened.GetType().Name} is not streamed."),
        };

    private ReadOnlyMemory<byte> Render(string eventType, ChannelEvent happened, Message message, string channelArn) => Render(
        eventType, ChannelMessageShape.Of(message, channelArn, arns, happened.Channel.Sub?.Id),
        RecordsJson.Default.ChannelMessageShape);

    private ReadOnlyMemory<byte> Render(string eventType, ChannelEvent happened) =>
        Render(eventType, ChannelShape.Of(happened.Channel, arns), RecordsJson.Default.ChannelShape);

    private static ReadOnlyMemory<byte> Render<T>(string eventType, T payload, JsonTypeInfo<T> shape)
    {
        var bytes = _bytes ??= new(2048);
        bytes.ResetWrittenCount();
        var writer = _writer ??= new Utf8JsonWriter(bytes, Options);
        writer.Reset(bytes);
        writer.WriteStartObject();
        writer.WriteString(EventType, eventType);
        writer.WritePropertyName(Payload);
        JsonSerializer.Serialize(writer, payload, shape);
        writer.WriteEndObject();
        writer.Flush();
        return bytes.WrittenMemory;
    }
}

/// <summary>Names of the events that streams have beside those of sessions (same page of the guide).</summary>
internal static class StreamEvents
{
    public const string CreateChannel = "CREATE_CHANNEL";
    public const string UpdateChannelExpirationSettings = "UPDATE_CHANNEL_EXPIRATION_SETTINGS";
    public const string CreateSubChannel = "CREATE_SUB_CHANNEL";
    public const string DeleteSubChannel = "DELETE_SUB_CHANNEL";
    public const string CreateChannelBan = "CREATE_CHANNEL_BAN";
    public const string DeleteChannelBan = "DELETE_CHANNEL_BAN";
    public const string CreateChannelModerator = "CREATE_CHANNEL_MODERATOR";
    public const string DeleteChannelModerator = "DELETE_CHANNEL_MODERATOR";
}

/// <summary>Payload of CREATE_SUB_CHANNEL and DELETE_SUB_CHANNEL.</summary>
internal sealed record SubChannelPayload(string ChannelArn, string SubChannelId);

[JsonSourceGenerationOptions(
    Converters = [typeof(IsoMillisecondsConverter)], DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ChannelMessageShape))]
[JsonSerializable(typeof(ChannelShape))]
[JsonSerializable(typeof(ChannelMembershipShape))]
[JsonSerializable(typeof(ChannelModeratorShape))]
[JsonSerializable(typeof(ChannelBanShape))]
[JsonSerializable(typeof(SubChannelPayload))]
internal sealed partial class RecordsJson : JsonSerializerContext;
