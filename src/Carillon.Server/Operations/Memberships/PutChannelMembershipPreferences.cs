using System.Text.Json.Serialization;
using Carillon.Core.Pushing;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Memberships;

// PUT /channels/{channelArn}/memberships/{memberArn}/preferences -> 200.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record PutChannelMembershipPreferencesRequest
{
    [JsonIgnore]
    public string ChannelArn { get; init; } = "";

    [JsonIgnore]
    public string MemberArn { get; init; } = "";

    public ChannelMembershipPreferences? Preferences { get; init; }
}

internal sealed record PutChannelMembershipPreferencesResponse(
    string ChannelArn, IdentityShape Member, ChannelMembershipPreferences Preferences);

internal static class PutChannelMembershipPreferences
{
    public static readonly Operation<PutChannelMembershipPreferencesRequest, PutChannelMembershipPreferencesResponse> Operation = new(
        nameof(PutChannelMembershipPreferences), Route.Put("/channels/{channelArn}/memberships/{memberArn}/preferences"), 200,
        Bearer.Required, Declares.Conflict,
        MembershipsJson.Default.PutChannelMembershipPreferencesRequest,
        MembershipsJson.Default.PutChannelMembershipPreferencesResponse,
        Bind: (r, call) => r with { ChannelArn = call.Path("channelArn"), MemberArn = call.Path("memberArn") },
        Resources: (r, call) => [call.BearerArn, r.ChannelArn],
        Handle: async (r, call) =>
        {
            var preference = r.Preferences!.Read();
            var member = await call.Store.Write(ledger => Preferences.Put(
                ledger, call.Bearer, call.Channel(r.ChannelArn), call.Arns.PersonAddress(r.MemberArn), preference));
            return new(r.ChannelArn, IdentityShape.Of(member, call.Arns), ChannelMembershipPreferences.Of(preference));
        });
}
