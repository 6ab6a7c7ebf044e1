using System.Text.Json;
using System.Text.Json.Serialization;
using Carillon.Core.Flows;
using Carillon.Core.Messages;
using Carillon.Server.Http;
using Carillon.Server.Operations;
using Carillon.Server.Operations.Messages;
using Carillon.Wire.RestJson;

namespace Carillon.Server.Flows;

/// <summary>What a processor is told (developer guide, "Processor input", 2026-11).</summary>
internal sealed record FlowEvent(string EventType, string CallbackId, FlowMessage ChannelMessage)
{
    /// <summary>As JSON in UTF-8.</summary>
    public static byte[] Of(PendingMessage pending, Arns arns) => JsonSerializer.SerializeToUtf8Bytes(
        new("CHANNEL_MESSAGE_EVENT", pending.CallbackId, FlowMessage.Of(pending, arns)), FlowEventJson.Default.FlowEvent);
}

/// <summary>
/// The message in it. The guide leaves out attributes, content type and target, which a callback may replace or should
/// know; we tell them.
/// </summary>
internal sealed record FlowMessage(
    string MessageId, string ChannelArn, string? Content, string? Metadata, IdentityShape Sender, string Persistence,
    string Type, DateTimeOffset CreatedTimestamp, DateTimeOffset? LastEditedTimestamp, RawJson? MessageAttributes,
    string? ContentType, IReadOnlyList<Target>? Target, string? SubChannelId)
{
    public static FlowMessage Of(PendingMessage pending, Arns arns)
    {
        var message = pending.Message;
        return new(
            message.Id, arns.Channel(pending.Channel), message.Content, message.Metadata,
            IdentityShape.Of(message.Sender, arns), message.Persistent ? Words.Persistent : Words.NonPersistent,
            Words.Of(message.Type), message.Created.ToTime(), Words.Time(message.Edited),
            RawJson.Of(message.Attributes), message.ContentType, MessageRules.TargetOf(message, arns),
            pending.Channel.SubChannelId);
    }
}

[JsonSourceGenerationOptions(
    Converters = [typeof(IsoMillisecondsConverter)], DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FlowEvent))]
internal sealed partial class FlowEventJson : JsonSerializerContext;
