using Carillon.Server.Flows;
using Carillon.Server.Outbound;
using Carillon.Wire.SigV4;

namespace Carillon.Server.Functions;

/// <summary>Requests to an endpoint that speaks Lambda's Invoke API.</summary>
internal static class LambdaEndpoint
{
    public const string FunctionErrorHeader = "X-Amz-Function-Error";
    public const string LogResultHeader = "X-Amz-Log-Result";

    /// <summary>POST /2015-03-31/functions/{FunctionName}/invocations.</summary>
    /// <param name="lambda">The endpoint.</param>
    /// <param name="function">Name or ARN.</param>
    /// <param name="region">That it is signed for.</param>
    /// <param name="body">JSON.</param>
    /// <param name="headers">What kind of invocation it is.</param>
    /// <exception cref="Hosting.SettingException">The key cannot be read.</exception>
    public static HttpRequestMessage Invoke(
        ProcessorOptions options, Uri lambda, string function, string region, byte[] body, TimeProvider time,
        params ReadOnlySpan<HeaderField> headers)
    {
        // The ARN is one label of the path, and what is signed is what is sent.
        var url = new Uri(
            $"{lambda.AbsoluteUri.TrimEnd('/')}/2015-03-31/functions/{Uri.EscapeDataString(function)}/invocations",
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var request = Webhooks.Unsigned(url, body);
        HeaderField[] sent = [new("Content-Type", "application/json"), .. headers];
        var added = new SigV4Signer(options.LambdaCredentials(), region, "lambda", time).Sign("POST", url, sent, body);
        foreach (var field in sent.Skip(1).Concat(added))
        {
            request.Headers.TryAddWithoutValidation(field.Name, field.Value);
        }

        return request;
    }
}
