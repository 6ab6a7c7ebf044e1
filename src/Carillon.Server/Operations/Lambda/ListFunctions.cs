using System.Globalization;
using System.Text.Json;
using Carillon.Server.Functions;
using Carillon.Server.Http;
using Carillon.Server.Http.LambdaProtocol;

namespace Carillon.Server.Operations.Lambda;

internal static class ListFunctions
{
    /// <summary>A page (API reference: "returns a maximum of 50 items in each response").</summary>
    private const int MostItems = 50;

    public static readonly LambdaOperation Operation = new(
        "ListFunctions", Route.Get("/2015-03-31/functions"), 200, Handle);

    private static Task<byte[]?> Handle(LambdaCall call)
    {
        call.Authorize("ListFunctions", "*");
        var (page, next) = Page(call);
        return Task.FromResult<byte[]?>(JsonSerializer.SerializeToUtf8Bytes(
            new([.. page.Select(k => FunctionConfiguration.Of(k, call.Room))], next), LambdaJson.Default.ListFunctionsResponse));
    }

    /// <summary>The functions of the page that a request asks for, and what asks for the next.</summary>
    /// <exception cref="LambdaFault">MaxItems or Marker is none.</exception>
    public static (IEnumerable<KnownFunction> Functions, string? Next) Page(LambdaCall call)
    {
        var room = call.Room;
        if (!int.TryParse(call.Query("MaxItems") ?? "50", NumberStyles.None, CultureInfo.InvariantCulture, out var size) || size is < 1 or > 10_000)
        {
            throw LambdaFault.Constraint("maxItems", call.Query("MaxItems"), "Member must have value between 1 and 10000");
        }

        long after = 0;
        if (call.Query("Marker") is { } marker && !long.TryParse(marker, NumberStyles.None, CultureInfo.InvariantCulture, out after))
        {
            throw LambdaFault.Invalid("The Marker is not one that was given out.");
        }

        var page = room.Store.Read(view => view.ListFunctions(Math.Min(size, MostItems), after));
        var listed = page.Items.Where(f => !room.OfFile.ContainsKey(f.Name)).Select(room.Open);
        if (page.Next is null)
        {
            // Those of the settings file come last; they are few.
            listed = listed.Concat(room.OfFile.Values.OrderBy(k => k.Function.Name, StringComparer.Ordinal));
        }

        return (listed, page.Next?.ToString(CultureInfo.InvariantCulture));
    }
}
