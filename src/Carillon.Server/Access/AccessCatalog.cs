using System.Collections.Concurrent;
using Carillon.Core;
using Carillon.Core.Access;
using Carillon.Core.Iam;

namespace Carillon.Server.Access;

/// <summary>A role with its policies, compiled.</summary>
/// <param name="Trust">Null where the stored document no longer compiles: then nobody is trusted.</param>
/// <param name="Policies">Those written into it and those attached.</param>
internal sealed record CompiledRole(Role Role, TrustPolicy? Trust, IReadOnlyList<Policy> Policies);

/// <summary>A user of IAM with its policies, compiled.</summary>
internal sealed record CompiledUser(IamUser User, IReadOnlyList<Policy> Policies);

/// <summary>A long-term key and the user that it is of.</summary>
internal sealed record KnownKey(AccessKey Key, string UserId);

/// <summary>
/// Roles, users, keys and managed policies in use, compiled once. What is changed through this process counts from the
/// next request on; what another machine changed, after <see cref="LongestAge"/> at the latest.
/// </summary>
internal sealed class AccessCatalog
{
    /// <summary>Ours.</summary>
    public static readonly TimeSpan LongestAge = TimeSpan.FromSeconds(5);

    /// <summary>Things kept of each kind; beyond that all are dropped and read anew. Ours.</summary>
    private const int Capacity = 4096;

    private readonly IStore _store;
    private readonly TimeProvider _time;
    private readonly Shelf<CompiledRole> _roles;
    private readonly Shelf<CompiledUser> _users;
    private readonly Shelf<KnownKey> _keys;
    private readonly Shelf<Policy> _policies;
    private long _changes;

    public AccessCatalog(IStore store, TimeProvider time)
    {
        (_store, _time) = (store, time);
        _roles = new(this, StringComparer.OrdinalIgnoreCase);
        _users = new(this, StringComparer.Ordinal);
        _keys = new(this, StringComparer.Ordinal);
        _policies = new(this, StringComparer.Ordinal);
    }

    /// <summary>Null where there is no role of that name, whatever its case.</summary>
    public CompiledRole? FindRole(string name) => _roles.Find(
        name,
        view => view.FindRole(name) is { } role
            ? CompileRole(role, Documents(view, view.ListRolePolicies(role.Key), PolicyHolder.Of(role)))
            : null);

    /// <summary>Null where there is no user of that id.</summary>
    public CompiledUser? FindUser(string id) => _users.Find(
        id,
        view => view.FindIamUserById(id) is { } user
            ? new(user, Compile(Documents(view, view.ListUserPolicies(user.Key), PolicyHolder.Of(user))) ?? [])
            : null);

    /// <summary>Null where no user has such a key.</summary>
    public KnownKey? FindKey(string id) => _keys.Find(
        id,
        view => view.FindAccessKey(id) is { } key && view.FindIamUserByKey(key.User) is { } user ? new(key, user.Id) : null);

    /// <summary>The default version of a managed policy; null where it is gone or no longer compiles.</summary>
    public Policy? FindPolicy(string arn) => _policies.Find(
        arn, view => ManagedPolicies.DocumentOf(view, arn) is { } document ? Compile(() => Policy.Parse(document)) : null);

    /// <summary>Runs a change of anything kept here. When it returns, the change holds.</summary>
    public async Task<T> Change<T>(Func<ILedger, T> change)
    {
        try
        {
            return await _store.Write(change);
        }
        finally
        {
            Interlocked.Increment(ref _changes);
            _roles.Clear();
            _users.Clear();
            _keys.Clear();
            _policies.Clear();
        }
    }

    public Task Change(Action<ILedger> change) => Change(ledger =>
    {
        change(ledger);
        return true;
    });

    private static List<string> Documents(IView view, IReadOnlyList<InlinePolicy> written, PolicyHolder holder) =>
    [
        .. written.Select(p => p.Document),
        .. view.ListAttached(holder).Select(arn => ManagedPolicies.DocumentOf(view, arn)).OfType<string>(),
    ];

    /// <remarks>
    /// A document that does not compile may hold a Deny, so its holder then has no policies at all rather than some.
    /// </remarks>
    private static Policy[]? Compile(List<string> documents) =>
        Compile<Policy[]>(() => [.. documents.Select(Policy.Parse)]);

    private static CompiledRole CompileRole(Role role, List<string> documents) =>
        Compile(documents) is { } policies && Compile(() => TrustPolicy.Parse(role.Trust)) is { } trust
            ? new(role, trust, policies)
            : new(role, null, []);

    private static T? Compile<T>(Func<T> parse)
        where T : class
    {
        try
        {
            return parse();
        }
        catch (MalformedPolicyException)
        {
            return null;
        }
    }

    /// <summary>Things of one kind, by name, none older than the latest change.</summary>
    private sealed class Shelf<T>(AccessCatalog catalog, StringComparer names)
        where T : class
    {
        private readonly ConcurrentDictionary<string, Entry> _entries = new(names);

        /// <param name="name">What it is found under.</param>
        /// <param name="read">Reads it from one state of the store; null where it is not there.</param>
        public T? Find(string name, Func<IView, T?> read)
        {
            // What was read before the latest change is never taken, however late it was kept.
            var changes = Volatile.Read(ref catalog._changes);
            if (_entries.TryGetValue(name, out var entry) && entry.Changes == changes
                && catalog._time.GetElapsedTime(entry.ReadAt) < LongestAge)
            {
                return entry.Thing;
            }

            var readAt = catalog._time.GetTimestamp();
            if (catalog._store.Read(read) is not { } thing)
            {
                _entries.TryRemove(name, out _);
                return null;
            }

            if (_entries.Count >= Capacity)
            {
                _entries.Clear();
            }

            _entries[name] = new(thing, readAt, changes);
            return thing;
        }

        public void Clear() => _entries.Clear();

        private sealed record Entry(T Thing, long ReadAt, long Changes);
    }
}
