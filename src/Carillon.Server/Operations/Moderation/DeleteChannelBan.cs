using Carillon.Core.Channels;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Moderation;

// DELETE /channels/{channelArn}/bans/{memberArn} -> 204.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record DeleteChannelBanRequest
{
    public string ChannelArn { get; init; } = "";

    public string MemberArn { get; init; } = "";
}

internal static class DeleteChannelBan
{
    public static readonly Operation<DeleteChannelBanRequest, Nothing> Operation = new(
        nameof(DeleteChannelBan), Route.Delete("/channels/{channelArn}/bans/{memberArn}"), 204, Bearer.Required,
        Declares.Nothing, In: null, Out: null,
        Bind: (r, call) => r with { ChannelArn = call.Path("channelArn"), MemberArn = call.Path("memberArn") },
        Resources: (r, call) => [call.BearerArn, r.ChannelArn],
        Handle: (r, call) =>
        {
            var bearer = call.Bearer;
            return call.Store.Write(ledger =>
            {
                Bans.Delete(ledger, bearer, call.Channel(r.ChannelArn), call.Arns.PersonAddress(r.MemberArn));
                return Nothing.Value;
            });
        });
}
