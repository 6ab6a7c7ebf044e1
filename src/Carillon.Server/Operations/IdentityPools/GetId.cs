using Carillon.Core.Federation;
using Carillon.Server.Access;
using Carillon.Server.Http.JsonProtocol;

namespace Carillon.Server.Operations.IdentityPools;

internal sealed record GetIdRequest(string? AccountId, string? IdentityPoolId, IReadOnlyDictionary<string, string>? Logins);

internal sealed record GetIdResponse(string IdentityId);

internal static class GetId
{
    public static readonly JsonOperation Operation = JsonOperation.Of(
        "AWSCognitoIdentityService.GetId", IdentityPoolsJson.Default.GetIdRequest, IdentityPoolsJson.Default.GetIdResponse, Handle);

    private static async Task<GetIdResponse> Handle(GetIdRequest request, AccessRoom room, CancellationToken cancellation)
    {
        if (request.IdentityPoolId is not { } id)
        {
            throw IdentityPoolsService.Invalid(
                "1 validation error detected: Value null at 'identityPoolId' failed to satisfy constraint: Member must not be null");
        }

        var pool = room.Pools.Find(id) ?? throw IdentityPoolsService.Unknown($"IdentityPool '{id}' not found.");
        var logins = await IdentityPoolsService.Verify(room, pool, request.Logins, cancellation);
        var fresh = room.IdentityIds.New(pool.Id);
        if (logins.Count == 0)
        {
            return new(fresh);
        }

        // Most have come before, and what is there needs no place in the order of changes.
        return new(room.Store.Read(view => Known(view, pool.Id, logins))
            ?? await IdentityPoolsService.Change(room, ledger => Identities.Take(ledger, pool.Id, logins, fresh)));
    }

    /// <summary>The identity that every one of the logins has; null where one has none, or another one.</summary>
    private static string? Known(IFederationView view, string pool, IReadOnlyList<Login> logins)
    {
        List<string?> found = [.. logins.Select(l => view.FindIdentity(pool, l.Provider, l.Subject)).Distinct()];
        return found is [var only] ? only : null;
    }
}
