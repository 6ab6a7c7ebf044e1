using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Carillon.Functions;

/// <summary>The payloads of failures that the platform reports itself, in Lambda's words.</summary>
internal static class Errors
{
    public static byte[] TimedOut(string requestId, TimeSpan timeout) => Payload(
        "Sandbox.Timedout",
        string.Create(CultureInfo.InvariantCulture, $"RequestId: {requestId} Error: Task timed out after {timeout.TotalSeconds:0.00} seconds"));

    public static byte[] TooLarge() => Payload(
        "Function.ResponseSizeTooLarge",
        $"Response payload size exceeded maximum allowed payload size ({RuntimeApi.MostResponse} bytes).");

    /// <param name="code">The system's: 128 and the number of a signal for a process that was killed by one.</param>
    public static byte[] Exited(string requestId, int code) => Payload("Runtime.ExitError", $"RequestId: {requestId} Error: {Exit(code)}");

    // A process may leave with such a number by itself, and Node's client does with 128 and 129; these are the signals that happen.
    private static string Exit(int code) => code switch
    {
        0 => "Runtime exited without providing a reason",
        134 => "Runtime exited with error: signal: aborted",
        137 => "Runtime exited with error: signal: killed",
        139 => "Runtime exited with error: signal: segmentation fault",
        143 => "Runtime exited with error: signal: terminated",
        _ => string.Create(CultureInfo.InvariantCulture, $"Runtime exited with error: exit status {code}"),
    };

    private static byte[] Payload(string type, string message) =>
        JsonSerializer.SerializeToUtf8Bytes(new(type, message), RuntimeJson.Default.RuntimeError);
}

internal sealed record RuntimeError(
    [property: JsonPropertyName("errorType")] string Type, [property: JsonPropertyName("errorMessage")] string Message);

[JsonSourceGenerationOptions]
[JsonSerializable(typeof(RuntimeError))]
internal sealed partial class RuntimeJson : JsonSerializerContext;
