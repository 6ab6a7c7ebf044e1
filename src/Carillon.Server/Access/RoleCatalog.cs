using System.Collections.Concurrent;
using Carillon.Core;
using Carillon.Core.Access;
using Carillon.Core.Iam;

namespace Carillon.Server.Access;

/// <summary>A role with its policies, compiled.</summary>
/// <param name="Trust">Null where the stored document no longer compiles: then nobody is trusted.</param>
internal sealed record CompiledRole(Role Role, TrustPolicy? Trust, IReadOnlyList<Policy> Policies);

/// <summary>
/// The roles in use, compiled once. What is changed through this process counts from the next request on; what another
/// machine changed, after <see cref="LongestAge"/> at the latest.
/// </summary>
internal sealed class RoleCatalog(IStore store, TimeProvider time)
{
    /// <summary>Ours.</summary>
    public static readonly TimeSpan LongestAge = TimeSpan.FromSeconds(5);

    /// <summary>Roles kept; beyond that all are dropped and read anew. Ours.</summary>
    private const int Capacity = 4096;

    private readonly ConcurrentDictionary<string, Entry> _roles = new(StringComparer.OrdinalIgnoreCase);
    private long _changes;

    /// <summary>Null where there is no role of that name, whatever its case.</summary>
    public CompiledRole? Find(string name)
    {
        // What was read before the latest change is never taken, however late it was kept.
        var changes = Volatile.Read(ref _changes);
        if (_roles.TryGetValue(name, out var entry) && entry.Changes == changes
            && time.GetElapsedTime(entry.ReadAt) < LongestAge)
        {
            return entry.Role;
        }

        var readAt = time.GetTimestamp();
        var role = store.Read(view => view.FindRole(name) is { } found
            ? (Role: found, Policies: view.ListRolePolicies(found.Key))
            : default);
        if (role.Role is null)
        {
            _roles.TryRemove(name, out _);
            return null;
        }

        var compiled = Compile(role.Role, role.Policies);
        if (_roles.Count >= Capacity)
        {
            _roles.Clear();
        }

        _roles[name] = new(compiled, readAt, changes);
        return compiled;
    }

    /// <summary>Runs a change of roles. When it returns, the change holds.</summary>
    public async Task<T> Change<T>(Func<ILedger, T> change)
    {
        try
        {
            return await store.Write(change);
        }
        finally
        {
            Interlocked.Increment(ref _changes);
            _roles.Clear();
        }
    }

    /// <remarks>
    /// A document that does not compile may hold a Deny, so the role then has no policies at all rather than some.
    /// </remarks>
    private static CompiledRole Compile(Role role, IReadOnlyList<RolePolicy> policies)
    {
        try
        {
            return new(role, TrustPolicy.Parse(role.Trust), [.. policies.Select(p => Policy.Parse(p.Document))]);
        }
        catch (MalformedPolicyException)
        {
            return new(role, null, []);
        }
    }

    private sealed record Entry(CompiledRole Role, long ReadAt, long Changes);
}
