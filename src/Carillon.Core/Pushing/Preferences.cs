using Carillon.Core.Access;
using Carillon.Core.Channels;
using Carillon.Core.Identity;

namespace Carillon.Core.Pushing;

/// <summary>What a member wants to be told on its devices; nobody else reads or writes it, and it ends with the membership.</summary>
public static class Preferences
{
    public static (Person Member, Preference? Preference) Get(
        IView view, PersonAddress bearer, ChannelAddress address, PersonAddress who)
    {
        var standing = Own(view, bearer, address, who, Rights.GetChannelMembershipPreferences);
        return (standing.Bearer, view.FindPreference(standing.Channel.Key, standing.Bearer.Key));
    }

    /// <param name="preference">Null goes back to the beginning, which is ALL. (AWS leaves that open.)</param>
    /// <exception cref="Refusal">InvalidInput: FILTERED without a rule, or a rule that is none.</exception>
    public static Person Put(
        ILedger ledger, PersonAddress bearer, ChannelAddress address, PersonAddress who, Preference? preference)
    {
        var standing = Own(ledger, bearer, address, who, Rights.PutChannelMembershipPreferences);
        Check(preference);
        ledger.SetPreference(standing.Channel.Key, standing.Bearer.Key, preference);
        return standing.Bearer;
    }

    private static Standing Own(IView view, PersonAddress bearer, ChannelAddress address, PersonAddress who, Right right)
    {
        var standing = Standing.Of(view, bearer, address).Must(right, self: who == bearer);
        return standing.Channel.Elastic is null
            ? standing
            : throw new Refusal(Reason.InvalidInput, "The members of an elastic channel have no preferences.");
    }

    // AWS leaves both open; we refuse FILTERED without a rule, which would filter nothing, and keep a rule that has no
    // effect yet, so that a member can turn it off and on again.
    private static void Check(Preference? preference)
    {
        if (preference is { Allow: Notifications.Filtered, Rule: null })
        {
            throw new Refusal(Reason.InvalidInput, "AllowNotifications FILTERED needs a FilterRule.");
        }

        if (preference?.Rule is not { } rule)
        {
            return;
        }

        try
        {
            FilterRule.Parse(rule);
        }
        catch (FormatException e)
        {
            throw new Refusal(Reason.InvalidInput, $"The FilterRule is not valid: {e.Message}");
        }
    }
}
