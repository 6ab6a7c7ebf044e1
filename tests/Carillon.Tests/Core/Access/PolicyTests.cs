using System.Diagnostics;
using Carillon.Core.Access;
using Xunit;
using static Carillon.Tests.Core.Access.Ask;

namespace Carillon.Tests.Core.Access;

public class PolicyTests
{
    [Theory]
    [InlineData("chime:SendChannelMessage", "chime:SendChannelMessage", true)]
    [InlineData("CHIME:sendchannelmessage", "chime:SendChannelMessage", true)]
    [InlineData("chime:sendchannelmessage", "Chime:SendChannelMessage", true)]
    [InlineData("chime:*", "chime:SendChannelMessage", true)]
    [InlineData("chime:*Channel*", "chime:SendChannelMessage", true)]
    [InlineData("chime:S?ndChannelMessage", "chime:SendChannelMessage", true)]
    [InlineData("*", "iam:CreateRole", true)]
    [InlineData("*:*", "iam:CreateRole", true)]
    [InlineData("chime:Send", "chime:SendChannelMessage", false)]
    [InlineData("kinesis:*", "chime:SendChannelMessage", false)]
    [InlineData("chime:SendChannelMessage?", "chime:SendChannelMessage", false)]
    public void An_action_matches_whatever_its_case(string pattern, string action, bool allowed) =>
        Assert.Equal(allowed, Allows(Statement("Allow", pattern, "*"), action, App));

    [Theory]
    [InlineData("*", "*", true)]
    [InlineData("*", App + "/user/ann", true)]
    [InlineData(App + "/user/*", App + "/user/ann", true)]
    [InlineData(App + "/user/*", App + "/user/us-east-1:6fd9-44", true)]
    [InlineData(App + "/*", App + "/channel/c/d", true)]
    [InlineData("arn:aws:chime:*", App + "/user/ann", true)]
    [InlineData("arn:aws:chime:*:*:app-instance/*/user/ann", App + "/user/ann", true)]
    [InlineData("arn:*:chime:*:*:*", App, true)]
    [InlineData(App + "/user/a?n", App + "/user/ann", true)]
    [InlineData(App + "/user/ANN", App + "/user/ann", false)]
    [InlineData(App + "/user/an", App + "/user/ann", false)]
    [InlineData(App + "/channel/*", App + "/user/ann", false)]
    [InlineData("arn:aws:kinesis:*:*:*", App, false)]
    [InlineData("arn:aws-cn:chime:*:*:*", App, false)]
    [InlineData("arn:aws:chime:us-east-1:111122223333:*", "*", false)]
    public void A_resource_matches_in_its_own_case_and_wildcards_cross_slashes_and_colons(
        string pattern, string arn, bool allowed) =>
        Assert.Equal(allowed, Allows(Statement("Allow", "chime:*", pattern), "chime:X", arn));

    [Fact]
    public void Every_target_must_be_allowed_and_the_refused_one_is_named()
    {
        var policy = Policy.Parse(Statement("Allow", "chime:*", App + "/user/*"));
        var request = new AccessRequest("chime:X", [new(App + "/user/ann"), new(App + "/channel/c")], new());

        var decision = Policy.Evaluate(new Grants(false, [policy]), request);

        Assert.Equal(Verdict.NoIdentityPolicy, decision.Verdict);
        Assert.Equal(App + "/channel/c", decision.Target.Arn);
    }

    [Fact]
    public void Targets_may_be_allowed_by_different_statements_and_there_may_be_many()
    {
        string[] arns = [.. Enumerable.Range(0, 100).Select(i => $"{App}/{(i % 2 == 0 ? "user" : "channel")}/{i}")];
        var users = Statement("Allow", "chime:*", App + "/user/*");
        var channels = Statement("Allow", "chime:*", App + "/channel/*");

        Assert.Equal(Verdict.Allowed, Policies("chime:X", arns, new(), users, channels));
        Assert.Equal(Verdict.NoIdentityPolicy, Policies("chime:X", arns, new(), users));
        Assert.Equal(Verdict.DeniedByIdentityPolicy,
            Policies("chime:X", arns, new(), users, channels, Statement("Deny", "*", App + "/channel/99")));
    }

    [Fact]
    public void A_request_without_targets_is_a_bug_and_not_a_yes() => Assert.Throws<ArgumentException>(
        () => Policies("chime:X", [], new(), Statement("Allow", "*", "*")));

    [Fact]
    public void Deny_wins_wherever_it_stands()
    {
        var allow = Statement("Allow", "*", "*");
        var deny = Statement("Deny", "chime:Send*", App + "/*");

        Assert.Equal(Verdict.DeniedByIdentityPolicy, Policies("chime:SendX", [App + "/user/a"], new(), allow, deny));
        Assert.Equal(Verdict.DeniedByIdentityPolicy, Policies("chime:SendX", [App + "/user/a"], new(), deny, allow));
        Assert.Equal(Verdict.Allowed, Policies("chime:GetX", [App + "/user/a"], new(), deny, allow));
    }

    [Fact]
    public void No_policy_allows_nothing_and_root_needs_none()
    {
        var request = new AccessRequest("chime:X", [AccessTarget.Anything], new());

        Assert.Equal(Verdict.NoIdentityPolicy, Policy.Evaluate(new Grants(false, []), request).Verdict);
        Assert.True(Policy.Evaluate(Grants.Root, request).IsAllowed);
    }

    [Fact]
    public void Session_policies_are_one_filter_upon_the_identity_policies()
    {
        var all = Policy.Parse(Statement("Allow", "chime:*", "*"));
        var read = Policy.Parse(Statement("Allow", "chime:Get*", "*"));
        var send = Policy.Parse(Statement("Allow", "chime:Send*", "*"));
        var never = Policy.Parse(Statement("Deny", "chime:Send*", "*"));

        Assert.Equal(Verdict.Allowed, Decide("chime:GetX", [all], [read, send]));
        Assert.Equal(Verdict.Allowed, Decide("chime:SendX", [all], [read, send]));
        Assert.Equal(Verdict.NoSessionPolicy, Decide("chime:ListX", [all], [read, send]));
        Assert.Equal(Verdict.NoIdentityPolicy, Decide("chime:SendX", [read], [send]));
        Assert.Equal(Verdict.DeniedBySessionPolicy, Decide("chime:SendX", [all], [send, never]));
        Assert.Equal(Verdict.DeniedByIdentityPolicy, Decide("chime:SendX", [all, never], [send]));
        Assert.Equal(Verdict.Allowed, Decide("chime:ListX", [all], []));

        static Verdict Decide(string action, Policy[] identity, Policy[] session) => Policy.Evaluate(
            new Grants(false, identity, session), new AccessRequest(action, [AccessTarget.Anything], new())).Verdict;
    }

    [Fact]
    public void NotAction_and_NotResource_are_complements()
    {
        const string document = """
            {"Version": "2012-10-17", "Statement": [
              {"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"},
              {"Effect": "Deny", "Action": "chime:Delete*", "NotResource": "arn:aws:chime:*:*:app-instance/mine/*"}]}
            """;

        Assert.True(Allows(document, "chime:SendX", App));
        Assert.False(Allows(document, "IAM:CreateRole", App));
        Assert.False(Allows(document, "chime:DeleteChannel", App + "/channel/c"));
        Assert.True(Allows(document, "chime:DeleteChannel", "arn:aws:chime:r:1:app-instance/mine/channel/c"));
    }

    [Theory]
    [InlineData("${aws:PrincipalTag/UserUUID}", "ann", "ann", true)]
    [InlineData("${AWS:principaltag/useruuid}", "ann", "ann", true)]
    [InlineData("${aws:PrincipalTag/UserUUID}", "*", "ann", false)]
    [InlineData("${aws:PrincipalTag/UserUUID}", "*", "*", true)]
    [InlineData("${aws:PrincipalTag/UserUUID}", "a?n", "ann", false)]
    [InlineData("${aws:PrincipalTag/UserUUID}", "us-east-1:1", "us-east-1:1", true)]
    [InlineData("${aws:PrincipalTag/UserUUID}*", "a*", "a*b", true)]
    [InlineData("${aws:PrincipalTag/UserUUID}*", "a*", "axb", false)]
    [InlineData("${aws:PrincipalTag/none}", "ann", "", false)]
    [InlineData("${aws:PrincipalTag/none}", "ann", "${aws:PrincipalTag/none}", false)]
    [InlineData("${aws:PrincipalTag/none, 'guest'}", "ann", "guest", true)]
    [InlineData("${aws:PrincipalTag/none, '*'}", "ann", "x", false)]
    [InlineData("${aws:PrincipalTag/UserUUID, 'guest'}", "ann", "ann", true)]
    [InlineData("${*}", "ann", "*", true)]
    [InlineData("${*}", "ann", "x", false)]
    [InlineData("${?}${$}", "ann", "?$", true)]
    [InlineData("$x", "ann", "$x", true)]
    public void A_variable_puts_in_a_value_that_is_only_text(string pattern, string tag, string user, bool allowed)
    {
        var keys = new ContextKeys().Set("aws:PrincipalTag/UserUUID", tag);

        Assert.Equal(allowed,
            Allows(Statement("Allow", "chime:*", $"{App}/user/{pattern}"), "chime:X", $"{App}/user/{user}", keys));
    }

    [Fact]
    public void A_long_value_fills_a_variable_too()
    {
        var name = new string('x', 5000);
        var keys = new ContextKeys().Set("aws:username", name);

        Assert.True(Allows(Statement("Allow", "a:*", "arn:aws:a:::${aws:username}/*"), "a:b", $"arn:aws:a:::{name}/y", keys));
    }

    [Fact]
    public void Version_2008_has_no_variables()
    {
        var document = Statement("Allow", "chime:*", App + "/user/${aws:username}", version: "2008-10-17");
        var keys = new ContextKeys().Set("aws:username", "ann");

        Assert.False(Allows(document, "chime:X", App + "/user/ann", keys));
        Assert.True(Allows(document, "chime:X", App + "/user/${aws:username}", keys));
        Assert.False(Allows("""{"Statement":{"Effect":"Allow","Action":"a:*","Resource":"arn:aws:a:::${aws:username}"}}""",
            "a:b", "arn:aws:a:::ann", keys));
    }

    [Fact]
    public void A_variable_that_cannot_be_filled_never_widens_a_statement()
    {
        const string allow = """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"a:*","NotResource":"arn:aws:a:::${aws:username}"}}""";
        const string deny = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"a:*","NotResource":"arn:aws:a:::${aws:username}"}]}""";

        Assert.False(Allows(allow, "a:b", "arn:aws:a:::x"));
        Assert.False(Allows(deny, "a:b", "arn:aws:a:::x"));
        Assert.False(Allows(Statement("Allow", "a:*", "arn:aws:a:::${aws:TagKeys}"), "a:b", "arn:aws:a:::x",
            new ContextKeys().Set("aws:TagKeys", ["x", "y"])));
    }

    [Fact]
    public void Resource_tags_belong_to_each_target()
    {
        var policy = Policy.Parse(Statement("Allow", "a:*", "*", "\"StringEquals\": {\"aws:ResourceTag/Team\": \"red\"}"));
        var red = new AccessTarget("arn:aws:a:::r", new Dictionary<string, string> { ["team"] = "red" });
        var blue = new AccessTarget("arn:aws:a:::b", new Dictionary<string, string> { ["Team"] = "blue" });

        Assert.True(Decide(red));
        Assert.False(Decide(red, blue));
        Assert.False(Decide(new AccessTarget("arn:aws:a:::none")));

        bool Decide(params AccessTarget[] targets) =>
            Policy.Evaluate(new Grants(false, [policy]), new AccessRequest("a:b", targets, new())).IsAllowed;
    }

    [Fact]
    public void Keys_of_the_request_cover_those_of_the_caller()
    {
        var caller = new ContextKeys().Set("aws:username", "ann").Set("aws:userid", "1");
        var request = new ContextKeys(caller).Set("AWS:UserName", "bob");

        Assert.True(Allows(Statement("Allow", "a:*", "arn:aws:a:::${aws:username}/${aws:userid}"), "a:b", "arn:aws:a:::bob/1", request));
    }

    [Fact]
    public void A_pattern_of_a_thousand_wildcards_is_decided_at_once()
    {
        var hostile = string.Concat(Enumerable.Repeat("*a", 1000));
        var policy = Policy.Parse(Statement("Allow", "a:*", "arn:aws:a:::" + hostile + "b"));
        var request = new AccessRequest("a:b", [new("arn:aws:a:::" + new string('a', 1600))], new());
        var grants = new Grants(false, [policy]);
        Policy.Evaluate(grants, request);

        var fastest = Enumerable.Range(0, 5).Min(_ =>
        {
            var start = Stopwatch.GetTimestamp();
            Assert.False(Policy.Evaluate(grants, request).IsAllowed);
            return Stopwatch.GetElapsedTime(start);
        });

        Assert.InRange(fastest, TimeSpan.Zero, TimeSpan.FromMilliseconds(10));
    }

    [Fact]
    public void Evaluating_allocates_nothing_but_parsed_addresses()
    {
        var policy = Policy.Parse($$"""
            {"Version": "2012-10-17", "Statement": [
              {"Effect": "Deny", "Action": "chime:Delete*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalTag/admin": "yes"} } },
              {"Effect": "Allow", "Action": ["chime:Get*", "chime:Send*"], "Resource": ["{{App}}/user/${aws:PrincipalTag/UserUUID}", "{{App}}/channel/*"],
               "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}, "Bool": {"aws:SecureTransport": true} } }]}
            """);
        var keys = new ContextKeys().Set("aws:PrincipalTag/UserUUID", "us-east-1:1").Set("aws:SecureTransport", "true")
            .Set("aws:SourceIp", "10.1.2.3");
        var request = new AccessRequest("chime:SendChannelMessage", [new(App + "/user/us-east-1:1"), new(App + "/channel/c")], keys);
        var grants = new Grants(false, [policy], [policy]);
        for (var i = 0; i < 100; i++)
            Assert.True(Policy.Evaluate(grants, request).IsAllowed);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            Policy.Evaluate(grants, request);

        // The source address is parsed for each of two policies and two targets, and is the one thing allocated.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100 * 2 * 2 * 40);
    }
}
