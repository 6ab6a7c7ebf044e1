using Carillon.Core.Pushing;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Memberships;

// GET /channels/{channelArn}/memberships/{memberArn}/preferences -> 200.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record GetChannelMembershipPreferencesRequest
{
    public string ChannelArn { get; init; } = "";

    public string MemberArn { get; init; } = "";
}

internal sealed record GetChannelMembershipPreferencesResponse(
    string ChannelArn, IdentityShape Member, ChannelMembershipPreferences Preferences);

internal static class GetChannelMembershipPreferences
{
    public static readonly Operation<GetChannelMembershipPreferencesRequest, GetChannelMembershipPreferencesResponse> Operation = new(
        nameof(GetChannelMembershipPreferences), Route.Get("/channels/{channelArn}/memberships/{memberArn}/preferences"), 200,
        Bearer.Required, Declares.Nothing, In: null, MembershipsJson.Default.GetChannelMembershipPreferencesResponse,
        Bind: (r, call) => r with { ChannelArn = call.Path("channelArn"), MemberArn = call.Path("memberArn") },
        Resources: (r, call) => [call.BearerArn, r.ChannelArn],
        Handle: (r, call) =>
        {
            // AWS leaves open what is answered before the first Put; we answer empty preferences.
            var (member, preference) = call.Store.Read(view => Preferences.Get(
                view, call.Bearer, call.Channel(r.ChannelArn), call.Arns.PersonAddress(r.MemberArn)));
            return Task.FromResult(new GetChannelMembershipPreferencesResponse(
                r.ChannelArn, IdentityShape.Of(member, call.Arns), ChannelMembershipPreferences.Of(preference)));
        });
}
