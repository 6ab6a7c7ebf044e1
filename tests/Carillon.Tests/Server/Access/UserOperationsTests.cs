using Carillon.Core.Access;
using Carillon.Core.Iam;
using Carillon.Server.Http;
using Xunit;
using static Carillon.Tests.Server.Access.AccessHost;

namespace Carillon.Tests.Server.Access;

/// <summary>Users of IAM, their keys, and what they may do.</summary>
public sealed class UserOperationsTests : IDisposable
{
    private readonly AccessHost _host = new();

    public void Dispose() => _host.Dispose();

    private Task<Answered> Root(string action, params string[] parameters) => _host.Ask(_host.Root, action, parameters);

    [Fact]
    public async Task A_user_reads_as_it_was_made()
    {
        var made = (await Root("CreateUser", "UserName=ada", "Path=/staff/", "Tags.member.1.Key=team", "Tags.member.1.Value=red")).Ok();
        var read = (await Root("GetUser", "UserName=ADA")).Ok();

        Assert.Equal("arn:aws:iam::111122223333:user/staff/ada", made["Arn"]);
        Assert.Matches("^AIDA[A-Z2-7]{17}$", made["UserId"]);
        Assert.Equal("2026-01-02T03:04:05Z", made["CreateDate"]);
        Assert.Equal(made["UserId"], read["UserId"]);
        Assert.Equal(["team", "red"], [read["Key"], read["Value"]]);
        Assert.Equal((409, "EntityAlreadyExists"), await Refusal("CreateUser", "UserName=Ada"));
        Assert.Equal((404, "NoSuchEntity"), await Refusal("GetUser", "UserName=nobody"));
        Assert.Equal((400, "ValidationError"), await Refusal("CreateUser", "UserName=a:b"));
    }

    private async Task<(int, string)> Refusal(string action, params string[] parameters)
    {
        var answer = await Root(action, parameters);
        return (answer.Status, answer.Code);
    }

    [Fact]
    public async Task Users_are_listed_by_path_a_page_at_a_time()
    {
        for (var i = 0; i < 5; i++)
            (await Root("CreateUser", $"UserName=u{i}", i % 2 == 0 ? "Path=/even/" : "Path=/odd/")).Ok();

        var first = (await Root("ListUsers", "PathPrefix=/even/", "MaxItems=2")).Ok();
        var second = (await Root("ListUsers", "PathPrefix=/even/", "MaxItems=2", "Marker=" + first["Marker"])).Ok();

        Assert.Equal(["u0", "u2"], first.All("UserName"));
        Assert.Equal("true", first["IsTruncated"]);
        Assert.Equal(["u4"], second.All("UserName"));
        Assert.Equal("false", second["IsTruncated"]);
    }

    [Fact]
    public async Task A_renamed_user_keeps_its_id_its_keys_and_its_sessions()
    {
        var caller = await _host.MakeUser("ada", Allow("chime:*", "*"));
        var session = (await _host.Ask(caller, "GetSessionToken")).Ok();

        (await Root("UpdateUser", "UserName=ada", "NewUserName=Lovelace", "NewPath=/staff/")).Ok();
        (await Root("CreateUser", "UserName=ada")).Ok();

        Assert.Equal("arn:aws:iam::111122223333:user/staff/Lovelace", _host.Credentials.Find(caller.AccessKeyId, null, out _)!.Caller.Arn);
        Assert.Equal(Verdict.Allowed, _host.Decide(_host.Find(session)!, "chime:Connect", Chime));
        Assert.Equal((409, "EntityAlreadyExists"), await Refusal("UpdateUser", "UserName=Lovelace", "NewUserName=ADA"));
        (await Root("UpdateUser", "UserName=lovelace", "NewUserName=lovelace")).Ok();
    }

    [Fact]
    public async Task A_user_is_deleted_only_once_nothing_hangs_on_it()
    {
        var caller = await _host.MakeUser("ada", Allow("chime:*", "*"));
        (await Root("AttachUserPolicy", "UserName=ada", "PolicyArn=arn:aws:iam::aws:policy/AmazonChimeSDK")).Ok();

        Assert.Equal((409, "DeleteConflict"), await Refusal("DeleteUser", "UserName=ada"));
        (await Root("DeleteAccessKey", "UserName=ada", "AccessKeyId=" + caller.AccessKeyId)).Ok();
        Assert.Equal((409, "DeleteConflict"), await Refusal("DeleteUser", "UserName=ada"));
        (await Root("DeleteUserPolicy", "UserName=ada", "PolicyName=p")).Ok();
        Assert.Equal((409, "DeleteConflict"), await Refusal("DeleteUser", "UserName=ada"));
        (await Root("DetachUserPolicy", "UserName=ada", "PolicyArn=arn:aws:iam::aws:policy/AmazonChimeSDK")).Ok();
        (await Root("DeleteUser", "UserName=ada")).Ok();
        Assert.Equal((404, "NoSuchEntity"), await Refusal("DeleteUser", "UserName=ada"));
    }

    [Fact]
    public async Task A_key_works_while_it_is_active()
    {
        var caller = await _host.MakeUser("ada", Allow("chime:*", "*"));
        var id = caller.AccessKeyId;
        Assert.Equal("arn:aws:iam::111122223333:user/ada", (await _host.Ask(caller, "GetCallerIdentity"))["Arn"]);
        Assert.Equal(Verdict.Allowed, _host.Decide(caller, "chime:Connect", Chime));

        (await Root("UpdateAccessKey", "UserName=ada", "AccessKeyId=" + id, "Status=Inactive")).Ok();
        Assert.Null(_host.Credentials.Find(id, null, out var fault));
        Assert.Equal(CredentialFault.UnknownKey, fault);
        Assert.Equal(Verdict.NoIdentityPolicy, _host.Decide(caller, "chime:Connect", Chime));
        Assert.Equal("Inactive", (await Root("ListAccessKeys", "UserName=ada"))["Status"]);

        (await Root("UpdateAccessKey", "UserName=ada", "AccessKeyId=" + id, "Status=Active")).Ok();
        Assert.Equal(Verdict.Allowed, _host.Decide(caller, "chime:Connect", Chime));
        Assert.Null(_host.Credentials.Find(id, "token", out fault));
        Assert.Equal(CredentialFault.TokenMismatch, fault);

        (await Root("DeleteAccessKey", "UserName=ada", "AccessKeyId=" + id)).Ok();
        Assert.Null(_host.Credentials.Find(id, null, out _));
        Assert.Equal(Verdict.NoIdentityPolicy, _host.Decide(caller, "chime:Connect", Chime));
    }

    [Fact]
    public async Task A_secret_is_shown_once_and_stored_sealed()
    {
        (await Root("CreateUser", "UserName=ada")).Ok();
        var made = (await Root("CreateAccessKey", "UserName=ada")).Ok();

        Assert.Matches("^AKIA[A-Z2-7]{16}$", made["AccessKeyId"]);
        Assert.Equal(40, made["SecretAccessKey"].Length);
        Assert.Equal(made["SecretAccessKey"], _host.Credentials.Find(made["AccessKeyId"], null, out _)!.Secret);
        Assert.Null((await Root("ListAccessKeys", "UserName=ada")).Find("SecretAccessKey"));
        var stored = _host.Room.Store.Read(view => view.FindAccessKey(made["AccessKeyId"]))!.SealedSecret;
        Assert.DoesNotContain(made["SecretAccessKey"], System.Text.Encoding.Latin1.GetString(stored));
    }

    [Fact]
    public async Task A_user_has_two_keys_at_most_and_nobody_else_s()
    {
        var ada = await _host.MakeUser("ada", Allow("iam:*AccessKey*", "arn:aws:iam::111122223333:user/${aws:username}"));
        var ben = await _host.MakeUser("ben");

        (await _host.Ask(ada, "CreateAccessKey")).Ok();
        var third = await Root("CreateAccessKey", "UserName=ada");
        Assert.Equal((409, "LimitExceeded"), (third.Status, third.Code));
        Assert.Equal("Cannot exceed quota for AccessKeysPerUser: 2", third.Message);
        Assert.Equal(2, (await _host.Ask(ada, "ListAccessKeys")).All("AccessKeyId").Length);
        Assert.Equal((404, "NoSuchEntity"), await Refusal("DeleteAccessKey", "UserName=ada", "AccessKeyId=" + ben.AccessKeyId));
        Assert.Equal(403, (await _host.Ask(ada, "ListAccessKeys", "UserName=ben")).Status);
        Assert.Equal((400, "ValidationError"), await Refusal("CreateAccessKey"));
        Assert.Equal((400, "ValidationError"), await Refusal("UpdateAccessKey", "UserName=ada", "AccessKeyId=" + ada.AccessKeyId, "Status=Expired"));
    }

    [Fact]
    public async Task Whoever_asks_without_a_name_asks_about_itself()
    {
        var ada = await _host.MakeUser("ada", Allow("iam:GetUser", "arn:aws:iam::111122223333:user/${aws:username}"));
        var role = await _host.MakeRole("worker", Allow("iam:GetUser", "*"));

        Assert.Equal("ada", (await _host.Ask(ada, "GetUser"))["UserName"]);
        Assert.Equal(403, (await _host.Ask(ada, "GetUser", "UserName=ben")).Status);
        Assert.Equal("arn:aws:iam::111122223333:root", (await Root("GetUser"))["Arn"]);
        Assert.Equal("ValidationError", (await _host.Ask(_host.Become(await _host.Assume(_host.Root, role)), "GetUser")).Code);
    }

    [Fact]
    public async Task Policies_may_ask_who_the_user_is()
    {
        const string policy =
            """
            {"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"chime:Connect","Resource":"*","Condition":{
              "StringEquals":{"aws:username":"ada","aws:PrincipalType":"User","aws:PrincipalTag/team":"red"},
              "ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:user/staff/ada"},
              "StringLike":{"aws:userid":"AIDA*"},"Null":{"aws:TokenIssueTime":"true"}}}}
            """;
        var ada = await _host.MakeUser("ada", policy, "Path=/staff/", "Tags.member.1.Key=team", "Tags.member.1.Value=red");
        Assert.Equal(Verdict.Allowed, _host.Decide(ada, "chime:Connect", Chime));

        (await Root("TagUser", "UserName=ada", "Tags.member.1.Key=Team", "Tags.member.1.Value=blue")).Ok();
        Assert.Equal(Verdict.NoIdentityPolicy, _host.Decide(ada, "chime:Connect", Chime));
        Assert.Equal(["Team", "blue"], [(await Root("ListUserTags", "UserName=ada"))["Key"], (await Root("ListUserTags", "UserName=ada"))["Value"]]);
        (await Root("UntagUser", "UserName=ada", "TagKeys.member.1=team")).Ok();
        Assert.Null((await Root("ListUserTags", "UserName=ada")).Find("Key"));
    }

    [Fact]
    public async Task Policies_of_a_user_together_have_a_quota()
    {
        var half = Allow("chime:" + new string('x', 1200), "*");
        (await Root("CreateUser", "UserName=ada")).Ok();
        (await Root("PutUserPolicy", "UserName=ada", "PolicyName=p", "PolicyDocument=" + half)).Ok();

        Assert.Equal((409, "LimitExceeded"), await Refusal("PutUserPolicy", "UserName=ada", "PolicyName=q", "PolicyDocument=" + half));
        (await Root("PutUserPolicy", "UserName=ada", "PolicyName=p", "PolicyDocument=" + half)).Ok();
        Assert.Equal(half, Uri.UnescapeDataString((await Root("GetUserPolicy", "UserName=ada", "PolicyName=p"))["PolicyDocument"]));
        Assert.Equal(["p"], (await Root("ListUserPolicies", "UserName=ada")).All("member"));
        Assert.Equal((404, "NoSuchEntity"), await Refusal("GetUserPolicy", "UserName=ada", "PolicyName=q"));
        Assert.Equal((404, "NoSuchEntity"), await Refusal("DeleteUserPolicy", "UserName=ada", "PolicyName=q"));
        Assert.Equal((400, "MalformedPolicyDocument"), await Refusal("PutUserPolicy", "UserName=ada", "PolicyName=q", "PolicyDocument={}"));
    }

    [Fact]
    public async Task A_role_may_trust_a_user_by_name()
    {
        const string trust =
            """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/ada"},"Action":"sts:AssumeRole"}}""";
        var role = await _host.MakeRole("worker", Allow("chime:*", "*"), trust);
        var open = await _host.MakeRole("open");
        var (ada, ben) = (await _host.MakeUser("ada"), await _host.MakeUser("ben", Allow("sts:AssumeRole", "*")));

        Assert.Equal(200, (await _host.Assume(ada, role)).Status);
        Assert.Equal(403, (await _host.Assume(ben, role)).Status);

        // The account is trusted and leaves it to the user's own policies.
        Assert.Equal(403, (await _host.Assume(ada, open)).Status);
        Assert.Equal(200, (await _host.Assume(ben, open, "DurationSeconds=3600")).Status);
        var chained = _host.Become(await _host.Assume(ben, open));
        Assert.Equal(403, (await _host.Assume(chained, role)).Status);
    }

    // Temporary credentials of users.

    [Fact]
    public async Task A_session_token_is_the_user_for_a_while()
    {
        var ada = await _host.MakeUser("ada", Allow("*", "*"));
        var answer = (await _host.Ask(ada, "GetSessionToken", "DurationSeconds=900")).Ok();
        var session = _host.Find(answer)!;

        Assert.Equal("2026-01-02T03:19:05Z", answer["Expiration"]);
        Assert.Equal(ada.Arn, (await _host.Ask(session, "GetCallerIdentity"))["Arn"]);
        Assert.Equal(Verdict.Allowed, _host.Decide(session, "chime:Connect", Chime));
        Assert.Equal((403, "InvalidClientTokenId"), Of(await _host.Ask(session, "ListUsers")));
        Assert.Equal((403, "AccessDenied"), Of(await _host.Ask(session, "GetSessionToken")));
        Assert.Equal((403, "AccessDenied"), Of(await _host.Ask(session, "GetFederationToken", "Name=guest")));
        Assert.Equal(200, (await _host.Assume(session, await _host.MakeRole("worker"))).Status);

        _host.Clock.Pass(TimeSpan.FromSeconds(900));
        Assert.Null(_host.Find(answer));
        Assert.Equal(CredentialFault.Expired, _host.LastFault);

        static (int, string) Of(Answered answer) => (answer.Status, answer.Code);
    }

    [Fact]
    public async Task A_deleted_user_ends_its_sessions_even_when_another_takes_its_name()
    {
        var ada = await _host.MakeUser("ada", Allow("*", "*"));
        var answer = (await _host.Ask(ada, "GetSessionToken")).Ok();
        var live = _host.Find(answer)!;

        (await Root("DeleteAccessKey", "UserName=ada", "AccessKeyId=" + ada.AccessKeyId)).Ok();
        Assert.NotNull(_host.Find(answer));
        (await Root("DeleteUserPolicy", "UserName=ada", "PolicyName=p")).Ok();
        (await Root("DeleteUser", "UserName=ada")).Ok();
        await _host.MakeUser("ada", Allow("*", "*"));

        Assert.Null(_host.Find(answer));
        Assert.Equal(Verdict.NoIdentityPolicy, _host.Decide(live, "chime:Connect", Chime));
    }

    [Fact]
    public async Task Root_s_session_is_root_for_an_hour_at_most_and_ends_with_root_s_key()
    {
        var answer = (await Root("GetSessionToken", "DurationSeconds=129600")).Ok();
        var session = _host.Find(answer)!;

        Assert.Equal("2026-01-02T04:04:05Z", answer["Expiration"]);
        Assert.Equal(_host.Root.Arn, session.Arn);
        Assert.Equal(Verdict.Allowed, _host.Decide(session, "chime:Connect", Chime));
        var renewed = new Carillon.Server.Access.CredentialSource(new("AKIANEWROOTNEWROOTNE", "other"), _host.Room);
        Assert.Null(renewed.Find(answer["AccessKeyId"], answer["SessionToken"], out var fault));
        Assert.Equal(CredentialFault.UnknownKey, fault);
    }

    [Fact]
    public async Task A_federated_user_may_do_what_both_the_user_and_the_token_allow()
    {
        var ada = await _host.MakeUser("ada", """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sts:GetFederationToken","chime:Send*","chime:Get*"],"Resource":"*"}]}
            """);
        var none = _host.Find((await _host.Ask(ada, "GetFederationToken", "Name=guest")).Ok())!;
        var answer = (await _host.Ask(ada, "GetFederationToken", "Name=guest", "Policy=" + Allow("chime:Get*", "*"))).Ok();
        var some = _host.Find(answer)!;

        Assert.Equal("arn:aws:sts::111122223333:federated-user/guest", answer["Arn"]);
        Assert.Equal("111122223333:guest", answer["FederatedUserId"]);
        Assert.Equal(Verdict.NoIdentityPolicy, _host.Decide(none, "chime:GetChannelMessage", Chime));
        Assert.Equal(Verdict.Allowed, _host.Decide(some, "chime:GetChannelMessage", Chime));
        Assert.Equal(Verdict.NoSessionPolicy, _host.Decide(some, "chime:SendChannelMessage", Chime));
        Assert.Equal(Verdict.NoIdentityPolicy, _host.Decide(some, "chime:GetX", Chime) == Verdict.Allowed ? _host.Decide(some, "iam:GetUser", Chime) : default);
        Assert.Equal(200, (await _host.Ask(some, "GetCallerIdentity")).Status);
        Assert.Equal("AccessDenied", (await _host.Assume(some, await _host.MakeRole("worker"))).Code);
        Assert.Equal("AccessDenied", (await _host.Ask(await _host.MakeUser("ben"), "GetFederationToken", "Name=guest")).Code);
        Assert.Equal("AccessDenied", (await _host.Ask(
            ada, "GetFederationToken", "Name=guest", "Tags.member.1.Key=a", "Tags.member.1.Value=b")).Code);
    }
}
