using System.Security.Cryptography;
using System.Text;
using Carillon.Wire.SigV4;
using Xunit;

namespace Carillon.Tests.Wire.SigV4;

public class AwsSigningTestSuiteTests
{
    private static readonly SigV4Policy policy = new("service");

    public static TheoryData<string> HeaderCases => [.. AwsSigningTestSuite.Cases.Keys];

    public static TheoryData<string> QueryCases =>
        [.. AwsSigningTestSuite.Cases.Values.Where(c => c.Query is not null).Select(c => c.Name)];

    public static TheoryData<string> HashedCases =>
        [.. AwsSigningTestSuite.Cases.Values.Where(c => c.Header.CanonicalHash is not null).Select(c => c.Name)];

    [Fact]
    public void The_suite_is_all_there()
    {
        Assert.Equal(33, AwsSigningTestSuite.Cases.Count);
        Assert.Equal(19, AwsSigningTestSuite.Cases.Values.Count(c => c.Query is not null));
    }

    [Theory]
    [MemberData(nameof(HashedCases))]
    public void The_canonical_request_is_the_suites(string name)
    {
        var vector = AwsSigningTestSuite.Cases[name];
        var request = new RawRequest(vector.Method, vector.Target, vector.Fields);
        var payloadHash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(vector.Body)));

        var canonical = CanonicalRequest.Build(request, vector.Header.SignedHeaders, payloadHash);

        Assert.Equal(
            vector.Header.CanonicalHash, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical))));
    }

    [Theory]
    [MemberData(nameof(HeaderCases))]
    public void A_signature_in_the_header_verifies(string name)
    {
        var vector = AwsSigningTestSuite.Cases[name];
        var request = new RawRequest(vector.Method, vector.Target, vector.SignedFields);

        var isRead = SigV4Reader.TryRead(request, policy, AwsSigningTestSuite.SignedAt, out var claim, out var fault);
        Assert.True(isRead, fault?.Message);
        Assert.Null(SigV4Verifier.Verify(
            request, claim!, Encoding.UTF8.GetBytes(vector.Body), AwsSigningTestSuite.Secret));
    }

    [Theory]
    [MemberData(nameof(QueryCases))]
    public void A_signature_in_the_query_verifies(string name)
    {
        var vector = AwsSigningTestSuite.Cases[name];
        var request = new RawRequest(vector.Method, vector.PresignedTarget, vector.Fields);

        var isRead = SigV4Reader.TryRead(request, policy, AwsSigningTestSuite.SignedAt, out var claim, out var fault);
        Assert.True(isRead, fault?.Message);
        Assert.True(claim!.IsPresigned);
        Assert.Null(SigV4Verifier.Verify(
            request, claim!, Encoding.UTF8.GetBytes(vector.Body), AwsSigningTestSuite.Secret));
    }

    [Theory]
    [MemberData(nameof(HeaderCases))]
    public void The_signer_signs_like_the_suite(string name)
    {
        var vector = AwsSigningTestSuite.Cases[name];
        string[] own = ["x-amz-date", "x-amz-security-token"];
        var signed = vector.Header.SignedHeaders.Split(';');
        var headers = vector.Fields.Where(h =>
            signed.Contains(h.Name.ToLowerInvariant()) && !own.Contains(h.Name.ToLowerInvariant()));
        var token = vector.Fields.FirstOrDefault(h => h.Name == "X-Amz-Security-Token").Value;
        var signer = new SigV4Signer(
            new AwsCredentials(AwsSigningTestSuite.AccessKeyId, AwsSigningTestSuite.Secret, token),
            "us-east-1", "service", new StoppedClock(AwsSigningTestSuite.SignedAt));

        var added = signer.Sign(vector.Method, vector.Target, headers, Encoding.UTF8.GetBytes(vector.Body));

        Assert.Equal(
            $"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/{AwsSigningTestSuite.Scope}, "
            + $"SignedHeaders={vector.Header.SignedHeaders}, Signature={vector.Header.Signature}",
            added.Single(h => h.Name == "Authorization").Value);
    }

    [Fact]
    public void A_token_added_to_the_headers_after_signing_is_refused()
    {
        var vector = AwsSigningTestSuite.Cases["post-sts-header-after"];
        HeaderField[] headers = [.. vector.SignedFields, new("X-Amz-Security-Token", "token")];

        Assert.False(SigV4Reader.TryRead(
            new RawRequest("POST", "/", headers), policy, AwsSigningTestSuite.SignedAt, out _, out var fault));
        Assert.Equal(SigV4Reason.HeaderNotSigned, fault.Reason);
    }
}
