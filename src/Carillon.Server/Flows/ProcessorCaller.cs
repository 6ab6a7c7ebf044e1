using System.Globalization;
using Carillon.Server.Functions;
using Carillon.Server.Hosting;
using Carillon.Server.Outbound;
using Carillon.Wire.SigV4;

namespace Carillon.Server.Flows;

/// <summary>How processors are called: where, and what proves to them who calls.</summary>
/// <param name="Lambda">Base URL of a Lambda Invoke API, for functions without a URL of their own; null for none.</param>
/// <param name="LambdaCredentials">Reads the key for it; asked each time, so that a rotated key is taken without a restart.</param>
internal sealed record ProcessorOptions(
    FlowEndpoints Endpoints, Uri? Lambda, Func<AwsCredentials> LambdaCredentials);

/// <summary>Hands an event to a processor: to a URL of its own, to a function of this server, or through the Lambda Invoke API.</summary>
internal sealed class ProcessorCaller(
    ProcessorOptions options, Webhooks webhooks, OutboundHttp http, FunctionInvoker functions, TimeProvider time)
{
    /// <summary>For a whole call. Ours.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Null once the processor has taken the event, else why it did not, without content.</summary>
    public async Task<string?> Call(string functionArn, byte[] body, CancellationToken cancellation)
    {
        try
        {
            var own = options.Endpoints.Find(functionArn);
            if (own is null && await functions.Post(functionArn, body))
            {
                return null;
            }

            using var request = own is not null ? webhooks.Post(own, body)
                : options.Lambda is { } lambda ? LambdaEndpoint.Invoke(
                    options, lambda, functionArn, functionArn.Split(':')[3], body, time, new HeaderField("X-Amz-Invocation-Type", "Event"))
                : null;
            if (request is null)
            {
                return "FlowEndpoints names no URL for it, no function here is meant, and LambdaEndpoint is not set.";
            }

            var answer = await http.Send(request, Timeout, cancellation);
            return answer.IsSuccess
                ? null
                : string.Create(CultureInfo.InvariantCulture, $"It answered with status {answer.Status}.");
        }
        catch (Exception e) when (e is OutboundException or SettingException)
        {
            return e.Message;
        }
    }
}
