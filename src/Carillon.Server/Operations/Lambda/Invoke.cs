using System.Text;
using System.Text.Json;
using Carillon.Functions;
using Carillon.Server.Functions;
using Carillon.Server.Http;
using Carillon.Server.Http.LambdaProtocol;

namespace Carillon.Server.Operations.Lambda;

internal static class Invoke
{
    /// <summary>Characters of the client context (service model, in base64).</summary>
    private const int LongestContext = 3583;

    public static readonly LambdaOperation Operation = new(
        "Invoke", Route.Post("/2015-03-31/functions/{FunctionName}/invocations"), 200, Handle, FunctionInvoker.MostPayload);

    private static async Task<byte[]?> Handle(LambdaCall call)
    {
        var known = call.Function("InvokeFunction");
        var payload = call.Body.Length == 0 ? "{}"u8.ToArray() : call.Body.ToArray();
        RequireJson(payload);
        switch (call.Http.Request.Headers["X-Amz-Invocation-Type"].ToString())
        {
            case "DryRun":
                call.Status = StatusCodes.Status204NoContent;
                return null;
            case "Event":
                if (payload.Length > FunctionInvoker.MostEvent)
                {
                    throw new LambdaFault(
                        413, "RequestTooLargeException", $"{payload.Length} byte payload is too large for the Event invocation type (limit {FunctionInvoker.MostEvent} bytes)");
                }

                await call.Invoker.Post(known.Function.Name, payload, call.RequestId);
                call.Status = StatusCodes.Status202Accepted;
                return null;
            case "" or "RequestResponse":
                return await Run(call, known, payload);
            case var other:
                throw LambdaFault.Constraint("invocationType", other, "Member must satisfy enum value set: [Event, RequestResponse, DryRun]");
        }
    }

    private static async Task<byte[]?> Run(LambdaCall call, KnownFunction known, byte[] payload)
    {
        var outcome = await call.Room.Run(known, new(call.RequestId, payload, ContextOf(call)));
        switch (outcome.Kind)
        {
            case OutcomeKind.Throttled:
                throw LambdaFault.Throttled("ReservedFunctionConcurrentInvocationLimitExceeded");
            case OutcomeKind.CannotRun:
                throw new LambdaFault(502, "InvalidRuntimeException", outcome.Why!);
        }

        var headers = call.Http.Response.Headers;
        headers["X-Amz-Executed-Version"] = FunctionName.Latest;
        if (outcome.Failed)
        {
            headers[LambdaEndpoint.FunctionErrorHeader] = "Unhandled";
        }

        if (call.Http.Request.Headers["X-Amz-Log-Type"] == "Tail")
        {
            headers[LambdaEndpoint.LogResultHeader] = Convert.ToBase64String(Encoding.UTF8.GetBytes(outcome.LogTail));
        }

        return outcome.Payload;
    }

    private static void RequireJson(byte[] payload)
    {
        try
        {
            var reader = new Utf8JsonReader(payload, new JsonReaderOptions { MaxDepth = 1000 });
            while (reader.Read())
            {
                // Read to the end: it is JSON or it is not.
            }
        }
        catch (JsonException e)
        {
            throw LambdaFault.Content($"Could not parse request body into json: {e.Message}");
        }
    }

    /// <summary>JSON; null where there is none.</summary>
    private static string? ContextOf(LambdaCall call)
    {
        var encoded = call.Http.Request.Headers["X-Amz-Client-Context"].ToString();
        if (encoded.Length == 0)
        {
            return null;
        }

        try
        {
            var text = Encoding.UTF8.GetString(Convert.FromBase64String(encoded.Length <= LongestContext ? encoded : "*"));
            using var _ = JsonDocument.Parse(text);

            // It goes on in a header: one line of ASCII.
            return string.Concat(text.Where(c => c is not ('\r' or '\n')).Select(c => c < 0x7F ? c.ToString() : $"\\u{(int)c:x4}"));
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw LambdaFault.Content("The client context is not JSON in base64 of 3583 bytes at most.");
        }
    }
}
