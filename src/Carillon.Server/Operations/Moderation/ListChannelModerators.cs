using Carillon.Core.Channels;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Moderation;

// GET /channels/{channelArn}/moderators -> 200.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record ListChannelModeratorsRequest
{
    public string ChannelArn { get; init; } = "";

    public int? MaxResults { get; init; }

    public string? NextToken { get; init; }
}

internal sealed record ListChannelModeratorsResponse(
    string ChannelArn, IReadOnlyList<ChannelModeratorSummary> ChannelModerators, string? NextToken);

internal sealed record ChannelModeratorSummary(IdentityShape Moderator);

internal static class ListChannelModerators
{
    public static readonly Operation<ListChannelModeratorsRequest, ListChannelModeratorsResponse> Operation = new(
        nameof(ListChannelModerators), Route.Get("/channels/{channelArn}/moderators"), 200, Bearer.Required, Declares.Nothing,
        In: null, ModerationJson.Default.ListChannelModeratorsResponse,
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
            var page = call.Store.Read(view => Moderators.List(
                view, call.Bearer, call.Channel(r.ChannelArn), asked.Size, asked.After));
            return Task.FromResult(new ListChannelModeratorsResponse(
                r.ChannelArn,
                [.. page.Items.Select(moderator => new ChannelModeratorSummary(IdentityShape.Of(moderator.Person, call.Arns)))],
                asked.Next(page)));
        });
}
