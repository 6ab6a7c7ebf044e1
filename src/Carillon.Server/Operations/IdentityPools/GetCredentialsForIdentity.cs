using Carillon.Core.Access;
using Carillon.Core.Federation;
using Carillon.Core.Iam;
using Carillon.Server.Access;
using Carillon.Server.Federation;
using Carillon.Server.Http.JsonProtocol;
using Carillon.Server.Operations.Access;

namespace Carillon.Server.Operations.IdentityPools;

internal sealed record GetCredentialsForIdentityRequest(
    string? IdentityId, IReadOnlyDictionary<string, string>? Logins, string? CustomRoleArn);

internal sealed record GetCredentialsForIdentityResponse(string IdentityId, IdentityCredentials Credentials);

/// <param name="Expiration">Seconds since 1970.</param>
internal sealed record IdentityCredentials(string AccessKeyId, string SecretKey, string SessionToken, long Expiration);

// Differs from AWS: CustomRoleArn is refused, roles are not chosen by rules or claims, and a guest's credentials may do
// what the role of guests allows, without AWS's own narrower list of services.
internal static class GetCredentialsForIdentity
{
    public static readonly JsonOperation Operation = JsonOperation.Of(
        "AWSCognitoIdentityService.GetCredentialsForIdentity",
        IdentityPoolsJson.Default.GetCredentialsForIdentityRequest,
        IdentityPoolsJson.Default.GetCredentialsForIdentityResponse,
        Handle);

    /// <summary>What identity pools are called in trust policies and condition keys.</summary>
    private const string Service = "cognito-identity.amazonaws.com";

    private const string SessionName = "CognitoIdentityCredentials";

    /// <summary>Source: Cognito Developer Guide, "Identity pools authentication flow": an hour.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private static async Task<GetCredentialsForIdentityResponse> Handle(
        GetCredentialsForIdentityRequest request, AccessRoom room, CancellationToken cancellation)
    {
        if (request.IdentityId is not { } identity)
        {
            throw IdentityPoolsService.Invalid(
                "1 validation error detected: Value null at 'identityId' failed to satisfy constraint: Member must not be null");
        }

        if (request.CustomRoleArn is not null)
        {
            throw IdentityPoolsService.Invalid("CustomRoleArn is not available.");
        }

        var pool = room.Pools.All.FirstOrDefault(p => room.IdentityIds.IsOf(p.Id, identity))
            ?? throw IdentityPoolsService.Unknown($"Identity '{identity}' not found.");
        var logins = await IdentityPoolsService.Verify(room, pool, request.Logins, cancellation);
        await RequireTheirs(room, pool, identity, logins);

        var session = Assume(room, pool, identity, logins);
        return new(identity, new(
            session.AccessKeyId, room.Tokens.SecretOf(session.AccessKeyId), room.Tokens.Seal(session),
            session.Expires.ToUnixTimeSeconds()));
    }

    /// <summary>A guest may bring its first login, and is that login's identity from then on.</summary>
    /// <exception cref="JsonFault">The identity is another's.</exception>
    private static async Task RequireTheirs(
        AccessRoom room, IdentityPoolSetting pool, string identity, IReadOnlyList<Login> logins)
    {
        var (known, taken) = room.Store.Read(view =>
            (logins.Select(l => view.FindIdentity(pool.Id, l.Provider, l.Subject)).ToList(), view.HasLogin(identity)));
        if (logins.Count == 0 ? !taken : known.All(k => k == identity))
        {
            return;
        }

        // A login that is new here joins an identity of which another login of the request proves that it is theirs.
        var theirs = logins.Count > 0 && known.All(k => k is null || k == identity) && (!taken || known.Contains(identity));
        if (!theirs)
        {
            throw IdentityPoolsService.NotAuthorized(logins.Count == 0
                ? $"Access to Identity '{identity}' is forbidden."
                : "Logins don't match. Please include at least one valid login for this identity or identity pool.");
        }

        await IdentityPoolsService.Change(room, ledger => ledger.HasLogin(identity) == taken
            && Identities.Take(ledger, pool.Id, logins, identity) == identity
                ? true
                : throw new Core.Refusal(Core.Reason.LoginsDiffer));
    }

    private static RoleSession Assume(
        AccessRoom room, IdentityPoolSetting pool, string identity, IReadOnlyList<Login> logins)
    {
        var login = new FederatedLogin(
            Service, Service, pool.Id, identity,
            logins.Count == 0 ? ["unauthenticated"] : ["authenticated", .. logins.Select(l => l.Provider)]);
        var keys = room.Authorizer.KeysOf(Http.Caller.Anonymous).Set("sts:RoleSessionName", SessionName);
        Authorizer.AddTo(keys, login);

        var arn = logins.Count == 0 ? pool.UnauthenticatedRole : pool.AuthenticatedRole;
        var role = arn is null ? null : room.FindRoleByArn(arn);
        var trust = role?.Trust?.Evaluate(
            new Principal(PrincipalKind.Federated, Service), "sts:AssumeRoleWithWebIdentity",
            IamService.TargetOf(role.Role, room.Account), keys);
        if (trust != Trust.ByName)
        {
            throw new JsonFault(
                "InvalidIdentityPoolConfigurationException",
                "Invalid identity pool configuration. Check assigned IAM roles for this pool.");
        }

        var issued = room.Time.GetUtcNow();
        return new(
            IamIds.NewSessionKey(), role!.Role.Id, role.Role.Name, SessionName, issued, SessionParts.End(issued, Lifetime),
            SessionFilter.None, [], null, login);
    }
}
