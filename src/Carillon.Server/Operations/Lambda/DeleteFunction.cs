using Carillon.Core.Functions;
using Carillon.Server.Http;
using Carillon.Server.Http.LambdaProtocol;

namespace Carillon.Server.Operations.Lambda;

internal static class DeleteFunction
{
    public static readonly LambdaOperation Operation = new(
        "DeleteFunction", Route.Delete("/2015-03-31/functions/{FunctionName}"), 204, Handle);

    private static async Task<byte[]?> Handle(LambdaCall call)
    {
        var name = call.Changeable();
        var room = call.Room;
        _ = call.Function();
        await room.Changing.WaitAsync(CancellationToken.None);
        try
        {
            var gone = await room.Store.Write(ledger => LocalFunctions.Delete(ledger, name));
            room.Forget(name);
            room.Errors.Forget(name);
            FunctionChecks.Forget(room, gone.Code);
            return null;
        }
        finally
        {
            room.Changing.Release();
        }
    }
}
