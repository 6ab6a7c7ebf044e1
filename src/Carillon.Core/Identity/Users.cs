namespace Carillon.Core.Identity;

/// <summary>Users whose ids the application chooses. IAM alone decides who may call these.</summary>
public static class Users
{
    public static string Create(
        ILedger ledger, Quotas quotas, Repetition repetition, PersonAddress address, string name, string? metadata,
        Expiration? expiration, IReadOnlyList<Tag> tags)
    {
        if (repetition.Before(ledger) is { } before)
        {
            return before;
        }

        var app = AppInstances.Find(ledger, address.AppId);
        if (ledger.FindPerson(address) is not null)
        {
            throw new Refusal(Reason.UserExists);
        }

        quotas.Require(Quotas.UsersPerAppInstance, ledger.CountUsers(app.Key));
        ledger.AddUser(app, address.Kind, address.Id, name, metadata, expiration);
        ledger.AddTags(ResourceAddress.Of(address).Path, tags);
        repetition.Remember(ledger, address.Id);
        return address.Id;
    }

    /// <exception cref="Refusal">UserUnknown, also for a bot.</exception>
    public static AppUser Find(IView view, PersonAddress address) =>
        (address.Kind == PersonKind.User ? view.FindUser(address) : null) ?? throw new Refusal(Reason.UserUnknown);

    /// <summary>A user or a bot.</summary>
    /// <exception cref="Refusal">UserUnknown.</exception>
    public static Person FindPerson(IView view, PersonAddress address) =>
        view.FindPerson(address) ?? throw new Refusal(Reason.UserUnknown);

    public static AppUser Update(ILedger ledger, PersonAddress address, string name, string? metadata) =>
        ledger.UpdateUser(Find(ledger, address), name, metadata);

    /// <summary>Counts from creation. Null lets the user stay; a time that has passed ends it at the next look.</summary>
    public static AppUser SetExpiration(ILedger ledger, PersonAddress address, Expiration? expiration)
    {
        var user = Find(ledger, address);
        return user.Expiration == expiration ? user : ledger.SetExpiration(user, expiration);
    }

    /// <summary>
    /// The user and its rights are gone at once and its sessions end. Its memberships, moderator roles and bans end too,
    /// each an event of its channel, the first here and the rest in the background; its messages stay.
    /// </summary>
    public static void Delete(ILedger ledger, PersonAddress address) => End(ledger, Find(ledger, address).Person);

    internal static void End(ILedger ledger, Person user)
    {
        ledger.DeleteUser(user);
        ledger.Announce(new UserDeleted(user.App, user.Key));
        Purging.EndTies(ledger, user, Purging.Slice);
    }
}
