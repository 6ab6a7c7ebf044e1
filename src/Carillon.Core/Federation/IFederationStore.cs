namespace Carillon.Core.Federation;

public interface IFederationView
{
    /// <summary>The identity of a pool that a login was given, or null.</summary>
    /// <param name="pool">The id of the pool.</param>
    /// <param name="provider">Its name in Logins.</param>
    /// <param name="subject">Whom the provider's token speaks of.</param>
    string? FindIdentity(string pool, string provider, string subject);

    /// <summary>Whether any login was ever given this identity; a guest's has none.</summary>
    bool HasLogin(string identity);
}

public interface IFederationLedger
{
    /// <summary>Gives a login that has none an identity, for good.</summary>
    void AddLogin(string pool, string provider, string subject, string identity);
}
