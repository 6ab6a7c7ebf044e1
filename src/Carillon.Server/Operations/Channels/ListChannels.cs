using Carillon.Core.Channels;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Channels;

// GET /channels?app-instance-arn=... -> 200.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record ListChannelsRequest
{
    public string? AppInstanceArn { get; init; }

    public string? Privacy { get; init; }

    public int? MaxResults { get; init; }

    public string? NextToken { get; init; }

    /// <summary>Ours: <c>last-message</c>, or the order of creation where it is left out.</summary>
    public string? Sort { get; init; }
}

internal sealed record ListChannelsResponse(IReadOnlyList<ChannelSummary> Channels, string? NextToken);

internal static class ListChannels
{
    public static readonly Operation<ListChannelsRequest, ListChannelsResponse> Operation = new(
        nameof(ListChannels), Route.Get("/channels"), 200, Bearer.Required, Declares.Nothing,
        In: null, ChannelsJson.Default.ListChannelsResponse,
        Bind: (r, call) => r with
        {
            AppInstanceArn = call.Query("app-instance-arn"),
            Privacy = call.Query("privacy"),
            MaxResults = call.QueryNumber("max-results"),
            NextToken = call.Query("next-token"),
            Sort = call.Query(Extensions.Sort),
        },
        Check: (r, must) => Extensions.CheckSort(r.Sort, must),
        Resources: (_, call) => [call.BearerArn],
        Handle: (r, call) =>
        {
            // Without a privacy the public ones are listed: the official demo relies on it.
            var privacy = r.Privacy == Words.Private ? ChannelPrivacy.Private : ChannelPrivacy.Public;
            var asked = call.PageOf(r.MaxResults, r.NextToken, r.AppInstanceArn, r.Privacy, r.Sort);
            var page = call.Store.Read(view => Core.Channels.Channels.List(
                view, call.Bearer, call.Arns.AppId(r.AppInstanceArn!), privacy, r.Sort is not null, asked.Size, asked.After));
            return Task.FromResult(new ListChannelsResponse(
                [.. page.Items.Select(channel => ChannelSummary.Of(channel, call.Arns))], asked.Next(page)));
        });
}
