using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Carillon.Core.Pushing;
using Carillon.Server.Http;
using Carillon.Server.Outbound;

namespace Carillon.Server.Pushing;

/// <summary>
/// Hands a batch over as one POST, signed with a secret that both sides know. What it holds and how it is verified is in
/// <c>docs/wire/push.md</c>.
/// </summary>
internal sealed class WebhookSender(Uri url, byte[] secret, OutboundHttp http, Arns arns, TimeProvider time) : IPushSender
{
    public const string IdHeader = "x-carillon-id";
    public const string SignatureHeader = "x-carillon-signature";

    /// <summary>For one request, from the connection to the last byte of the answer. Ours.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    public async Task<PushAnswer> Send(PushBatch batch, CancellationToken cancellation)
    {
        var push = PushRequest.Of(batch, arns);
        var body = JsonSerializer.SerializeToUtf8Bytes(push, PushJson.Default.PushRequest);
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("user-agent", "Carillon");
        request.Headers.TryAddWithoutValidation(IdHeader, push.Id);
        request.Headers.TryAddWithoutValidation(SignatureHeader, Sign(secret, time.GetUtcNow(), body));
        try
        {
            var answer = await http.Send(request, Timeout, cancellation);
            return answer switch
            {
                { IsSuccess: true } => PushAnswer.Taken(Invalid(batch, answer.Body)),
                { Status: 408 or 429 or >= 500 } => PushAnswer.Down($"it answered {answer.Status}"),
                _ => PushAnswer.Refused($"it answered {answer.Status}"),
            };
        }
        catch (OutboundException e)
        {
            return PushAnswer.Down(e.Message);
        }
    }

    /// <summary><c>t=1700000000,v1=hex</c>: HMAC-SHA256 over the seconds, a full stop and the body as it is sent.</summary>
    public static string Sign(byte[] secret, DateTimeOffset now, ReadOnlySpan<byte> body)
    {
        var seconds = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.ASCII.GetBytes(seconds + "."), .. body];
        return $"t={seconds},v1={Convert.ToHexStringLower(HMACSHA256.HashData(secret, signed))}";
    }

    /// <summary>An answer that is no JSON says nothing about endpoints; nor does what it says about those of others.</summary>
    private static List<(UserEndpoint Endpoint, EndpointState State)> Invalid(PushBatch batch, byte[] answer)
    {
        try
        {
            var named = JsonSerializer.Deserialize(answer, PushJson.Default.PushResponse)?.InvalidEndpoints ?? [];
            return
            [
                .. from invalid in named
                   where invalid is not null
                   join to in batch.To on invalid.EndpointId equals to.Endpoint.Id
                   select (to.Endpoint, StateOf(invalid.StatusReason)),
            ];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static EndpointState StateOf(string? reason) =>
        reason == EndpointWords.InvalidPinpointArn ? EndpointState.InvalidResource : EndpointState.InvalidDeviceToken;
}
