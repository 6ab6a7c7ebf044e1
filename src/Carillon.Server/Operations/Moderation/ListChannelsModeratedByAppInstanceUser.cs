using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Server.Http;
using Carillon.Server.Operations.Channels;

namespace Carillon.Server.Operations.Moderation;

// GET /channels?scope=app-instance-user-moderated-channels -> 200.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record ListChannelsModeratedByAppInstanceUserRequest
{
    /// <summary>The bearer where it is left out.</summary>
    public string? AppInstanceUserArn { get; init; }

    public int? MaxResults { get; init; }

    public string? NextToken { get; init; }
}

/// <summary>ChannelModeratedByAppInstanceUserSummary of the service model.</summary>
internal sealed record ChannelModeratedByAppInstanceUserSummary(ChannelSummary ChannelSummary)
{
    public static ChannelModeratedByAppInstanceUserSummary Of(Channel channel, Arns arns) =>
        new(ChannelSummary.Of(channel, arns));
}

internal sealed record ListChannelsModeratedByAppInstanceUserResponse(
    IReadOnlyList<ChannelModeratedByAppInstanceUserSummary> Channels, string? NextToken);

internal static class ListChannelsModeratedByAppInstanceUser
{
    public static readonly
        Operation<ListChannelsModeratedByAppInstanceUserRequest, ListChannelsModeratedByAppInstanceUserResponse> Operation = new(
        nameof(ListChannelsModeratedByAppInstanceUser), Route.Get("/channels?scope=app-instance-user-moderated-channels"), 200,
        Bearer.Required, Declares.Nothing, In: null, ModerationJson.Default.ListChannelsModeratedByAppInstanceUserResponse,
        Bind: (r, call) => r with
        {
            AppInstanceUserArn = call.Query("app-instance-user-arn"),
            MaxResults = call.QueryNumber("max-results"),
            NextToken = call.Query("next-token"),
        },
        Resources: (_, call) => [call.BearerArn],
        Handle: (r, call) =>
        {
            var asked = call.PageOf(r.MaxResults, r.NextToken, r.AppInstanceUserArn);
            PersonAddress? who = r.AppInstanceUserArn is { } arn ? call.Arns.PersonAddress(arn) : null;
            var page = call.Store.Read(view => Moderators.ListOf(view, call.Bearer, who, asked.Size, asked.After));
            return Task.FromResult(new ListChannelsModeratedByAppInstanceUserResponse(
                [.. page.Items.Select(channel => ChannelModeratedByAppInstanceUserSummary.Of(channel, call.Arns))],
                asked.Next(page)));
        });
}
