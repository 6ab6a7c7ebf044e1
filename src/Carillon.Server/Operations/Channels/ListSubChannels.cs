using Carillon.Core.Channels;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Channels;

// GET /channels/{channelArn}/subchannels -> 200.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record ListSubChannelsRequest
{
    public string ChannelArn { get; init; } = "";

    public int? MaxResults { get; init; }

    public string? NextToken { get; init; }
}

internal sealed record ListSubChannelsResponse(
    string ChannelArn, IReadOnlyList<SubChannelSummary> SubChannels, string? NextToken);

internal sealed record SubChannelSummary(string SubChannelId, long MembershipCount);

internal static class ListSubChannels
{
    public static readonly Operation<ListSubChannelsRequest, ListSubChannelsResponse> Operation = new(
        nameof(ListSubChannels), Route.Get("/channels/{channelArn}/subchannels"), 200, Bearer.Required, Declares.Nothing,
        In: null, ChannelsJson.Default.ListSubChannelsResponse,
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
            var page = call.Store.Read(view => SubChannels.List(
                view, call.Bearer, call.Channel(r.ChannelArn), asked.Size, asked.After));
            return Task.FromResult(new ListSubChannelsResponse(
                r.ChannelArn, [.. page.Items.Select(one => new SubChannelSummary(one.Sub.Id, one.Members))],
                asked.Next(page)));
        });
}
