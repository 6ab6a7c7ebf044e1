using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Server.Http;
using Carillon.Server.Http.LambdaProtocol;

namespace Carillon.Server.Operations.Lambda;

internal static class GetPolicy
{
    public static readonly LambdaOperation Operation = new(
        "GetPolicy", Route.Get("/2015-03-31/functions/{FunctionName}/policy"), 200, Handle);

    private static Task<byte[]?> Handle(LambdaCall call)
    {
        var function = call.Function().Function;
        if (function.Policy is null)
        {
            throw LambdaFault.NotFound("The resource you requested does not exist.");
        }

        var policy = new JsonObject { ["Version"] = "2012-10-17", ["Id"] = "default", ["Statement"] = JsonNode.Parse(function.Policy) };
        return Task.FromResult<byte[]?>(JsonSerializer.SerializeToUtf8Bytes(
            new(policy.ToJsonString(), function.Revision), LambdaJson.Default.GetPolicyResponse));
    }
}
