namespace Carillon.Core.Identity;

/// <summary>App instances and who administers them. IAM alone decides who may call these.</summary>
public static class AppInstances
{
    public static string Create(
        ILedger ledger, Quotas quotas, Repetition repetition, string name, string? metadata, IReadOnlyList<Tag> tags)
    {
        if (repetition.Before(ledger) is { } before)
        {
            return before;
        }

        quotas.Require(Quotas.AppInstances, ledger.CountApps());
        var app = ledger.AddApp(Guid.NewGuid().ToString(), name, metadata);
        ledger.AddTags($"app-instance/{app.Id}", tags);
        repetition.Remember(ledger, app.Id);
        return app.Id;
    }

    /// <exception cref="Refusal">AppInstanceUnknown.</exception>
    public static AppInstance Find(IView view, string id) =>
        view.FindApp(id) ?? throw new Refusal(Reason.AppInstanceUnknown);

    /// <exception cref="Refusal">AppInstanceUnknown.</exception>
    public static (AppInstance App, AppCounts Counts) Describe(IView view, string id)
    {
        var app = Find(view, id);
        return (app, view.Count(app.Key));
    }

    public static AppInstance Update(ILedger ledger, string id, string name, string? metadata) =>
        ledger.UpdateApp(Find(ledger, id), name, metadata);

    public static void Delete(ILedger ledger, string id)
    {
        var app = Find(ledger, id);
        ledger.DeleteApp(app.Key);
        ledger.Announce(new AppInstanceDeleted(app.Key));
    }

    public static Admin AddAdmin(ILedger ledger, Quotas quotas, string appId, PersonAddress address)
    {
        var app = Find(ledger, appId);
        var person = address.AppId == appId ? Users.FindPerson(ledger, address) : throw new Refusal(Reason.UserUnknown);
        if (ledger.FindAdmin(app.Key, person.Key) is not null)
        {
            throw new Refusal(Reason.AdminExists);
        }

        quotas.Require(Quotas.AdminsPerAppInstance, ledger.CountAdmins(app.Key));
        return ledger.AddAdmin(app.Key, person);
    }

    public static Admin FindAdmin(IView view, string appId, PersonAddress address)
    {
        var app = Find(view, appId);
        var person = view.FindPerson(address);
        return (person is null || address.AppId != appId ? null : view.FindAdmin(app.Key, person.Key))
            ?? throw new Refusal(Reason.AdminUnknown);
    }

    /// <summary>Demotes; the user stays. Demoting who is no admin changes nothing.</summary>
    public static void RemoveAdmin(ILedger ledger, string appId, PersonAddress address)
    {
        var app = Find(ledger, appId);
        if (address.AppId == appId && ledger.FindPerson(address) is { } person)
        {
            ledger.DeleteAdmin(app.Key, person.Key);
        }
    }
}
