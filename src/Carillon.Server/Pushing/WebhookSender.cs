using System.Text.Json;
using Carillon.Core.Pushing;
using Carillon.Server.Http;
using Carillon.Server.Outbound;

namespace Carillon.Server.Pushing;

/// <summary>
/// Hands a batch over as one POST. What it holds is in <c>docs/wire/push.md</c>.
/// </summary>
internal sealed class WebhookSender(Uri url, Webhooks webhooks, OutboundHttp http, Arns arns) : IPushSender
{
    public const string IdHeader = "x-carillon-id";

    /// <summary>For one request, from the connection to the last byte of the answer. Ours.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    public async Task<PushAnswer> Send(PushBatch batch, CancellationToken cancellation)
    {
        var push = PushRequest.Of(batch, arns);
        var body = JsonSerializer.SerializeToUtf8Bytes(push, PushJson.Default.PushRequest);
        using var request = webhooks.Post(url, body);
        request.Headers.TryAddWithoutValidation(IdHeader, push.Id);
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
