using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Carillon.Core.Pushing;
using Carillon.Server.Http;

namespace Carillon.Server.Pushing;

/// <summary>What the webhook gets: one message, and the devices that it goes to.</summary>
/// <param name="Id">The same for the same notifications, so that a repetition is known.</param>
/// <param name="Data">What the app on the device reads, under the keys that Amazon Pinpoint gives it.</param>
internal sealed record PushRequest(
    int Version, string Id, string ChannelArn, string? SubChannelId, string MessageId, string? Title, string? Body, string Type,
    IReadOnlyDictionary<string, string> Data, IReadOnlyList<PushRequestNotification> Notifications)
{
    public const int CurrentVersion = 1;

    private const string Default = "DEFAULT";
    private const string Voip = "VOIP";

    public static PushRequest Of(PushBatch batch, Arns arns)
    {
        var push = batch.Push;
        var channelArn = arns.Channel(push.Address!.Value);
        List<PushRequestNotification> notifications = [.. batch.To.Select(to => Notification(push, to, arns))];
        return new(
            CurrentVersion, IdOf(notifications), channelArn, push.Address.Value.SubChannelId, push.MessageId, push.Push.Title, push.Push.Body,
            push.Push.Voip ? Voip : Default, DataOf(push, channelArn), notifications);
    }

    private static PushRequestNotification Notification(WaitingPush push, Recipient to, Arns arns)
    {
        var device = to.Endpoint.Device;

        // AWS leaves open what becomes of a call on a device that registered no token for calls; we show it there as a
        // line to read. Firebase has one token for both.
        var rings = push.Push.Voip && (device.Type == EndpointType.Gcm || device.VoipToken is not null);
        return new(
            $"{push.MessageId}.{to.Endpoint.Id}", arns.Person(to.Person), to.Endpoint.Id, EndpointWords.Of(device.Type),
            device.Resource, rings ? Voip : Default, rings && device.Type != EndpointType.Gcm ? device.VoipToken! : device.Token);
    }

    /// <summary>The payload of the developer guide ("Receiving push notifications", read 2026-11).</summary>
    private static Dictionary<string, string> DataOf(WaitingPush push, string channelArn)
    {
        var data = new Dictionary<string, string>(StringComparer.Ordinal) { ["pinpoint.openApp"] = "true" };
        if (push.Push.Title is { } title)
        {
            data["pinpoint.notification.title"] = title;
        }

        if (push.Push.Body is { } body)
        {
            data["pinpoint.notification.body"] = body;
        }

        data["pinpoint.campaign.campaign_id"] = "_DIRECT";
        data["pinpoint.notification.silentPush"] = "0";
        data["pinpoint.jsonBody"] = JsonSerializer.Serialize(
            new Dictionary<string, string> { ["chime.message_id"] = push.MessageId, ["chime.channel_arn"] = channelArn },
            PushJson.Default.DictionaryStringString);
        return data;
    }

    private static string IdOf(List<PushRequestNotification> notifications) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', notifications.Select(n => n.Id)))))[..32];
}

/// <param name="Id">Of this message on this device, in every repetition.</param>
/// <param name="Type">VOIP where the device should ring.</param>
/// <param name="Token">The device's token for that type.</param>
internal sealed record PushRequestNotification(
    string Id, string AppInstanceUserArn, string EndpointId, string EndpointType, string ResourceArn, string Type, string Token)
{
    public override string ToString() => Id;
}

/// <summary>What the webhook may answer; all of it may be left out.</summary>
internal sealed record PushResponse(IReadOnlyList<InvalidEndpoint>? InvalidEndpoints);

internal sealed record InvalidEndpoint(string? EndpointId, string? StatusReason);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 8)]
[JsonSerializable(typeof(PushRequest))]
[JsonSerializable(typeof(PushResponse))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class PushJson : JsonSerializerContext;
