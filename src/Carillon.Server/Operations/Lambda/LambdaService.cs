using Carillon.Server.Http.LambdaProtocol;
using Carillon.Wire;

namespace Carillon.Server.Operations.Lambda;

/// <summary>The operations of Lambda that are there.</summary>
internal static class LambdaService
{
    public static IReadOnlyList<LambdaOperation> Operations { get; } =
    [
        AddPermission.Operation,
        CreateFunction.Operation,
        DeleteFunction.Operation,
        GetFunction.Operation,
        GetFunctionConfiguration.Operation,
        GetPolicy.Operation,
        Invoke.Operation,
        ListFunctions.Operation,
        RemovePermission.Operation,
        UpdateFunctionCode.Operation,
        UpdateFunctionConfiguration.Operation,
    ];

    /// <summary>What Lambda has not: docs/wire/extensions.md.</summary>
    private static readonly LambdaOperation[] Extensions = [FunctionActivity.Operation, ListFunctionActivity.Operation];

    public static LambdaOperation? Find(string method, RawTarget target) =>
        Operations.Concat(Extensions).FirstOrDefault(o => o.Route.Matches(method, target));
}
