using System.Net;
using System.Text.Json;
using Carillon.Kit.Pages;
using Carillon.Start;
using Xunit;

namespace Carillon.Tests.Apps.Start;

public class StartAppTests
{
    private const string json = """{"as":"ada"}""";

    [Theory]
    [InlineData("/")]
    [InlineData("/sign-in")]
    [InlineData("/start/status")]
    public async Task Every_answer_carries_the_headers_that_fence_it(string path)
    {
        await using var server = await StartServer.StartAsync();

        var answer = await server.SendAsync(HttpMethod.Get, path);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-referrer", answer.Headers.GetValues("Referrer-Policy").Single());
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Contains(
            "connect-src 'self' http://localhost:4580 https://localhost:4543 wss://localhost:4543;", policy,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stranger_sees_what_runs_but_no_path_and_no_count()
    {
        await using var server = await StartServer.StartAsync();

        var text = await server.Http.GetStringAsync(new Uri("/start/status", UriKind.Relative), TestContext.Current.CancellationToken);

        using var status = JsonDocument.Parse(text);
        Assert.Equal("0.1.0", status.RootElement.GetProperty("version").GetString());
        Assert.Equal(JsonValueKind.Null, status.RootElement.GetProperty("operator").ValueKind);
        Assert.DoesNotContain("/srv/", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_signs_in_once_and_shows_the_paths()
    {
        await using var server = await StartServer.StartAsync();
        var link = JsonSerializer.Serialize(new { token = server.Tokens.Issue() });

        var first = await server.PostAsync("/start/sign-in", link);
        var second = await server.PostAsync("/start/sign-in", link);

        Assert.Equal(HttpStatusCode.NoContent, first.StatusCode);
        var cookie = first.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.Forbidden, second.StatusCode);
        Assert.Equal("SignInUsed", await CodeOf(second));

        var signedIn = ("Cookie", cookie.Split(';')[0]);
        Assert.Equal(7, await SessionsSeenBy(server, signedIn));
        await server.PostAsync("/start/sign-out", "{}", signedIn);
        Assert.Null(await SessionsSeenBy(server, signedIn));
    }

    [Fact]
    public async Task A_foreign_page_cannot_use_a_link()
    {
        await using var server = await StartServer.StartAsync();
        var link = JsonSerializer.Serialize(new { token = server.Tokens.Issue() });

        var foreign = await server.SendAsync(HttpMethod.Post, "/start/sign-in", link, ("Origin", "https://evil.example"));
        var own = await server.PostAsync("/start/sign-in", link);

        Assert.Equal("ForeignOrigin", await CodeOf(foreign));
        Assert.Equal(HttpStatusCode.NoContent, own.StatusCode);
    }

    [Theory]
    [InlineData("""{"token":"guess"}""")]
    [InlineData("""{"token":7}""")]
    [InlineData("""{}""")]
    [InlineData("null")]
    [InlineData("not json")]
    public async Task What_is_no_link_is_refused_in_words(string body)
    {
        await using var server = await StartServer.StartAsync();

        var answer = await server.PostAsync("/start/sign-in", body);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("SignInInvalid", await CodeOf(answer));
    }

    [Fact]
    public async Task A_body_over_four_kilobytes_is_not_read_further()
    {
        await using var server = await StartServer.StartAsync();

        var answer = await server.PostAsync("/start/sign-in", $$"""{"token":"{{new string('a', 100_000)}}"}""");

        Assert.Equal("SignInInvalid", await CodeOf(answer));
    }

    [Theory]
    [InlineData("rebound.example:4580")]
    [InlineData("192.0.2.7")]
    [InlineData("localhost.evil.example")]
    public async Task The_sample_chat_is_not_lent_to_a_name_that_was_pointed_here(string host)
    {
        await using var server = await StartServer.StartAsync();

        var answer = await server.SendAsync(
            HttpMethod.Post, "/start/demo", json, ("Host", host), ("Origin", $"http://{host}"), ("Sec-Fetch-Site", "same-origin"));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("DemoLoopbackOnly", await CodeOf(answer));
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("X-Nothing", "said")]
    public async Task The_sample_chat_is_not_lent_to_another_page(string name, string value)
    {
        await using var server = await StartServer.StartAsync();

        var answer = await server.SendAsync(HttpMethod.Post, "/start/demo", json, (name, value));

        Assert.Equal("ForeignOrigin", await CodeOf(answer));
    }

    [Fact]
    public async Task The_sample_chat_is_not_lent_when_others_can_reach_the_server()
    {
        await using var server = await StartServer.StartAsync(o => o with { LoopbackOnly = false });

        var answer = await server.PostAsync("/start/demo", json);

        Assert.Equal("DemoLoopbackOnly", await CodeOf(answer));
        var status = await server.Http.GetStringAsync(
            new Uri("/start/status", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Contains("\"demo\":false", status, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_platform_the_sample_chat_says_so_and_names_no_secret()
    {
        await using var server = await StartServer.StartAsync();

        var answer = await server.PostAsync("/start/demo", json);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("DemoUnavailable", await CodeOf(answer));
        Assert.DoesNotContain("root-secret", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public void Whoever_holds_a_pass_may_be_one_person_only()
    {
        var policy = DemoRoom.PersonPolicy("arn:aws:chime:us-east-1:123456789012:app-instance/a").ToJsonString();

        using var parsed = JsonDocument.Parse(policy);
        var person = parsed.RootElement.GetProperty("Statement")[1];
        string[] resources = [.. person.GetProperty("Resource").EnumerateArray().Select(r => r.GetString()!)];
        Assert.Equal(
            [
                "arn:aws:chime:us-east-1:123456789012:app-instance/a/user/${aws:PrincipalTag/UserId}",
                "arn:aws:chime:us-east-1:123456789012:app-instance/a/channel/*",
            ],
            resources);
        Assert.DoesNotContain(person.GetProperty("Action").EnumerateArray(), a => a.GetString()!.Contains('*', StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_certificate_is_served_and_never_a_key()
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.pem");
        await using var server = await StartServer.StartAsync(o => o with { CaPemPath = file });
        var cancel = TestContext.Current.CancellationToken;
        try
        {
            await File.WriteAllTextAsync(file, "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n", cancel);
            var pem = await server.SendAsync(HttpMethod.Get, "/start/ca.pem");
            Assert.Contains("BEGIN CERTIFICATE", await pem.Content.ReadAsStringAsync(cancel), StringComparison.Ordinal);

            await File.AppendAllTextAsync(file, "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n", cancel);
            Assert.Equal(HttpStatusCode.NotFound, (await server.SendAsync(HttpMethod.Get, "/start/ca.pem")).StatusCode);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Hashed_files_may_be_kept_and_the_page_is_asked_for_again()
    {
        await using var server = await StartServer.StartAsync();
        var files = WebFiles.Of(typeof(StartApp).Assembly);
        Assert.SkipUnless(files.Paths.Any(), "this build had no node, so it has no page");

        var hashed = files.Paths.First(p => p.StartsWith("/start/assets/", StringComparison.Ordinal) && p.EndsWith(".js", StringComparison.Ordinal));
        var script = await server.SendAsync(HttpMethod.Get, hashed, null, ("Accept-Encoding", "gzip"));
        var page = await server.SendAsync(HttpMethod.Get, "/");
        var again = await server.SendAsync(HttpMethod.Get, "/", null, ("If-None-Match", page.Headers.ETag!.ToString()));

        Assert.Contains("immutable", script.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.Contains("gzip", script.Content.Headers.ContentEncoding);
        Assert.True(page.Headers.CacheControl!.NoCache);
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.DoesNotContain("<style", await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static async Task<string?> CodeOf(HttpResponseMessage answer)
    {
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return body.RootElement.GetProperty("code").GetString();
    }

    private static async Task<int?> SessionsSeenBy(StartServer server, (string, string) cookie)
    {
        var answer = await server.SendAsync(HttpMethod.Get, "/start/status", null, cookie);
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        var seen = body.RootElement.GetProperty("operator");
        return seen.ValueKind == JsonValueKind.Null ? null : seen.GetProperty("sessions").GetInt32();
    }
}
