using Carillon.Server.Http;
using Carillon.Tests.Wire.SigV4;
using Carillon.Wire.SigV4;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace Carillon.Tests.Server.Http;

public class AuthenticatorTests
{
    private readonly Keys keys = new();
    private readonly StoppedClock clock = new(SignedRequest.SignedAt);

    [Fact]
    public void A_signed_request_has_its_caller()
    {
        var result = Authenticate(SignedRequest.ByHeader("GET", "/channels/arn%3Aaws%2Fx", []));

        Assert.True(result.IsProven);
        Assert.Same(keys.Caller, result.Caller);
        Assert.Equal("chime", result.Claim.Service);
        Assert.Null(result.Fault);
    }

    [Fact]
    public void A_presigned_socket_has_its_caller()
    {
        keys.Token = "tok/en+==";

        Assert.True(Authenticate(SignedRequest.Presigned("/connect?sessionId=1", 10, "tok/en+==")).IsProven);
    }

    [Fact]
    public void A_socket_over_http2_is_verified_as_the_get_that_was_signed()
    {
        var signed = SignedRequest.Presigned("/connect");

        Assert.False(Authenticate(signed with { Method = "CONNECT" }).IsProven);
        Assert.True(Authenticate(signed with { Method = "CONNECT" }, extendedConnect: true).IsProven);
    }

    [Fact]
    public void Repeated_headers_are_seen_in_their_order()
    {
        var signed = SignedRequest.ByHeader("GET", "/", [], headers: [new("my-header", "b"), new("my-header", "a")]);

        Assert.True(Authenticate(signed).IsProven);
    }

    [Fact]
    public void More_headers_than_usual_are_all_seen()
    {
        var many = Enumerable.Range(0, 300).Select(i => new HeaderField($"x-{i}", $"{i}")).ToArray();

        Assert.True(Authenticate(SignedRequest.ByHeader("GET", "/", [], headers: many)).IsProven);
    }

    [Fact]
    public void An_unsigned_request_misses_its_token()
    {
        var fault = Refused(SignedRequest.ByHeader("GET", "/", []).Without("Authorization"));

        Assert.Equal(AuthenticationErrors.MissingToken, fault.Error);
        Assert.Equal("Missing Authentication Token", fault.Message);
        Assert.Equal("Request is missing Authentication Token", fault.QueryMessage);
    }

    [Fact]
    public void An_unknown_key_and_a_wrong_token_get_the_same_answer()
    {
        keys.Known = false;
        var unknown = Refused(SignedRequest.ByHeader("GET", "/", []));
        keys.Known = true;
        var mismatch = Refused(SignedRequest.ByHeader("GET", "/", [], token: "another"));

        Assert.Equal(AuthenticationErrors.UnknownToken, unknown.Error);
        Assert.Equal("The security token included in the request is invalid.", unknown.Message);
        Assert.Equal(unknown, mismatch);
    }

    [Fact]
    public void Expired_credentials_say_so()
    {
        keys.Fault = CredentialFault.Expired;
        var fault = Refused(SignedRequest.ByHeader("GET", "/", []));

        Assert.Equal(AuthenticationErrors.ExpiredToken, fault.Error);
        Assert.Equal("The security token included in the request is expired", fault.Message);
    }

    [Fact]
    public void Credentials_end_at_their_moment_though_the_source_still_gives_them()
    {
        keys.Caller = keys.Caller with { Expires = SignedRequest.SignedAt.AddSeconds(1) };
        var signed = SignedRequest.ByHeader("GET", "/", []);

        Assert.True(Authenticate(signed).IsProven);
        clock.Now = SignedRequest.SignedAt.AddSeconds(1);
        Assert.Equal(AuthenticationErrors.ExpiredToken, Refused(signed).Error);
    }

    [Theory]
    [InlineData(299, true)]
    [InlineData(300, true)]
    [InlineData(301, false)]
    [InlineData(-300, true)]
    [InlineData(-301, false)]
    public void The_clock_may_differ_by_five_minutes(int seconds, bool proven)
    {
        clock.Now = SignedRequest.SignedAt.AddSeconds(seconds);

        Assert.Equal(proven, Authenticate(SignedRequest.ByHeader("GET", "/", [])).IsProven);
    }

    [Fact]
    public void Time_and_scope_are_judged_before_a_key_is_looked_up()
    {
        var signed = SignedRequest.ByHeader("GET", "/", []);
        Refused(signed.ReplacingInAuthorization("/chime/", "/sts/"));
        clock.Now = SignedRequest.SignedAt.AddHours(1);
        Refused(signed);

        Assert.Equal(0, keys.Asked);
    }

    [Fact]
    public void A_changed_secret_counts_at_once()
    {
        var authenticator = new Authenticator(keys, clock);
        var signed = SignedRequest.ByHeader("GET", "/", []);

        Assert.True(Authenticate(signed, authenticator: authenticator).IsProven);
        Assert.True(Authenticate(signed, authenticator: authenticator).IsProven);
        keys.Secret = "changed";
        Assert.False(Authenticate(signed, authenticator: authenticator).IsProven);
        keys.Secret = SignedRequest.Secret;
        Assert.True(Authenticate(signed, authenticator: authenticator).IsProven);
    }

    [Fact]
    public void Any_of_the_expected_services_will_do_and_the_claim_says_which()
    {
        var policy = new SigV4Policy("sts", "chime");

        Assert.Equal("chime", Authenticate(SignedRequest.ByHeader("GET", "/", []), policy: policy).Claim?.Service);
    }

    [Fact]
    public void A_credential_does_not_print_its_secret() =>
        Assert.DoesNotContain(keys.Secret, $"{new Credential(keys.Secret, keys.Caller)}", StringComparison.Ordinal);

    private AuthenticationFault Refused(SignedRequest request)
    {
        var result = Authenticate(request);
        Assert.False(result.IsProven);
        return result.Fault;
    }

    private Authentication Authenticate(
        SignedRequest request,
        SigV4Policy? policy = null,
        Authenticator? authenticator = null,
        bool extendedConnect = false)
    {
        var context = new DefaultHttpContext();
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = request.Target;
        context.Request.Method = request.Method;
        foreach (var group in request.Headers.GroupBy(h => h.Name, StringComparer.OrdinalIgnoreCase))
            context.Request.Headers[group.Key] = group.Select(h => h.Value).ToArray();
        if (extendedConnect) context.Features.Set<IHttpExtendedConnectFeature>(new ExtendedConnect());
        return (authenticator ?? new Authenticator(keys, clock))
            .Authenticate(context, request.Body, policy ?? SignedRequest.Policy);
    }

    private sealed class ExtendedConnect : IHttpExtendedConnectFeature
    {
        public bool IsExtendedConnect => true;

        public string Protocol => "websocket";

        public ValueTask<Stream> AcceptAsync() => throw new NotSupportedException();
    }
}
