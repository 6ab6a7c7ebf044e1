using System.Text.Json;
using System.Text.Json.Serialization;

namespace Carillon.Server.Http;

/// <summary>Writes answers the way the SDKs read them.</summary>
internal static class Answers
{
    public const string RequestIdHeader = "x-amzn-RequestId";
    public const string ErrorTypeHeader = "x-amzn-ErrorType";

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
}

internal sealed record ErrorBody(string Code, string Message);

[JsonSerializable(typeof(ErrorBody))]
internal sealed partial class ErrorJson : JsonSerializerContext;
