namespace Carillon.Core.Identity;

/// <summary>Reads about app instances and their people. What is deleted is not found.</summary>
public interface IIdentityView
{
    AppInstance? FindApp(string id);

    Page<AppInstance> ListApps(int size, long? after);

    long CountApps();

    Person? FindPerson(PersonAddress address);

    AppUser? FindUser(PersonAddress address);

    Page<AppUser> ListUsers(AppKey app, int size, long? after);

    Bot? FindBot(PersonAddress address);

    Page<Bot> ListBots(AppKey app, int size, long? after);

    long CountUsers(AppKey app);

    long CountChannels(AppKey app);

    AppCounts Count(AppKey app);

    long CountMemberships(UserKey user);

    Admin? FindAdmin(AppKey app, UserKey user);

    /// <summary>In the order of their keys; <paramref name="after"/> is the last key of the page before.</summary>
    Page<Admin> ListAdmins(AppKey app, int size, long? after);

    long CountAdmins(AppKey app);

    Retention FindRetention(AppKey app);

    bool Exists(ResourceAddress resource);

    /// <summary>In the order of their keys.</summary>
    /// <param name="resource">As in <see cref="IIdentityLedger.AddTags"/>.</param>
    IReadOnlyList<Tag> ListTags(string resource);
}

public interface IIdentityLedger
{
    AppInstance AddApp(string id, string name, string? metadata);

    AppInstance UpdateApp(AppInstance app, string name, string? metadata);

    /// <summary>From now on nothing below it is found; what it held is purged in the background.</summary>
    void DeleteApp(AppKey app);

    AppUser AddUser(AppInstance app, PersonKind kind, string id, string name, string? metadata, Expiration? expiration);

    AppUser UpdateUser(AppUser user, string name, string? metadata);

    /// <param name="expiration">Null lets the user stay for ever.</param>
    AppUser SetExpiration(AppUser user, Expiration? expiration);

    Bot AddBot(AppInstance app, string id, string? name, string? metadata, LexConfiguration configuration);

    Bot UpdateBot(Bot bot, string name, string? metadata, LexConfiguration configuration);

    /// <summary>From now on it is not found and is nobody's admin; its messages keep its name. Its ties to channels are ended one by one.</summary>
    void DeleteUser(Person user);

    Admin AddAdmin(AppKey app, Person person);

    /// <summary>False where it was none.</summary>
    bool DeleteAdmin(AppKey app, UserKey user);

    void SetRetention(AppKey app, Retention retention);

    /// <param name="resource">What the tags hang on: an ARN's resource part, unique in the account.</param>
    void AddTags(string resource, IReadOnlyList<Tag> tags);

    void RemoveTags(string resource, IReadOnlyList<string> keys);
}
