using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Wire.SigV4;

namespace Carillon.Kit;

/// <summary>What became of one item of a bulk request.</summary>
/// <param name="Index">Its place in the request, from 0.</param>
/// <param name="Refusal">Null where it was done.</param>
/// <param name="Response">What the operation answered; undefined where it was refused.</param>
public sealed record BulkResult(int Index, PlatformException? Refusal, JsonElement Response);

public sealed partial class PlatformClient
{
    private const string bulkPath = "/carillon/bulk";

    /// <summary>Whether the endpoint takes bulk requests, which AWS does not.</summary>
    /// <exception cref="PlatformException">It answered with something that tells neither.</exception>
    public async Task<bool> TakesBulkAsync(CancellationToken cancel)
    {
        var (status, headers, body) = await SendAsync(
            HttpMethod.Post, bulkPath, chime, [new("Content-Type", "application/x-ndjson")], "\n"u8.ToArray(), cancel);
        if (status == HttpStatusCode.OK) return true;
        if (status is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or HttpStatusCode.BadRequest) return false;
        try
        {
            Read((status, headers, body));
        }
        catch (PlatformException refusal) when (status == HttpStatusCode.Forbidden && !refusal.IsOfTheKey)
        {
            // What AWS answers on paths that it does not know.
            return false;
        }

        throw NotAnAnswer(status, headers);
    }

    /// <summary>
    /// Many operations in one request. Results come in the order of the items, as they are done; an item whose result does
    /// not come before the end may or may not have been done.
    /// </summary>
    /// <exception cref="PlatformException">The request as a whole was refused: nothing was done.</exception>
    public async IAsyncEnumerable<BulkResult> BulkAsync(
        IReadOnlyCollection<(string Operation, JsonObject Request)> items, [EnumeratorCancellation] CancellationToken cancel)
    {
        var text = new StringBuilder();
        foreach (var (operation, request) in items)
        {
            text.Append(new JsonObject { ["Operation"] = operation, ["Request"] = request }.ToJsonString()).Append('\n');
        }

        var body = Encoding.UTF8.GetBytes(text.ToString());
        var url = new Uri(root + bulkPath);
        using var message = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        foreach (var field in chime.Sign("POST", url, [new("Content-Type", "application/x-ndjson")], body, declareBody: true))
            message.Headers.TryAddWithoutValidation(field.Name, field.Value);

        using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancel);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            var refusal = (response.StatusCode, response.Headers, await response.Content.ReadAsByteArrayAsync(cancel));
            Read(refusal);
            throw NotAnAnswer(response.StatusCode, response.Headers);
        }

        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancel), Encoding.UTF8);
        while (await lines.ReadLineAsync(cancel) is { } line)
        {
            BulkResult? result;
            try
            {
                using var document = JsonDocument.Parse(line);
                result = Read(document.RootElement.Clone());
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
            {
                // The connection broke within a line, or it is no line of ours; what was to come is unknown.
                yield break;
            }

            if (result is not null) yield return result;
        }
    }

    /// <summary>Null for a line that is of no item.</summary>
    private static BulkResult? Read(JsonElement line) => !line.TryGetProperty("Line", out var number) ? null
        : new(number.GetInt32() - 1, RefusalOf(line), line.TryGetProperty("Response", out var value) ? value : default);

    private static PlatformException? RefusalOf(JsonElement line) =>
        !line.TryGetProperty("Error", out var error) ? null
        : new((HttpStatusCode)line.GetProperty("Status").GetInt32(), error.Text("Name") ?? "Unknown", error.Text("Message") ?? "");
}
