using Carillon.Core.Iam;
using Carillon.Server.Http;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

/// <summary>The operations of STS that are here. Any other answers InvalidAction.</summary>
internal static class StsService
{
    // Shapes: sts 2011-06-15.
    public static readonly QueryService Service = new("sts", "2011-06-15", "https://sts.amazonaws.com/doc/2011-06-15/",
    [
        AssumeRole.Operation,
        AssumeRoleWithWebIdentity.Operation,
        GetAccessKeyInfo.Operation,
        GetCallerIdentity.Operation,
        GetFederationToken.Operation,
        GetSessionToken.Operation,
    ])
    {
        Bars = Barred,
    };

    // Source: IAM User Guide, "Compare AWS STS credentials".
    private static QueryFault? Barred(QueryOperation operation, Caller caller) => operation.Name switch
    {
        "GetSessionToken" or "GetFederationToken" when caller.Session is not null =>
            QueryFault.AccessDenied($"Cannot call {operation.Name} with session credentials"),
        not "GetCallerIdentity" when caller.Session is UserSession { FederatedName: not null } =>
            QueryFault.AccessDenied($"Cannot call {operation.Name} with federation credentials"),
        _ => null,
    };
}
