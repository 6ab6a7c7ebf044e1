using Carillon.Core.Channels;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Moderation;

// GET /channels/{channelArn}/bans -> 200.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record ListChannelBansRequest
{
    public string ChannelArn { get; init; } = "";

    public int? MaxResults { get; init; }

    public string? NextToken { get; init; }
}

internal sealed record ListChannelBansResponse(
    string ChannelArn, IReadOnlyList<ChannelBanSummary> ChannelBans, string? NextToken);

internal sealed record ChannelBanSummary(IdentityShape Member);

internal static class ListChannelBans
{
    public static readonly Operation<ListChannelBansRequest, ListChannelBansResponse> Operation = new(
        nameof(ListChannelBans), Route.Get("/channels/{channelArn}/bans"), 200, Bearer.Required, Declares.Nothing,
        In: null, ModerationJson.Default.ListChannelBansResponse,
        Bind: (r, call) => r with
        {
            ChannelArn = call.Path("channelArn"),
            MaxResults = call.QueryNumber("max-results"),
            NextToken = call.Query("next-token"),
        },
        Resources: (r, call) => [call.BearerArn, r.ChannelArn],
        Handle: (r, call) =>
        {
            var asked = call.PageOf(r.MaxResults, r.NextToken, r.ChannelArn);
            var page = call.Store.Read(view => Bans.List(
                view, call.Bearer, call.Channel(r.ChannelArn), asked.Size, asked.After));
            return Task.FromResult(new ListChannelBansResponse(
                r.ChannelArn,
                [.. page.Items.Select(ban => new ChannelBanSummary(IdentityShape.Of(ban.Person, call.Arns)))],
                asked.Next(page)));
        });
}
