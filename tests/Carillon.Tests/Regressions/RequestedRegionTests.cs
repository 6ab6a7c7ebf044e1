using System.Xml.Linq;
using Carillon.Tests.Server;
using Carillon.Wire.SigV4;
using Xunit;

namespace Carillon.Tests.Regressions;

/// <summary>Policies that ask for the region used to allow nothing in Chime, because the key was absent there.</summary>
public sealed class RequestedRegionTests(LiveServer server) : IClassFixture<LiveServer>
{
    [Theory]
    [InlineData(LiveServer.Region, 200)]
    [InlineData("eu-central-1", 403)]
    public async Task A_policy_may_ask_for_the_region_that_the_server_is(string region, int status)
    {
        var role = "region-" + region;
        await server.Root.Query(
            "iam", "CreateRole", ("RoleName", role), ("AssumeRolePolicyDocument",
            """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}}"""));
        await server.Root.Query(
            "iam", "PutRolePolicy", ("RoleName", role), ("PolicyName", "p"), ("PolicyDocument",
            $$$"""
            {"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"chime:*","Resource":"*",
             "Condition":{"StringEquals":{"aws:RequestedRegion":"{{{region}}}"} } } }
            """));
        var answer = XElement.Parse(await server.Root.Query(
            "sts", "AssumeRole", ("RoleArn", $"arn:aws:iam::{LiveServer.Account}:role/{role}"), ("RoleSessionName", "s1")));
        string Value(string element) => answer.Descendants().First(e => e.Name.LocalName == element).Value;
        var credentials = new AwsCredentials(Value("AccessKeyId"), Value("SecretAccessKey"), Value("SessionToken"));

        // The region of the signature is the client's to choose, so it must not decide.
        foreach (var signedFor in new[] { LiveServer.Region, "eu-central-1" })
        {
            Assert.Equal(status, (await server.As(credentials, signedFor).ListAppInstances()).Status);
        }
    }
}
