using System.Text.Json.Serialization;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Channels;

// PUT /channels/{channelArn} -> 200.  Shape: chime-sdk-messaging 2021-05-15. An omitted member stays as it is.
internal sealed record UpdateChannelRequest
{
    [JsonIgnore]
    public string ChannelArn { get; init; } = "";

    public string? Name { get; init; }

    public string? Mode { get; init; }

    public string? Metadata { get; init; }
}

internal sealed record UpdateChannelResponse(string ChannelArn);

internal static class UpdateChannel
{
    public static readonly Operation<UpdateChannelRequest, UpdateChannelResponse> Operation = new(
        nameof(UpdateChannel), Route.Put("/channels/{channelArn}"), 200, Bearer.Required, Declares.Conflict,
        ChannelsJson.Default.UpdateChannelRequest, ChannelsJson.Default.UpdateChannelResponse,
        Bind: (r, call) => r with { ChannelArn = call.Path("channelArn") },
        Resources: (r, call) => [call.BearerArn, r.ChannelArn],
        Handle: async (r, call) =>
        {
            var bearer = call.Bearer;
            await call.Store.Write(ledger => Core.Channels.Channels.Update(
                ledger, bearer, call.Channel(r.ChannelArn), r.Name, Words.Mode(r.Mode), r.Metadata));
            return new(r.ChannelArn);
        });
}
