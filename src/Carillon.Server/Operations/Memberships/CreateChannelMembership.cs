using System.Text.Json.Serialization;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Memberships;

// POST /channels/{channelArn}/memberships -> 201.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record CreateChannelMembershipRequest : IInSubChannel
{
    [JsonIgnore]
    public string ChannelArn { get; init; } = "";

    public string? MemberArn { get; init; }

    /// <summary>The model requires it and AWS's own examples omit it: DEFAULT then.</summary>
    public string? Type { get; init; }

    public string? SubChannelId { get; init; }
}

internal sealed record CreateChannelMembershipResponse(string ChannelArn, IdentityShape Member, string? SubChannelId);

internal static class CreateChannelMembership
{
    public static readonly Operation<CreateChannelMembershipRequest, CreateChannelMembershipResponse> Operation = new(
        nameof(CreateChannelMembership), Route.Post("/channels/{channelArn}/memberships"), 201, Bearer.Required,
        Declares.ResourceLimitExceeded | Declares.NotFound | Declares.Conflict,
        MembershipsJson.Default.CreateChannelMembershipRequest, MembershipsJson.Default.CreateChannelMembershipResponse,
        Bind: (r, call) => r with { ChannelArn = call.Path("channelArn") },
        Resources: (r, call) => [call.BearerArn, r.ChannelArn],
        Handle: async (r, call) =>
        {
            var bearer = call.Bearer;
            var member = await call.Store.Write(ledger => Core.Channels.Memberships.Create(
                ledger, call.Quotas, bearer, call.Channel(r.ChannelArn, r.SubChannelId), call.Arns.PersonAddress(r.MemberArn!),
                hidden: r.Type == Words.Hidden));
            return new(r.ChannelArn, IdentityShape.Of(member.Person, call.Arns), member.Sub?.Id);
        });
}
