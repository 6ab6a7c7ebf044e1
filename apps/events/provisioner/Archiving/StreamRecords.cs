using System.Globalization;
using System.Text.Json;
using Carillon.Events.Core;
using Carillon.Events.Core.Archive;
using Carillon.Events.Core.Talk;
using Carillon.Kit;

namespace Carillon.Events.Provisioner.Archiving;

/// <summary>Records of messaging's streams ("Streaming messaging data", developer guide, read 2026-11).</summary>
internal static class StreamRecords
{
    /// <returns>Null for what the archive does not want: other channels, and other things.</returns>
    public static ArchiveEvent? Read(byte[] data, string channelArn)
    {
        JsonElement json;
        try
        {
            using var document = JsonDocument.Parse(data);
            json = document.RootElement.Clone();
        }
        catch (JsonException)
        {
            // Others may put records of their own into a stream.
            return null;
        }

        ArchiveKind? kind = json.Text("EventType") switch
        {
            "CREATE_CHANNEL_MESSAGE" => ArchiveKind.Said,
            "UPDATE_CHANNEL_MESSAGE" => ArchiveKind.Edited,
            "REDACT_CHANNEL_MESSAGE" => ArchiveKind.Redacted,
            "DELETE_CHANNEL_MESSAGE" => ArchiveKind.Deleted,
            "DELETE_SUB_CHANNEL" => ArchiveKind.PartEnded,
            _ => null,
        };
        if (kind is not { } known || !json.TryGetProperty("Payload", out var message) || message.Text("ChannelArn") != channelArn)
            return null;
        if (known == ArchiveKind.PartEnded)
            return new ArchiveEvent(known, "", 0, null, null, null, null, message.Text("SubChannelId"), false);
        return Read(known, message, message.Text("SubChannelId"));
    }

    /// <summary>A message as ListChannelMessages tells it.</summary>
    /// <param name="part">Of an elastic channel, whose messages were listed.</param>
    public static ArchiveEvent? OfList(JsonElement message, string? part) => Read(ArchiveKind.Said, message, part);

    private static ArchiveEvent? Read(ArchiveKind kind, JsonElement message, string? part)
    {
        if (message.Text("MessageId") is not { } id) return null;
        var sender = message.TryGetProperty("Sender", out var who) ? who : default;
        var gone = message.TryGetProperty("Redacted", out var redacted) && redacted.ValueKind == JsonValueKind.True;
        return new ArchiveEvent(
            kind, id, AtOf(kind, message), sender.Text("Arn"), sender.Text("Name"), message.Text("Type"),
            gone ? null : message.Text("Content") ?? "", part,
            message.TryGetProperty("Target", out var target) && target.ValueKind == JsonValueKind.Array && target.GetArrayLength() > 0,
            Reply.To(message.Text("Metadata")));
    }

    private static long AtOf(ArchiveKind kind, JsonElement message)
    {
        string[] names = kind switch
        {
            ArchiveKind.Said => ["CreatedTimestamp"],
            ArchiveKind.Edited => ["LastEditedTimestamp", "LastUpdatedTimestamp", "CreatedTimestamp"],
            _ => ["LastUpdatedTimestamp", "CreatedTimestamp"],
        };
        foreach (var name in names)
        {
            // Streams write times as texts, answers as seconds since 1970.
            if (message.TryGetProperty(name, out var seconds) && seconds.ValueKind == JsonValueKind.Number)
                return (long)(seconds.GetDecimal() * 1_000_000);
            if (message.Text(name) is { } text && DateTimeOffset.TryParse(
                text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
                return at.ToMicroseconds();
        }

        return 0;
    }
}
