using System.Text.Json;

namespace Carillon.Server.Http.JsonProtocol;

/// <summary>Writes answers of the JSON 1.1 protocol.</summary>
internal static class JsonAnswer
{
    /// <param name="body">Null for the answers of operations that have none.</param>
    public static Task Write(HttpContext http, int status, byte[]? body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/x-amz-json-1.1";
        http.Response.ContentLength = body?.Length ?? 0;
        return body is null ? Task.CompletedTask : http.Response.Body.WriteAsync(body, CancellationToken.None).AsTask();
    }

    public static Task WriteError(HttpContext http, int status, string type, string message)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return Task.CompletedTask;
        }

        http.Response.Headers[Answers.ErrorTypeHeader] = type;
        return Write(http, status, JsonSerializer.SerializeToUtf8Bytes(new(type, message), ErrorJson.Default.JsonRpcErrorBody));
    }
}
