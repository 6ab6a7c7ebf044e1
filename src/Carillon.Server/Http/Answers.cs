using System.Text.Json;
using System.Text.Json.Serialization;

namespace Carillon.Server.Http;

/// <summary>Writes answers the way the SDKs read them.</summary>
internal static class Answers
{
    public const string RequestIdHeader = "x-amzn-RequestId";
    public const string ErrorTypeHeader = "x-amzn-ErrorType";

    /// <summary>A name for a request, in the form of AWS's. It guards nothing, so it may be guessed.</summary>
    public static string NewRequestId()
    {
        Span<byte> id = stackalloc byte[16];
        Random.Shared.NextBytes(id);
        return new Guid(id).ToString();
    }

    /// <summary>Says the answer's type and id, and forbids guessing and keeping.</summary>
    public static void Prepare(HttpContext http, string requestId)
    {
        var headers = http.Response.Headers;
        headers[RequestIdHeader] = requestId;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
    }

    public static Task Write(HttpContext http, int status, byte[]? json)
    {
        http.Response.StatusCode = status;
        if (json is null)
        {
            return Task.CompletedTask;
        }

        http.Response.ContentType = "application/json";
        http.Response.ContentLength = json.Length;
        return http.Response.Body.WriteAsync(json, CancellationToken.None).AsTask();
    }

    /// <summary>Long name in the header, short code in the body: different SDKs read different ones.</summary>
    public static Task WriteError(HttpContext http, ApiError error, string message)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return Task.CompletedTask;
        }

        http.Response.Headers[ErrorTypeHeader] = error.Name;
        if (error.Status is 429 or 503)
        {
            http.Response.Headers.RetryAfter = "1";
        }

        return Write(
            http, error.Status, JsonSerializer.SerializeToUtf8Bytes(new(error.Code, message), ErrorJson.Default.ErrorBody));
    }

    /// <summary>What a service of the JSON 1.1 protocol answers that is not here.</summary>
    public static Task WriteUnknownTarget(HttpContext http)
    {
        var error = ApiError.UnknownOperation;
        http.Response.Headers[ErrorTypeHeader] = error.Name;
        return Write(http, StatusCodes.Status400BadRequest, JsonSerializer.SerializeToUtf8Bytes(
            new(error.Name, "The service has no such operation."), ErrorJson.Default.JsonRpcErrorBody));
    }
}

internal sealed record ErrorBody(string Code, string Message);

/// <summary>An error of the JSON 1.1 protocol.</summary>
internal sealed record JsonRpcErrorBody(
    [property: JsonPropertyName("__type")] string Type, [property: JsonPropertyName("message")] string Message);

[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(JsonRpcErrorBody))]
internal sealed partial class ErrorJson : JsonSerializerContext;
