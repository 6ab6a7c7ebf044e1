using System.Security.Cryptography;
using System.Text;

namespace Carillon.Wire.SigV4;

/// <summary>Signs as an AWS SDK would, for one region and service.</summary>
/// <param name="region">Any name; it becomes part of the scope.</param>
/// <param name="service">The signing name, <c>chime</c> for all of Chime messaging.</param>
public sealed class SigV4Signer(AwsCredentials credentials, string region, string service, TimeProvider time)
{
    // What hops may add, drop or rewrite, or what is not part of the request proper; botocore and the JavaScript SDK
    // leave out these and more.
    private static readonly HashSet<string> neverSigned = new(StringComparer.OrdinalIgnoreCase)
    {
        "authorization", "connection", "expect", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade",
        "user-agent", "x-amzn-trace-id",
    };

    /// <summary>The headers to add: Authorization, X-Amz-Date, and for a session X-Amz-Security-Token.</summary>
    /// <param name="url">Absolute; its host is signed and its path and query are sent as they are.</param>
    /// <param name="headers">Those sent. All are signed but those that hops may rewrite. Host may be left out.</param>
    /// <param name="declareBody">Adds X-Amz-Content-Sha256, as the JavaScript SDK does and boto3 does not.</param>
    public IReadOnlyList<HeaderField> Sign(
        string method, Uri url, IEnumerable<HeaderField> headers, ReadOnlySpan<byte> body, bool declareBody = false)
    {
        var sent = headers.ToList();
        if (!sent.Exists(field => field.Name.Equals("host", StringComparison.OrdinalIgnoreCase)))
            sent.Add(new HeaderField("Host", HostOf(url)));
        return Sign(method, url.PathAndQuery, sent, body, declareBody);
    }

    /// <param name="target">The request target as it will be sent.</param>
    /// <param name="headers">Those sent, Host among them.</param>
    public IReadOnlyList<HeaderField> Sign(
        string method,
        string target,
        IEnumerable<HeaderField> headers,
        ReadOnlySpan<byte> body,
        bool declareBody = false)
    {
        var timestamp = SigV4Time.Text(time.GetUtcNow());
        var payloadHash = Convert.ToHexStringLower(SHA256.HashData(body));
        var added = new List<HeaderField> { new(SigV4Names.Date, timestamp) };
        if (!string.IsNullOrEmpty(credentials.SessionToken))
            added.Add(new(SigV4Names.SecurityToken, credentials.SessionToken));
        if (declareBody) added.Add(new(SigV4Names.ContentSha256, payloadHash));

        HeaderField[] all = [.. headers, .. added];
        var names = all.Select(field => field.Name.ToLowerInvariant()).Where(name => !neverSigned.Contains(name));
        var signedHeaders = string.Join(';', names.Distinct().Order(StringComparer.Ordinal));
        var request = new RawRequest(method, target, all);
        var signature = Signature(CanonicalRequest.Build(request, signedHeaders, payloadHash), timestamp);

        added.Insert(0, new("Authorization",
            $"{SigV4Names.Algorithm} Credential={credentials.AccessKeyId}/{Scope(timestamp)}, "
            + $"SignedHeaders={signedHeaders}, Signature={signature}"));
        return added;
    }

    /// <summary>The URL with a signature in its query, for an empty body. Whoever holds it may use it.</summary>
    /// <param name="url">Absolute. The host is the only signed header.</param>
    /// <param name="expires">1 to 604800 whole seconds; the Chime SDKs use 10.</param>
    public string Presign(string method, Uri url, TimeSpan expires)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(expires, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(expires, TimeSpan.FromDays(7));

        var timestamp = SigV4Time.Text(time.GetUtcNow());
        var query = new StringBuilder(url.Query.TrimStart('?'));
        Add(query, SigV4Names.AlgorithmParameter, SigV4Names.Algorithm);
        Add(query, SigV4Names.Credential, $"{credentials.AccessKeyId}/{Scope(timestamp)}");
        Add(query, SigV4Names.Date, timestamp);
        Add(query, SigV4Names.Expires, FormattableString.Invariant($"{(long)expires.TotalSeconds}"));
        Add(query, SigV4Names.SignedHeaders, "host");
        if (!string.IsNullOrEmpty(credentials.SessionToken))
            Add(query, SigV4Names.SecurityToken, credentials.SessionToken);

        var target = $"{url.AbsolutePath}?{query}";
        var request = new RawRequest(method, target, [new HeaderField("Host", HostOf(url))]);
        var emptyHash = Convert.ToHexStringLower(SHA256.HashData([]));
        var canonical = CanonicalRequest.Build(request, "host", emptyHash);

        // The canonical query is what is sent, so a verifier that encodes again and one that does not both agree.
        var sorted = canonical.Split('\n')[2];
        var origin = $"{url.Scheme}://{HostOf(url)}{url.AbsolutePath}";
        return $"{origin}?{sorted}&{SigV4Names.Signature}={Signature(canonical, timestamp)}";
    }

    // As HTTP clients send it: the port only when it is not the scheme's own.
    private static string HostOf(Uri url)
    {
        var name = url.HostNameType == UriHostNameType.IPv6 ? url.Host : url.IdnHost;
        return url.IsDefaultPort ? name : $"{name}:{url.Port}";
    }

    private static void Add(StringBuilder query, string name, string value)
    {
        if (query.Length > 0) query.Append('&');
        query.Append(name).Append('=').Append(Uri.EscapeDataString(value));
    }

    private string Scope(string timestamp) => $"{timestamp[..8]}/{region}/{service}/{SigV4Names.Terminator}";

    private string Signature(string canonicalRequest, string timestamp)
    {
        Span<byte> key = stackalloc byte[SigningKey.Size];
        SigningKey.Derive(credentials.SecretAccessKey, timestamp[..8], region, service, key);
        Span<byte> signature = stackalloc byte[64];
        SigningKey.Sign(key, timestamp, Scope(timestamp), Encoding.UTF8.GetBytes(canonicalRequest), signature);
        CryptographicOperations.ZeroMemory(key);
        return Encoding.ASCII.GetString(signature);
    }
}
