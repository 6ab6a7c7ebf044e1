using Carillon.Core.Access;
using Carillon.Server.Access;

namespace Carillon.Server.Http;

/// <summary>The first of two gates: what the caller's policies allow. The second is the bearer's role, in Core.</summary>
internal sealed class PolicyGate(Authorizer authorizer, TimeProvider time)
{
    /// <summary>Null where every resource is allowed, else AWS's sentence about the first that is not.</summary>
    public string? WhyNot(Caller caller, string action, IReadOnlyList<string> resources, HttpContext http)
    {
        if (authorizer.IsRoot(caller))
        {
            return null;
        }

        var keys = Circumstance.Of(http, time.GetUtcNow(), region: null).Keys(authorizer.KeysOf(caller));
        var decision = authorizer.Decide(caller, action, [.. resources.Select(arn => new AccessTarget(arn))], keys);
        return decision.IsAllowed ? null : Denial.Text(caller.Arn, action, decision);
    }
}
