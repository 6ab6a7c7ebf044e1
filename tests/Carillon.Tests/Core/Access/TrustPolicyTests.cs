using Carillon.Core.Access;
using Xunit;

namespace Carillon.Tests.Core.Access;

public class TrustPolicyTests
{
    private const string Role = "arn:aws:iam::111122223333:role/app/worker";
    private const string Session = "arn:aws:sts::111122223333:assumed-role/worker/s1";

    private static readonly Principal Worker = new(PrincipalKind.Aws, Session, "111122223333", Role);
    private static readonly Principal Root = new(PrincipalKind.Aws, "arn:aws:iam::111122223333:root", "111122223333");
    private static readonly Principal Lambda = new(PrincipalKind.Service, "lambda.amazonaws.com");

    [Theory]
    [InlineData("\"*\"", Trust.ByAccount, Trust.ByAccount, Trust.ByAccount)]
    [InlineData("{\"AWS\": \"*\"}", Trust.ByAccount, Trust.ByAccount, Trust.None)]
    [InlineData("{\"AWS\": \"111122223333\"}", Trust.ByAccount, Trust.ByAccount, Trust.None)]
    [InlineData("{\"AWS\": \"arn:aws:iam::111122223333:root\"}", Trust.ByAccount, Trust.ByName, Trust.None)]
    [InlineData("{\"AWS\": \"444455556666\"}", Trust.None, Trust.None, Trust.None)]
    [InlineData("{\"AWS\": [\"444455556666\", \"" + Role + "\"]}", Trust.ByRole, Trust.None, Trust.None)]
    [InlineData("{\"AWS\": [\"111122223333\", \"" + Session + "\"]}", Trust.ByName, Trust.ByAccount, Trust.None)]
    [InlineData("{\"AWS\": \"arn:aws:iam::111122223333:role/worker\"}", Trust.None, Trust.None, Trust.None)]
    [InlineData("{\"Service\": \"lambda.amazonaws.com\"}", Trust.None, Trust.None, Trust.ByName)]
    [InlineData("{\"Federated\": \"lambda.amazonaws.com\"}", Trust.None, Trust.None, Trust.None)]
    public void A_principal_names_callers(string principal, Trust worker, Trust root, Trust lambda)
    {
        var policy = TrustPolicy.Parse(Statement("Allow", principal, "sts:AssumeRole"));

        Assert.Equal(worker, Evaluate(policy, Worker));
        Assert.Equal(root, Evaluate(policy, Root));
        Assert.Equal(lambda, Evaluate(policy, Lambda));
    }

    [Fact]
    public void Each_action_is_trusted_by_itself()
    {
        var assume = TrustPolicy.Parse(Statement("Allow", "\"*\"", "sts:AssumeRole"));
        var both = TrustPolicy.Parse(Statement("Allow", "\"*\"", "STS:*"));

        Assert.Equal(Trust.None, Evaluate(assume, Root, "sts:TagSession"));
        Assert.Equal(Trust.ByAccount, Evaluate(both, Root, "sts:TagSession"));
    }

    [Fact]
    public void Deny_wins()
    {
        var policy = TrustPolicy.Parse($$"""
            {"Statement": [
              {"Effect": "Allow", "Principal": {"AWS": "{{Role}}"}, "Action": "sts:AssumeRole"},
              {"Effect": "Deny", "Principal": {"AWS": "111122223333"}, "Action": "sts:*"}]}
            """);

        Assert.Equal(Trust.Denied, Evaluate(policy, Worker));
    }

    [Fact]
    public void Conditions_ask_for_the_external_id_and_the_tags()
    {
        var policy = TrustPolicy.Parse(Statement("Allow", "\"*\"", "sts:AssumeRole",
            """ "StringEquals": {"sts:ExternalId": "e1", "aws:RequestTag/team": "red"} """));

        Assert.Equal(Trust.ByAccount, Evaluate(policy, Root, keys: new ContextKeys()
            .Set("sts:ExternalId", "e1").Set("aws:RequestTag/team", "red")));
        Assert.Equal(Trust.None, Evaluate(policy, Root, keys: new ContextKeys().Set("sts:ExternalId", "e1")));
        Assert.Equal(Trust.None, Evaluate(policy, Root));
    }

    [Theory]
    [InlineData("""{"Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Resource":"*"}}""", "prohibited field Resource")]
    [InlineData("""{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole"}}""", "must contain principals")]
    [InlineData("""{"Statement":{"Effect":"Allow","Principal":"*","Action":"chime:Connect"}}""", "only specify STS")]
    [InlineData("""{"Statement":{"Effect":"Allow","Principal":"*","Action":"*"}}""", "only specify STS")]
    [InlineData("""{"Statement":{"Effect":"Allow","Principal":"me","Action":"sts:AssumeRole"}}""", "must be \"*\" or an object")]
    [InlineData("""{"Statement":{"Effect":"Allow","Principal":{},"Action":"sts:AssumeRole"}}""", "must not be empty")]
    [InlineData("""{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/*"},"Action":"sts:AssumeRole"}}""", "Invalid principal")]
    [InlineData("""{"Statement":{"Effect":"Allow","Principal":{"AWS":"1234"},"Action":"sts:AssumeRole"}}""", "Invalid principal")]
    [InlineData("""{"Statement":{"Effect":"Allow","Principal":{"Service":"*"},"Action":"sts:AssumeRole"}}""", "Invalid principal")]
    [InlineData("""{"Statement":{"Effect":"Allow","Principal":{"User":"x"},"Action":"sts:AssumeRole"}}""", "unknown kind")]
    [InlineData("""{"Statement":{"Effect":"Deny","NotPrincipal":"*","Action":"sts:AssumeRole"}}""", "not available")]
    public void A_document_that_is_not_wholly_understood_is_refused(string document, string because) =>
        Assert.Contains(because, Assert.Throws<MalformedPolicyException>(() => TrustPolicy.Parse(document)).Message);

    private static string Statement(string effect, string principal, string action, string condition = "") => $$"""
        {"Version": "2012-10-17", "Statement": [{"Effect": "{{effect}}", "Principal": {{principal}}, "Action": "{{action}}",
         "Condition": { {{condition}} } }] }
        """;

    private static Trust Evaluate(
        TrustPolicy policy, Principal caller, string action = "sts:AssumeRole", ContextKeys? keys = null) =>
        policy.Evaluate(caller, action, new AccessTarget("arn:aws:iam::111122223333:role/target"), keys ?? new ContextKeys());
}
