using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Carillon.Server.Outbound;

/// <summary>
/// Requests to URLs of the operator's: processors of flows, responders of bots, whoever carries pushes. All are signed with
/// one secret that both sides know (<c>docs/wire/webhooks.md</c>).
/// </summary>
internal sealed class Webhooks(byte[] secret, TimeProvider time)
{
    public const string SignatureHeader = "x-carillon-signature";

    /// <summary>Null for what is no absolute http or https URL.</summary>
    public static Uri? Url(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : null;

    /// <param name="body">JSON.</param>
    public HttpRequestMessage Post(Uri url, byte[] body)
    {
        var request = Unsigned(url, body);
        request.Headers.TryAddWithoutValidation(SignatureHeader, Sign(secret, time.GetUtcNow(), body));
        return request;
    }

    /// <summary>For who proves by other means who calls.</summary>
    public static HttpRequestMessage Unsigned(Uri url, byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = content };
        request.Headers.TryAddWithoutValidation("user-agent", "Carillon");
        return request;
    }

    /// <summary><c>t=1700000000,v1=hex</c>: HMAC-SHA256 over the seconds, a full stop and the body as it is sent.</summary>
    public static string Sign(byte[] secret, DateTimeOffset now, ReadOnlySpan<byte> body)
    {
        var seconds = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.ASCII.GetBytes(seconds + "."), .. body];
        return $"t={seconds},v1={Convert.ToHexStringLower(HMACSHA256.HashData(secret, signed))}";
    }
}
