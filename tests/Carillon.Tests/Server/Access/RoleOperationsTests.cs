using System.Xml.Linq;
using Carillon.Server.Operations.Access;
using Xunit;
using static Carillon.Tests.Server.Access.AccessHost;

namespace Carillon.Tests.Server.Access;

public sealed class RoleOperationsTests : IDisposable
{
    private readonly AccessHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task A_role_reads_as_it_was_made()
    {
        var made = (await _host.Ask(_host.Root, "CreateRole", "RoleName=worker", "Path=/app/", "Description=Does <the> work & more",
            "MaxSessionDuration=7200", "AssumeRolePolicyDocument=" + TrustAccount, "Tags.member.1.Key=team", "Tags.member.1.Value=red")).Ok();
        var read = (await _host.Ask(_host.Root, "GetRole", "RoleName=worker")).Ok();

        XNamespace iam = "https://iam.amazonaws.com/doc/2010-05-08/";
        Assert.Equal(iam + "CreateRoleResponse", made.Xml.Name);
        Assert.Equal("r-1", made.Xml.Element(iam + "ResponseMetadata")!.Element(iam + "RequestId")!.Value);
        Assert.Equal(
            made.Xml.Element(iam + "CreateRoleResult")!.Element(iam + "Role")!.ToString(),
            read.Xml.Element(iam + "GetRoleResult")!.Element(iam + "Role")!.ToString());
        Assert.Equal("arn:aws:iam::111122223333:role/app/worker", read["Arn"]);
        Assert.Matches("^AROA[A-Z2-7]{17}$", read["RoleId"]);
        Assert.Equal("2026-01-02T03:04:05Z", read["CreateDate"]);
        Assert.Equal("Does <the> work & more", read["Description"]);
        Assert.Equal("7200", read["MaxSessionDuration"]);
        Assert.Equal(TrustAccount, Uri.UnescapeDataString(read["AssumeRolePolicyDocument"]));
        Assert.DoesNotContain("{", read["AssumeRolePolicyDocument"]);
        Assert.Equal(["team", "red"], [read["Key"], read["Value"]]);
    }

    [Fact]
    public async Task Names_that_differ_only_in_case_are_one_name()
    {
        await _host.MakeRole("worker");

        var again = await _host.Ask(_host.Root, "CreateRole", "RoleName=Worker", "AssumeRolePolicyDocument=" + TrustAccount);

        Assert.Equal((409, "EntityAlreadyExists"), (again.Status, again.Code));
    }

    [Fact]
    public async Task What_is_not_there_is_said_not_to_be_there()
    {
        await _host.MakeRole("worker");

        foreach (var (action, more) in new (string, string[])[]
        {
            ("GetRole", []), ("DeleteRole", []), ("ListRolePolicies", []), ("ListRoleTags", []), ("UpdateRole", []),
            ("TagRole", ["Tags.member.1.Key=a", "Tags.member.1.Value=b"]), ("UntagRole", ["TagKeys.member.1=a"]),
            ("UpdateAssumeRolePolicy", ["PolicyDocument=" + TrustAccount]),
            ("PutRolePolicy", ["PolicyName=p", "PolicyDocument=" + Allow("*", "*")]),
            ("GetRolePolicy", ["PolicyName=p"]), ("DeleteRolePolicy", ["PolicyName=p"]),
        })
        {
            var answer = await _host.Ask(_host.Root, action, ["RoleName=nobody", .. more]);
            Assert.Equal((404, "NoSuchEntity"), (answer.Status, answer.Code));
            Assert.Equal("The role with name nobody cannot be found.", answer.Message);
        }

        Assert.Equal("NoSuchEntity", (await _host.Ask(_host.Root, "GetRolePolicy", "RoleName=worker", "PolicyName=p")).Code);
        Assert.Equal("NoSuchEntity", (await _host.Ask(_host.Root, "DeleteRolePolicy", "RoleName=worker", "PolicyName=p")).Code);
    }

    [Fact]
    public async Task A_role_with_policies_cannot_be_deleted_until_they_are()
    {
        await _host.MakeRole("worker", Allow("chime:*", "*"));

        var refused = await _host.Ask(_host.Root, "DeleteRole", "RoleName=worker");
        (await _host.Ask(_host.Root, "DeleteRolePolicy", "RoleName=worker", "PolicyName=p")).Ok();
        (await _host.Ask(_host.Root, "DeleteRole", "RoleName=worker")).Ok();

        Assert.Equal((409, "DeleteConflict"), (refused.Status, refused.Code));
        Assert.Equal(404, (await _host.Ask(_host.Root, "GetRole", "RoleName=worker")).Status);
    }

    [Fact]
    public async Task Policies_are_put_read_replaced_and_listed()
    {
        await _host.MakeRole("worker", Allow("chime:*", "*"));
        (await _host.Ask(_host.Root, "PutRolePolicy", "RoleName=worker", "PolicyName=p", "PolicyDocument=" + Allow("sts:*", "*"))).Ok();
        (await _host.Ask(_host.Root, "PutRolePolicy", "RoleName=worker", "PolicyName=a", "PolicyDocument=" + Allow("iam:*", "*"))).Ok();

        var policy = await _host.Ask(_host.Root, "GetRolePolicy", "RoleName=worker", "PolicyName=p");
        var first = await _host.Ask(_host.Root, "ListRolePolicies", "RoleName=worker", "MaxItems=1");
        var second = await _host.Ask(_host.Root, "ListRolePolicies", "RoleName=worker", "MaxItems=1", "Marker=" + first["Marker"]);

        Assert.Equal(Allow("sts:*", "*"), Uri.UnescapeDataString(policy["PolicyDocument"]));
        Assert.Equal(["a"], first.All("member"));
        Assert.Equal("true", first["IsTruncated"]);
        Assert.Equal(["p"], second.All("member"));
        Assert.Equal("false", second["IsTruncated"]);
        Assert.Null(second.Find("Marker"));
    }

    [Fact]
    public async Task Policies_of_a_role_together_have_a_quota()
    {
        var half = Allow("chime:" + new string('x', 6000), "*");
        await _host.MakeRole("worker", half);

        var refused = await _host.Ask(_host.Root, "PutRolePolicy", "RoleName=worker", "PolicyName=q", "PolicyDocument=" + half);
        var replaced = await _host.Ask(_host.Root, "PutRolePolicy", "RoleName=worker", "PolicyName=p", "PolicyDocument=" + half);

        Assert.Equal((409, "LimitExceeded"), (refused.Status, refused.Code));
        Assert.Equal("Maximum policy size of 10240 bytes exceeded for role worker", refused.Message);
        Assert.Equal(200, replaced.Status);
    }

    [Fact]
    public async Task Roles_are_listed_by_path_a_page_at_a_time()
    {
        for (var i = 0; i < 5; i++)
            await _host.MakeRole($"r{i}", null, TrustAccount, i % 2 == 0 ? "Path=/even/" : "Path=/odd/");

        var all = await _host.Ask(_host.Root, "ListRoles");
        var first = await _host.Ask(_host.Root, "ListRoles", "PathPrefix=/even/", "MaxItems=2");
        var second = await _host.Ask(_host.Root, "ListRoles", "PathPrefix=/even/", "MaxItems=2", "Marker=" + first["Marker"]);

        Assert.Equal(["r0", "r1", "r2", "r3", "r4"], all.All("RoleName"));
        Assert.Equal(["r0", "r2"], first.All("RoleName"));
        Assert.Equal(["r4"], second.All("RoleName"));
        Assert.Equal("false", second["IsTruncated"]);
    }

    [Fact]
    public async Task Tags_are_added_changed_and_removed_whatever_the_case_of_their_keys()
    {
        await _host.MakeRole("worker");
        (await _host.Ask(_host.Root, "TagRole", "RoleName=worker", "Tags.member.1.Key=team", "Tags.member.1.Value=red",
            "Tags.member.2.Key=stage", "Tags.member.2.Value=")).Ok();
        (await _host.Ask(_host.Root, "TagRole", "RoleName=worker", "Tags.member.1.Key=Team", "Tags.member.1.Value=blue")).Ok();

        Assert.Equal(["stage", "Team"], (await _host.Ask(_host.Root, "ListRoleTags", "RoleName=worker")).All("Key"));

        (await _host.Ask(_host.Root, "UntagRole", "RoleName=worker", "TagKeys.member.1=STAGE")).Ok();

        Assert.Equal(["blue"], (await _host.Ask(_host.Root, "ListRoleTags", "RoleName=worker")).All("Value"));
    }

    [Theory]
    [InlineData("RoleName=", "Value '' at 'roleName' failed to satisfy constraint: Member must have length greater than or equal to 1")]
    [InlineData("RoleName=a b", @"Value 'a b' at 'roleName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]+")]
    [InlineData("Path=/x", "at 'path'")]
    [InlineData("MaxSessionDuration=60", "Value '60' at 'maxSessionDuration' failed to satisfy constraint: Member must have value greater than or equal to 3600")]
    [InlineData("MaxSessionDuration=43201", "less than or equal to 43200")]
    [InlineData("Tags.member.1.Value=x", "Value null at 'tags.1.member.key' failed to satisfy constraint: Member must not be null")]
    [InlineData("PermissionsBoundary=arn:aws:iam::aws:policy/x", "The parameter PermissionsBoundary of CreateRole is not available.")]
    public async Task A_member_out_of_bounds_is_refused_in_the_words_of_AWS(string parameter, string sentence)
    {
        var name = parameter[..parameter.IndexOf('=')];
        string[] parameters = [.. new[] { "RoleName=x", "AssumeRolePolicyDocument=" + TrustAccount }
            .Where(p => !p.StartsWith(name + "=", StringComparison.Ordinal)), parameter];

        var answer = await _host.Ask(_host.Root, "CreateRole", parameters);

        Assert.Equal((400, "ValidationError"), (answer.Status, answer.Code));
        Assert.Contains(sentence, answer.Message);
    }

    [Fact]
    public async Task All_that_is_wrong_is_said_at_once()
    {
        var answer = await _host.Ask(_host.Root, "PutRolePolicy", "RoleName=a b");

        Assert.StartsWith("3 validation errors detected: Value 'a b' at 'roleName'", answer.Message);
        Assert.Contains("; Value null at 'policyName' failed to satisfy constraint: Member must not be null", answer.Message);
    }

    [Fact]
    public async Task A_malformed_policy_is_not_saved()
    {
        await _host.MakeRole("worker");

        var policy = await _host.Ask(_host.Root, "PutRolePolicy", "RoleName=worker", "PolicyName=p", "PolicyDocument={}");
        var trust = await _host.Ask(_host.Root, "UpdateAssumeRolePolicy", "RoleName=worker", "PolicyDocument=" + Allow("*", "*"));

        Assert.Equal((400, "MalformedPolicyDocument"), (policy.Status, policy.Code));
        Assert.Equal((400, "MalformedPolicyDocument"), (trust.Status, trust.Code));
        Assert.Equal("Has prohibited field Resource", (await _host.Ask(_host.Root, "CreateRole", "RoleName=x",
            """AssumeRolePolicyDocument={"Statement":{"Effect":"Allow","Principal":"*","Action":"sts:*","Resource":"*"}}""")).Message);
    }

    [Fact]
    public async Task What_is_not_there_is_an_invalid_action()
    {
        var users = await _host.Ask(_host.Root, "CreateGroup", "GroupName=x");
        var version = await _host.Send(_host.Root, "GetRole", StsService.Service, []);

        Assert.Equal((400, "InvalidAction"), (users.Status, users.Code));
        Assert.Equal("Could not find operation CreateGroup for version 2010-05-08", users.Message);
        Assert.Equal("InvalidAction", version.Code);
    }

    [Fact]
    public async Task A_session_needs_the_permission_and_is_told_which()
    {
        var arn = await _host.MakeRole("reader", Allow("iam:Get*", "arn:aws:iam::111122223333:role/app/*"));
        await _host.MakeRole("other", null, TrustAccount, "Path=/app/");
        var reader = _host.Become(await _host.Assume(_host.Root, arn));

        Assert.Equal(200, (await _host.Ask(reader, "GetRole", "RoleName=other")).Status);
        var refused = await _host.Ask(reader, "GetRole", "RoleName=reader");
        Assert.Equal((403, "AccessDenied"), (refused.Status, refused.Code));
        Assert.Equal(
            "User: arn:aws:sts::111122223333:assumed-role/reader/s1 is not authorized to perform: iam:GetRole on resource: "
            + "arn:aws:iam::111122223333:role/reader because no identity-based policy allows the iam:GetRole action",
            refused.Message);
        Assert.Equal(403, (await _host.Ask(reader, "CreateRole", "RoleName=x", "AssumeRolePolicyDocument=" + TrustAccount)).Status);
    }

    [Theory]
    [InlineData("RoleName=%4")]
    [InlineData("RoleName=%zz")]
    [InlineData("RoleName=%ff")]
    [InlineData("RoleName=a&RoleName=b")]
    [InlineData("Tags.member.x.Key=a")]
    public async Task A_broken_form_is_refused(string form)
    {
        var answer = await _host.Runner.Run(
            IamService.Service, System.Text.Encoding.ASCII.GetBytes("Action=CreateRole&Version=2010-05-08&" + form), _host.Root,
            new(null, false, _host.Clock.GetUtcNow()), "r-1");

        Assert.Equal(400, answer.Status);
        Assert.Contains("<Code>MalformedQueryString</Code>", answer.Body);
    }
}
