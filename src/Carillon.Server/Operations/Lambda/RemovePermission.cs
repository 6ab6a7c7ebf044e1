using Carillon.Core.Functions;
using Carillon.Server.Http;
using Carillon.Server.Http.LambdaProtocol;

namespace Carillon.Server.Operations.Lambda;

internal static class RemovePermission
{
    public static readonly LambdaOperation Operation = new(
        "RemovePermission", Route.Delete("/2015-03-31/functions/{FunctionName}/policy/{StatementId}"), 204, Handle);

    private static async Task<byte[]?> Handle(LambdaCall call)
    {
        var name = call.Changeable();
        _ = call.Function();
        await call.Room.Store.Write(ledger =>
        {
            LocalFunctions.Forbid(ledger, name, call.Query("RevisionId"), call.Path("StatementId"));
            return true;
        });
        return null;
    }
}
