using System.Text.Json.Nodes;
using Xunit;
using static Carillon.Tests.Server.ChimeClient;

namespace Carillon.Tests.Server.Operations.Memberships;

public class PreferencesTests(LiveServer server) : IClassFixture<LiveServer>
{
    private async Task<(ChimeClient Chime, string Ann, string Bob, string Channel)> Open()
    {
        var app = await server.NewApp();
        var people = await app.NewUsers("ann", "bob");
        return (app.Root, people[0], people[1], await app.NewChannel(people[0], privacy: "PRIVATE", members: [people[1]]));
    }

    [Fact]
    public async Task Preferences_are_empty_until_they_are_put_and_then_what_was_put()
    {
        var (chime, _, bob, channel) = await Open();
        const string rule = """{"mention":["@bob"]}""";

        var before = (await chime.GetPreferences(bob, channel, bob)).Ok();
        Assert.Equal("{}", before.At("Preferences")!.ToJsonString());
        var put = await chime.PutPreferences(bob, channel, bob, "FILTERED", rule);
        var after = await chime.GetPreferences(bob, channel, bob);

        Assert.Equal(put.Ok().Body, after.Ok().Body);
        Assert.Equal((channel, bob, "bob"), (after.Text("ChannelArn"), after.Text("Member.Arn"), after.Text("Member.Name")));
        Assert.Equal(("FILTERED", rule), (after.Text("Preferences.PushNotifications.AllowNotifications"), after.Text("Preferences.PushNotifications.FilterRule")));

        (await chime.PutPreferences(bob, channel, bob, "NONE")).Ok();
        var none = await chime.GetPreferences(bob, channel, bob);
        Assert.Equal("""{"PushNotifications":{"AllowNotifications":"NONE"}}""", none.At("Preferences")!.ToJsonString());
        Assert.Equal("{}", (await chime.PutPreferences(bob, channel, bob, null)).At("Preferences")!.ToJsonString());
        Assert.Equal(before.Body, (await chime.GetPreferences(bob, channel, bob)).Body);
    }

    [Theory]
    [InlineData("FILTERED", null)]
    [InlineData("FILTERED", "mention")]
    [InlineData("FILTERED", "{}")]
    [InlineData("ALL", "{}")]
    [InlineData("SOME", "{\"a\":[\"b\"]}")]
    public async Task What_is_no_preference_is_refused_and_changes_nothing(string allow, string? rule)
    {
        var (chime, _, bob, channel) = await Open();
        (await chime.PutPreferences(bob, channel, bob, "NONE")).Ok();

        (await chime.PutPreferences(bob, channel, bob, allow, rule)).BadRequest();

        Assert.Equal("NONE", (await chime.GetPreferences(bob, channel, bob)).Text("Preferences.PushNotifications.AllowNotifications"));
    }

    [Fact]
    public async Task Preferences_must_be_in_the_request()
    {
        var (chime, _, bob, channel) = await Open();

        (await chime.Send("PUT", $"/channels/{E(channel)}/memberships/{E(bob)}/preferences", bob, new JsonObject())).BadRequest();
    }

    [Fact]
    public async Task Who_was_removed_begins_anew()
    {
        var (chime, ann, bob, channel) = await Open();
        (await chime.PutPreferences(bob, channel, bob, "NONE")).Ok();
        (await chime.DeleteChannelMembership(ann, channel, bob)).Ok();
        (await chime.GetPreferences(bob, channel, bob)).Forbidden();

        (await chime.CreateChannelMembership(ann, channel, bob)).Ok();

        Assert.Equal("{}", (await chime.GetPreferences(bob, channel, bob)).At("Preferences")!.ToJsonString());
    }
}
