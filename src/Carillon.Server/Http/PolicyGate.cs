using Carillon.Core;
using Carillon.Core.Access;
using Carillon.Server.Access;
using Carillon.Sockets;

namespace Carillon.Server.Http;

/// <summary>The first of two gates: what the caller's policies allow. The second is the bearer's role, in Core.</summary>
/// <param name="store">Where the tags of what a request names are.</param>
/// <param name="arns">
/// Of the region this server is: what aws:RequestedRegion says, whatever region was signed for.
/// </param>
internal sealed class PolicyGate(Authorizer authorizer, IStore store, Arns arns, TimeProvider time)
{
    /// <summary>Null where every resource is allowed, else AWS's sentence about the first that is not.</summary>
    public string? WhyNot(
        Caller caller, string action, IReadOnlyList<string> resources, HttpContext http, AskedTags tags = default) =>
        WhyNot(caller, action, resources, CircumstanceOf(http), tags);

    /// <summary>Whether the caller is the owner of the account.</summary>
    public bool IsRoot(Caller caller) => authorizer.IsRoot(caller);

    /// <summary>What is worth keeping of a request for as long as its socket is open.</summary>
    public Circumstance CircumstanceOf(HttpContext http) => Circumstance.Of(http, time.GetUtcNow(), arns.Region);

    public Circumstance CircumstanceOf(UpgradeRequest request) => Circumstance.Of(request, time.GetUtcNow(), arns.Region);

    /// <summary>Asks with the caller's policies and the time of now, whenever the request came.</summary>
    public string? WhyNot(
        Caller caller, string action, IReadOnlyList<string> resources, Circumstance request, AskedTags tags = default)
    {
        if (authorizer.IsRoot(caller))
        {
            return null;
        }

        var now = time.GetUtcNow();
        var keys = new ContextKeys(() => (request with { Now = now }).Keys(authorizer.KeysOf(caller)));
        tags.AddTo(keys);
        var decision = authorizer.Decide(
            caller, action, [.. resources.Select(arn => new AccessTarget(arn, new ResourceTags(store, arns, arn)))], keys);
        return decision.IsAllowed ? null : Denial.Text(caller.Arn, action, decision);
    }
}
