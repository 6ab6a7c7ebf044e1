using System.Globalization;
using System.Text.Json;
using Carillon.Events.Core;
using Carillon.Events.Core.Talk;
using Carillon.Kit;

namespace Carillon.Events.Flow;

/// <summary>What the platform sends to the processor of a channel flow.</summary>
internal static class FlowEvent
{
    /// <summary>Null for what is no event about a message.</summary>
    public static (string ChannelArn, Asked Asked)? Read(ReadOnlyMemory<byte> body, DateTimeOffset now)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var root = json.RootElement;
            if (root.Text("EventType") is not (null or "CHANNEL_MESSAGE_EVENT") || root.Text("CallbackId") is not { } callback
                || !root.TryGetProperty("ChannelMessage", out var message) || message.Text("MessageId") is not { } id
                || message.Text("ChannelArn") is not { } channel || !message.TryGetProperty("Sender", out var sender)
                || sender.Text("Arn") is not { } from)
                return null;
            var edit = message.Text("LastEditedTimestamp") is not null;
            // AWS tells neither target nor attributes; ours tells both.
            var targeted = message.TryGetProperty("Target", out var target) && target is { ValueKind: JsonValueKind.Array } && target.GetArrayLength() > 0;
            var dressed = !Reply.IsPlain(message.Text("Metadata"))
                || (message.TryGetProperty("MessageAttributes", out var attributes)
                    && attributes is { ValueKind: JsonValueKind.Object } && attributes.EnumerateObject().Any());
            var sent = DateTimeOffset.TryParse(
                message.Text("CreatedTimestamp"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : now;
            return (channel, new Asked(
                id, callback, from, message.Text("SubChannelId"), message.Text("Content") ?? "", edit,
                Plain: !targeted && !dressed && message.Text("Persistence") is null or "PERSISTENT", (sent > now ? now : sent).ToMicroseconds()));
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
