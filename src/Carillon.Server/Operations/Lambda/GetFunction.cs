using System.Text.Json;
using Carillon.Server.Http;
using Carillon.Server.Http.LambdaProtocol;

namespace Carillon.Server.Operations.Lambda;

// Differs from AWS: Code has no Location to download the zip from.
internal static class GetFunction
{
    public static readonly LambdaOperation Operation = new(
        "GetFunction", Route.Get("/2015-03-31/functions/{FunctionName}"), 200, Handle);

    private static Task<byte[]?> Handle(LambdaCall call)
    {
        var configuration = FunctionConfiguration.Of(call.Function(), call.Room);
        return Task.FromResult<byte[]?>(JsonSerializer.SerializeToUtf8Bytes(
            new(configuration, new("S3", null)), LambdaJson.Default.GetFunctionResponse));
    }
}
