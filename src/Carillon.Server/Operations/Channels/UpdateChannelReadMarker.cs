using Carillon.Server.Http;

namespace Carillon.Server.Operations.Channels;

// PUT /channels/{channelArn}/readMarker -> 200.  Shape: chime-sdk-messaging 2021-05-15. The marker is the time of the call.
internal sealed record UpdateChannelReadMarkerRequest
{
    public string ChannelArn { get; init; } = "";
}

internal sealed record UpdateChannelReadMarkerResponse(string ChannelArn);

internal static class UpdateChannelReadMarker
{
    public static readonly Operation<UpdateChannelReadMarkerRequest, UpdateChannelReadMarkerResponse> Operation = new(
        nameof(UpdateChannelReadMarker), Route.Put("/channels/{channelArn}/readMarker"), 200, Bearer.Required,
        Declares.Conflict, In: null, ChannelsJson.Default.UpdateChannelReadMarkerResponse,
        Bind: (r, call) => r with { ChannelArn = call.Path("channelArn") },
        Resources: (r, call) => [call.BearerArn, r.ChannelArn],
        Handle: async (r, call) =>
        {
            var bearer = call.Bearer;
            await call.Store.Write(ledger =>
            {
                Core.Channels.Memberships.MarkRead(ledger, bearer, call.Channel(r.ChannelArn));
                return Nothing.Value;
            });
            return new(r.ChannelArn);
        });
}
