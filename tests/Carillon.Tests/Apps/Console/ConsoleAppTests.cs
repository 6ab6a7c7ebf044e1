using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Carillon.Console;
using Carillon.Kit;
using Carillon.Kit.SignIn;
using Carillon.Tests.Server.Gateway;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace Carillon.Tests.Apps.Console;

/// <summary>The platform with the console in one process, as people run it.</summary>
public sealed class ConsoleServer : GatewayServer
{
    internal OneTimeTokens Tokens { get; } = new(TimeProvider.System);

    internal override void Mapped() => Platform.App.MapConsole(new ConsoleOptions
    {
        Addresses = () => new PlatformAddresses(Address, Address, null),
        Region = Region,
        Account = Account,
        Root = Platform.Root,
        Tokens = Tokens,
        Operators = new OperatorSessions(TimeProvider.System),
    });
}

/// <summary>What the console's page may ask, and who.</summary>
public class ConsoleAppTests(ConsoleServer server) : IClassFixture<ConsoleServer>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private async Task<HttpResponseMessage> Send(HttpMethod method, string path, string? cookie = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(server.Address, path));
        if (cookie is not null) request.Headers.TryAddWithoutValidation("Cookie", cookie);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await server.Http.SendAsync(request, Cancel);
    }

    private async Task<HttpResponseMessage> Post(string path, string? cookie, string? origin = null, object? body = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, path)) { Content = JsonContent.Create(body ?? new { }) };
        request.Headers.TryAddWithoutValidation("Origin", origin ?? server.Address.GetLeftPart(UriPartial.Authority));
        if (cookie is not null) request.Headers.TryAddWithoutValidation("Cookie", cookie);
        return await server.Http.SendAsync(request, Cancel);
    }

    private async Task<string> SignIn()
    {
        var answer = await Post("/console/api/sign-in", null, body: new { token = server.Tokens.Issue() });
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        return answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    private async Task<JsonNode> Get(string path, string cookie)
    {
        var answer = await Send(HttpMethod.Get, "/console/api" + path, cookie);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!;
    }

    public static TheoryData<string, string> Endpoints => new()
    {
        { "GET", "/session" },
        { "GET", "/gateway/apis" },
        { "GET", "/gateway/apis/rooms" },
        { "GET", "/gateway/apis/absent" },
        { "GET", "/gateway/apis/rooms/stages/dev/connections" },
        { "GET", "/gateway/apis/rooms/stages/dev/events" },
        { "POST", "/gateway/apis/rooms/stages/dev/connections/abc/disconnect" },
        { "GET", "/gateway/functions" },
        { "GET", "/gateway/functions/hello" },
    };

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task Nobody_learns_or_does_anything_without_signing_in(string method, string path)
    {
        foreach (var cookie in new[] { null, "carillon-operator=guess" })
        {
            var answer = await Send(new HttpMethod(method), "/console/api" + path, cookie, ("Sec-Fetch-Site", "same-origin"));

            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.Equal("""{"code":"SignedOut"}""", await answer.Content.ReadAsStringAsync(Cancel));
        }
    }

    [Fact]
    public async Task An_operator_sees_APIs_connections_and_events_and_ends_a_connection()
    {
        var cookie = await SignIn();
        await using var socket = await GatewaySocket.Open(server.SocketUrl("/ws/rooms/dev"));
        var id = await socket.Ask("""{"action":"whoami"}""");
        const string stage = "/gateway/apis/rooms/stages/dev";

        Assert.Contains((await Get("/gateway/apis?search=rooms", cookie))["items"]!.AsArray(), a => (string?)a!["apiId"] == "rooms");
        Assert.Equal("CODE", (string?)(await Get("/gateway/apis/rooms", cookie))["source"]);
        Assert.Contains((await Get(stage + "/connections", cookie))["items"]!.AsArray(), c => (string?)c!["connectionId"] == id);
        Assert.Contains(
            (await Get(stage + "/events?maxResults=100", cookie))["items"]!.AsArray(),
            e => (string?)e!["connectionId"] == id && (string?)e["routeKey"] == "whoami" && (string?)e["reason"] == "OWN");

        var path = $"/console/api{stage}/connections/{Uri.EscapeDataString(id)}/disconnect";
        Assert.Equal(HttpStatusCode.Forbidden, (await Post(path, cookie, "https://evil.example")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await Post(path, cookie)).StatusCode);
        Assert.Equal(1000, (await socket.Closed).Code);
        var gone = await Post(path, cookie);
        Assert.Equal((HttpStatusCode.Gone, """{"code":"GoneException"}"""), (gone.StatusCode, await gone.Content.ReadAsStringAsync(Cancel)));
    }

    [Fact]
    public async Task What_is_not_there_and_functions_that_are_off_are_told_in_codes()
    {
        var cookie = await SignIn();

        var absent = await Send(HttpMethod.Get, "/console/api/gateway/apis/absent", cookie);
        Assert.Equal((HttpStatusCode.NotFound, """{"code":"NotFoundException"}"""), (absent.StatusCode, await absent.Content.ReadAsStringAsync(Cancel)));
        Assert.True((bool)(await Get("/gateway/functions", cookie))["isOff"]!);
        Assert.Equal(HttpStatusCode.NotFound, (await Send(HttpMethod.Get, "/console/api/gateway/apis/..%2Fv2%2Fapis", cookie)).StatusCode);
    }

    [Fact]
    public async Task A_page_of_another_site_signs_nobody_in_or_out()
    {
        var cookie = await SignIn();
        var token = server.Tokens.Issue();

        Assert.Equal(HttpStatusCode.Forbidden, (await Post("/console/api/sign-in", null, "https://evil.example", new { token })).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await Post("/console/api/sign-out", cookie, "https://evil.example")).StatusCode);
        await Get("/session", cookie);
        Assert.Equal(HttpStatusCode.NoContent, (await Post("/console/api/sign-out", cookie)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Send(HttpMethod.Get, "/console/api/session", cookie)).StatusCode);
    }

    [Theory]
    [InlineData("/console")]
    [InlineData("/console/gateway")]
    [InlineData("/console/gateway/apis/rooms")]
    [InlineData("/console/api/session")]
    public async Task Every_answer_carries_the_headers_that_fence_it(string path)
    {
        var answer = await Send(HttpMethod.Get, path);

        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains($"connect-src 'self' ws://127.0.0.1:{server.Address.Port};", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Fact]
    public async Task No_answer_holds_the_key_that_it_was_asked_with()
    {
        var cookie = await SignIn();
        foreach (var path in new[] { "/session", "/gateway/apis", "/gateway/apis/rooms", "/gateway/apis/rooms/stages/dev/events" })
        {
            var text = (await Get(path, cookie)).ToJsonString();
            Assert.DoesNotContain(server.Platform.Root.SecretAccessKey, text, StringComparison.Ordinal);
            Assert.DoesNotContain(server.Platform.Root.AccessKeyId, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_page_is_small_enough_to_come_at_once()
    {
        var assembly = typeof(ConsoleApp).Assembly;
        var scripts = assembly.GetManifestResourceNames().Where(n => n.EndsWith(".js", StringComparison.Ordinal)).ToList();
        Assert.SkipUnless(scripts.Count > 0, "this build had no node, so it has no page");

        using var packed = new MemoryStream();
        foreach (var script in scripts)
        {
            using var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true);
            assembly.GetManifestResourceStream(script)!.CopyTo(gzip);
        }

        Assert.InRange(packed.Length, 1, 150 * 1024);
    }
}
