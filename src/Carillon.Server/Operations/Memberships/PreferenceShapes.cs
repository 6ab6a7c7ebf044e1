using Carillon.Core.Pushing;
using Carillon.Server.Http;
using Carillon.Server.Pushing;

namespace Carillon.Server.Operations.Memberships;

/// <summary>ChannelMembershipPreferences of the service model; without PushNotifications where nothing was ever said.</summary>
internal sealed record ChannelMembershipPreferences(PushNotificationPreferences? PushNotifications)
{
    public static ChannelMembershipPreferences Of(Preference? preference) => new(
        preference is null ? null : new PushNotificationPreferences(EndpointWords.Of(preference.Allow), preference.Rule));

    public Preference? Read() => PushNotifications is { } push
        ? new(EndpointWords.Allowed(push.AllowNotifications!), push.FilterRule)
        : null;
}

internal sealed record PushNotificationPreferences(string? AllowNotifications, string? FilterRule);
