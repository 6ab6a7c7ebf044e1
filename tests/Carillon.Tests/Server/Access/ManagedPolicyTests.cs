using System.Text.Json;
using Carillon.Core.Access;
using Carillon.Core.Iam;
using Xunit;
using static Carillon.Tests.Server.Access.AccessHost;

namespace Carillon.Tests.Server.Access;

/// <summary>Policies that stand for themselves: versions, attachments, and AWS's own.</summary>
public sealed class ManagedPolicyTests : IDisposable
{
    private const string Sdk = "arn:aws:iam::aws:policy/AmazonChimeSDK";

    private readonly AccessHost _host = new();

    public void Dispose() => _host.Dispose();

    private Task<Answered> Root(string action, params string[] parameters) => _host.Ask(_host.Root, action, parameters);

    private async Task<(int, string)> Refusal(string action, params string[] parameters)
    {
        var answer = await Root(action, parameters);
        return (answer.Status, answer.Code);
    }

    private async Task<string> Make(string name, string document, params string[] more) =>
        (await Root("CreatePolicy", ["PolicyName=" + name, "PolicyDocument=" + document, .. more])).Ok()["Arn"];

    [Fact]
    public async Task A_policy_reads_as_it_was_made()
    {
        var arn = await Make("chat", Allow("chime:*", "*"), "Path=/team/", "Description=Talks & listens", "Tags.member.1.Key=a", "Tags.member.1.Value=b");
        var read = (await Root("GetPolicy", "PolicyArn=" + arn)).Ok();
        var version = (await Root("GetPolicyVersion", "PolicyArn=" + arn, "VersionId=v1")).Ok();

        Assert.Equal("arn:aws:iam::111122223333:policy/team/chat", arn);
        Assert.Matches("^ANPA[A-Z2-7]{17}$", read["PolicyId"]);
        Assert.Equal(["v1", "0", "true", "Talks & listens", "/team/"],
            [read["DefaultVersionId"], read["AttachmentCount"], read["IsAttachable"], read["Description"], read["Path"]]);
        Assert.Equal(Allow("chime:*", "*"), Uri.UnescapeDataString(version["Document"]));
        Assert.Equal("true", version["IsDefaultVersion"]);
        Assert.Equal((409, "EntityAlreadyExists"), await Refusal("CreatePolicy", "PolicyName=CHAT", "PolicyDocument=" + Allow("a:b", "*")));
        Assert.Equal((400, "MalformedPolicyDocument"), await Refusal("CreatePolicy", "PolicyName=x", "PolicyDocument={}"));
        Assert.Equal((409, "LimitExceeded"), await Refusal("CreatePolicy", "PolicyName=x", "PolicyDocument=" + Allow("a:" + new string('x', 6144), "*")));
        Assert.Equal((404, "NoSuchEntity"), await Refusal("GetPolicy", "PolicyArn=" + arn + "x"));
        Assert.Equal((404, "NoSuchEntity"), await Refusal("GetPolicyVersion", "PolicyArn=" + arn, "VersionId=v2"));
        Assert.Equal((400, "ValidationError"), await Refusal("GetPolicyVersion", "PolicyArn=" + arn, "VersionId=2"));
    }

    [Fact]
    public async Task The_default_version_counts_and_a_change_of_it_counts_at_once()
    {
        var arn = await Make("chat", Allow("chime:Send*", "*"));
        var role = await _host.MakeRole("worker");
        (await Root("AttachRolePolicy", "RoleName=worker", "PolicyArn=" + arn)).Ok();
        var ada = await _host.MakeUser("ada");
        (await Root("AttachUserPolicy", "UserName=ada", "PolicyArn=" + arn)).Ok();
        var caller = _host.Become(await _host.Assume(_host.Root, role));
        Assert.Equal(Verdict.Allowed, _host.Decide(caller, "chime:SendX", Chime));
        Assert.Equal(Verdict.Allowed, _host.Decide(ada, "chime:SendX", Chime));

        var second = (await Root("CreatePolicyVersion", "PolicyArn=" + arn, "PolicyDocument=" + Allow("chime:Get*", "*"))).Ok();
        Assert.Equal(["v2", "false"], [second["VersionId"], second["IsDefaultVersion"]]);
        Assert.Equal(Verdict.Allowed, _host.Decide(caller, "chime:SendX", Chime));
        (await Root("SetDefaultPolicyVersion", "PolicyArn=" + arn, "VersionId=v2")).Ok();
        Assert.Equal(Verdict.NoIdentityPolicy, _host.Decide(caller, "chime:SendX", Chime));
        Assert.Equal(Verdict.Allowed, _host.Decide(ada, "chime:GetX", Chime));
        (await Root("CreatePolicyVersion", "PolicyArn=" + arn, "SetAsDefault=true", "PolicyDocument=" + Allow("chime:Put*", "*"))).Ok();
        Assert.Equal(Verdict.Allowed, _host.Decide(ada, "chime:PutX", Chime));

        (await Root("DetachRolePolicy", "RoleName=worker", "PolicyArn=" + arn)).Ok();
        Assert.Equal(Verdict.NoIdentityPolicy, _host.Decide(caller, "chime:PutX", Chime));
        Assert.Equal((404, "NoSuchEntity"), await Refusal("DetachRolePolicy", "RoleName=worker", "PolicyArn=" + arn));
    }

    [Fact]
    public async Task A_policy_has_five_versions_whose_numbers_never_come_back()
    {
        var arn = await Make("chat", Allow("chime:a", "*"));
        for (var i = 0; i < 4; i++)
            (await Root("CreatePolicyVersion", "PolicyArn=" + arn, "PolicyDocument=" + Allow("chime:b", "*"))).Ok();

        Assert.Equal((409, "LimitExceeded"), await Refusal("CreatePolicyVersion", "PolicyArn=" + arn, "PolicyDocument=" + Allow("chime:b", "*")));
        Assert.Equal((409, "DeleteConflict"), await Refusal("DeletePolicyVersion", "PolicyArn=" + arn, "VersionId=v1"));
        Assert.Equal((409, "DeleteConflict"), await Refusal("DeletePolicy", "PolicyArn=" + arn));
        (await Root("DeletePolicyVersion", "PolicyArn=" + arn, "VersionId=v5")).Ok();
        Assert.Equal("v6", (await Root("CreatePolicyVersion", "PolicyArn=" + arn, "PolicyDocument=" + Allow("chime:b", "*")))["VersionId"]);
        Assert.Equal(["v6", "v4", "v3", "v2", "v1"], (await Root("ListPolicyVersions", "PolicyArn=" + arn)).All("VersionId"));
        foreach (var version in new[] { "v2", "v3", "v4", "v6" })
            (await Root("DeletePolicyVersion", "PolicyArn=" + arn, "VersionId=" + version)).Ok();
        (await Root("DeletePolicy", "PolicyArn=" + arn)).Ok();
        Assert.Equal((404, "NoSuchEntity"), await Refusal("DeletePolicy", "PolicyArn=" + arn));
    }

    [Fact]
    public async Task What_is_attached_holds_both_sides()
    {
        var arn = await Make("chat", Allow("chime:*", "*"));
        await _host.MakeRole("worker");
        await _host.MakeUser("ada");
        (await Root("AttachRolePolicy", "RoleName=worker", "PolicyArn=" + arn)).Ok();
        (await Root("AttachRolePolicy", "RoleName=worker", "PolicyArn=" + arn)).Ok();
        (await Root("AttachUserPolicy", "UserName=ada", "PolicyArn=" + arn)).Ok();
        (await Root("AttachUserPolicy", "UserName=ada", "PolicyArn=" + Sdk)).Ok();

        Assert.Equal((409, "DeleteConflict"), await Refusal("DeletePolicy", "PolicyArn=" + arn));
        Assert.Equal((409, "DeleteConflict"), await Refusal("DeleteRole", "RoleName=worker"));
        Assert.Equal("2", (await Root("GetPolicy", "PolicyArn=" + arn))["AttachmentCount"]);
        Assert.Equal([arn, Sdk], (await Root("ListAttachedUserPolicies", "UserName=ada")).All("PolicyArn"));
        Assert.Equal(["chat"], (await Root("ListAttachedRolePolicies", "RoleName=worker")).All("PolicyName"));
        var entities = (await Root("ListEntitiesForPolicy", "PolicyArn=" + arn)).Ok();
        Assert.Equal(["ada", "worker"], [entities["UserName"], entities["RoleName"]]);
        Assert.Null((await Root("ListEntitiesForPolicy", "PolicyArn=" + arn, "EntityFilter=Role")).Find("UserName"));
        var first = (await Root("ListEntitiesForPolicy", "PolicyArn=" + arn, "MaxItems=1")).Ok();
        Assert.Equal(["worker"], first.All("RoleName"));
        Assert.Equal(["ada"], (await Root("ListEntitiesForPolicy", "PolicyArn=" + arn, "MaxItems=1", "Marker=" + first["Marker"])).All("UserName"));
        Assert.Equal((404, "NoSuchEntity"), await Refusal("AttachUserPolicy", "UserName=ada", "PolicyArn=arn:aws:iam::aws:policy/NoSuchPolicy"));
    }

    [Fact]
    public async Task A_role_has_ten_policies_at_most()
    {
        await _host.MakeRole("worker");
        for (var i = 0; i < 10; i++)
            (await Root("AttachRolePolicy", "RoleName=worker", "PolicyArn=" + await Make($"p{i}", Allow("chime:*", "*")))).Ok();

        var eleventh = await Root("AttachRolePolicy", "RoleName=worker", "PolicyArn=" + Sdk);
        Assert.Equal((409, "LimitExceeded", "Cannot exceed quota for PoliciesPerRole: 10"), (eleventh.Status, eleventh.Code, eleventh.Message));
    }

    [Fact]
    public async Task Who_may_attach_what_a_condition_may_say()
    {
        var ada = await _host.MakeUser("ada", """
            {"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:AttachUserPolicy","Resource":"*",
             "Condition":{"ArnEquals":{"iam:PolicyARN":"arn:aws:iam::aws:policy/AmazonChimeSDK"}}}}
            """);

        Assert.Equal(200, (await _host.Ask(ada, "AttachUserPolicy", "UserName=ada", "PolicyArn=" + Sdk)).Status);
        Assert.Equal(403, (await _host.Ask(ada, "AttachUserPolicy", "UserName=ada", "PolicyArn=arn:aws:iam::aws:policy/AdministratorAccess")).Status);
    }

    [Fact]
    public async Task Policies_are_listed_AWS_s_first_a_page_at_a_time()
    {
        var mine = new[] { await Make("b", Allow("chime:*", "*")), await Make("a", Allow("chime:*", "*"), "Path=/team/") };
        await _host.MakeUser("ada");
        (await Root("AttachUserPolicy", "UserName=ada", "PolicyArn=" + Sdk)).Ok();
        (await Root("AttachUserPolicy", "UserName=ada", "PolicyArn=" + mine[1])).Ok();
        string[] all = [.. AwsPolicies.All.Select(p => p.Arn), .. mine];

        for (var size = 1; size <= all.Length + 1; size++)
        {
            Assert.Equal(all, await List(size));
            Assert.Equal(mine, await List(size, "Scope=Local"));
            Assert.Equal(all[..^2], await List(size, "Scope=AWS"));
            Assert.Equal([Sdk, mine[1]], await List(size, "OnlyAttached=true"));
            Assert.Equal([mine[1]], await List(size, "PathPrefix=/team/"));
        }

        async Task<List<string>> List(int size, params string[] more)
        {
            var found = new List<string>();
            for (string? marker = null; ;)
            {
                var page = (await Root("ListPolicies", [$"MaxItems={size}", .. marker is null ? more : [.. more, "Marker=" + marker]])).Ok();
                Assert.True(page.All("Arn").Length <= size);
                found.AddRange(page.All("Arn"));
                marker = page.Find("Marker");
                if (marker is null)
                    return found;
            }
        }
    }

    [Fact]
    public async Task AWS_s_own_policies_can_be_read_and_attached_and_not_changed()
    {
        Assert.Equal("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
            (await Root("GetPolicy", "PolicyArn=arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"))["Arn"]);
        var version = (await Root("GetPolicyVersion", "PolicyArn=" + Sdk, "VersionId=v5")).Ok();
        using var document = JsonDocument.Parse(Uri.UnescapeDataString(version["Document"]));
        Assert.Equal("2012-10-17", document.RootElement.GetProperty("Version").GetString());

        foreach (var (action, more) in new (string, string)[]
        {
            ("DeletePolicy", ""), ("SetDefaultPolicyVersion", "VersionId=v5"), ("DeletePolicyVersion", "VersionId=v5"),
            ("CreatePolicyVersion", "PolicyDocument=" + Allow("a:b", "*")),
        })
        {
            Assert.Equal((403, "AccessDenied"), await Refusal(action, more.Length == 0 ? ["PolicyArn=" + Sdk] : ["PolicyArn=" + Sdk, more]));
        }
    }

    [Fact]
    public void AWS_s_own_policies_all_compile()
    {
        Assert.NotEmpty(AwsPolicies.All);
        foreach (var policy in AwsPolicies.All)
            Assert.NotNull(Policy.Parse(AwsPolicies.VersionOf(policy, policy.DefaultVersion)!.Document));
    }

    // Managed policies of a session.

    [Fact]
    public async Task Managed_policies_of_a_session_are_one_filter_with_its_own()
    {
        var role = await _host.MakeRole("worker", Allow("*", "*"));
        var send = await Make("send", Allow("chime:Send*", "*"));
        var no = await Make("no", """{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"chime:SendSecret","Resource":"*"}}""");
        var caller = _host.Become(await _host.Assume(_host.Root, role,
            "PolicyArns.member.1.arn=" + send, "PolicyArns.member.2.arn=" + no, "Policy=" + Allow("chime:Get*", "*")));

        Assert.Equal(Verdict.Allowed, _host.Decide(caller, "chime:SendX", Chime));
        Assert.Equal(Verdict.Allowed, _host.Decide(caller, "chime:GetX", Chime));
        Assert.Equal(Verdict.NoSessionPolicy, _host.Decide(caller, "chime:PutX", Chime));
        Assert.Equal(Verdict.DeniedBySessionPolicy, _host.Decide(caller, "chime:SendSecret", Chime));

        (await Root("CreatePolicyVersion", "PolicyArn=" + send, "SetAsDefault=true", "PolicyDocument=" + Allow("chime:Put*", "*"))).Ok();
        Assert.Equal(Verdict.Allowed, _host.Decide(caller, "chime:PutX", Chime));
    }

    [Fact]
    public async Task A_session_whose_policy_was_deleted_may_do_nothing_rather_than_everything()
    {
        var role = await _host.MakeRole("worker", Allow("*", "*"));
        var named = await _host.MakeRole("named", null,
            """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/worker"},"Action":"sts:AssumeRole"}}""");
        var send = await Make("send", Allow("chime:Send*", "*"));
        var caller = _host.Become(await _host.Assume(_host.Root, role, "PolicyArns.member.1.arn=" + send));
        Assert.Equal(Verdict.Allowed, _host.Decide(caller, "chime:SendX", Chime));

        (await Root("DeletePolicy", "PolicyArn=" + send)).Ok();

        Assert.Equal(Verdict.DeniedBySessionPolicy, _host.Decide(caller, "chime:SendX", Chime));
        Assert.Equal("AccessDenied", (await _host.Assume(caller, named)).Code);
    }

    [Fact]
    public async Task A_session_takes_ten_managed_policies_at_most()
    {
        var role = await _host.MakeRole("worker");
        var eleven = Enumerable.Range(1, 11).Select(i => $"PolicyArns.member.{i}.arn={Sdk}");

        Assert.Equal("ValidationError", (await _host.Assume(_host.Root, role, [.. eleven])).Code);
        Assert.Equal(200, (await _host.Assume(_host.Root, role, [.. eleven.Take(10)])).Status);
    }

    // Identity providers.

    [Fact]
    public async Task Providers_are_added_read_listed_and_deleted()
    {
        var made = (await Root("CreateOpenIDConnectProvider", "Url=https://login.example.org/tenant", "ClientIDList.member.1=web",
            "ThumbprintList.member.1=" + new string('a', 40), "Tags.member.1.Key=k", "Tags.member.1.Value=v")).Ok();
        var arn = made["OpenIDConnectProviderArn"];
        var read = (await Root("GetOpenIDConnectProvider", "OpenIDConnectProviderArn=" + arn)).Ok();

        Assert.Equal("arn:aws:iam::111122223333:oidc-provider/login.example.org/tenant", arn);
        Assert.Equal("login.example.org/tenant", read["Url"]);
        Assert.Equal("v", read["Value"]);
        Assert.Equal([arn], (await Root("ListOpenIDConnectProviders")).All("Arn"));
        Assert.Equal((409, "EntityAlreadyExists"), await Refusal("CreateOpenIDConnectProvider", "Url=https://login.example.org/tenant"));
        foreach (var url in new[] { "http://login.example.org", "https://a/?x=1", "https://a/#f", "https://u@a/", "file:///etc", "login.example.org" })
            Assert.Equal((400, "InvalidInput"), await Refusal("CreateOpenIDConnectProvider", "Url=" + url));
        (await Root("DeleteOpenIDConnectProvider", "OpenIDConnectProviderArn=" + arn)).Ok();
        Assert.Equal((404, "NoSuchEntity"), await Refusal("GetOpenIDConnectProvider", "OpenIDConnectProviderArn=" + arn));
        Assert.Equal((404, "NoSuchEntity"), await Refusal("DeleteOpenIDConnectProvider", "OpenIDConnectProviderArn=" + arn));
    }

    [Fact]
    public async Task A_provider_of_the_settings_is_there_and_is_not_deleted()
    {
        using var host = new AccessHost(new([new("https://login.example.org", ["web"])], []));
        const string arn = "arn:aws:iam::111122223333:oidc-provider/login.example.org";

        Assert.Equal([arn], (await host.Ask(host.Root, "ListOpenIDConnectProviders")).All("Arn"));
        Assert.Equal("web", (await host.Ask(host.Root, "GetOpenIDConnectProvider", "OpenIDConnectProviderArn=" + arn))["member"]);
        Assert.Equal("InvalidInput", (await host.Ask(host.Root, "DeleteOpenIDConnectProvider", "OpenIDConnectProviderArn=" + arn)).Code);
        Assert.Equal("EntityAlreadyExists", (await host.Ask(host.Root, "CreateOpenIDConnectProvider", "Url=https://login.example.org")).Code);
    }
}
