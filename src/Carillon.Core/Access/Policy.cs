using System.Runtime.CompilerServices;

namespace Carillon.Core.Access;

/// <summary>
/// A policy of a user, a role or a session, compiled once and immutable. Compiling costs; keep the result as long as the
/// text stays the same.
/// </summary>
public sealed class Policy
{
    /// <summary>Characters without white space. Source: IAM quotas, "Role inline policies".</summary>
    public const int MaxLength = 10_240;

    private readonly Statement[] _statements;

    private Policy(string document, Statement[] statements) => (Document, _statements) = (document, statements);

    /// <summary>The text it was compiled from.</summary>
    public string Document { get; }

    /// <exception cref="MalformedPolicyException">The document must not be saved, for the reason that the message gives.</exception>
    public static Policy Parse(string document) =>
        new(document, StatementReader.Read(document, PolicyKind.Identity, MaxLength));

    /// <summary>
    /// Answers for all targets at once: a Deny anywhere wins; otherwise each target needs an Allow from the identity
    /// policies and, if the session brought policies, another from those.
    /// </summary>
    /// <exception cref="ArgumentException">The request names no target, and "all of none" must not mean yes.</exception>
    public static Decision Evaluate(Grants grants, AccessRequest request)
    {
        if (request.Targets.Count == 0)
            throw new ArgumentException("A request to be decided names at least one target.", nameof(request));
        if (grants.IsRoot)
            return new Decision(Verdict.Allowed, request.Targets[0]);

        var identity = new Allowances();
        var session = new Allowances();
        if (!Weigh(grants.Identity, request, ref identity, out var denied))
            return new Decision(Verdict.DeniedByIdentityPolicy, denied);
        var filtered = grants.Session is { Count: > 0 };
        if (filtered && !Weigh(grants.Session!, request, ref session, out denied))
            return new Decision(Verdict.DeniedBySessionPolicy, denied);

        for (var i = 0; i < request.Targets.Count; i++)
        {
            if (!identity[i])
                return new Decision(Verdict.NoIdentityPolicy, request.Targets[i]);
            if (filtered && !session[i])
                return new Decision(Verdict.NoSessionPolicy, request.Targets[i]);
        }
        return new Decision(Verdict.Allowed, request.Targets[0]);
    }

    /// <summary>False as soon as a statement denies a target.</summary>
    private static bool Weigh(
        IReadOnlyList<Policy> policies, AccessRequest request, ref Allowances allowed, out AccessTarget denied)
    {
        denied = default;
        for (var p = 0; p < policies.Count; p++)
        {
            foreach (var statement in policies[p]._statements)
            {
                if (!statement.SpeaksOf(request.Action))
                    continue;
                for (var t = 0; t < request.Targets.Count; t++)
                {
                    if (statement.Effect == Effect.Allow && allowed[t])
                        continue;
                    var about = new Circumstances(request.Keys, request.Targets[t]);
                    if (!statement.Touches(about) || !statement.Holds(about))
                        continue;
                    if (statement.Effect == Effect.Deny)
                    {
                        denied = request.Targets[t];
                        return false;
                    }
                    allowed[t] = true;
                }
            }
        }
        return true;
    }

    /// <summary>A yes or no per target, without an array for the few that operations name.</summary>
    private struct Allowances
    {
        private ulong few;
        private HashSet<int>? many;

        public bool this[int target]
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            readonly get => target < 64 ? (few >> target & 1) == 1 : many?.Contains(target) == true;
            set
            {
                if (target < 64)
                    few |= 1UL << target;
                else
                    (many ??= []).Add(target);
            }
        }
    }
}
