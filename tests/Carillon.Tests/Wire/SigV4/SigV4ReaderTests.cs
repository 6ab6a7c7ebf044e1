using Carillon.Wire.SigV4;
using Xunit;

namespace Carillon.Tests.Wire.SigV4;

public class SigV4ReaderTests
{
    private static readonly SignedRequest ordinary = SignedRequest.Ordinary;
    private static readonly SignedRequest presigned =
        SignedRequest.Presigned("/connect?userArn=arn%3Aalice", 10, "token");

    [Fact]
    public void An_untouched_request_is_accepted()
    {
        Assert.Null(ordinary.Judge());
        Assert.Null(presigned.Judge());
    }

    [Fact]
    public void A_claim_says_what_the_header_said()
    {
        Assert.True(SigV4Reader.TryRead(
            new RawRequest(ordinary.Method, ordinary.Target, ordinary.Headers), SignedRequest.Policy,
            SignedRequest.SignedAt, out var claim, out _));

        Assert.Equal("AKIDEXAMPLE", claim.AccessKeyId);
        Assert.Equal(("20260102", "us-east-1", "chime"), (claim.Date, claim.Region, claim.Service));
        Assert.Equal(
            "content-type;host;x-amz-chime-bearer;x-amz-content-sha256;x-amz-date;x-amz-security-token",
            claim.SignedHeaders);
        Assert.Equal(SignedRequest.SignedAt, claim.Timestamp);
        Assert.Equal("session-token", claim.SessionToken);
        Assert.Null(claim.Expires);
        Assert.False(claim.IsPresigned);
        Assert.DoesNotContain(claim.Signature, claim.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_claim_says_what_the_query_said()
    {
        Assert.True(SigV4Reader.TryRead(
            new RawRequest(presigned.Method, presigned.Target, presigned.Headers), SignedRequest.Policy,
            SignedRequest.SignedAt, out var claim, out _));

        Assert.Equal(("AKIDEXAMPLE", "token", "host"), (claim.AccessKeyId, claim.SessionToken, claim.SignedHeaders));
        Assert.Equal(TimeSpan.FromSeconds(10), claim.Expires);
        Assert.True(claim.IsPresigned);
    }

    [Fact]
    public void A_broken_escape_in_the_path_comes_before_all_else() => Refused(
        ordinary.Without("Authorization") with { Target = "/a%2" },
        SigV4Reason.MalformedPath, "Incomplete trailing escape % sequence");

    [Fact]
    public void A_broken_escape_in_the_query_comes_before_the_signature() => Refused(
        ordinary.Without("Authorization") with { Target = "/?a=%zz" },
        SigV4Reason.MalformedQueryString, "Illegal hex character in escape % pattern: %zz");

    [Fact]
    public void A_request_without_signature_is_missing_it() => Refused(
        ordinary.Without("Authorization"), SigV4Reason.MissingAuthentication, "Missing Authentication Token");

    [Fact]
    public void Two_forms_at_once_are_refused() => Refused(
        ordinary with { Target = presigned.Target }, SigV4Reason.AmbiguousAuthentication,
        "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.");

    [Fact]
    public void Two_Authorization_headers_are_refused() =>
        Refused(ordinary.Adding("authorization", ordinary.Value("Authorization")), SigV4Reason.RepeatedParameter);

    [Theory]
    [InlineData("Bearer", "Bearer abc")]
    [InlineData("AWS4-ECDSA-P256-SHA256", "AWS4-ECDSA-P256-SHA256 Credential=a")]
    [InlineData("", "")]
    public void Another_algorithm_is_unsupported(string algorithm, string header) => Refused(
        ordinary.With("Authorization", header), SigV4Reason.UnsupportedAlgorithm,
        $"Unsupported AWS 'algorithm': '{algorithm}'.");

    [Fact]
    public void Another_algorithm_in_the_query_is_no_signature() => Refused(
        presigned.ReplacingInTarget("=AWS4-HMAC-SHA256", "=AWS4-ECDSA-P256-SHA256"), SigV4Reason.MissingAuthentication);

    [Fact]
    public void A_piece_without_equal_sign_is_named() => Refused(
        ordinary.With("Authorization", "AWS4-HMAC-SHA256 Credential=a, nonsense"), SigV4Reason.MalformedAuthorization,
        "'nonsense' not a valid key=value pair (missing equal-sign) in Authorization header: "
        + "'AWS4-HMAC-SHA256 Credential=a, nonsense'.");

    [Fact]
    public void All_missing_pieces_of_the_header_are_named_at_once() => Refused(
        ordinary.With("Authorization", "AWS4-HMAC-SHA256").Without("X-Amz-Date"), SigV4Reason.MissingParameter,
        "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. "
        + "Authorization header requires 'SignedHeaders' parameter. "
        + "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
        + "Authorization=AWS4-HMAC-SHA256");

    [Fact]
    public void All_missing_pieces_of_the_query_are_named_at_once() => Refused(
        presigned with
        {
            Target = "/connect?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20260102T030405Z&X-Amz-Signature=",
        },
        SigV4Reason.MissingParameter,
        "AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string parameters must include "
        + "'X-Amz-Signature'. AWS query-string parameters must include 'X-Amz-SignedHeaders'. "
        + "Re-examine the query-string parameters.");

    [Theory]
    [InlineData("X-Amz-Credential=b")]
    [InlineData("X-Amz-Signature=b")]
    [InlineData("X%2DAmz-Security-Token=b")]
    [InlineData("X-Amz-Expires=604800")]
    public void A_repeated_parameter_is_refused(string pair) => Refused(
        presigned with { Target = presigned.Target + "&" + pair }, SigV4Reason.RepeatedParameter);

    [Fact]
    public void Of_two_pieces_in_the_header_the_last_counts()
    {
        var header = ordinary.Value("Authorization");
        var earlier = header.Replace("Credential", "Credential=x, Unknown=x, Credential", StringComparison.Ordinal);

        Assert.Null(ordinary.With("Authorization", earlier).Judge());
        Refused(ordinary.With("Authorization", header + ", Signature=x"), SigV4Reason.SignatureMismatch);
    }

    [Fact]
    public void Commas_need_no_space() => Assert.Null(ordinary.ReplacingInAuthorization(", ", ",").Judge());

    [Fact]
    public void The_host_must_be_signed() => Refused(
        ordinary.ReplacingInAuthorization("host;", ""), SigV4Reason.HostNotSigned,
        "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");

    [Theory]
    [InlineData("content-type;host", "Content-Type;host")]
    [InlineData("content-type;host", "host;content-type")]
    [InlineData("content-type;host", "host;host")]
    [InlineData("content-type;host", "content-type;;host")]
    [InlineData("content-type;host", "a:b;host")]
    public void Signed_headers_are_lower_case_sorted_and_whole(string good, string bad) =>
        Refused(ordinary.ReplacingInAuthorization(good, bad), SigV4Reason.MalformedSignedHeaders);

    [Fact]
    public void A_signed_header_must_have_arrived()
    {
        Refused(ordinary.Without("Content-Type"), SigV4Reason.HeaderNotSigned);

        // Even when it was signed empty, for then its removal would otherwise go unseen.
        var empty = SignedRequest.ByHeader("GET", "/", [], headers: new HeaderField("x-flag", ""));
        Assert.Null(empty.Judge());
        Refused(empty.Without("x-flag"), SigV4Reason.HeaderNotSigned);
    }

    [Fact]
    public void A_bearer_must_be_signed()
    {
        var plain = SignedRequest.ByHeader("GET", "/channels", []);
        Assert.Null(plain.Judge());
        Refused(plain.Adding("X-Amz-Chime-Bearer", "arn:aws:chime:user/mallory"), SigV4Reason.HeaderNotSigned,
            "'x-amz-chime-bearer' must be a 'SignedHeader' in the AWS Authorization.");
        Refused(presigned.Adding("x-amz-chime-bearer", "arn:aws:chime:user/mallory"), SigV4Reason.HeaderNotSigned);
    }

    [Fact]
    public void A_token_in_a_header_must_be_signed() => Refused(
        SignedRequest.ByHeader("GET", "/channels", []).Adding("x-amz-security-token", "token"),
        SigV4Reason.HeaderNotSigned,
        "'x-amz-security-token' must be a 'SignedHeader' in the AWS Authorization.");

    [Theory]
    [InlineData("2026-01-02T03:04:05Z")]
    [InlineData("20260102T030405")]
    [InlineData("20261302T030405Z")]
    [InlineData("")]
    public void A_date_is_in_basic_format(string date) => Refused(
        ordinary.With("X-Amz-Date", date), SigV4Reason.MalformedDate,
        $"Date must be in ISO-8601 'basic format'. Got '{date}'. See http://en.wikipedia.org/wiki/ISO_8601");

    [Theory]
    [InlineData("0")]
    [InlineData("604801")]
    [InlineData("-1")]
    [InlineData("ten")]
    [InlineData("99999999999")]
    [InlineData("")]
    public void A_presigned_life_is_a_second_to_a_week(string seconds) => Refused(
        presigned.ReplacingInTarget("Expires=10&", $"Expires={seconds}&"), SigV4Reason.MalformedExpires);

    [Theory]
    [InlineData("AKIDEXAMPLE/20260102/us-east-1/chime")]
    [InlineData("AKIDEXAMPLE/20260102/us-east-1/chime/aws4_request/x")]
    [InlineData("")]
    public void A_credential_has_five_elements(string credential) => Refused(
        ordinary.ReplacingInAuthorization("AKIDEXAMPLE/20260102/us-east-1/chime/aws4_request", credential),
        SigV4Reason.MalformedCredential,
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term,"
        + $" got '{credential}'");

    [Fact]
    public void All_that_is_wrong_with_a_scope_is_said_at_once()
    {
        var policy = new SigV4Policy("chime") { Regions = new HashSet<string> { "eu-central-1" } };
        var request = ordinary.ReplacingInAuthorization(
            "20260102/us-east-1/chime/aws4_request", "20260103/us-east-1/sts/aws5_request");

        Assert.Equal(
            new SigV4Fault(SigV4Reason.WrongScope,
                "Credential should be scoped to a valid region, not 'us-east-1'. "
                + "Credential should be scoped to correct service: 'chime'. "
                + "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'. "
                + "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
                + "'20260103' != '20260102', from '20260102T030405Z'."),
            request.Judge(policy: policy));
    }

    [Fact]
    public void An_empty_region_is_no_region() =>
        Refused(ordinary.ReplacingInAuthorization("/us-east-1/", "//"), SigV4Reason.WrongScope);

    [Fact]
    public void Time_is_judged_before_the_scope() => Assert.Equal(
        SigV4Reason.Expired,
        ordinary.ReplacingInAuthorization("/chime/", "/sts/").Judge(SignedRequest.SignedAt.AddHours(1))?.Reason);

    private static void Refused(SignedRequest request, SigV4Reason reason, string? message = null)
    {
        var fault = request.Judge();
        Assert.Equal(reason, fault?.Reason);
        if (message is not null) Assert.Equal(message, fault?.Message);
    }
}
