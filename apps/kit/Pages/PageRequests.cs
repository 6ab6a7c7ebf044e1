using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Carillon.Kit.Pages;

/// <summary>Reads what a page of ours asks and answers it.</summary>
public static class PageRequests
{
    /// <summary>What any request of a page may hold at most, in bytes. Our choice.</summary>
    private const int bodyLimit = 4096;

    /// <summary>Null when the body is not such JSON, is not declared as JSON, or is longer than any request of a page.</summary>
    public static async Task<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        // A form of another site cannot declare JSON without asking first.
        if (!context.Request.HasJsonContentType()) return null;
        var buffer = new byte[bodyLimit + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(
            buffer, buffer.Length, throwOnEndOfStream: false, context.RequestAborted);
        if (length > bodyLimit) return null;
        try
        {
            return JsonSerializer.Deserialize(buffer.AsSpan(0, length), type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <param name="code">A code of the page's <c>errors.ts</c>, which has the words.</param>
    public static Task RefuseAsync(HttpContext context, int status, string code) =>
        AnswerAsync(context, status, new PageRefusal(code), PageJson.Default.PageRefusal);

    public static Task AnswerAsync<T>(HttpContext context, int status, T answer, JsonTypeInfo<T> type)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.Body.WriteAsync(
            JsonSerializer.SerializeToUtf8Bytes(answer, type), context.RequestAborted).AsTask();
    }

    /// <summary>What is answered where the build had no node.</summary>
    public static Task WithoutPageAsync(HttpContext context)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(
            "Carillon is running. This build has no pages: install Node 20.19 or newer and build again.\n");
    }
}

internal sealed record PageRefusal(string Code);

internal sealed record SignInRequest(string? Token);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PageRefusal))]
[JsonSerializable(typeof(SignInRequest))]
internal sealed partial class PageJson : JsonSerializerContext;
