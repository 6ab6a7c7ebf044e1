using System.Text.Json.Serialization;
using Carillon.Core.Channels;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Moderation;

// POST /channels/{channelArn}/bans -> 201.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record CreateChannelBanRequest
{
    [JsonIgnore]
    public string ChannelArn { get; init; } = "";

    public string? MemberArn { get; init; }
}

internal sealed record CreateChannelBanResponse(string ChannelArn, IdentityShape Member);

internal static class CreateChannelBan
{
    public static readonly Operation<CreateChannelBanRequest, CreateChannelBanResponse> Operation = new(
        nameof(CreateChannelBan), Route.Post("/channels/{channelArn}/bans"), 201, Bearer.Required,
        Declares.ResourceLimitExceeded | Declares.Conflict,
        ModerationJson.Default.CreateChannelBanRequest, ModerationJson.Default.CreateChannelBanResponse,
        Bind: (r, call) => r with { ChannelArn = call.Path("channelArn") },
        Resources: (r, call) => [call.BearerArn, r.ChannelArn],
        Handle: async (r, call) =>
        {
            var bearer = call.Bearer;
            var ban = await call.Store.Write(ledger => Bans.Create(
                ledger, bearer, call.Channel(r.ChannelArn), call.Arns.PersonAddress(r.MemberArn!)));
            return new(r.ChannelArn, IdentityShape.Of(ban.Person, call.Arns));
        });
}
