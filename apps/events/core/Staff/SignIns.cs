namespace Carillon.Events.Core.Staff;

/// <summary>Links that sign in once, and the sign-ins that come of them.</summary>
public static class SignIns
{
    /// <summary>How long a link of an account is good. Our choice: it is used at once.</summary>
    public static readonly TimeSpan AccountLink = TimeSpan.FromHours(1);

    /// <summary>How long an invitation is good. Our choice: it travels by mail, ahead of the show.</summary>
    public static readonly TimeSpan Invitation = TimeSpan.FromDays(30);

    /// <summary>How long an account stays signed in. Our choice: a working day.</summary>
    public static readonly TimeSpan AccountLife = TimeSpan.FromHours(12);

    /// <summary>How long an artist or moderator stays signed in. Our choice: over the days around a show.</summary>
    public static readonly TimeSpan StaffLife = TimeSpan.FromDays(7);

    /// <summary>Shows that one browser may be signed in to as their staff. Our choice: a cookie holds no more than 4 KB.</summary>
    public const int MostShows = 20;

    /// <summary>Makes a link's secret, which is shown once.</summary>
    public static string Invite(IStaffLedger ledger, SignedIn who, long now)
    {
        var secret = Ids.NewSecret();
        var life = who.Account is null ? Invitation : AccountLink;
        ledger.AddLink(Ids.HashOf(secret), who, now + (long)life.TotalMicroseconds);
        return secret;
    }

    /// <summary>Takes a link: of two who present it at the same moment, one is signed in.</summary>
    /// <returns>The cookie's secret, how long it is good, and who it stands for.</returns>
    /// <exception cref="Refused">SignInInvalid, SignInUsed, SignInExpired.</exception>
    public static (string Secret, TimeSpan Life, SignedIn Who) Redeem(IStaffLedger ledger, string token, long now)
    {
        var hash = Ids.HashOf(token);
        var link = ledger.Link(hash) ?? throw new Refused(Reason.SignInInvalid);
        if (link.Used) throw new Refused(Reason.SignInUsed);
        if (link.Expires <= now) throw new Refused(Reason.SignInExpired);
        if (link.Who is { Account: { } account } && ledger.Account(account) is null) throw new Refused(Reason.SignInInvalid);
        if (link.Who is { Staff: { } staff } && ledger.StaffByKey(staff) is null) throw new Refused(Reason.SignInInvalid);
        ledger.UseLink(hash);
        return Open(ledger, link.Who, now);
    }

    /// <summary>
    /// What a browser is signed in as besides: a link to another show takes nothing away. One to the same show stands for what
    /// was there, which ends; so does the oldest of too many.
    /// </summary>
    /// <param name="secrets">Of the browser's cookie, the oldest first; those that are good no more are left out.</param>
    /// <param name="who">The staff member who has just signed in.</param>
    public static IReadOnlyList<string> Beside(IStaffLedger ledger, IReadOnlyList<string> secrets, SignedIn who)
    {
        var show = who.Staff is { } own ? ledger.StaffByKey(own)?.Show : null;
        var kept = new List<string>();
        foreach (var secret in secrets)
        {
            var member = ledger.SignedIn(Ids.HashOf(secret))?.Staff is { } staff ? ledger.StaffByKey(staff) : null;
            if (member is not null && member.Show != show) kept.Add(secret);
            else ledger.DeleteSignIn(Ids.HashOf(secret));
        }

        foreach (var secret in kept.SkipLast(MostShows - 1)) ledger.DeleteSignIn(Ids.HashOf(secret));
        return [.. kept.TakeLast(MostShows - 1)];
    }

    /// <summary>Signs in whom somebody else vouches for; an account of that name is made where there is none.</summary>
    /// <returns>The cookie's secret, and how long it is good.</returns>
    public static (string Secret, TimeSpan Life) Open(IStaffLedger ledger, string name, long now)
    {
        var (secret, life, _) = Open(ledger, new SignedIn((ledger.AccountByName(name) ?? ledger.AddAccount(name)).Key, null), now);
        return (secret, life);
    }

    private static (string Secret, TimeSpan Life, SignedIn Who) Open(IStaffLedger ledger, SignedIn who, long now)
    {
        var secret = Ids.NewSecret();
        var life = who.Account is null ? StaffLife : AccountLife;
        ledger.AddSignIn(Ids.HashOf(secret), who, now + (long)life.TotalMicroseconds);
        return (secret, life, who);
    }
}
