using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class GetCallerIdentity
{
    // No policy is asked: STS API Reference, "No permissions are required to perform this operation", even under a Deny.
    public static readonly QueryOperation Operation = new("GetCallerIdentity", [], Needs: null, Handle);

    private static Task<Action<XmlAnswer>?> Handle(QueryCall call) => Task.FromResult<Action<XmlAnswer>?>(xml => xml
        .Text("Arn", call.Caller.Arn)
        .Text("UserId", call.Caller.UserId)
        .Text("Account", call.Caller.AccountId));
}
