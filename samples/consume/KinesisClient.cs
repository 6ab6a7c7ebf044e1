using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Wire.SigV4;

namespace Carillon.Consume;

/// <summary>An error that Kinesis answered with.</summary>
/// <param name="type">Its name, such as ExpiredIteratorException.</param>
public sealed class KinesisException(string type, string message) : Exception($"{type}: {message}")
{
    public string Type { get; } = type;
}

/// <summary>Calls Kinesis, signed: JSON 1.1 over HTTP (API reference, 2013-12-02).</summary>
public sealed class KinesisClient(Uri endpoint, AwsCredentials credentials, string region) : IDisposable
{
    private static readonly MediaTypeHeaderValue Json = new("application/x-amz-json-1.1");

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly SigV4Signer _signer = new(credentials, region, "kinesis", TimeProvider.System);

    /// <exception cref="KinesisException">It says no.</exception>
    /// <exception cref="HttpRequestException">It does not say anything.</exception>
    public async Task<JsonNode> Call(string operation, JsonObject request, CancellationToken cancellation)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(request);
        using var message = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new ByteArrayContent(body) };
        message.Content.Headers.ContentType = Json;
        HeaderField[] sent = [new("Content-Type", Json.MediaType!), new("X-Amz-Target", "Kinesis_20131202." + operation)];
        foreach (var field in sent.Skip(1).Concat(_signer.Sign("POST", endpoint, sent, body)))
        {
            message.Headers.TryAddWithoutValidation(field.Name, field.Value);
        }

        using var response = await _http.SendAsync(message, cancellation);
        var text = await response.Content.ReadAsStringAsync(cancellation);
        if (response.IsSuccessStatusCode)
        {
            return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
        }

        if ((int)response.StatusCode >= 500)
        {
            throw new HttpRequestException($"{(int)response.StatusCode}");
        }

        var error = JsonNode.Parse(text);
        throw new KinesisException(((string?)error?["__type"] ?? "Unknown").Split('#')[^1], (string?)error?["message"] ?? text);
    }

    public void Dispose() => _http.Dispose();
}
