using System.Text;
using Carillon.Wire.SigV4;
using Xunit;

namespace Carillon.Tests.Wire.SigV4;

/// <summary>A request that can be kept, changed and judged.</summary>
internal sealed record SignedRequest(string Method, string Target, HeaderField[] Headers, byte[] Body)
{
    public const string AccessKeyId = "AKIDEXAMPLE";
    public const string Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    public static readonly DateTimeOffset SignedAt = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static readonly SigV4Policy Policy = new("chime");

    /// <summary>A request with every header a client of ours may sign.</summary>
    public static SignedRequest Ordinary { get; } = ByHeader(
        "POST", "/channels/arn%3Aaws%3Achime%2Fa/messages?sub-channel-id=sub%2F1&x=",
        """{"Content": "hello"}"""u8.ToArray(), declareBody: true, token: "session-token",
        headers: [new("x-amz-chime-bearer", "arn:aws:chime:user/alice"), new("Content-Type", "application/json")]);

    public static SignedRequest ByHeader(
        string method, string target, byte[] body, bool declareBody = false, string? token = null,
        params HeaderField[] headers)
    {
        HeaderField[] all = [new("Host", "localhost:4580"), .. headers];
        var added = Signer(token).Sign(method, target, all, body, declareBody);
        return new(method, target, [.. all, .. added], body);
    }

    public static SignedRequest Presigned(string pathAndQuery, int seconds = 10, string? token = null)
    {
        var url = Signer(token).Presign(
            "GET", new Uri("wss://localhost:8443" + pathAndQuery), TimeSpan.FromSeconds(seconds));
        return new("GET", new Uri(url).PathAndQuery, [new("Host", "localhost:8443")], []);
    }

    public static SigV4Signer Signer(string? token = null) => new(
        new AwsCredentials(AccessKeyId, Secret, token), "us-east-1", "chime", new StoppedClock(SignedAt));

    public SignedRequest With(string header, string value) =>
        this with { Headers = [.. Headers.Select(h => Named(h, header) ? new HeaderField(h.Name, value) : h)] };

    public SignedRequest Without(string header) => this with { Headers = [.. Headers.Where(h => !Named(h, header))] };

    public SignedRequest Adding(string header, string value) =>
        this with { Headers = [.. Headers, new(header, value)] };

    public SignedRequest ReplacingInAuthorization(string old, string replacement)
    {
        var header = Value("Authorization");
        Assert.Contains(old, header, StringComparison.Ordinal);
        return With("Authorization", header.Replace(old, replacement, StringComparison.Ordinal));
    }

    public SignedRequest ReplacingInTarget(string old, string replacement)
    {
        Assert.Contains(old, Target, StringComparison.Ordinal);
        return this with { Target = Target.Replace(old, replacement, StringComparison.Ordinal) };
    }

    public string Value(string header) => Headers.First(h => Named(h, header)).Value;

    /// <summary>Null when the signature is right; otherwise the first reason to refuse.</summary>
    public SigV4Fault? Judge(DateTimeOffset? now = null, SigV4Policy? policy = null, string secret = Secret)
    {
        var request = new RawRequest(Method, Target, Headers);
        return SigV4Reader.TryRead(request, policy ?? Policy, now ?? SignedAt, out var claim, out var fault)
            ? SigV4Verifier.Verify(request, claim, Body, claim.AccessKeyId == AccessKeyId ? secret : "of another key")
            : fault;
    }

    public override string ToString() =>
        $"{Method} {Target}\n{string.Join('\n', Headers)}\n\n{Encoding.UTF8.GetString(Body)}";

    private static bool Named(HeaderField field, string name) =>
        field.Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
