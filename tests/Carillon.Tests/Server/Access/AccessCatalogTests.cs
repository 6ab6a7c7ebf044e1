using Carillon.Core.Access;
using Carillon.Core.Iam;
using Carillon.Server.Access;
using Xunit;
using static Carillon.Tests.Server.Access.AccessHost;

namespace Carillon.Tests.Server.Access;

public sealed class AccessCatalogTests : IDisposable
{
    private readonly AccessHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task A_role_is_compiled_once_and_again_after_a_change()
    {
        await _host.MakeRole("worker", Allow("chime:*", "*"));

        var first = _host.Room.Catalog.FindRole("worker");
        Assert.Same(first, _host.Room.Catalog.FindRole("WORKER"));
        (await _host.Ask(_host.Root, "TagRole", "RoleName=worker", "Tags.member.1.Key=a", "Tags.member.1.Value=b")).Ok();

        Assert.NotSame(first, _host.Room.Catalog.FindRole("worker"));
        Assert.Null(_host.Room.Catalog.FindRole("nobody"));
    }

    [Fact]
    public async Task What_another_machine_changed_counts_after_a_while()
    {
        await _host.MakeRole("worker", Allow("chime:*", "*"));
        Assert.Single(_host.Room.Catalog.FindRole("worker")!.Policies);

        await _host.Room.Store.Write(ledger =>
        {
            IamRoles.DeletePolicy(ledger, "worker", "p");
            return true;
        });
        _host.Clock.Pass(AccessCatalog.LongestAge);

        Assert.Empty(_host.Room.Catalog.FindRole("worker")!.Policies);
    }

    [Fact]
    public async Task A_stored_document_that_does_not_compile_gives_nothing_at_all()
    {
        var arn = await _host.MakeRole("worker", Allow("chime:*", "*"));
        var caller = _host.Become(await _host.Assume(_host.Root, arn));
        await _host.Room.Catalog.Change(ledger =>
        {
            ledger.PutRolePolicy(ledger.FindRole("worker")!.Key, new InlinePolicy("deny", """{"Statement":{"Effect":"Deny","Unknown":1}}"""));
            return true;
        });

        Assert.Equal(Verdict.NoIdentityPolicy, _host.Decide(caller, "chime:Connect", Chime));
        Assert.Equal("AccessDenied", (await _host.Assume(_host.Root, arn)).Code);
    }

    [Fact]
    public async Task Policies_may_ask_about_the_caller_and_the_request()
    {
        const string policy = """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:GetRole","Resource":"*","Condition":{
              "ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/worker"},
              "StringEquals":{"aws:PrincipalAccount":"111122223333","aws:PrincipalType":"AssumedRole","aws:PrincipalTag/team":"red"},
              "StringLike":{"aws:userid":"AROA*:s1"},
              "Null":{"aws:username":"true"},
              "Bool":{"aws:SecureTransport":"true"},
              "IpAddress":{"aws:SourceIp":"10.0.0.0/8"},
              "DateLessThan":{"aws:CurrentTime":"2026-01-02T03:05:00Z"},
              "NumericGreaterThan":{"aws:EpochTime":"1"},
              "DateEquals":{"aws:TokenIssueTime":"2026-01-02T03:04:05Z"}}}]}
            """;
        var arn = await _host.MakeRole("worker", policy, TrustAccount, "Tags.member.1.Key=team", "Tags.member.1.Value=red");
        var caller = _host.Become(await _host.Assume(_host.Root, arn));

        Assert.Equal(200, (await _host.Ask(caller, "GetRole", "RoleName=worker")).Status);
        _host.Clock.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(403, (await _host.Ask(caller, "GetRole", "RoleName=worker")).Status);
    }

    [Fact]
    public async Task Tags_of_a_request_may_be_demanded()
    {
        const string policy = """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{
              "StringEquals":{"aws:RequestTag/team":"red"},"ForAllValues:StringEquals":{"aws:TagKeys":["team","stage"]}}}]}
            """;
        var caller = _host.Become(await _host.Assume(_host.Root, await _host.MakeRole("maker", policy)));
        string[] role = ["RoleName=x", "AssumeRolePolicyDocument=" + TrustAccount, "Tags.member.1.Key=team"];

        Assert.Equal(403, (await _host.Ask(caller, "CreateRole", [.. role, "Tags.member.1.Value=blue"])).Status);
        Assert.Equal(403, (await _host.Ask(caller, "CreateRole", [.. role, "Tags.member.1.Value=red", "Tags.member.2.Key=own", "Tags.member.2.Value="])).Status);
        Assert.Equal(200, (await _host.Ask(caller, "CreateRole", [.. role, "Tags.member.1.Value=red"])).Status);
    }
}
