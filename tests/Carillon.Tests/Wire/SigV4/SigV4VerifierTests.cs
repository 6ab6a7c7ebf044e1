using Carillon.Wire.SigV4;
using Xunit;

namespace Carillon.Tests.Wire.SigV4;

public class SigV4VerifierTests
{
    private static readonly SignedRequest ordinary = SignedRequest.Ordinary;

    [Fact]
    public void Another_secret_makes_another_signature()
    {
        var fault = ordinary.Judge(secret: "another");

        Assert.Equal(SigV4Reason.SignatureMismatch, fault?.Reason);
        Assert.StartsWith(
            "The request signature we calculated does not match the signature you provided.", fault?.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("é")]
    [InlineData("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    public void A_signature_of_any_other_form_is_a_mismatch(string signature)
    {
        var own = ordinary.Value("Authorization").Split("Signature=")[1];

        Assert.Equal(
            SigV4Reason.SignatureMismatch, ordinary.ReplacingInAuthorization(own, signature).Judge()?.Reason);
    }

    [Fact]
    public void An_upper_case_signature_is_refused()
    {
        var own = ordinary.Value("Authorization").Split("Signature=")[1];

        Assert.Equal(
            SigV4Reason.SignatureMismatch,
            ordinary.ReplacingInAuthorization(own, own.ToUpperInvariant()).Judge()?.Reason);
    }

    [Theory]
    [InlineData("UNSIGNED-PAYLOAD")]
    [InlineData("STREAMING-AWS4-HMAC-SHA256-PAYLOAD")]
    [InlineData("STREAMING-UNSIGNED-PAYLOAD-TRAILER")]
    [InlineData("")]
    public void A_payload_that_is_not_hashed_is_refused_however_well_it_is_signed(string declared)
    {
        var request = SignedRequest.ByHeader(
            "POST", "/", "body"u8.ToArray(), headers: new HeaderField("x-amz-content-sha256", declared));

        Assert.Equal(SigV4Reason.PayloadNotHashed, request.Judge()?.Reason);
    }

    [Fact]
    public void A_declared_hash_is_held_against_the_body()
    {
        var fault = (ordinary with { Body = "{}"u8.ToArray() }).Judge();

        Assert.Equal(
            new SigV4Fault(SigV4Reason.PayloadMismatch,
                "The provided 'x-amz-content-sha256' header does not match what was computed."),
            fault);
    }

    [Fact]
    public void A_body_without_declared_hash_is_covered_too()
    {
        var request = SignedRequest.ByHeader("POST", "/", "body"u8.ToArray());

        Assert.Null(request.Judge());
        Assert.Equal(SigV4Reason.SignatureMismatch, (request with { Body = "Body"u8.ToArray() }).Judge()?.Reason);
    }

    [Fact]
    public void Repeated_headers_sign_as_one_in_their_order()
    {
        var request = SignedRequest.ByHeader("GET", "/", [], headers: [new("my-header", "b"), new("My-Header", "a")]);

        Assert.Null(request.Judge());
        Assert.Null(request.Without("my-header").Adding("my-header", "b,a").Judge());
        Assert.NotNull(request.Without("my-header").Adding("my-header", "a").Adding("my-header", "b").Judge());
        Assert.NotNull(request.Adding("my-header", "c").Judge());
    }

    [Fact]
    public void An_authority_that_was_signed_is_the_host_that_arrives()
    {
        HeaderField[] sent = [new(":authority", "localhost:4580"), new("Content-Type", "application/json")];
        var added = SignedRequest.Signer().Sign("POST", "/", sent, "{}"u8.ToArray());
        var arrives = new SignedRequest("POST", "/", [new("Host", "localhost:4580"), sent[1], .. added], "{}"u8.ToArray());

        Assert.Contains("SignedHeaders=:authority;content-type", arrives.Value("Authorization"), StringComparison.Ordinal);
        Assert.Null(arrives.Judge());
        Assert.Equal(SigV4Reason.SignatureMismatch, arrives.With("Host", "localhost:4581").Judge()?.Reason);
        Assert.Equal(SigV4Reason.HeaderNotSigned, arrives.Without("Host").Judge()?.Reason);
    }

    [Fact]
    public void Blanks_around_and_inside_a_value_are_collapsed()
    {
        var request = SignedRequest.ByHeader("GET", "/", [], headers: new HeaderField("my-header", "a b \"c d\""));

        Assert.Null(request.With("my-header", "  a  b\t \"c   d\" ").Judge());
        Assert.NotNull(request.With("my-header", "ab \"c d\"").Judge());
    }

    [Theory]
    [InlineData("/?q=a+b", "/?q=a%20b")]
    [InlineData("/?q=%3a", "/?q=%3A")]
    [InlineData("/?q=%61", "/?q=a")]
    [InlineData("/?q", "/?q=")]
    [InlineData("/?q=1&&r=2", "/?r=2&q=1")]
    [InlineData("/?q=!'()*", "/?q=%21%27%28%29%2A")]
    [InlineData("/a//b/./c/../d/", "/a/b/d/")]
    public void Two_spellings_of_one_request_have_one_signature(string signed, string sent)
    {
        Assert.Null((SignedRequest.ByHeader("GET", signed, []) with { Target = sent }).Judge());
        Assert.Null((SignedRequest.ByHeader("GET", sent, []) with { Target = signed }).Judge());
    }

    [Theory]
    [InlineData("/a%3a", "/a%3A")]
    [InlineData("/a%2Fb", "/a/b")]
    [InlineData("/a/", "/a")]
    [InlineData("/%61", "/a")]
    [InlineData("/?q=a%2Bb", "/?q=a+b")]
    [InlineData("/?q=%2541", "/?q=%41")]
    [InlineData("/?q=", "/")]
    [InlineData("/", "/?X-Amz-Signature=x")]
    public void Two_different_requests_have_two(string signed, string sent)
    {
        Assert.NotNull((SignedRequest.ByHeader("GET", signed, []) with { Target = sent }).Judge());
        Assert.NotNull((SignedRequest.ByHeader("GET", sent, []) with { Target = signed }).Judge());
    }

    [Theory]
    [InlineData("note=it's(fine)!*")]
    [InlineData("note=a+b")]
    [InlineData("note=%3a")]
    public void A_presigned_query_may_be_signed_as_it_is_sent(string pair) =>
        Assert.Null(PresignedAsSent(pair, token: null).Judge());

    [Theory]
    [InlineData("note=it's(fine)!*")]
    [InlineData("note=a+b")]
    public void A_presigned_query_may_be_signed_encoded_again(string pair)
    {
        var signed = SignedRequest.Presigned("/connect?" + pair);
        var encoded = signed.Target.Split('&').Single(p => p.StartsWith("note=", StringComparison.Ordinal));

        Assert.Null(signed.ReplacingInTarget(encoded, pair).Judge());
    }

    [Fact]
    public void A_token_may_be_appended_to_a_presigned_query_unsigned()
    {
        var signed = SignedRequest.Presigned("/connect");

        Assert.Null((signed with { Target = signed.Target + "&X-Amz-Security-Token=tok%2Fen%2B" }).Judge());
    }

    [Fact]
    public void A_signed_token_cannot_be_exchanged_or_dropped()
    {
        var signed = SignedRequest.Presigned("/connect", token: "abc");

        Assert.Null(signed.Judge());
        Assert.NotNull(signed.ReplacingInTarget("Token=abc", "Token=abd").Judge());
        Assert.NotNull(signed.ReplacingInTarget("&X-Amz-Security-Token=abc", "").Judge());
    }

    [Fact]
    public void A_presigned_get_is_no_post()
    {
        var signed = SignedRequest.Presigned("/connect");

        Assert.NotNull((signed with { Method = "POST" }).Judge());
        Assert.NotNull((signed with { Body = [1] }).Judge());
    }

    [Fact]
    public void The_absolute_form_of_a_target_signs_as_its_path() =>
        Assert.Null((ordinary with { Target = "http://localhost:4580" + ordinary.Target }).Judge());

    [Fact]
    public void A_Date_header_will_do_when_it_is_in_basic_format()
    {
        HeaderField[] headers = [new("Host", "localhost:4580"), new("Date", "20260102T030405Z")];
        var canonical = CanonicalRequest.Build(
            new RawRequest("GET", "/", headers), "date;host",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        var request = new SignedRequest("GET", "/", headers, []).Adding("Authorization",
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/us-east-1/chime/aws4_request, SignedHeaders=date;host, "
            + $"Signature={Reference.Signature(canonical)}");

        Assert.Null(request.Judge());
        Assert.Equal(
            SigV4Reason.MalformedDate, request.With("Date", "Fri, 02 Jan 2026 03:04:05 GMT").Judge()?.Reason);
    }

    [Fact]
    public void Credentials_do_not_print_their_secret()
    {
        var credentials = new AwsCredentials("AKIDEXAMPLE", "secret-of-mine", "token-of-mine");

        Assert.Contains("AKIDEXAMPLE", $"{credentials}", StringComparison.Ordinal);
        Assert.DoesNotContain("of-mine", $"{credentials}", StringComparison.Ordinal);
    }

    // As a browser does it: the query is signed just as written.
    private static SignedRequest PresignedAsSent(string pair, string? token)
    {
        var target = SignedRequest.Presigned("/connect", token: token).Target;
        target = target[..target.IndexOf("&X-Amz-Signature", StringComparison.Ordinal)] + "&" + pair;
        HeaderField[] headers = [new("Host", "localhost:8443")];
        var canonical = CanonicalRequest.Build(
            new RawRequest("GET", target, headers), "host",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", QuerySpelling.AsSent);
        return new("GET", $"{target}&X-Amz-Signature={Reference.Signature(canonical)}", headers, []);
    }
}
