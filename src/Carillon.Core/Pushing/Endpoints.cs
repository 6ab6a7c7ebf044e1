using Carillon.Core.Identity;

namespace Carillon.Core.Pushing;

/// <summary>The devices that users hear from channels on. IAM alone decides who may call these.</summary>
public static class Endpoints
{
    /// <summary>Returns the endpoint's id.</summary>
    // AWS leaves a second registration of one device open; we keep one endpoint for each device of a user and renew it, so
    // that an app which registers at every start gets one push a message. A device that another user registers as well is
    // that user's too, until one of them deregisters it.
    public static string Register(
        ILedger ledger, Quotas quotas, Repetition repetition, PersonAddress address, NewEndpoint device)
    {
        if (repetition.Before(ledger) is { } before)
        {
            return before;
        }

        var user = UserOf(ledger, address);
        if (ledger.FindEndpoint(user.Key, device.Type, device.Resource, device.Token) is { } known)
        {
            ledger.RenewEndpoint(known, device);
            repetition.Remember(ledger, known.Id);
            return known.Id;
        }

        var count = ledger.CountEndpoints(user.Key);
        quotas.Require(Quotas.EndpointsPerUser, count);
        var id = ledger.AddEndpoint(user, Guid.NewGuid().ToString(), device).Id;
        if (count == 0)
        {
            // Most users are done with this slice; who is in more channels is reached in all of them in the background.
            ledger.BeginReaching(user.Key);
            ledger.Reach(user.Key, Purging.Slice);
        }

        repetition.Remember(ledger, id);
        return id;
    }

    /// <exception cref="Refusal">UserUnknown; EndpointUnknown.</exception>
    public static UserEndpoint Find(IView view, PersonAddress address, string id) =>
        view.FindEndpoint(UserOf(view, address).Key, id) ?? throw new Refusal(Reason.EndpointUnknown);

    /// <summary>What is null stays. (AWS leaves that open.)</summary>
    public static void Update(ILedger ledger, PersonAddress address, string id, string? name, bool? allowMessages)
    {
        var endpoint = Find(ledger, address, id);
        ledger.UpdateEndpoint(endpoint, name ?? endpoint.Device.Name, allowMessages ?? endpoint.Device.AllowMessages);
    }

    public static Page<UserEndpoint> List(IView view, PersonAddress address, int size, long? after) =>
        view.ListEndpoints(UserOf(view, address).Key, size, after);

    /// <summary>Deregistering what is not there changes nothing.</summary>
    public static void Deregister(ILedger ledger, PersonAddress address, string id)
    {
        if (ledger.FindEndpoint(UserOf(ledger, address).Key, id) is { } endpoint)
        {
            ledger.DeleteEndpoint(endpoint);
        }
    }

    /// <summary>
    /// Marks the next memberships of a user whose first device was registered, so that a push finds those who have
    /// devices without asking all members of a channel. False when nobody is left.
    /// </summary>
    public static bool Step(ILedger ledger)
    {
        if (ledger.NextToReach() is not { } user)
        {
            return false;
        }

        ledger.Reach(user, Purging.Slice);
        return true;
    }

    private static Person UserOf(IView view, PersonAddress address) => address.Kind == PersonKind.User
        ? Users.FindPerson(view, address)
        : throw new Refusal(Reason.UserUnknown);
}
