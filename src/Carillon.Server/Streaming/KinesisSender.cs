using System.Net.Http.Headers;
using System.Text.Json;
using Carillon.Server.Outbound;
using Carillon.Wire.SigV4;

namespace Carillon.Server.Streaming;

/// <param name="Data">As it is sent, before base64.</param>
internal readonly record struct Outgoing(string PartitionKey, ReadOnlyMemory<byte> Data);

/// <summary>PutRecords of a Kinesis endpoint that is not ours (API reference, 2013-12-02).</summary>
internal sealed class KinesisSender(RelayOptions options, OutboundHttp http, TimeProvider time)
{
    /// <summary>Records of one request (API reference, 2026-11).</summary>
    public const int MostRecords = 500;

    /// <summary>Bytes of data and keys in one request: below the 5 MiB of the API reference.</summary>
    public const int MostBytes = 4 * 1024 * 1024;

    /// <summary>For a whole request. Ours.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private static readonly MediaTypeHeaderValue Json = new("application/x-amz-json-1.1");

    /// <returns>Which of them were not taken, by their place, with the error's name; empty where all were.</returns>
    /// <exception cref="OutboundException">None was taken, or nobody knows.</exception>
    public async Task<IReadOnlyDictionary<int, string>> Put(
        string stream, IReadOnlyList<Outgoing> records, CancellationToken cancellation)
    {
        var body = Body(stream, records);
        using var request = new HttpRequestMessage(HttpMethod.Post, options.Endpoint) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = Json;
        HeaderField[] sent = [new("Content-Type", Json.MediaType!), new("X-Amz-Target", "Kinesis_20131202.PutRecords")];
        foreach (var field in sent.Skip(1).Concat(
            new SigV4Signer(options.Credentials(), options.Region, "kinesis", time).Sign("POST", options.Endpoint, sent, body)))
        {
            request.Headers.TryAddWithoutValidation(field.Name, field.Value);
        }

        var answer = await http.Send(request, Timeout, cancellation);
        return answer.IsSuccess
            ? Read(answer.Body, records.Count)
            : throw new OutboundException($"{options.Endpoint.Authority} answered {answer.Status} {ErrorOf(answer.Body)}".TrimEnd() + ".");
    }

    private static byte[] Body(string stream, IReadOnlyList<Outgoing> records)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            writer.WriteString("StreamName", stream);
            writer.WriteStartArray("Records");
            foreach (var record in records)
            {
                writer.WriteStartObject();
                writer.WriteBase64String("Data", record.Data.Span);
                writer.WriteString("PartitionKey", record.PartitionKey);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static Dictionary<int, string> Read(byte[] body, int count)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var refused = new Dictionary<int, string>();
            var records = document.RootElement.GetProperty("Records");
            if (records.GetArrayLength() != count)
            {
                throw new OutboundException("The answer is about another number of records than were sent.");
            }

            foreach (var (place, record) in records.EnumerateArray().Index())
            {
                if (record.TryGetProperty("ErrorCode", out var error) && error.ValueKind == JsonValueKind.String)
                {
                    refused.Add(place, error.GetString()!);
                }
            }

            return refused;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new OutboundException("The answer cannot be read.", e);
        }
    }

    /// <summary>The name of the error alone: what else stands there may quote what was sent.</summary>
    private static string? ErrorOf(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("__type", out var type) && type.ValueKind == JsonValueKind.String
                && type.GetString()!.Split('#')[^1] is { Length: <= 80 } name && name.All(char.IsAsciiLetter)
                ? name
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
