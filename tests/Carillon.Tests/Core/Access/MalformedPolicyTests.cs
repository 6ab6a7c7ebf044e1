using Carillon.Core.Access;
using Xunit;
using static Carillon.Tests.Core.Access.Ask;

namespace Carillon.Tests.Core.Access;

public class MalformedPolicyTests
{
    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("{", "not JSON")]
    [InlineData("[]", "must be an object")]
    [InlineData("""{"Version":"2012-10-17"}""", "no Statement")]
    [InlineData("""{"Statement":[]}""", "must not be empty")]
    [InlineData("""{"Statement":["x"]}""", "must be an object")]
    [InlineData("""{"Statement":{"Effect":"Allow","Action":"a:b","Resource":"*"},"Extra":1}""", "Unknown field Extra")]
    [InlineData("""{"Statement":{"Effect":"Allow","Action":"a:b","Resource":"*","Extra":1}}""", "Unknown field Extra")]
    [InlineData("""{"Statement":{"Effect":"Allow","Action":"a:b","Resource":"*","Effect":"Deny"}}""", "Effect twice")]
    [InlineData("""{"Statement":{"Effect":"Allow","Action":"a:b","Resource":"*","\u0045ffect":"Deny"}}""", "Effect twice")]
    [InlineData("""{"Version":"2012-10-18","Statement":{"Effect":"Allow","Action":"a:b","Resource":"*"}}""", "unknown version")]
    [InlineData("""{"Statement":{"Effect":"allow","Action":"a:b","Resource":"*"}}""", "'allow' is neither")]
    [InlineData("""{"Statement":{"Action":"a:b","Resource":"*"}}""", "no Effect")]
    [InlineData("""{"Statement":{"Effect":"Allow","Resource":"*"}}""", "must contain actions")]
    [InlineData("""{"Statement":{"Effect":"Allow","Action":"a:b"}}""", "must contain resources")]
    [InlineData("""{"Statement":{"Effect":"Allow","Action":[],"Resource":"*"}}""", "must not be empty")]
    [InlineData("""{"Statement":{"Effect":"Allow","Action":[1],"Resource":"*"}}""", "must be a string")]
    [InlineData("""{"Statement":{"Effect":"Allow","Action":"ab","Resource":"*"}}""", "prefaced by a vendor")]
    [InlineData("""{"Statement":{"Effect":"Allow","Action":"a:${aws:username}","Resource":"*"}}""", "no meaning in an action")]
    [InlineData("""{"Statement":{"Effect":"Allow","Action":"a:b","NotAction":"a:c","Resource":"*"}}""", "both Action and NotAction")]
    [InlineData("""{"Statement":{"Effect":"Allow","Action":"a:b","Resource":"*","NotResource":"*"}}""", "both Resource and NotResource")]
    [InlineData("""{"Statement":{"Effect":"Allow","Action":"a:b","Resource":"bucket"}}""", "must be in ARN format")]
    [InlineData("""{"Statement":{"Effect":"Allow","Action":"a:b","Resource":"arn:aws:*:x:y:z"}}""", "wildcard in its service")]
    [InlineData("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"a:b","Resource":"arn:aws:a::${aws:x}:z"}}""", "before the fifth colon")]
    [InlineData("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"a:b","Resource":"arn:aws:a:::${aws:x"}}""", "closing brace")]
    [InlineData("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"a:b","Resource":"arn:aws:a:::${}"}}""", "not the name of a policy variable")]
    [InlineData("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"a:b","Resource":"arn:aws:a:::${aws:x, y}"}}""", "single quotes")]
    [InlineData("""{"Statement":{"Effect":"Allow","Action":"a:b","Resource":"*","Principal":"*"}}""", "should not specify a principal")]
    [InlineData("""{"Statement":{"Effect":"Allow","Action":"a:b","Resource":"*","NotPrincipal":"*"}}""", "should not specify a principal")]
    [InlineData("""{"Statement":[{"Sid":"A","Effect":"Allow","Action":"a:b","Resource":"*"},{"Sid":"A","Effect":"Allow","Action":"a:b","Resource":"*"}]}""", "must be unique")]
    [InlineData("""{"Statement":{"Sid":"a b","Effect":"Allow","Action":"a:b","Resource":"*"}}""", "alpha-numeric")]
    [InlineData("""{"Statement":{"Effect":"Allow","Action":"a:\ud800","Resource":"*"}}""", "stands for no character")]
    [InlineData("""{"Statement":{"Effect":"Allow","Action":"a:b","Resource":"*","\ud800":1}}""", "stands for no character")]
    [InlineData("""{"Id":"ж","Statement":{"Effect":"Allow","Action":"a:b","Resource":"*"}}""", "beyond U+00FF")]
    public void A_document_that_is_not_wholly_understood_is_refused(string document, string because) =>
        Assert.Contains(because, Assert.Throws<MalformedPolicyException>(() => Policy.Parse(document)).Message);

    [Theory]
    [InlineData("\"StringLikes\": {\"aws:x\": \"y\"}", "Unknown condition operator: StringLikes")]
    [InlineData("\"stringlike\": {\"aws:x\": \"y\"}", "Unknown condition operator")]
    [InlineData("\"BinaryNotEquals\": {\"aws:x\": \"eQ==\"}", "Unknown condition operator")]
    [InlineData("\"BinaryEquals\": {\"aws:x\": \"eQ=\"}", "bytes in base64")]
    [InlineData("\"BinaryEquals\": {\"aws:x\": \"e Q==\"}", "bytes in base64")]
    [InlineData("\"ForSomeValues:StringLike\": {\"aws:x\": \"y\"}", "Unknown condition operator")]
    [InlineData("\"NullIfExists\": {\"aws:x\": \"true\"}", "Unknown condition operator")]
    [InlineData("\"StringLike\": \"y\"", "must be an object")]
    [InlineData("\"StringLike\": {\"username\": \"y\"}", "prefaced by a vendor")]
    [InlineData("\"StringLike\": {\"aws:x\": []}", "must not be empty")]
    [InlineData("\"StringLike\": {\"aws:x\": \"y\", \"AWS:X\": \"z\"}", "twice")]
    [InlineData("\"StringLike\": {\"aws:x\": \"${y}\"}", "not the name of a policy variable")]
    [InlineData("\"NumericEquals\": {\"aws:x\": \"y\"}", "is none")]
    [InlineData("\"NumericEquals\": {\"aws:x\": \"${aws:y}\"}", "is none")]
    [InlineData("\"DateEquals\": {\"aws:x\": \"yesterday\"}", "is none")]
    [InlineData("\"Bool\": {\"aws:x\": \"yes\"}", "is neither")]
    [InlineData("\"Null\": {\"aws:x\": \"yes\"}", "is neither")]
    [InlineData("\"IpAddress\": {\"aws:x\": \"10.0.0.0/33\"}", "is none")]
    [InlineData("\"IpAddress\": {\"aws:x\": \"here\"}", "is none")]
    [InlineData("\"ArnLike\": {\"aws:x\": \"arn:aws:iam\"}", "is none")]
    public void A_condition_that_is_not_wholly_understood_is_refused(string condition, string because) =>
        Assert.Contains(because,
            Assert.Throws<MalformedPolicyException>(() => Policy.Parse(Statement("Allow", "a:b", "*", condition))).Message);

    [Fact]
    public void A_document_nested_too_deep_or_too_long_is_refused()
    {
        var deep = """{"Statement":""" + new string('[', 40) + new string(']', 40) + "}";
        var longest = Statement("Allow", "a:" + new string('b', Policy.MaxLength), "*");

        Assert.Contains("nested too deep", Assert.Throws<MalformedPolicyException>(() => Policy.Parse(deep)).Message);
        Assert.Contains("longer than 10240", Assert.Throws<MalformedPolicyException>(() => Policy.Parse(longest)).Message);
    }

    [Fact]
    public void White_space_does_not_count_towards_the_length() =>
        Policy.Parse(Statement("Allow", "a:b", "*") + new string(' ', Policy.MaxLength));
}
