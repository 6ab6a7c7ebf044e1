using Xunit;

namespace Carillon.Tests.Server.Operations.Identity;

/// <summary>How long messages are kept, and users and channels; the store's contract covers what is deleted when.</summary>
public class RetentionTests(DatedServer server) : IClassFixture<DatedServer>
{
    private ChimeClient Chime => server.Root;

    [Fact]
    public async Task Retention_is_off_until_it_is_set_and_after_it_is_emptied()
    {
        var app = await server.NewApp();
        Assert.Equal("""{"AppInstanceRetentionSettings":{}}""", (await Chime.GetRetention(app.Arn)).Ok().Body);

        var put = await Chime.PutRetention(app.Arn, 5475);
        Assert.Equal(5475, (int)put.At("AppInstanceRetentionSettings.ChannelRetentionSettings.RetentionDays")!);
        var thirtyDays = server.Time.GetUtcNow().AddDays(30).ToUnixTimeMilliseconds() / 1000m;
        Assert.InRange((decimal)put.At("InitiateDeletionTimestamp")!, thirtyDays - 60, thirtyDays);
        Assert.Equal(put.Body, (await Chime.GetRetention(app.Arn)).Ok().Body);
        Assert.Equal(put.Body, (await Chime.PutRetention(app.Arn, 5475)).Ok().Body);

        Assert.Equal("""{"AppInstanceRetentionSettings":{}}""", (await Chime.PutRetention(app.Arn, null)).Ok().Body);
        Assert.Equal("""{"AppInstanceRetentionSettings":{}}""", (await Chime.GetRetention(app.Arn)).Ok().Body);
        (await Chime.GetRetention(app.Arn[..^1] + "_")).Forbidden();
        (await Chime.PutRetention(app.Arn[..^1] + "_", 3)).Forbidden();
    }

    [Fact]
    public async Task What_is_past_is_in_no_answer_and_no_prefetch_and_cannot_be_changed()
    {
        var app = await server.NewApp();
        var ann = await app.NewUser("ann");
        (await Chime.CreateAppInstanceAdmin(app.Arn, ann)).Ok();
        var channel = await app.NewChannel(ann);
        var old = await Chime.SendText(ann, channel, "old");
        server.Calendar.Pass(7);
        var recent = await Chime.SendText(ann, channel, "recent");

        (await Chime.PutRetention(app.Arn, 7)).Ok();

        Assert.Equal([recent], (await Chime.ListChannelMessages(ann, channel)).List("ChannelMessages").Select(m => (string)m!["MessageId"]!));
        Assert.Single((await Chime.ListChannelMessages(ann, channel, "?sort-order=ASCENDING&not-before=2020-01-01T00:00:00Z")).List("ChannelMessages"));
        (await Chime.GetChannelMessage(ann, channel, old)).NotFound();
        (await Chime.UpdateChannelMessage(ann, channel, old, "x")).Forbidden();
        (await Chime.RedactChannelMessage(ann, channel, old)).Forbidden();
        (await Chime.DeleteChannelMessage(ann, channel, old)).Forbidden();
        await using var session = await SessionClient.Start(server, ann, "&sessionId=s1&prefetch-on=connect");
        var details = await session.Wait("CHANNEL_DETAILS");
        Assert.Equal([recent], details.Payload!["ChannelMessages"]!.AsArray().Select(m => (string)m!["MessageId"]!));
        Assert.False((bool)details.Payload["ChannelMessagesHasMore"]!);

        (await Chime.PutRetention(app.Arn, 8)).Ok();
        Assert.Equal(2, (await Chime.ListChannelMessages(ann, channel)).List("ChannelMessages").Count);
        (await Chime.GetChannelMessage(ann, channel, old)).Ok();
    }

    [Fact]
    public async Task The_last_message_of_a_channel_stays_its_last_message()
    {
        var app = await server.NewApp();
        var ann = await app.NewUser("ann");
        var channel = await app.NewChannel(ann);
        await Chime.SendText(ann, channel, "old");
        var said = (decimal)(await Chime.DescribeChannel(ann, channel)).At("Channel.LastMessageTimestamp")!;
        (await Chime.PutRetention(app.Arn, 1)).Ok();
        server.Calendar.Pass(40);

        Assert.Empty((await Chime.ListChannelMessages(ann, channel)).List("ChannelMessages"));
        Assert.Equal(said, (decimal)(await Chime.DescribeChannel(ann, channel)).At("Channel.LastMessageTimestamp")!);
    }

    [Fact]
    public async Task Settings_of_a_user_are_put_removed_and_carried_out()
    {
        var app = await server.NewApp();
        var (ann, bob) = (await app.NewUser("ann"), await app.NewUser("bob"));
        var put = await Chime.PutUserExpiration(ann, 3);
        Assert.Equal((ann, "CREATED_TIMESTAMP", 3), (
            put.Text("AppInstanceUserArn"), put.Text("ExpirationSettings.ExpirationCriterion"), (int)put.At("ExpirationSettings.ExpirationDays")!));
        Assert.Equal(3, (int)(await Chime.DescribeAppInstanceUser(ann)).At("AppInstanceUser.ExpirationSettings.ExpirationDays")!);
        (await Chime.PutUserExpiration(bob, 3)).Ok();
        Assert.Equal($$"""{"AppInstanceUserArn":"{{bob}}"}""", (await Chime.PutUserExpiration(bob, null)).Ok().Body);
        Assert.Null((await Chime.DescribeAppInstanceUser(bob)).At("AppInstanceUser.ExpirationSettings"));
        (await Chime.PutUserExpiration(app.UserArn("nobody"), 3)).Forbidden();

        server.Calendar.Pass(3);

        await Patience.Until(async () => (await Chime.DescribeAppInstanceUser(ann)).Status == 403);
        (await Chime.DescribeAppInstanceUser(bob)).Ok();
    }

    [Fact]
    public async Task Settings_of_a_channel_are_put_removed_and_carried_out_and_no_client_is_told_of_them()
    {
        var app = await server.NewApp();
        var (ann, bob) = (await app.NewUser("ann"), await app.NewUser("bob"));
        var (going, staying) = (await app.NewChannel(ann, members: [bob]), await app.NewChannel(ann));
        await using var session = await SessionClient.Start(server, bob);
        var put = await Chime.PutChannelExpiration(ann, going, 3, "LAST_MESSAGE_TIMESTAMP");
        Assert.Equal((going, "LAST_MESSAGE_TIMESTAMP", 3), (
            put.Text("ChannelArn"), put.Text("ExpirationSettings.ExpirationCriterion"), (int)put.At("ExpirationSettings.ExpirationDays")!));
        Assert.Equal(3, (int)(await Chime.DescribeChannel(ann, going)).At("Channel.ExpirationSettings.ExpirationDays")!);
        (await Chime.PutChannelExpiration(ann, staying, 3)).Ok();
        Assert.Equal($$"""{"ChannelArn":"{{staying}}"}""", (await Chime.PutChannelExpiration(ann, staying, null)).Ok().Body);
        Assert.Null((await Chime.DescribeChannel(ann, staying)).At("Channel.ExpirationSettings"));

        server.Calendar.Pass(3);

        await session.Wait("DELETE_CHANNEL");
        Assert.Equal(["SESSION_ESTABLISHED", "DELETE_CHANNEL"], session.Frames.Select(f => f.Type));
        (await Chime.DescribeChannel(ann, going)).Forbidden();
        (await Chime.DescribeChannel(ann, staying)).Ok();
    }

    [Fact]
    public async Task A_policy_alone_does_not_end_a_channel()
    {
        var app = await server.NewApp();
        var (ann, bob) = (await app.NewUser("ann"), await app.NewUser("bob"));
        var channel = await app.NewChannel(ann, privacy: "PRIVATE", members: [bob]);

        // What a user of a chat is usually given: itself, and every channel as far as its role goes there.
        var chatter = server.As(await Chime.Assume(
            $$"""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"chime:*","Resource":["{{bob}}","{{app.Arn}}/channel/*"]} }"""));

        var there = await chatter.PutChannelExpiration(null, channel, 1);
        var absent = await chatter.PutChannelExpiration(null, app.Arn + "/channel/absent", 1);
        Assert.Equal(there.BadRequest().Body, absent.BadRequest().Body);
        (await chatter.PutChannelExpiration(bob, channel, 1)).Forbidden();
        (await chatter.PutChannelExpiration(ann, channel, 1)).Denied();
        (await Chime.PutChannelExpiration("no-arn", channel, 1)).BadRequest();
        Assert.Null((await Chime.DescribeChannel(ann, channel)).At("Channel.ExpirationSettings"));
    }
}
