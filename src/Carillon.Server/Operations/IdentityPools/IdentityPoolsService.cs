using System.Text.Json.Serialization;
using Carillon.Core;
using Carillon.Core.Federation;
using Carillon.Server.Access;
using Carillon.Server.Federation;
using Carillon.Server.Http.JsonProtocol;
using Carillon.Wire.Tokens;

namespace Carillon.Server.Operations.IdentityPools;

/// <summary>The operations of Cognito's identity pools that are here.</summary>
internal static class IdentityPoolsService
{
    /// <summary>Logins of one request. Source: cognito-identity 2014-06-30, LoginsMap.</summary>
    private const int MostLogins = 10;

    // Shapes: cognito-identity 2014-06-30.
    public static readonly IReadOnlyList<JsonOperation> Operations =
    [
        GetCredentialsForIdentity.Operation,
        GetId.Operation,
    ];

    private static readonly Dictionary<string, JsonOperation> ByTarget =
        Operations.ToDictionary(o => o.Target, StringComparer.Ordinal);

    public static JsonOperation? Find(string target) => ByTarget.GetValueOrDefault(target);

    /// <summary>Whom the tokens of a request vouch for; nobody where it brings none.</summary>
    /// <exception cref="JsonFault">One of them is not to be believed.</exception>
    public static async Task<IReadOnlyList<Login>> Verify(
        AccessRoom room, IdentityPoolSetting pool, IReadOnlyDictionary<string, string>? logins, CancellationToken cancellation)
    {
        if (logins is null or { Count: 0 })
        {
            return pool.AllowUnauthenticated
                ? []
                : throw NotAuthorized("Unauthenticated access is not supported for this identity pool.");
        }

        if (logins.Count > MostLogins)
        {
            throw Invalid($"1 validation error detected: Value at 'logins' failed to satisfy constraint: Map must have no more than {MostLogins} entries");
        }

        try
        {
            return await room.Pools.Verify(pool, logins, cancellation);
        }
        catch (TokenFault fault)
        {
            throw fault.Kind == TokenFaultKind.Unreachable
                ? new JsonFault("ExternalServiceException", fault.Message)
                : NotAuthorized(fault.Kind == TokenFaultKind.Expired ? "Invalid login token. " + fault.Message : fault.Message);
        }
    }

    /// <summary>Runs a rule of identities.</summary>
    /// <exception cref="JsonFault">The rule refused.</exception>
    public static async Task<T> Change<T>(AccessRoom room, Func<ILedger, T> change)
    {
        try
        {
            return await room.Store.Write(change);
        }
        catch (Refusal refusal) when (refusal.Reason == Reason.LoginsDiffer)
        {
            throw new JsonFault("ResourceConflictException", "Logins are already linked to other identities.");
        }
    }

    public static JsonFault NotAuthorized(string message) => new("NotAuthorizedException", message);

    public static JsonFault Invalid(string message) => new("InvalidParameterException", message);

    public static JsonFault Unknown(string message) => new("ResourceNotFoundException", message);
}

[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(GetIdRequest))]
[JsonSerializable(typeof(GetIdResponse))]
[JsonSerializable(typeof(GetCredentialsForIdentityRequest))]
[JsonSerializable(typeof(GetCredentialsForIdentityResponse))]
internal sealed partial class IdentityPoolsJson : JsonSerializerContext;
