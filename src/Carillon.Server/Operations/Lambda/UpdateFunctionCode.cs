using Carillon.Core.Functions;
using Carillon.Server.Http;
using Carillon.Server.Http.LambdaProtocol;

namespace Carillon.Server.Operations.Lambda;

internal static class UpdateFunctionCode
{
    public static readonly LambdaOperation Operation = new(
        "UpdateFunctionCode", Route.Put("/2015-03-31/functions/{FunctionName}/code"), 200, Handle, CreateFunction.MostBody);

    private static async Task<byte[]?> Handle(LambdaCall call)
    {
        var name = call.Changeable();
        var room = call.Room;
        var before = call.Function();
        var request = call.Read(LambdaJson.Default.UpdateFunctionCodeRequest);
        FunctionChecks.RequireServed(request.S3Bucket, request.ImageUri, request.Publish);
        if (request.DryRun)
        {
            return FunctionConfiguration.Json(before, room);
        }

        await room.Changing.WaitAsync(CancellationToken.None);
        try
        {
            var code = await FunctionChecks.Keep(room, request.ZipFile);
            var function = await room.Store.Write(ledger =>
                LocalFunctions.Change(ledger, name, request.RevisionId, f => f with { Code = code }));
            room.Forget(name);
            FunctionChecks.Forget(room, before.Function.Code);
            return FunctionConfiguration.Json(room.Open(function), room);
        }
        finally
        {
            room.Changing.Release();
        }
    }
}
