using Carillon.Events.Core;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Staff;
using Carillon.Events.Http;

namespace Carillon.Events.SignIn;

/// <summary>Who of the house asks.</summary>
/// <param name="Name">As logs and pages show it.</param>
/// <param name="Organiser">May do everything.</param>
/// <param name="Member">The artist or moderator of one show; null for an organiser.</param>
internal sealed record Signer(string Name, bool Organiser, StaffMember? Member);

/// <summary>Tells who asks, and whether they may.</summary>
internal static class StaffGate
{
    // Two, so that an organiser who opens a moderator's invitation is an organiser still. The first holds a secret for each
    // show that the browser was invited to.
    public const string StaffCookie = "carillon-events-staff";
    public const string AccountCookie = "carillon-events-account";

    // What the operator of an installation is called in logs: that sign-in has no name of its own.
    private const string operatorName = "Operator";

    /// <summary>Everybody that this browser is signed in as: a staff member, an account, the operator.</summary>
    public static IReadOnlyList<Signer> Of(EventsCall call)
    {
        var signers = new List<Signer>();
        foreach (var secret in (string[])[.. Cookies.ReadAll(call.Http, StaffCookie), .. Cookies.ReadAll(call.Http, AccountCookie)])
        {
            var signer = call.Store.Read(view =>
            {
                var who = view.SignedIn(Ids.HashOf(secret));
                if (who?.Staff is { } staff && view.StaffByKey(staff) is { } member) return new Signer(member.Name, false, member);
                return who?.Account is { } key && view.Account(key) is { } account ? new Signer(account.Name, true, null) : null;
            });
            if (signer is not null) signers.Add(signer);
        }

        if (call.Events.Options.Operators?.Holds(call.Http) == true) signers.Add(new Signer(operatorName, true, null));
        return signers;
    }

    /// <exception cref="Refused">SignInNeeded, NotYours.</exception>
    public static Signer MustOrganise(EventsCall call)
    {
        var signers = Of(call);
        if (signers.Count == 0) throw new Refused(Reason.SignInNeeded);
        return signers.FirstOrDefault(s => s.Organiser) ?? throw new Refused(Reason.NotYours);
    }

    /// <summary>The show of the address, for whoever may moderate it: its staff first, so that an organiser may act as one.</summary>
    /// <exception cref="Refused">SignInNeeded, NotYours, NotFound.</exception>
    public static (Signer Signer, Show Show) MustStaff(EventsCall call)
    {
        var signers = Of(call);
        if (signers.Count == 0) throw new Refused(Reason.SignInNeeded);
        var show = call.Store.Read(view => view.ShowById(call.Route("id")));
        var signer = signers.FirstOrDefault(s => show is not null && s.Member?.Show == show.Key) ?? signers.FirstOrDefault(s => s.Organiser);
        // Whoever may not see it learns nothing of whether it exists.
        if (signer is null) throw new Refused(Reason.NotYours);
        return (signer, show ?? throw new Refused(Reason.NotFound));
    }

    /// <summary>The show of the address, for an organiser.</summary>
    /// <exception cref="Refused">SignInNeeded, NotYours, NotFound.</exception>
    public static Show MustOrganiseShow(EventsCall call)
    {
        MustOrganise(call);
        return call.Store.Read(view => view.ShowById(call.Route("id"))) ?? throw new Refused(Reason.NotFound);
    }
}
