using Carillon.Server.Http;
using Carillon.Server.Http.LambdaProtocol;

namespace Carillon.Server.Operations.Lambda;

internal static class GetFunctionConfiguration
{
    public static readonly LambdaOperation Operation = new(
        "GetFunctionConfiguration", Route.Get("/2015-03-31/functions/{FunctionName}/configuration"), 200,
        call => Task.FromResult<byte[]?>(FunctionConfiguration.Json(call.Function(), call.Room)));
}
