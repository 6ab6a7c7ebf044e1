using System.Text;
using System.Text.Json;
using Carillon.Core.Messages;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Messages;

/// <summary>Clients read <c>Status.Value</c> of every message without asking whether it is there.</summary>
internal sealed record ChannelMessageStatusStructure(string Value, string? Detail)
{
    public static readonly ChannelMessageStatusStructure Sent = new(Words.Sent, null);

    public static ChannelMessageStatusStructure Of(MessageStatus status, string? detail = null) =>
        status == MessageStatus.Sent ? Sent : new(Words.Of(status), detail);
}

internal sealed record Target(string? MemberArn);

internal sealed record MessageAttributeValue(IReadOnlyList<string>? StringValues);

internal sealed record PushNotificationConfiguration(string? Title, string? Body, string? Type)
{
    public Push Read() => new(Title, Body, Type == "VOIP");
}

/// <summary>ChannelMessage of the service model; also the payload of the message events.</summary>
internal sealed record ChannelMessageShape(
    string ChannelArn, string MessageId, string? Content, string? Metadata, string Type, DateTimeOffset CreatedTimestamp,
    DateTimeOffset? LastEditedTimestamp, DateTimeOffset LastUpdatedTimestamp, IdentityShape Sender, bool Redacted,
    string Persistence, ChannelMessageStatusStructure Status, RawJson? MessageAttributes, string? ContentType,
    IReadOnlyList<Target>? Target, string? SubChannelId)
{
    public static ChannelMessageShape Of(Message message, string channelArn, Arns arns, string? subChannelId = null) => new(
        channelArn, message.Id, message.Content, message.Metadata, Words.Of(message.Type), message.Created.ToTime(),
        Words.Time(message.Edited), message.Updated.ToTime(), IdentityShape.Of(message.Sender, arns), message.Redacted,
        message.Persistent ? Words.Persistent : Words.NonPersistent,
        ChannelMessageStatusStructure.Of(message.Status, message.StatusDetail),
        RawJson.Of(message.Attributes), message.ContentType, MessageRules.TargetOf(message, arns), subChannelId);
}

/// <summary>ChannelMessageSummary of the service model.</summary>
internal sealed record ChannelMessageSummary(
    string MessageId, string? Content, string? Metadata, string Type, DateTimeOffset CreatedTimestamp,
    DateTimeOffset LastUpdatedTimestamp, DateTimeOffset? LastEditedTimestamp, IdentityShape Sender, bool Redacted,
    ChannelMessageStatusStructure Status, RawJson? MessageAttributes, string? ContentType, IReadOnlyList<Target>? Target)
{
    public static ChannelMessageSummary Of(Message message, Arns arns) => new(
        message.Id, message.Content, message.Metadata, Words.Of(message.Type), message.Created.ToTime(),
        message.Updated.ToTime(), Words.Time(message.Edited), IdentityShape.Of(message.Sender, arns), message.Redacted,
        ChannelMessageStatusStructure.Sent, RawJson.Of(message.Attributes), message.ContentType,
        MessageRules.TargetOf(message, arns));
}

/// <summary>What the service model and the developer guide ask of parts of a message.</summary>
internal static class MessageRules
{
    /// <summary>UTF-8 bytes of all attributes together (developer guide, "Filter rules", 2026-11).</summary>
    public const int MostAttributes = 1024;

    public static IReadOnlyList<Target>? TargetOf(Message message, Arns arns) =>
        message.Target is { } target ? [new Target(arns.Person(target))] : null;

    public static string? Attributes(IReadOnlyDictionary<string, MessageAttributeValue>? attributes) => attributes is null
        ? null
        : JsonSerializer.Serialize(attributes, MessagesJson.Default.IReadOnlyDictionaryStringMessageAttributeValue);

    public static void CheckAttributes(IReadOnlyDictionary<string, MessageAttributeValue>? attributes, Must must)
    {
        if (attributes is null)
        {
            return;
        }

        var bytes = 0;
        foreach (var (name, value) in attributes)
        {
            bytes += Encoding.UTF8.GetByteCount(name) + (value.StringValues ?? []).Sum(Encoding.UTF8.GetByteCount);
        }

        must.Hold(bytes <= MostAttributes, $"The message attributes are larger than {MostAttributes} bytes.");
    }
}
