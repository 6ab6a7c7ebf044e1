using Carillon.Core.Functions;
using Carillon.Server.Functions;
using Carillon.Server.Http;
using Carillon.Server.Http.LambdaProtocol;

namespace Carillon.Server.Operations.Lambda;

// Differs from AWS: the function is Active at once.
internal static class CreateFunction
{
    /// <summary>Bytes of a request (AWS's own sentence about one that is larger).</summary>
    public const int MostBody = 69_905_067;

    public static readonly LambdaOperation Operation = new(
        "CreateFunction", Route.Post("/2015-03-31/functions"), 201, Handle, MostBody);

    private static async Task<byte[]?> Handle(LambdaCall call)
    {
        var request = call.Read(LambdaJson.Default.CreateFunctionRequest);
        var room = call.Room;
        if (request.FunctionName is not { } text || FunctionName.Parse(text, room.Arns.Region, room.Arns.Account) is not { IsHere: true, Qualifier: null } name)
        {
            throw LambdaFault.Constraint(
                "functionName", request.FunctionName, "Member must satisfy regular expression pattern: [a-zA-Z0-9-_]+");
        }

        call.Authorize("CreateFunction", room.ArnOf(name.Name));
        FunctionChecks.RequireServed(
            request.Code?.S3Bucket, request.Code?.ImageUri, request.Publish, request.Layers, request.FileSystemConfigs, request.PackageType);
        var settings = FunctionChecks.Settings(
            request.Runtime, request.Handler, request.Role ?? "", request.Description, request.Timeout, request.MemorySize);
        var variables = request.Environment?.Variables;
        FunctionChecks.RequireVariables(variables ?? new Dictionary<string, string>());
        FunctionChecks.RequireRole(room, request.Role);
        call.Authorize("PassRole", settings.Role, "iam");
        if (room.Find(name.Name) is not null)
        {
            throw LambdaFault.Conflict($"Function already exist: {name.Name}");
        }

        await room.Changing.WaitAsync(CancellationToken.None);
        try
        {
            var code = await FunctionChecks.Keep(room, request.Code?.ZipFile);
            var function = await room.Store.Write(ledger => LocalFunctions.Create(
                ledger, name.Name, settings, room.Seal(name.Name, variables), code));
            return FunctionConfiguration.Json(room.Open(function), room);
        }
        finally
        {
            room.Changing.Release();
        }
    }
}
