using System.Text.Json.Serialization;
using Carillon.Core.Channels;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Moderation;

// POST /channels/{channelArn}/moderators -> 201.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record CreateChannelModeratorRequest
{
    [JsonIgnore]
    public string ChannelArn { get; init; } = "";

    public string? ChannelModeratorArn { get; init; }
}

internal sealed record CreateChannelModeratorResponse(string ChannelArn, IdentityShape ChannelModerator);

internal static class CreateChannelModerator
{
    public static readonly Operation<CreateChannelModeratorRequest, CreateChannelModeratorResponse> Operation = new(
        nameof(CreateChannelModerator), Route.Post("/channels/{channelArn}/moderators"), 201, Bearer.Required,
        Declares.ResourceLimitExceeded | Declares.Conflict,
        ModerationJson.Default.CreateChannelModeratorRequest, ModerationJson.Default.CreateChannelModeratorResponse,
        Bind: (r, call) => r with { ChannelArn = call.Path("channelArn") },
        Resources: (r, call) => [call.BearerArn, r.ChannelArn],
        Handle: async (r, call) =>
        {
            var bearer = call.Bearer;
            var moderator = await call.Store.Write(ledger => Moderators.Create(
                ledger, call.Quotas, bearer, call.Channel(r.ChannelArn), call.Arns.PersonAddress(r.ChannelModeratorArn!)));
            return new(r.ChannelArn, IdentityShape.Of(moderator.Person, call.Arns));
        });
}
