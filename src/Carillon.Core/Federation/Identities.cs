namespace Carillon.Core.Federation;

/// <summary>Somebody whom a provider vouched for, as a pool knows it.</summary>
/// <param name="Provider">The provider's name in Logins.</param>
/// <param name="Subject">Whom its token speaks of.</param>
public sealed record Login(string Provider, string Subject);

/// <summary>Which identity of a pool somebody is. That the logins are theirs is known before.</summary>
public static class Identities
{
    /// <summary>The identity that the logins have, if any has one.</summary>
    /// <exception cref="Refusal">LoginsDiffer: they have several.</exception>
    public static string? Find(IView view, string pool, IReadOnlyList<Login> logins)
    {
        List<string> found =
            [.. logins.Select(l => view.FindIdentity(pool, l.Provider, l.Subject)).OfType<string>().Distinct()];
        return found.Count > 1
            ? throw new Refusal(Reason.LoginsDiffer, "Logins belong to different identities of the pool.")
            : found.SingleOrDefault();
    }

    /// <summary>The identity of the logins, which from now on all of them have.</summary>
    /// <param name="ledger">The store.</param>
    /// <param name="pool">The id of the pool.</param>
    /// <param name="logins">At least one.</param>
    /// <param name="fresh">The identity that they get where none of them has one.</param>
    /// <exception cref="Refusal">LoginsDiffer.</exception>
    public static string Take(ILedger ledger, string pool, IReadOnlyList<Login> logins, string fresh)
    {
        var identity = Find(ledger, pool, logins) ?? fresh;
        foreach (var login in logins.Where(l => ledger.FindIdentity(pool, l.Provider, l.Subject) is null))
        {
            ledger.AddLogin(pool, login.Provider, login.Subject, identity);
        }

        return identity;
    }
}
