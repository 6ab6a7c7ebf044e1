using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;
using System.Xml.Linq;
using Carillon.Wire.SigV4;

namespace Carillon.Kit;

/// <summary>
/// Speaks to the platform, or to AWS, with one key: Chime, Kinesis and the gateway in JSON, STS and IAM in the query protocol.
/// </summary>
/// <param name="http">Owned by the caller; follows no redirects, because a signature holds for one host only.</param>
/// <param name="endpoint">Where all services answer. A path in it is kept.</param>
public sealed partial class PlatformClient(
    HttpClient http, Uri endpoint, string region, AwsCredentials credentials, TimeProvider time)
{
    private const string bearerHeader = "x-amz-chime-bearer";

    private readonly string root = endpoint.AbsoluteUri.TrimEnd('/');
    private readonly SigV4Signer chime = new(credentials, region, "chime", time);
    private readonly SigV4Signer sts = new(credentials, region, "sts", time);
    // IAM is one for all regions, and scoped to this one.
    private readonly SigV4Signer iam = new(credentials, "us-east-1", "iam", time);

    /// <summary>Connections to the platform. No proxy may come between, and a signature holds for one host only.</summary>
    public static HttpClient NewHttp() => new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
    {
        Timeout = TimeSpan.FromSeconds(15),
    };

    /// <summary>One operation of Chime messaging or identity.</summary>
    /// <param name="path">Begins with a slash; ARNs in it are escaped with <see cref="Uri.EscapeDataString(string)"/>.</param>
    /// <param name="body">Null sends none.</param>
    /// <param name="bearer">The ARN of the user who acts; null where the operation takes none.</param>
    /// <returns>The answer, an empty object when the operation answers with nothing.</returns>
    /// <exception cref="PlatformException">Any status other than 2xx, or an answer that is not JSON.</exception>
    public async Task<JsonElement> ChimeAsync(
        HttpMethod method, string path, JsonObject? body, string? bearer, CancellationToken cancel)
    {
        var fields = new List<HeaderField>();
        if (body is not null) fields.Add(new("Content-Type", "application/json"));
        if (bearer is not null) fields.Add(new(bearerHeader, bearer));
        var bytes = body is null ? [] : Encoding.UTF8.GetBytes(body.ToJsonString());

        return Read(await SendAsync(method, path, chime, fields, bytes, cancel));
    }

    /// <summary>One operation of another service that speaks JSON, without a body.</summary>
    /// <param name="service">As its signatures name it: <c>apigateway</c>, <c>execute-api</c>, <c>lambda</c>.</param>
    /// <param name="path">As of <see cref="ChimeAsync"/>.</param>
    /// <returns>The answer, an empty object when the operation answers with nothing.</returns>
    /// <exception cref="PlatformException">Any status other than 2xx, or an answer that is not JSON.</exception>
    public async Task<JsonElement> RestAsync(string service, HttpMethod method, string path, CancellationToken cancel) =>
        Read(await SendAsync(method, path, new SigV4Signer(credentials, region, service, time), [], [], cancel));

    private static JsonElement Read((HttpStatusCode Status, HttpResponseHeaders Headers, byte[] Body) answer)
    {
        try
        {
            using var json = JsonDocument.Parse(answer.Body.Length == 0 ? "{}"u8.ToArray() : answer.Body);
            return (int)answer.Status < 300
                ? json.RootElement.Clone() : throw Refused(answer.Status, answer.Headers, json.RootElement);
        }
        catch (JsonException)
        {
            throw NotAnAnswer(answer.Status, answer.Headers);
        }
    }

    /// <summary>One action of STS. <inheritdoc cref="QueryAsync"/></summary>
    public Task<XElement> StsAsync(
        string action, IReadOnlyDictionary<string, string> parameters, CancellationToken cancel) =>
        QueryAsync(sts, "2011-06-15", action, parameters, cancel);

    /// <summary>One action of IAM. <inheritdoc cref="QueryAsync"/></summary>
    public Task<XElement> IamAsync(
        string action, IReadOnlyDictionary<string, string> parameters, CancellationToken cancel) =>
        QueryAsync(iam, "2010-05-08", action, parameters, cancel);

    /// <summary>Answers with the whole XML answer; read it by local names.</summary>
    /// <exception cref="PlatformException">Any status other than 2xx, or an answer that is not XML.</exception>
    private async Task<XElement> QueryAsync(
        SigV4Signer signer, string version, string action, IReadOnlyDictionary<string, string> parameters,
        CancellationToken cancel)
    {
        var form = new StringBuilder($"Action={action}&Version={version}");
        foreach (var (name, value) in parameters)
            form.Append('&').Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
        HeaderField[] fields = [new("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")];

        var (status, headers, answer) =
            await SendAsync(HttpMethod.Post, "/", signer, fields, Encoding.UTF8.GetBytes(form.ToString()), cancel);
        try
        {
            var xml = XElement.Parse(Encoding.UTF8.GetString(answer));
            if ((int)status < 300) return xml;
            throw new PlatformException(status, xml.Text("Code") ?? "Unknown", xml.Text("Message") ?? "")
            {
                RetryAfter = RetryAfterOf(headers),
            };
        }
        catch (XmlException)
        {
            throw NotAnAnswer(status, headers);
        }
    }

    private async Task<(HttpStatusCode Status, HttpResponseHeaders Headers, byte[] Body)> SendAsync(
        HttpMethod method, string path, SigV4Signer signer, IReadOnlyCollection<HeaderField> fields, byte[] body,
        CancellationToken cancel)
    {
        var url = new Uri(root + path);
        using var request = new HttpRequestMessage(method, url);
        if (body.Length > 0) request.Content = new ByteArrayContent(body);
        foreach (var field in fields.Concat(signer.Sign(method.Method, url, fields, body)))
        {
            var isContent = field.Name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase);
            HttpHeaders? target = isContent ? request.Content?.Headers : request.Headers;
            target?.TryAddWithoutValidation(field.Name, field.Value);
        }
        using var response = await http.SendAsync(request, cancel);
        return (response.StatusCode, response.Headers, await response.Content.ReadAsByteArrayAsync(cancel));
    }

    private static PlatformException Refused(HttpStatusCode status, HttpResponseHeaders headers, JsonElement body)
    {
        var named = headers.TryGetValues("x-amzn-ErrorType", out var values) ? values.FirstOrDefault() : null;
        named ??= body.Text("__type") ?? body.Text("Code") ?? "Unknown";
        // Before a '#' stands the name's space, behind a ':' an address; JSON services of AWS write either.
        var name = named.Split(':', 2)[0].Split('#')[^1];
        return new(status, name, body.Text("Message") ?? body.Text("message") ?? "") { RetryAfter = RetryAfterOf(headers) };
    }

    private static PlatformException NotAnAnswer(HttpStatusCode status, HttpResponseHeaders headers) =>
        new(status, "NotAnAnswer", "The endpoint answered with something that is neither result nor error.")
        {
            RetryAfter = RetryAfterOf(headers),
        };

    private static TimeSpan? RetryAfterOf(HttpResponseHeaders headers) => headers.RetryAfter?.Delta;
}
