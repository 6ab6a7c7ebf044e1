using Carillon.Core.Access;
using Xunit;
using static Carillon.Tests.Core.Access.Ask;

namespace Carillon.Tests.Core.Access;

public class ConditionTests
{
    private static readonly ContextKeys Keys = new ContextKeys()
        .Set("aws:username", "Ann").Set("aws:PrincipalArn", "arn:aws:iam::111122223333:role/app/worker")
        .Set("aws:SourceIp", "10.1.2.3").Set("my:ipv6", "2001:db8::7").Set("my:mapped", "::ffff:10.1.2.3")
        .Set("aws:SecureTransport", "true").Set("my:number", "7.5").Set("my:word", "seven").Set("my:star", "a*")
        .Set("aws:CurrentTime", "2026-01-02T03:04:05Z").Set("aws:EpochTime", "1767323045")
        .Set("aws:TagKeys", ["team", "stage"]).Set("my:empty", []);

    [Theory]
    [InlineData("StringEquals", "aws:username", "\"Ann\"", true)]
    [InlineData("StringEquals", "AWS:UserName", "\"Ann\"", true)]
    [InlineData("StringEquals", "aws:username", "[\"Bob\", \"Ann\"]", true)]
    [InlineData("StringEquals", "aws:username", "\"ann\"", false)]
    [InlineData("StringEquals", "aws:username", "\"A*\"", false)]
    [InlineData("StringEquals", "my:star", "\"a*\"", true)]
    [InlineData("StringEquals", "my:star", "\"a${*}\"", true)]
    [InlineData("StringEquals", "aws:username", "\"${aws:username}\"", true)]
    [InlineData("StringEquals", "aws:username", "\"${aws:PrincipalTag/none}\"", false)]
    [InlineData("StringEquals", "aws:username", "\"${aws:PrincipalTag/none, 'Ann'}\"", true)]
    [InlineData("StringEquals", "my:none", "\"x\"", false)]
    [InlineData("StringEquals", "my:empty", "\"x\"", false)]
    [InlineData("StringEquals", "my:number", "7.5", true)]
    [InlineData("StringNotEquals", "aws:username", "\"Bob\"", true)]
    [InlineData("StringNotEquals", "aws:username", "[\"Bob\", \"Ann\"]", false)]
    [InlineData("StringNotEquals", "my:none", "\"x\"", true)]
    [InlineData("StringNotEquals", "aws:username", "\"${aws:PrincipalTag/none}\"", true)]
    [InlineData("StringEqualsIgnoreCase", "aws:username", "\"aNN\"", true)]
    [InlineData("StringNotEqualsIgnoreCase", "aws:username", "\"aNN\"", false)]
    [InlineData("StringLike", "aws:username", "\"A*\"", true)]
    [InlineData("StringLike", "aws:username", "\"a*\"", false)]
    [InlineData("StringLike", "aws:username", "\"A??\"", true)]
    [InlineData("StringLike", "aws:username", "\"A${*}\"", false)]
    [InlineData("StringNotLike", "aws:username", "\"B*\"", true)]
    [InlineData("StringNotLike", "my:none", "\"*\"", true)]
    [InlineData("StringEqualsIfExists", "my:none", "\"x\"", true)]
    [InlineData("StringEqualsIfExists", "aws:username", "\"x\"", false)]
    [InlineData("NumericEquals", "my:number", "\"7.50\"", true)]
    [InlineData("NumericEquals", "my:word", "7", false)]
    [InlineData("NumericNotEquals", "my:number", "7", true)]
    [InlineData("NumericLessThan", "my:number", "7.5", false)]
    [InlineData("NumericLessThanEquals", "my:number", "7.5", true)]
    [InlineData("NumericGreaterThan", "my:number", "-1e2", true)]
    [InlineData("NumericGreaterThanEquals", "my:number", "8", false)]
    [InlineData("NumericLessThanIfExists", "my:none", "1", true)]
    [InlineData("DateGreaterThan", "aws:CurrentTime", "\"2026-01-01T00:00:00Z\"", true)]
    [InlineData("DateGreaterThan", "aws:CurrentTime", "\"2026-01-02T05:00:00+02:00\"", true)]
    [InlineData("DateLessThan", "aws:CurrentTime", "\"2026-01-02\"", false)]
    [InlineData("DateLessThan", "aws:CurrentTime", "\"2027\"", true)]
    [InlineData("DateEquals", "aws:CurrentTime", "\"1767323045\"", true)]
    [InlineData("DateEquals", "aws:EpochTime", "\"2026-01-02T03:04:05Z\"", true)]
    [InlineData("DateNotEquals", "aws:EpochTime", "1767323045", false)]
    [InlineData("DateLessThanEquals", "aws:EpochTime", "1767323045", true)]
    [InlineData("DateGreaterThanEquals", "aws:EpochTime", "1767323046", false)]
    [InlineData("Bool", "aws:SecureTransport", "true", true)]
    [InlineData("Bool", "aws:SecureTransport", "\"false\"", false)]
    [InlineData("Bool", "my:none", "\"false\"", false)]
    [InlineData("BoolIfExists", "my:none", "\"false\"", true)]
    [InlineData("Null", "my:none", "\"true\"", true)]
    [InlineData("Null", "my:none", "\"false\"", false)]
    [InlineData("Null", "my:empty", "true", true)]
    [InlineData("Null", "aws:username", "\"false\"", true)]
    [InlineData("IpAddress", "aws:SourceIp", "\"10.0.0.0/8\"", true)]
    [InlineData("IpAddress", "aws:SourceIp", "\"10.1.2.3\"", true)]
    [InlineData("IpAddress", "aws:SourceIp", "\"10.1.2.2/31\"", true)]
    [InlineData("IpAddress", "aws:SourceIp", "\"10.1.2.4/31\"", false)]
    [InlineData("IpAddress", "aws:SourceIp", "\"0.0.0.0/0\"", true)]
    [InlineData("IpAddress", "aws:SourceIp", "\"::/0\"", false)]
    [InlineData("IpAddress", "my:mapped", "\"10.1.0.0/16\"", true)]
    [InlineData("IpAddress", "my:ipv6", "[\"10.0.0.0/8\", \"2001:db8::/32\"]", true)]
    [InlineData("NotIpAddress", "aws:SourceIp", "\"192.168.0.0/16\"", true)]
    [InlineData("NotIpAddress", "my:none", "\"0.0.0.0/0\"", true)]
    [InlineData("ArnEquals", "aws:PrincipalArn", "\"arn:aws:iam::111122223333:role/app/worker\"", true)]
    [InlineData("ArnEquals", "aws:PrincipalArn", "\"arn:aws:iam::*:role/*\"", true)]
    [InlineData("ArnLike", "aws:PrincipalArn", "\"arn:*:iam:*:*:role/app/w?rker\"", true)]
    [InlineData("ArnLike", "aws:PrincipalArn", "\"arn:*:1111*:::\"", false)]
    [InlineData("ArnLike", "aws:PrincipalArn", "\"arn:aws:*:role/app/worker::\"", false)]
    [InlineData("ArnLike", "aws:PrincipalArn", "\"${aws:PrincipalArn}\"", true)]
    [InlineData("ArnLike", "aws:PrincipalArn", "\"*\"", true)]
    [InlineData("ArnLike", "aws:username", "\"arn:*:*:*:*:*\"", false)]
    [InlineData("ArnNotLike", "aws:PrincipalArn", "\"arn:aws:iam::*:user/*\"", true)]
    [InlineData("ArnNotEquals", "my:none", "\"arn:aws:iam::*:user/*\"", true)]
    [InlineData("ForAllValues:StringEquals", "aws:TagKeys", "[\"team\", \"stage\", \"x\"]", true)]
    [InlineData("ForAllValues:StringEquals", "aws:TagKeys", "[\"team\"]", false)]
    [InlineData("ForAllValues:StringEquals", "my:none", "\"x\"", true)]
    [InlineData("ForAllValues:StringEquals", "my:empty", "\"x\"", true)]
    [InlineData("ForAllValues:StringNotEquals", "aws:TagKeys", "\"secret\"", true)]
    [InlineData("ForAllValues:StringNotLike", "aws:TagKeys", "\"t*\"", false)]
    [InlineData("ForAnyValue:StringLike", "aws:TagKeys", "\"t*\"", true)]
    [InlineData("ForAnyValue:StringLike", "aws:TagKeys", "\"x*\"", false)]
    [InlineData("ForAnyValue:StringNotEquals", "aws:TagKeys", "\"team\"", true)]
    [InlineData("ForAnyValue:StringNotEquals", "my:none", "\"team\"", false)]
    [InlineData("ForAnyValue:StringEqualsIfExists", "my:none", "\"x\"", false)]
    [InlineData("StringEquals", "aws:TagKeys", "\"team\"", false)]
    [InlineData("StringEquals", "aws:TagKeys", "[\"team\", \"stage\"]", true)]
    public void A_condition_holds_or_not(string op, string key, string values, bool holds) =>
        Assert.Equal(holds,
            Allows(Statement("Allow", "a:*", "*", $"\"{op}\": {{\"{key}\": {values}}}"), "a:b", "*", Keys));

    [Fact]
    public void Operators_and_keys_all_must_hold()
    {
        const string both = """ "StringEquals": {"aws:username": "Ann", "my:word": "seven"}, "Bool": {"aws:SecureTransport": true} """;

        Assert.True(Allows(Statement("Allow", "a:*", "*", both), "a:b", "*", Keys));
        Assert.False(Allows(Statement("Allow", "a:*", "*", both.Replace("seven", "eight")), "a:b", "*", Keys));
        Assert.False(Allows(Statement("Allow", "a:*", "*", both.Replace("true", "false")), "a:b", "*", Keys));
    }

    [Fact]
    public void A_plain_operator_on_several_values_is_decided_to_the_safe_side()
    {
        var deny = Statement("Deny", "a:*", "*", """ "StringEquals": {"aws:TagKeys": "team"} """);

        Assert.Equal(Verdict.DeniedByIdentityPolicy, Policies("a:b", ["*"], Keys, Statement("Allow", "*", "*"), deny));
    }

    [Fact]
    public void A_deny_for_whoever_lacks_a_tag_reaches_whoever_lacks_it()
    {
        var deny = Statement("Deny", "a:*", "*", """ "StringNotEquals": {"aws:username": "${aws:PrincipalTag/owner}"} """);

        Assert.Equal(Verdict.DeniedByIdentityPolicy, Policies("a:b", ["*"], Keys, Statement("Allow", "*", "*"), deny));
    }
}
