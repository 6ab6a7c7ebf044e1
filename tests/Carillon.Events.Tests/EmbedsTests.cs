using System.Text.Json.Nodes;
using Carillon.Events.Core.Shows;
using Xunit;

namespace Carillon.Events.Tests;

public sealed class EmbedsTests(EventsHost host) : IClassFixture<EventsHost>
{
    [Theory]
    [InlineData("youtube", "dQw4w9WgXcQ", true)]
    [InlineData("youtube", "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3", true)]
    [InlineData("youtube", "https://youtu.be/dQw4w9WgXcQ", true)]
    [InlineData("youtube", "https://www.youtube.com/live/dQw4w9WgXcQ?feature=share", true)]
    [InlineData("youtube", "https://evil.example/watch?v=dQw4w9WgXcQ", false)]
    [InlineData("youtube", "short", false)]
    [InlineData("vimeo", "https://vimeo.com/76979871/8272103f6e", true)]
    [InlineData("vimeo", "76979871", true)]
    [InlineData("vimeo", "https://vimeo.example/76979871", false)]
    [InlineData("iframe", "https://player.twitch.tv/?channel=x", true)]
    [InlineData("iframe", "https://customer-1.cloudflarestream.com/x/iframe", true)]
    [InlineData("iframe", "http://player.twitch.tv/?channel=x", false)]
    [InlineData("iframe", "https://user:pass@player.twitch.tv/", false)]
    [InlineData("iframe", "https://player.twitch.tv:444/", false)]
    [InlineData("iframe", "https://player.twitch.tv.evil.example/", false)]
    [InlineData("iframe", "https://evilcloudflarestream.com/", false)]
    [InlineData("iframe", "javascript:alert(1)", false)]
    public void Players_of_other_houses_are_those_of_the_list(string kind, string url, bool shown) =>
        Assert.Equal(shown, Embeds.IsShown(kind, url));

    [Fact]
    public async Task A_player_that_no_page_shows_is_not_stored()
    {
        using var organiser = await host.NewOrganiser();
        var show = (await organiser.Post("/organise/shows", new JsonObject { ["title"] = "Frames" })).Json;
        var id = show.GetProperty("id").GetString();
        var definition = JsonNode.Parse(show.GetRawText())!.AsObject();
        definition["player"] = new JsonObject { ["kind"] = "iframe", ["url"] = "https://evil.example/player", ["captions"] = new JsonArray() };
        var refused = await organiser.Put($"/organise/shows/{id}", definition);
        Assert.Equal((400, "player.url"), (refused.Status, refused["member"].GetString()));
        definition["player"]!["url"] = "https://player.twitch.tv/?channel=x";
        Assert.Equal(200, (await organiser.Put($"/organise/shows/{id}", definition)).Status);
    }

    [Fact]
    public void What_comes_without_TLS_is_said_before_it_is_published()
    {
        var lacks = PublishCheck.Of(
            new ShowDefinition
            {
                PictureUrl = "http://cdn.example/picture.jpg",
                Player = new Player("hls", "http://cdn.example/live.m3u8") { Captions = [new Caption("en", "English", "http://cdn.example/en.vtt")] },
            },
            DateTimeOffset.UnixEpoch);
        Assert.Equal(["pictureUrl", "player.url", "player.captions"], lacks.Where(l => l.Why == "url").Select(l => l.Field));
        Assert.DoesNotContain(
            PublishCheck.Of(new ShowDefinition { Player = new Player("hls", "/events/sample/live.m3u8") }, DateTimeOffset.UnixEpoch),
            l => l.Why == "url");
    }

    [Fact]
    public async Task Pages_may_show_frames_of_the_list_and_of_nobody_else()
    {
        using var http = new HttpClient();
        using var page = await http.GetAsync(new Uri(host.Address, "/events/some-show"));
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        var frames = policy.Split("; ").Single(p => p.StartsWith("frame-src ", StringComparison.Ordinal)).Split(' ')[1..];
        Assert.Equal(Embeds.Hosts.Count, frames.Length);
        Assert.Contains("https://player.vimeo.com", frames);
        Assert.Contains("https://*.cloudflarestream.com", frames);
        Assert.DoesNotContain("https:", frames);
    }
}
