using Xunit;

namespace Carillon.Tests.Server.Operations.Tags;

/// <summary>Policies that ask about tags: of what a request names, and of what it wants to set.</summary>
public class TagPoliciesTests(TagPoliciesTests.Fixture fixture) : IClassFixture<TagPoliciesTests.Fixture>
{
    public sealed class Fixture : LiveServer;

    private ChimeClient Chime => fixture.Root;

    private async Task<ChimeClient> Worker(string statements) =>
        fixture.As(await Chime.Assume($$"""{"Version":"2012-10-17","Statement":[{{statements}}]}"""));

    private async Task<(App App, string Ann, string Red, string Blue, string Plain)> Open()
    {
        var app = await fixture.NewApp();
        var ann = await app.NewUser("ann");
        var channels = await Task.WhenAll(app.NewChannel(ann), app.NewChannel(ann), app.NewChannel(ann));
        (await Chime.Tag(channels[0], ("team", "red"))).Ok();
        (await Chime.Tag(channels[1], ("team", "blue"))).Ok();
        return (app, ann, channels[0], channels[1], channels[2]);
    }

    [Fact]
    public async Task A_channel_is_open_to_whom_its_tag_admits()
    {
        var (app, ann, red, blue, plain) = await Open();
        var worker = await Worker(
            $$$"""
            {"Effect":"Allow","Action":"chime:*","Resource":"{{{app.Arn}}}/user/*"},
            {"Effect":"Allow","Action":"chime:*","Resource":"{{{app.Arn}}}/channel/*",
             "Condition":{"StringEquals":{"aws:ResourceTag/team":"red"} } }
            """);

        (await worker.SendChannelMessage(ann, red, "x")).Ok();
        (await worker.SendChannelMessage(ann, blue, "x")).Denied();
        (await worker.ListChannelMessages(ann, plain)).Denied();
        (await worker.DescribeChannel(ann, app.Arn + "/channel/absent")).Denied();

        // What changes counts from the next request on.
        (await Chime.Tag(plain, ("team", "red"))).Ok();
        (await worker.ListChannelMessages(ann, plain)).Ok();
        (await Chime.Untag(plain, "team")).Ok();
        (await worker.ListChannelMessages(ann, plain)).Denied();
    }

    [Fact]
    public async Task A_tag_denies_what_is_allowed_otherwise()
    {
        var (app, ann, red, _, plain) = await Open();
        (await Chime.Tag(ann, ("blocked", "yes"))).Ok();
        var bob = await app.NewUser("bob");
        (await Chime.CreateChannelMembership(ann, plain, bob)).Ok();
        var worker = await Worker(
            """
            {"Effect":"Allow","Action":"chime:*","Resource":"*"},
            {"Effect":"Deny","Action":"chime:SendChannelMessage","Resource":"*",
             "Condition":{"Null":{"aws:ResourceTag/blocked":"false"} } },
            {"Effect":"Deny","Action":"chime:Connect","Resource":"*",
             "Condition":{"StringEquals":{"aws:ResourceTag/blocked":"yes"} } }
            """);

        (await worker.SendChannelMessage(ann, red, "x")).Denied();
        (await worker.DescribeChannel(ann, red)).Ok();
        (await worker.SendChannelMessage(bob, plain, "x")).Ok();
        (await Chime.Untag(ann, "blocked")).Ok();
        (await worker.SendChannelMessage(ann, red, "x")).Ok();
    }

    [Fact]
    public async Task A_session_asks_for_the_tags_of_its_user()
    {
        var app = await fixture.NewApp();
        var (ann, bob) = (await app.NewUser("ann"), await app.NewUser("bob"));
        (await Chime.Tag(ann, ("sessions", "yes"))).Ok();
        var credentials = await Chime.Assume(
            """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"chime:Connect","Resource":"*",
             "Condition":{"StringEquals":{"aws:ResourceTag/sessions":"yes"} } }]}
            """);

        await using var open = await SessionClient.Start(fixture, ann, credentials: credentials);
        await using var refused = await SessionClient.Open(SessionClient.Url(fixture, bob, credentials));
        Assert.Equal(4401, await refused.Closed);
        Assert.True(open.IsOpen);

        (await Chime.Untag(ann, "sessions")).Ok();
        Assert.Equal(4401, await open.Closed);
    }

    [Fact]
    public async Task A_policy_variable_reads_the_tag_of_the_resource()
    {
        var (app, ann, red, blue, _) = await Open();
        var credentials = await Chime.Assume(
            $$$"""
            {"Version":"2012-10-17","Statement":[
             {"Effect":"Allow","Action":"chime:*","Resource":"{{{app.Arn}}}/user/*"},
             {"Effect":"Allow","Action":"chime:*","Resource":"{{{app.Arn}}}/channel/*",
              "Condition":{"StringLike":{"aws:userid":"*:s1"},"StringEquals":{"aws:ResourceTag/team":["red","${aws:ResourceTag/other}"]} } }]}
            """);
        (await Chime.Tag(blue, ("other", "blue"))).Ok();
        var worker = fixture.As(credentials);

        (await worker.DescribeChannel(ann, red)).Ok();
        (await worker.DescribeChannel(ann, blue)).Ok();
        (await Chime.Tag(blue, ("other", "green"))).Ok();
        (await worker.DescribeChannel(ann, blue)).Denied();
    }

    [Fact]
    public async Task A_second_tag_in_other_letters_hides_none_from_a_policy()
    {
        var (app, ann, red, _, plain) = await Open();
        var worker = await Worker(
            $$$"""
            {"Effect":"Allow","Action":"chime:*","Resource":["{{{app.Arn}}}/user/*","{{{red}}}"]},
            {"Effect":"Allow","Action":"chime:TagResource","Resource":"{{{plain}}}",
             "Condition":{"StringEquals":{"aws:RequestTag/team":"green"} } },
            {"Effect":"Allow","Action":"chime:DescribeChannel","Resource":"{{{plain}}}",
             "Condition":{"StringEquals":{"aws:ResourceTag/team":"red"} } },
            {"Effect":"Deny","Action":"chime:DescribeChannel","Resource":"{{{red}}}",
             "Condition":{"StringEquals":{"aws:ResourceTag/team":"green"} } }
            """);

        // Conditions do not tell cases apart, so what is asked for must be true of both.
        (await worker.Tag(plain, ("team", "green"))).Ok();
        (await worker.Tag(plain, ("Team", "red"), ("team", "green"))).Denied();
        (await worker.Tag(plain, ("team", "green"), ("Team", "red"))).Denied();

        (await Chime.Tag(plain, ("Team", "red"))).Ok();
        (await worker.DescribeChannel(ann, plain)).Denied();
        (await worker.DescribeChannel(ann, red)).Ok();
        (await Chime.Tag(red, ("teaM", "green"))).Ok();
        (await worker.DescribeChannel(ann, red)).Denied();
    }

    [Fact]
    public async Task Creations_may_be_allowed_with_a_tag_alone()
    {
        var app = await fixture.NewApp();
        var ann = await app.NewUser("ann");
        var worker = await Worker(
            """
            {"Effect":"Allow","Action":["chime:Create*"],"Resource":"*",
             "Condition":{"StringEquals":{"aws:RequestTag/team":["red","blue"]},
                          "ForAllValues:StringEquals":{"aws:TagKeys":["team","stage"]} } }
            """);
        Task<Answer> Channel(params (string, string)[] tags) => worker.Send(
            "POST", "/channels", ann,
            ChimeClient.Members(
                ("AppInstanceArn", app.Arn), ("Name", "c"), ("ClientRequestToken", ChimeClient.NewToken()),
                ("Tags", tags.Length == 0 ? null : ChimeClient.Tags(tags))));
        Task<Answer> User(string id, params (string, string)[] tags) => worker.Send(
            "POST", "/app-instance-users",
            body: ChimeClient.Members(
                ("AppInstanceArn", app.Arn), ("AppInstanceUserId", id), ("Name", id),
                ("ClientRequestToken", ChimeClient.NewToken()), ("Tags", tags.Length == 0 ? null : ChimeClient.Tags(tags))));
        Task<Answer> Instance(params (string, string)[] tags) => worker.Send(
            "POST", "/app-instances",
            body: ChimeClient.Members(
                ("Name", "x"), ("ClientRequestToken", ChimeClient.NewToken()), ("Tags", ChimeClient.Tags(tags))));

        (await Channel()).Denied();
        (await Channel(("team", "green"))).Denied();
        (await Channel(("team", "red"), ("own", "x"))).Denied();
        (await Channel(("team", "red"), ("stage", "test"))).Ok();
        (await User("bob")).Denied();
        (await User("bob", ("team", "blue"))).Ok();
        (await Instance(("stage", "x"))).Denied();
        (await Instance(("team", "red"))).Ok();
        (await worker.CreateAppInstanceBot(app.Arn)).Denied();
        (await worker.CreateAppInstanceBot(app.Arn, tags: ChimeClient.Tags(("team", "red")))).Ok();
    }

    [Fact]
    public async Task Who_may_tag_what_and_how_is_for_policies_to_say()
    {
        var (_, _, red, blue, plain) = await Open();
        var worker = await Worker(
            """
            {"Effect":"Allow","Action":["chime:TagResource","chime:UntagResource","chime:ListTagsForResource"],"Resource":"*",
             "Condition":{"StringEquals":{"aws:ResourceTag/team":"red"},"ForAllValues:StringEquals":{"aws:TagKeys":["stage"]} } },
            {"Effect":"Deny","Action":"chime:TagResource","Resource":"*",
             "Condition":{"StringEquals":{"aws:RequestTag/stage":"live"} } }
            """);

        (await worker.Tag(red, ("stage", "test"))).Ok();
        (await worker.Tag(red, ("stage", "live"))).Denied();
        (await worker.Tag(red, ("team", "blue"))).Denied();
        (await worker.Tag(blue, ("stage", "test"))).Denied();
        (await worker.Tag(plain, ("team", "red"))).Denied();
        (await worker.ListTags(red)).Ok();
        (await worker.ListTags(plain)).Denied();
        (await worker.Untag(red, "team")).Denied();
        (await worker.Untag(red, "stage")).Ok();
    }
}
