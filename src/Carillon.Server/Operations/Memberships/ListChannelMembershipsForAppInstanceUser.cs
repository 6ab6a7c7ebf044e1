using Carillon.Core.Identity;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Memberships;

// GET /channels?scope=app-instance-user-memberships -> 200.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record ListChannelMembershipsForAppInstanceUserRequest
{
    /// <summary>The bearer where it is left out.</summary>
    public string? AppInstanceUserArn { get; init; }

    public int? MaxResults { get; init; }

    public string? NextToken { get; init; }

    /// <summary>Ours: <c>last-message</c>, or the order of creation where it is left out.</summary>
    public string? Sort { get; init; }
}

internal sealed record ListChannelMembershipsForAppInstanceUserResponse(
    IReadOnlyList<ChannelMembershipForAppInstanceUserSummary> ChannelMemberships, string? NextToken);

internal static class ListChannelMembershipsForAppInstanceUser
{
    public static readonly
        Operation<ListChannelMembershipsForAppInstanceUserRequest, ListChannelMembershipsForAppInstanceUserResponse> Operation = new(
        nameof(ListChannelMembershipsForAppInstanceUser), Route.Get("/channels?scope=app-instance-user-memberships"), 200,
        Bearer.Required, Declares.Nothing, In: null, MembershipsJson.Default.ListChannelMembershipsForAppInstanceUserResponse,
        Bind: (r, call) => r with
        {
            AppInstanceUserArn = call.Query("app-instance-user-arn"),
            MaxResults = call.QueryNumber("max-results"),
            NextToken = call.Query("next-token"),
            Sort = call.Query(Extensions.Sort),
        },
        Check: (r, must) => Extensions.CheckSort(r.Sort, must),
        Resources: (_, call) => [call.BearerArn],
        Handle: (r, call) =>
        {
            var asked = call.PageOf(r.MaxResults, r.NextToken, r.AppInstanceUserArn, r.Sort);
            PersonAddress? who = r.AppInstanceUserArn is { } arn ? call.Arns.PersonAddress(arn) : null;
            var page = call.Store.Read(view =>
                Core.Channels.Memberships.ListOf(view, call.Bearer, who, r.Sort is not null, asked.Size, asked.After));
            return Task.FromResult(new ListChannelMembershipsForAppInstanceUserResponse(
                [.. page.Items.Select(m => ChannelMembershipForAppInstanceUserSummary.Of(m, call.Arns))], asked.Next(page)));
        });
}
