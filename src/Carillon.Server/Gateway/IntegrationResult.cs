using System.Text.Json;
using System.Text.Unicode;
using Carillon.Wire.SigV4;

namespace Carillon.Server.Gateway;

internal enum IntegrationOutcome
{
    Answered,

    /// <summary>It threw, or what it returned is none of the shapes (502).</summary>
    Malformed,
    TimedOut,
    Unreachable,

    /// <summary>It may not be called, is not there, or is out of capacity (500).</summary>
    NotPossible,
}

/// <summary>How an outcome is told.</summary>
internal static class IntegrationOutcomes
{
    public static TracedOutcome Traced(this IntegrationOutcome outcome) => outcome switch
    {
        IntegrationOutcome.Answered => TracedOutcome.Done,
        IntegrationOutcome.Malformed => TracedOutcome.Malformed,
        IntegrationOutcome.TimedOut => TracedOutcome.TimedOut,
        IntegrationOutcome.Unreachable => TracedOutcome.Unreachable,
        _ => TracedOutcome.NotPossible,
    };

    /// <summary>What a handshake would be told of how an integration failed.</summary>
    public static int Status(this IntegrationOutcome outcome) => outcome switch
    {
        IntegrationOutcome.TimedOut or IntegrationOutcome.Unreachable => 504,
        IntegrationOutcome.NotPossible => 500,
        _ => 502,
    };

    /// <summary>What a client hears of it.</summary>
    public static string Words(this IntegrationOutcome outcome) =>
        outcome == IntegrationOutcome.TimedOut ? "Endpoint request timed out" : "Internal server error";
}

/// <summary>What an integration made of an event.</summary>
/// <param name="Status">Of HTTP; counts on <c>$connect</c>.</param>
/// <param name="Body">For the client, where the route is two-way; UTF-8, empty for none.</param>
internal sealed record IntegrationResult(
    IntegrationOutcome Outcome, int Status, ReadOnlyMemory<byte> Body, IReadOnlyList<HeaderField> Headers)
{
    public static readonly IntegrationResult Nothing = new(IntegrationOutcome.Answered, 200, default, []);

    public static IntegrationResult Failed(IntegrationOutcome outcome) => new(outcome, 0, default, []);

    public bool IsSuccess => Outcome == IntegrationOutcome.Answered && Status is >= 200 and < 300;

    /// <summary>Reads the result of a proxy function: <c>{statusCode[, headers, body, isBase64Encoded]}</c>.</summary>
    public static IntegrationResult OfProxy(ReadOnlyMemory<byte> payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("statusCode", out var code) || StatusOf(code) is not { } status)
            {
                return Failed(IntegrationOutcome.Malformed);
            }

            var headers = new List<HeaderField>();
            AddHeaders(root, "headers", headers);
            AddHeaders(root, "multiValueHeaders", headers);
            var body = ReadOnlyMemory<byte>.Empty;
            if (root.TryGetProperty("body", out var text) && text.ValueKind is not JsonValueKind.Null)
            {
                if (text.ValueKind != JsonValueKind.String)
                {
                    return Failed(IntegrationOutcome.Malformed);
                }

                // AWS leaves open what base64 means here; we decode it, and what is no text then is not sent.
                var isBase64 = root.TryGetProperty("isBase64Encoded", out var flag) && flag.ValueKind == JsonValueKind.True;
                body = isBase64 ? text.GetBytesFromBase64() : System.Text.Encoding.UTF8.GetBytes(text.GetString()!);
                if (!Utf8.IsValid(body.Span))
                {
                    return Failed(IntegrationOutcome.Malformed);
                }
            }

            return new(IntegrationOutcome.Answered, status, body, headers);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return Failed(IntegrationOutcome.Malformed);
        }
    }

    private static int? StatusOf(JsonElement code) =>
        code.ValueKind == JsonValueKind.Number && code.TryGetInt32(out var number) ? number
        : code.ValueKind == JsonValueKind.String && int.TryParse(code.GetString(), out var spelled) ? spelled
        : null;

    private static void AddHeaders(JsonElement root, string member, List<HeaderField> into)
    {
        if (!root.TryGetProperty(member, out var headers) || headers.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var header in headers.EnumerateObject())
        {
            IEnumerable<JsonElement> values = header.Value.ValueKind == JsonValueKind.Array ? header.Value.EnumerateArray() : [header.Value];
            into.AddRange(values.Where(v => v.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False)
                .Select(v => new HeaderField(header.Name, v.ToString())));
        }
    }
}
