using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Wire.SigV4;

namespace Carillon.Kit;

public sealed partial class PlatformClient
{
    private readonly SigV4Signer kinesis = new(credentials, region, "kinesis", time);

    /// <summary>One operation of Kinesis Data Streams: JSON 1.1 (API reference, 2013-12-02).</summary>
    /// <exception cref="PlatformException">Any status other than 2xx, or an answer that is not JSON.</exception>
    public async Task<JsonElement> KinesisAsync(string operation, JsonObject request, CancellationToken cancel)
    {
        HeaderField[] fields =
        [
            new("Content-Type", "application/x-amz-json-1.1"), new("X-Amz-Target", "Kinesis_20131202." + operation),
        ];
        var body = Encoding.UTF8.GetBytes(request.ToJsonString());
        return Read(await SendAsync(HttpMethod.Post, "/", kinesis, fields, body, cancel));
    }
}
