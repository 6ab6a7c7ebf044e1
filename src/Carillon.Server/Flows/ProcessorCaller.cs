using System.Globalization;
using Carillon.Server.Hosting;
using Carillon.Server.Outbound;
using Carillon.Wire.SigV4;

namespace Carillon.Server.Flows;

/// <summary>How processors are called: where, and what proves to them who calls.</summary>
/// <param name="Lambda">Base URL of a Lambda Invoke API, for functions without a URL of their own; null for none.</param>
/// <param name="LambdaCredentials">Reads the key for it; asked each time, so that a rotated key is taken without a restart.</param>
internal sealed record ProcessorOptions(
    FlowEndpoints Endpoints, Uri? Lambda, Func<AwsCredentials> LambdaCredentials);

/// <summary>Hands an event to a processor: to a URL of its own, or through the Lambda Invoke API.</summary>
internal sealed class ProcessorCaller(ProcessorOptions options, Webhooks webhooks, OutboundHttp http, TimeProvider time)
{
    /// <summary>For a whole call. Ours.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Null once the processor has taken the event, else why it did not, without content.</summary>
    public async Task<string?> Call(string functionArn, byte[] body, CancellationToken cancellation)
    {
        try
        {
            using var request = options.Endpoints.Find(functionArn) is { } url ? webhooks.Post(url, body)
                : options.Lambda is { } lambda ? ToLambda(lambda, functionArn, body)
                : null;
            if (request is null)
            {
                return "FlowEndpoints names no URL for it and LambdaEndpoint is not set.";
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

    /// <summary>POST /2015-03-31/functions/{FunctionName}/invocations of the Lambda API, asynchronous.</summary>
    private HttpRequestMessage ToLambda(Uri lambda, string functionArn, byte[] body)
    {
        // The ARN is one label of the path, and what is signed is what is sent.
        var url = new Uri(
            $"{lambda.AbsoluteUri.TrimEnd('/')}/2015-03-31/functions/{Uri.EscapeDataString(functionArn)}/invocations",
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var request = Webhooks.Unsigned(url, body);
        HeaderField[] sent = [new("Content-Type", "application/json"), new("X-Amz-Invocation-Type", "Event")];
        var region = functionArn.Split(':')[3];
        var added = new SigV4Signer(options.LambdaCredentials(), region, "lambda", time).Sign("POST", url, sent, body);
        foreach (var field in sent.Skip(1).Concat(added))
        {
            request.Headers.TryAddWithoutValidation(field.Name, field.Value);
        }

        return request;
    }
}
