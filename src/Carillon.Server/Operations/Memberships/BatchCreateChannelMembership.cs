using System.Text.Json.Serialization;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Memberships;

// POST /channels/{channelArn}/memberships?operation=batch-create -> 200.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record BatchCreateChannelMembershipRequest : IInSubChannel
{
    [JsonIgnore]
    public string ChannelArn { get; init; } = "";

    public string? Type { get; init; }

    public IReadOnlyList<string>? MemberArns { get; init; }

    public string? SubChannelId { get; init; }
}

internal sealed record BatchCreateChannelMembershipResponse(
    BatchChannelMemberships BatchChannelMemberships, IReadOnlyList<BatchCreateChannelMembershipError> Errors);

internal sealed record BatchCreateChannelMembershipError(string MemberArn, string ErrorCode, string ErrorMessage);

internal static class BatchCreateChannelMembership
{
    private const Declares Errors = Declares.ResourceLimitExceeded | Declares.NotFound;

    /// <summary>Of one member; the service's short codes, which are more than the operation as a whole declares.</summary>
    private const Declares OfOne = Errors | Declares.Conflict;

    public static readonly Operation<BatchCreateChannelMembershipRequest, BatchCreateChannelMembershipResponse> Operation = new(
        nameof(BatchCreateChannelMembership), Route.Post("/channels/{channelArn}/memberships?operation=batch-create"), 200,
        Bearer.Required, Errors,
        MembershipsJson.Default.BatchCreateChannelMembershipRequest,
        MembershipsJson.Default.BatchCreateChannelMembershipResponse,
        Bind: (r, call) => r with { ChannelArn = call.Path("channelArn") },
        Resources: (r, call) => [call.BearerArn, r.ChannelArn],
        Handle: async (r, call) =>
        {
            var bearer = call.Bearer;
            var hidden = r.Type == Words.Hidden;
            var (items, invitedBy) = await call.Store.Write(ledger =>
            {
                var items = Core.Channels.Memberships.CreateBatch(
                    ledger, call.Quotas, bearer, call.Channel(r.ChannelArn, r.SubChannelId),
                    [.. r.MemberArns!.Select(call.Arns.PersonAddress)], hidden, out var invitedBy);
                return (items, invitedBy);
            });
            var members = items.Where(i => i.Member is not null).Select(i => IdentityShape.Of(i.Member!.Person, call.Arns));
            var errors = items.Zip(r.MemberArns!).Where(pair => pair.First.Refusal is not null).Select(pair =>
            {
                var (error, message) = RefusalErrors.Of(pair.First.Refusal!, OfOne);
                return new BatchCreateChannelMembershipError(pair.Second, error.Code, message);
            });

            // AWS leaves open what the one SubChannelId says of members in several; we leave it out then.
            var subs = items.Select(i => i.Member?.Sub?.Id).OfType<string>().Distinct().ToList();
            return new(
                new(
                    IdentityShape.Of(invitedBy, call.Arns), Words.Membership(hidden), [.. members], r.ChannelArn,
                    subs is [var one] ? one : null),
                [.. errors]);
        });
}
