using System.Text.Json.Serialization;
using Carillon.Core.Identity;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Channels;

// PUT /channels/{channelArn}/expiration-settings -> 200.  Shape: chime-sdk-messaging 2021-05-15. Without settings it
// removes them.
internal sealed record PutChannelExpirationSettingsRequest
{
    [JsonIgnore]
    public string ChannelArn { get; init; } = "";

    public ExpirationSettings? ExpirationSettings { get; init; }
}

internal sealed record PutChannelExpirationSettingsResponse(string ChannelArn, ExpirationSettings? ExpirationSettings);

internal static class PutChannelExpirationSettings
{
    // The model calls the bearer optional and its note mandatory. We demand it: policies usually name every channel of an
    // app instance and leave the rest to the roles, and without a bearer there is none.
    public static readonly Operation<PutChannelExpirationSettingsRequest, PutChannelExpirationSettingsResponse> Operation = new(
        nameof(PutChannelExpirationSettings), Route.Put("/channels/{channelArn}/expiration-settings"), 200, Bearer.Required,
        Declares.Conflict,
        ChannelsJson.Default.PutChannelExpirationSettingsRequest, ChannelsJson.Default.PutChannelExpirationSettingsResponse,
        Bind: (r, call) => r with { ChannelArn = call.Path("channelArn") },
        Resources: (r, call) => [call.BearerArn, r.ChannelArn],
        Handle: async (r, call) =>
        {
            var bearer = call.Bearer;
            var channel = await call.Store.Write(ledger => Core.Channels.Channels.SetExpiration(
                ledger, bearer, call.Channel(r.ChannelArn), r.ExpirationSettings?.Read()));
            return new(r.ChannelArn, ExpirationSettings.Of(channel.Expiration));
        });
}
