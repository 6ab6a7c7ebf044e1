using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Carillon.Server.Functions;
using Carillon.Server.Gateway;
using Carillon.Server.Http;
using Carillon.Server.Http.LambdaProtocol;

namespace Carillon.Server.Operations.Lambda;

internal sealed record FunctionErrorShape(string At, string RequestId, string? ErrorType, string? ErrorMessage);

internal sealed record FunctionActivityResponse(
    string FunctionName, int Processes, long ErrorCount, IReadOnlyList<FunctionErrorShape> Errors, IReadOnlyList<string>? Lines);

internal sealed record ListFunctionActivityResponse(IReadOnlyList<FunctionActivityResponse> Functions, string? NextMarker);

// GET /carillon/functions/{FunctionName} -> 200.  An extension: docs/wire/extensions.md.
internal static class FunctionActivity
{
    /// <summary>Lines of the log in an answer. Ours.</summary>
    private const int MostLines = 1_000;

    public static readonly LambdaOperation Operation = new(
        "FunctionActivity", Route.Get("/carillon/functions/{FunctionName}"), 200, Handle);

    private static Task<byte[]?> Handle(LambdaCall call)
    {
        // Whoever may read the log of a function on AWS may read it here.
        var name = call.Path("FunctionName");
        var arns = call.Room.Arns;
        call.Authorize("FilterLogEvents", $"arn:aws:logs:{arns.Region}:{arns.Account}:log-group:/aws/lambda/{name}:*", "logs");
        if (call.Room.Find(name) is null)
        {
            throw LambdaFault.NotFound($"Function not found: {call.Room.ArnOf(name)}");
        }

        if (!int.TryParse(call.Query("lines") ?? "200", NumberStyles.None, CultureInfo.InvariantCulture, out var most) || most > MostLines)
        {
            throw LambdaFault.Constraint("lines", call.Query("lines"), $"Member must have value between 0 and {MostLines}");
        }

        return Task.FromResult<byte[]?>(JsonSerializer.SerializeToUtf8Bytes(
            Of(name, call.Room, [.. call.Room.Host.LogOf(name).Latest().TakeLast(most)]),
            FunctionActivityJson.Default.FunctionActivityResponse));
    }

    /// <param name="lines">Of its log; null for none of it.</param>
    public static FunctionActivityResponse Of(string name, FunctionRoom room, IReadOnlyList<string>? lines)
    {
        var (errors, count) = room.Errors.Of(name);
        return new(
            name, room.Host.ProcessesOf(name), count,
            [.. errors.Take(lines is null ? 1 : FunctionErrors.Most)
                .Select(e => new FunctionErrorShape(ConnectionsApi.Time(e.At), e.RequestId, e.Type, e.Message))],
            lines);
    }
}

// GET /carillon/functions -> 200: in the order and the pages of ListFunctions, each with its last error.
internal static class ListFunctionActivity
{
    public static readonly LambdaOperation Operation = new("ListFunctionActivity", Route.Get("/carillon/functions"), 200, Handle);

    private static Task<byte[]?> Handle(LambdaCall call)
    {
        call.Authorize("FilterLogEvents", $"arn:aws:logs:{call.Room.Arns.Region}:{call.Room.Arns.Account}:log-group:/aws/lambda/*:*", "logs");
        var (page, next) = ListFunctions.Page(call);
        return Task.FromResult<byte[]?>(JsonSerializer.SerializeToUtf8Bytes(
            new([.. page.Select(known => FunctionActivity.Of(known.Function.Name, call.Room, null))], next),
            FunctionActivityJson.Default.ListFunctionActivityResponse));
    }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FunctionActivityResponse))]
[JsonSerializable(typeof(ListFunctionActivityResponse))]
internal sealed partial class FunctionActivityJson : JsonSerializerContext;
