using System.Text.Json.Serialization;
using Carillon.Core.Channels;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Channels;

// POST /channels?operation=search -> 200.  Shape: chime-sdk-messaging 2021-05-15. The model leaves the bearer out; its
// note demands it, and so do we.
internal sealed record SearchChannelsRequest
{
    public IReadOnlyList<SearchFieldShape>? Fields { get; init; }

    [JsonIgnore]
    public int? MaxResults { get; init; }

    [JsonIgnore]
    public string? NextToken { get; init; }
}

/// <summary>SearchField of the service model; its one Key is MEMBERS.</summary>
internal sealed record SearchFieldShape(string? Key, IReadOnlyList<string>? Values, string? Operator)
{
    /// <remarks>A value that is no user's ARN finds nothing: it names no member.</remarks>
    public MemberSearch Read(Arns arns) => new(
        Operator == Words.EqualsOperator,
        [.. Values!.Select(value => arns.IsPerson(value) ? arns.PersonAddress(value) : (Core.Identity.PersonAddress?)null)]);
}

internal sealed record SearchChannelsResponse(IReadOnlyList<ChannelSummary> Channels, string? NextToken);

internal static class SearchChannels
{
    public static readonly Operation<SearchChannelsRequest, SearchChannelsResponse> Operation = new(
        nameof(SearchChannels), Route.Post("/channels?operation=search"), 200, Bearer.Required, Declares.Nothing,
        ChannelsJson.Default.SearchChannelsRequest, ChannelsJson.Default.SearchChannelsResponse,
        Bind: (r, call) => r with { MaxResults = call.QueryNumber("max-results"), NextToken = call.Query("next-token") },
        Resources: (_, call) => [call.BearerArn],
        Handle: (r, call) =>
        {
            var searches = r.Fields!.Select(field => field.Read(call.Arns)).ToList();
            string[] list = [.. r.Fields!.SelectMany(f => f.Values!.Prepend(f.Operator!))];
            var asked = call.PageOf(r.MaxResults, r.NextToken, list);
            var page = call.Store.Read(view => Searching.Search(view, call.Bearer, searches, asked.Size, asked.After));
            return Task.FromResult(new SearchChannelsResponse(
                [.. page.Items.Select(channel => ChannelSummary.Of(channel, call.Arns))], asked.Next(page)));
        });
}
