using Carillon.Core.Access;
using Carillon.Core.Iam;
using Carillon.Server.Http;
using Xunit;
using static Carillon.Tests.Server.Access.AccessHost;

namespace Carillon.Tests.Server.Access;

public sealed class SessionTests : IDisposable
{
    private readonly AccessHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task A_session_is_told_its_name_its_key_and_its_end()
    {
        var arn = await _host.MakeRole("worker", null, TrustAccount, "Path=/app/");

        var assumed = (await _host.Assume(_host.Root, arn)).Ok();
        var caller = _host.Become(assumed);
        var identity = (await _host.Ask(caller, "GetCallerIdentity")).Ok();

        Assert.Matches("^ASIA[A-Z2-7]{16}$", assumed["AccessKeyId"]);
        Assert.Equal(40, assumed["SecretAccessKey"].Length);
        Assert.Equal("2026-01-02T04:04:05Z", assumed["Expiration"]);
        Assert.Equal("arn:aws:sts::111122223333:assumed-role/worker/s1", assumed["Arn"]);
        Assert.Matches("^AROA[A-Z2-7]{17}:s1$", assumed["AssumedRoleId"]);
        Assert.Null(assumed.Find("PackedPolicySize"));
        Assert.Equal(assumed["Arn"], identity["Arn"]);
        Assert.Equal(assumed["AssumedRoleId"], identity["UserId"]);
        Assert.Equal(Account, identity["Account"]);
    }

    [Fact]
    public async Task Root_is_told_its_account()
    {
        var identity = (await _host.Ask(_host.Root, "GetCallerIdentity")).Ok();

        Assert.Equal(["arn:aws:iam::111122223333:root", Account, Account], [identity["Arn"], identity["UserId"], identity["Account"]]);
        Assert.Equal(Account, (await _host.Ask(_host.Root, "GetAccessKeyInfo", "AccessKeyId=AKIAIOSFODNN7EXAMPLE"))["Account"]);
    }

    [Fact]
    public async Task A_key_without_its_token_or_with_another_is_refused()
    {
        var arn = await _host.MakeRole("worker");
        var one = (await _host.Assume(_host.Root, arn)).Ok();
        var two = (await _host.Assume(_host.Root, arn)).Ok();
        var (key, token) = (one["AccessKeyId"], one["SessionToken"]);

        Assert.Equal(CredentialFault.None, Fault(key, token));
        Assert.Equal(CredentialFault.TokenMismatch, Fault(key, null));
        Assert.Equal(CredentialFault.TokenMismatch, Fault(key, ""));
        Assert.Equal(CredentialFault.TokenMismatch, Fault(key, two["SessionToken"]));
        Assert.Equal(CredentialFault.TokenMismatch, Fault(two["AccessKeyId"], token));
        Assert.Equal(CredentialFault.TokenMismatch, Fault(key, token[..^8] + "AAAAAAA="));
        Assert.Equal(CredentialFault.TokenMismatch, Fault(key, "no base64"));
        Assert.Equal(CredentialFault.TokenMismatch, Fault(key, new string('A', 100_000)));
        Assert.Equal(CredentialFault.TokenMismatch, Fault(RootKey.AccessKeyId, token));
        Assert.Equal(CredentialFault.UnknownKey, Fault("AKIASOMEONEELSE", null));
        Assert.NotEqual(one["SecretAccessKey"], two["SecretAccessKey"]);
        Assert.Equal(one["SecretAccessKey"], _host.Credentials.Find(key, token, out _)!.Secret);

        CredentialFault Fault(string id, string? with)
        {
            var found = _host.Credentials.Find(id, with, out var fault);
            Assert.Equal(found is null, fault != CredentialFault.None);
            return fault;
        }
    }

    [Fact]
    public async Task A_session_ends_when_it_said()
    {
        var arn = await _host.MakeRole("worker");
        var assumed = (await _host.Assume(_host.Root, arn, "DurationSeconds=900")).Ok();

        _host.Clock.Pass(TimeSpan.FromSeconds(899));
        Assert.NotNull(_host.Find(assumed));
        _host.Clock.Pass(TimeSpan.FromSeconds(1));
        Assert.Null(_host.Find(assumed));
        Assert.Equal(CredentialFault.Expired, _host.LastFault);
    }

    [Fact]
    public async Task A_deleted_role_ends_its_sessions_even_when_another_takes_its_name()
    {
        var arn = await _host.MakeRole("worker");
        var assumed = (await _host.Assume(_host.Root, arn)).Ok();
        var live = _host.Become(assumed);

        (await _host.Ask(_host.Root, "DeleteRole", "RoleName=worker")).Ok();
        Assert.Null(_host.Find(assumed));
        await _host.MakeRole("worker", Allow("chime:*", "*"));

        Assert.Null(_host.Find(assumed));
        Assert.Equal(CredentialFault.UnknownKey, _host.LastFault);
        Assert.Equal(Verdict.NoIdentityPolicy, _host.Decide(live, "chime:Connect", Chime));
    }

    [Fact]
    public async Task A_changed_policy_counts_for_sessions_that_are_there_already()
    {
        var arn = await _host.MakeRole("worker", Allow("chime:Send*", "*"));
        var caller = _host.Become(await _host.Assume(_host.Root, arn));
        Assert.Equal(Verdict.Allowed, _host.Decide(caller, "chime:SendChannelMessage", Chime));

        (await _host.Ask(_host.Root, "PutRolePolicy", "RoleName=worker", "PolicyName=p", "PolicyDocument=" + Allow("chime:Get*", "*"))).Ok();

        Assert.Equal(Verdict.NoIdentityPolicy, _host.Decide(caller, "chime:SendChannelMessage", Chime));
        Assert.Equal(Verdict.Allowed, _host.Decide(caller, "chime:GetChannelMessage", Chime));
    }

    [Fact]
    public async Task A_session_policy_and_tags_narrow_and_name()
    {
        var arn = await _host.MakeRole("worker", Allow("chime:*", Chime + "/user/${aws:PrincipalTag/UserUUID}"));
        var assumed = (await _host.Assume(_host.Root, arn, "Policy=" + Allow("chime:Send*", "*"),
            "Tags.member.1.Key=UserUUID", "Tags.member.1.Value=us-east-1:ann")).Ok();
        var caller = _host.Become(assumed);

        Assert.Equal(Verdict.Allowed, _host.Decide(caller, "chime:SendX", Chime + "/user/us-east-1:ann"));
        Assert.Equal(Verdict.NoSessionPolicy, _host.Decide(caller, "chime:GetX", Chime + "/user/us-east-1:ann"));
        Assert.Equal(Verdict.NoIdentityPolicy, _host.Decide(caller, "chime:SendX", Chime + "/user/bob"));
        Assert.InRange(int.Parse(assumed["PackedPolicySize"], System.Globalization.CultureInfo.InvariantCulture), 1, 100);
        Assert.Equal(Verdict.Allowed, _host.Decide(_host.Root, "chime:Anything", Chime));
    }

    [Fact]
    public async Task A_session_tag_covers_the_tag_of_the_role()
    {
        var arn = await _host.MakeRole("worker", Allow("a:*", "arn:aws:a:::${aws:PrincipalTag/team}/${aws:PrincipalTag/stage}"),
            TrustAccount, "Tags.member.1.Key=Team", "Tags.member.1.Value=red", "Tags.member.2.Key=stage", "Tags.member.2.Value=prod");
        var caller = _host.Become(await _host.Assume(_host.Root, arn, "Tags.member.1.Key=team", "Tags.member.1.Value=blue"));

        Assert.Equal(Verdict.Allowed, _host.Decide(caller, "a:b", "arn:aws:a:::blue/prod"));
    }

    [Fact]
    public async Task Transitive_tags_and_the_source_identity_follow_from_role_to_role()
    {
        var first = await _host.MakeRole("first", Allow("sts:*", "*"));
        var second = await _host.MakeRole("second", Allow("a:*", "arn:aws:a:::${aws:PrincipalTag/who}-${aws:PrincipalTag/own, 'none'}"));
        var one = _host.Become(await _host.Assume(_host.Root, first, "Tags.member.1.Key=who", "Tags.member.1.Value=ann",
            "Tags.member.2.Key=own", "Tags.member.2.Value=x", "TransitiveTagKeys.member.1=who", "SourceIdentity=ann"));

        var assumed = (await _host.Assume(one, second)).Ok();
        var two = _host.Become(assumed);

        Assert.Equal("ann", assumed["SourceIdentity"]);
        Assert.Equal(Verdict.Allowed, _host.Decide(two, "a:b", "arn:aws:a:::ann-none"));
        Assert.Equal("InvalidParameterValue", (await _host.Assume(one, second, "Tags.member.1.Key=WHO", "Tags.member.1.Value=bob")).Code);
        Assert.Equal("AccessDenied", (await _host.Assume(one, second, "SourceIdentity=bob")).Code);
    }

    [Fact]
    public async Task Tags_and_source_identity_each_need_the_trust_of_the_role()
    {
        const string trust = """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}}""";
        var arn = await _host.MakeRole("worker", null, trust);

        Assert.Equal(200, (await _host.Assume(_host.Root, arn)).Status);
        Assert.Equal(
            $"User: arn:aws:iam::111122223333:root is not authorized to perform: sts:TagSession on resource: {arn}",
            (await _host.Assume(_host.Root, arn, "Tags.member.1.Key=a", "Tags.member.1.Value=b")).Message);
        Assert.Contains("sts:SetSourceIdentity", (await _host.Assume(_host.Root, arn, "SourceIdentity=ann")).Message);
    }

    [Fact]
    public async Task A_role_that_does_not_trust_and_one_that_is_not_there_answer_alike()
    {
        const string trust = """{"Statement":{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}}""";
        var arn = await _host.MakeRole("function", null, trust);
        const string absent = "arn:aws:iam::111122223333:role/absent";

        var untrusted = await _host.Assume(_host.Root, arn);
        var missing = await _host.Assume(_host.Root, absent);

        Assert.Equal((403, "AccessDenied"), (untrusted.Status, untrusted.Code));
        Assert.Equal(untrusted.Message.Replace(arn, "?"), missing.Message.Replace(absent, "?"));
        Assert.Equal("AccessDenied", (await _host.Assume(_host.Root, "arn:aws:iam::111122223333:role/FUNCTION")).Code);
        Assert.Equal("AccessDenied", (await _host.Assume(_host.Root, "arn:aws:iam::444455556666:role/function")).Code);
        Assert.Equal("x:y:z:this-is-no-arn-at-all is invalid", (await _host.Assume(_host.Root, "x:y:z:this-is-no-arn-at-all")).Message);
    }

    [Fact]
    public async Task An_external_id_is_asked_for_even_of_root()
    {
        const string trust = """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"e-1"}}}}""";
        var arn = await _host.MakeRole("worker", null, trust);

        Assert.Equal(403, (await _host.Assume(_host.Root, arn)).Status);
        Assert.Equal(403, (await _host.Assume(_host.Root, arn, "ExternalId=e-2")).Status);
        Assert.Equal(200, (await _host.Assume(_host.Root, arn, "ExternalId=e-1")).Status);
    }

    [Fact]
    public async Task Trust_in_the_account_leaves_it_to_the_callers_policies_and_trust_in_a_role_does_not()
    {
        var poor = _host.Become(await _host.Assume(_host.Root, await _host.MakeRole("poor")));
        var open = await _host.MakeRole("open");
        var named = await _host.MakeRole("named", null,
            """{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/poor"},"Action":"sts:AssumeRole"}}""");
        var narrow = _host.Become(await _host.Assume(_host.Root, "arn:aws:iam::111122223333:role/poor", "Policy=" + Allow("chime:*", "*")));

        Assert.Equal(403, (await _host.Assume(poor, open)).Status);
        Assert.Equal(200, (await _host.Assume(poor, named)).Status);
        Assert.Equal(403, (await _host.Assume(narrow, named)).Status);

        (await _host.Ask(_host.Root, "PutRolePolicy", "RoleName=poor", "PolicyName=p", "PolicyDocument=" + Allow("sts:AssumeRole", open))).Ok();
        Assert.Equal(200, (await _host.Assume(poor, open)).Status);

        const string deny = """{"Statement":{"Effect":"Deny","Action":"sts:*","Resource":"*"}}""";
        (await _host.Ask(_host.Root, "PutRolePolicy", "RoleName=poor", "PolicyName=p", "PolicyDocument=" + deny)).Ok();
        Assert.Equal(403, (await _host.Assume(poor, named)).Status);
        Assert.Equal(200, (await _host.Ask(poor, "GetCallerIdentity")).Status);
    }

    [Fact]
    public async Task Durations_are_bounded_by_the_role_and_by_chaining()
    {
        var brief = await _host.MakeRole("brief", Allow("sts:*", "*"));
        var lasting = await _host.MakeRole("lasting", null, TrustAccount, "MaxSessionDuration=43200");
        var caller = _host.Become(await _host.Assume(_host.Root, brief));

        Assert.Equal("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
            (await _host.Assume(_host.Root, brief, "DurationSeconds=3601")).Message);
        Assert.Equal(200, (await _host.Assume(_host.Root, lasting, "DurationSeconds=43200")).Status);
        Assert.Contains("1 hour session limit for roles assumed by role chaining",
            (await _host.Assume(caller, lasting, "DurationSeconds=3601")).Message);
        Assert.Equal(200, (await _host.Assume(caller, lasting, "DurationSeconds=3600")).Status);
        Assert.Contains("greater than or equal to 900", (await _host.Assume(_host.Root, lasting, "DurationSeconds=0")).Message);
    }

    [Theory]
    [InlineData("ValidationError", "RoleSessionName=a:b")]
    [InlineData("ValidationError", "RoleSessionName=a")]
    [InlineData("ValidationError", "PolicyArns.member.1.arn=arn:aws:iam::aws:policy/NoSuchPolicy")]
    [InlineData("ValidationError", "SerialNumber=x")]
    [InlineData("MalformedPolicyDocument", "Policy={}")]
    [InlineData("InvalidParameterValue", "TransitiveTagKeys.member.1=nope")]
    [InlineData("InvalidParameterValue", "Tags.member.1.Key=a&Tags.member.1.Value=1&Tags.member.2.Key=A&Tags.member.2.Value=2")]
    public async Task A_request_that_cannot_be_meant_is_refused(string code, string parameters)
    {
        var arn = await _host.MakeRole("worker");
        var more = parameters.Split('&');
        var name = more[0].StartsWith("RoleSessionName", StringComparison.Ordinal) ? Array.Empty<string>() : ["RoleSessionName=s1"];

        var answer = await _host.Ask(_host.Root, "AssumeRole", ["RoleArn=" + arn, .. name, .. more]);

        Assert.Equal((400, code), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Tags_and_policy_that_would_not_fit_a_token_are_refused()
    {
        var arn = await _host.MakeRole("worker");
        var tags = Enumerable.Range(1, 20).SelectMany(i =>
            new[] { $"Tags.member.{i}.Key=k{i}", $"Tags.member.{i}.Value={new string('v', 256)}" });

        Assert.Equal("PackedPolicyTooLarge", (await _host.Assume(_host.Root, arn, [.. tags])).Code);
    }

    [Fact]
    public async Task A_token_survives_a_restart_and_not_another_installation()
    {
        using var other = new AccessHost();
        var arn = await _host.MakeRole("worker");
        await other.MakeRole("worker");
        var assumed = (await _host.Assume(_host.Root, arn)).Ok();

        using var again = new Carillon.Core.Iam.SessionTokens(Enumerable.Repeat((byte)7, 32).ToArray());
        using var same = new Carillon.Core.Iam.SessionTokens(Enumerable.Repeat((byte)7, 32).ToArray());
        var session = (RoleSession)_host.Room.Tokens.Open(assumed["AccessKeyId"], assumed["SessionToken"])!;

        var opened = (RoleSession)same.Open(session.AccessKeyId, again.Seal(session))!;
        Assert.Equal(session with { Tags = opened.Tags, Filter = opened.Filter }, opened);
        Assert.Null(other.Find(assumed));
    }
}
