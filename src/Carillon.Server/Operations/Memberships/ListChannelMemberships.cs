using Carillon.Server.Http;

namespace Carillon.Server.Operations.Memberships;

// GET /channels/{channelArn}/memberships -> 200.  Shape: chime-sdk-messaging 2021-05-15. Hidden ones only on request.
internal sealed record ListChannelMembershipsRequest : IInSubChannel
{
    public string ChannelArn { get; init; } = "";

    public string? Type { get; init; }

    public int? MaxResults { get; init; }

    public string? NextToken { get; init; }

    public string? SubChannelId { get; init; }
}

internal sealed record ListChannelMembershipsResponse(
    string ChannelArn, IReadOnlyList<ChannelMembershipSummary> ChannelMemberships, string? NextToken);

internal static class ListChannelMemberships
{
    public static readonly Operation<ListChannelMembershipsRequest, ListChannelMembershipsResponse> Operation = new(
        nameof(ListChannelMemberships), Route.Get("/channels/{channelArn}/memberships"), 200, Bearer.Required,
        Declares.Nothing, In: null, MembershipsJson.Default.ListChannelMembershipsResponse,
        Bind: (r, call) => r with
        {
            ChannelArn = call.Path("channelArn"),
            Type = call.Query("type"),
            MaxResults = call.QueryNumber("max-results"),
            NextToken = call.Query("next-token"),
            SubChannelId = call.Query("sub-channel-id"),
        },
        Resources: (r, call) => [call.BearerArn, r.ChannelArn],
        Handle: (r, call) =>
        {
            var asked = call.PageOf(r.MaxResults, r.NextToken, r.ChannelArn, r.SubChannelId, r.Type);
            var page = call.Store.Read(view => Core.Channels.Memberships.List(
                view, call.Bearer, call.Channel(r.ChannelArn, r.SubChannelId), r.Type == Words.Hidden, asked.Size, asked.After));
            return Task.FromResult(new ListChannelMembershipsResponse(
                r.ChannelArn,
                [.. page.Items.Select(m => new ChannelMembershipSummary(IdentityShape.Of(m.Person, call.Arns)))],
                asked.Next(page)));
        });
}
