using Carillon.Core;
using Carillon.Core.Messages;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Messages;

// GET /channels/{channelArn}/messages -> 200.  Shape: chime-sdk-messaging 2021-05-15. Newest first unless asked otherwise.
internal sealed record ListChannelMessagesRequest : IInSubChannel
{
    public string ChannelArn { get; init; } = "";

    public string? SortOrder { get; init; }

    public DateTimeOffset? NotBefore { get; init; }

    public DateTimeOffset? NotAfter { get; init; }

    public int? MaxResults { get; init; }

    public string? NextToken { get; init; }

    public string? SubChannelId { get; init; }
}

internal sealed record ListChannelMessagesResponse(
    string ChannelArn, IReadOnlyList<ChannelMessageSummary> ChannelMessages, string? NextToken, string? SubChannelId);

internal static class ListChannelMessages
{
    public static readonly Operation<ListChannelMessagesRequest, ListChannelMessagesResponse> Operation = new(
        nameof(ListChannelMessages), Route.Get("/channels/{channelArn}/messages"), 200, Bearer.Required, Declares.Nothing,
        In: null, MessagesJson.Default.ListChannelMessagesResponse,
        Bind: (r, call) => r with
        {
            ChannelArn = call.Path("channelArn"),
            SortOrder = call.Query("sort-order"),
            NotBefore = call.QueryTime("not-before"),
            NotAfter = call.QueryTime("not-after"),
            MaxResults = call.QueryNumber("max-results"),
            NextToken = call.Query("next-token"),
            SubChannelId = call.Query("sub-channel-id"),
        },
        Resources: (r, call) => [call.BearerArn, r.ChannelArn],
        Handle: (r, call) =>
        {
            var range = new HistoryRange(r.SortOrder == Words.Ascending, At(r.NotBefore), At(r.NotAfter));
            var asked = call.PageOf(
                r.MaxResults, r.NextToken, r.ChannelArn, r.SubChannelId, r.SortOrder,
                r.NotBefore?.UtcTicks.ToString(System.Globalization.CultureInfo.InvariantCulture),
                r.NotAfter?.UtcTicks.ToString(System.Globalization.CultureInfo.InvariantCulture));
            var page = call.Store.Read(view => History.List(
                view, call.Bearer, call.Channel(r.ChannelArn, r.SubChannelId), range, asked.Size, asked.After));
            return Task.FromResult(new ListChannelMessagesResponse(
                r.ChannelArn, [.. page.Items.Select(m => ChannelMessageSummary.Of(m, call.Arns))], asked.Next(page),
                r.SubChannelId));
        });

    // A bound keeps every digit it was sent with, unlike what is stamped.
    private static Instant? At(DateTimeOffset? time) =>
        time is { } moment ? new Instant((moment - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond) : null;
}
