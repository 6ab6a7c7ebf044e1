using Carillon.Core.Functions;
using Carillon.Server.Http;
using Carillon.Server.Http.LambdaProtocol;

namespace Carillon.Server.Operations.Lambda;

internal static class UpdateFunctionConfiguration
{
    public static readonly LambdaOperation Operation = new(
        "UpdateFunctionConfiguration", Route.Put("/2015-03-31/functions/{FunctionName}/configuration"), 200, Handle);

    private static async Task<byte[]?> Handle(LambdaCall call)
    {
        var name = call.Changeable();
        var room = call.Room;
        var before = call.Function().Function.Settings;
        var request = call.Read(LambdaJson.Default.UpdateFunctionConfigurationRequest);
        FunctionChecks.RequireServed(layers: request.Layers, fileSystems: request.FileSystemConfigs);
        FunctionSettings With(FunctionSettings old) => FunctionChecks.Settings(
            request.Runtime ?? old.Runtime, request.Handler ?? old.Handler, request.Role ?? old.Role,
            request.Description ?? old.Description, request.Timeout ?? old.Timeout, request.MemorySize ?? old.MemorySize);
        _ = With(before);
        if (request.Role is not null)
        {
            FunctionChecks.RequireRole(room, request.Role);
            call.Authorize("PassRole", request.Role, "iam");
        }

        var variables = request.Environment is null ? null : request.Environment.Variables ?? new Dictionary<string, string>();
        FunctionChecks.RequireVariables(variables ?? new Dictionary<string, string>());
        var function = await room.Store.Write(ledger => LocalFunctions.Change(ledger, name, request.RevisionId, f => f with
        {
            Settings = With(f.Settings),
            Variables = variables is null ? f.Variables : room.Seal(name, variables),
        }));
        room.Forget(name);
        return FunctionConfiguration.Json(room.Open(function), room);
    }
}
