using Carillon.Server.Hosting;
using Xunit;

namespace Carillon.Tests.Server.Http;

public class CorsTests(LiveServer open, CorsTests.Fixture closed) : IClassFixture<LiveServer>, IClassFixture<CorsTests.Fixture>
{
    public sealed class Fixture : LiveServer
    {
        internal override CarillonOptions Adjust(CarillonOptions options) =>
            base.Adjust(options) with { AllowedOrigins = "https://chat.example.org, https://desk.example.org" };
    }

    private static async Task<HttpResponseMessage> Ask(LiveServer server, string method, string path, string origin, bool preflight)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(server.Address, path));
        request.Headers.Add("Origin", origin);
        if (preflight)
        {
            request.Headers.Add("Access-Control-Request-Method", "POST");
            request.Headers.Add("Access-Control-Request-Headers", "authorization,x-amz-chime-bearer,content-type,x-amz-date");
        }

        return await server.Http.SendAsync(request);
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(",", values) : null;

    [Theory]
    [InlineData("/channels")]
    [InlineData("/channels/arn%3Aaws%3Achime%3Aus-east-1%3A1%3Aapp-instance%2Fa%2Fchannel%2Fb/messages")]
    [InlineData("/app-instances")]
    [InlineData("/app-instance-users")]
    [InlineData("/endpoints/messaging-session")]
    [InlineData("/tags")]
    [InlineData("/")]
    public async Task A_preflight_needs_no_signature_and_allows_what_the_SDKs_send(string path)
    {
        using var answer = await Ask(open, "OPTIONS", path, "https://anywhere.example", preflight: true);

        Assert.Equal(204, (int)answer.StatusCode);
        Assert.Equal("*", Header(answer, "Access-Control-Allow-Origin"));
        var methods = Header(answer, "Access-Control-Allow-Methods")!.Split(", ");
        Assert.Equal(["GET", "POST", "PUT", "DELETE"], methods);
        var headers = Header(answer, "Access-Control-Allow-Headers")!.Split(", ");
        Assert.Empty(new[]
        {
            "authorization", "content-type", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256", "x-amz-user-agent",
            "x-amz-chime-bearer", "amz-sdk-invocation-id", "amz-sdk-request",
        }.Except(headers));
    }

    [Fact]
    public async Task An_answer_lets_pages_read_the_error_type()
    {
        using var answer = await Ask(open, "GET", "/channels", "https://anywhere.example", preflight: false);

        Assert.Equal(403, (int)answer.StatusCode);
        Assert.Equal("*", Header(answer, "Access-Control-Allow-Origin"));
        Assert.Contains("x-amzn-ErrorType", Header(answer, "Access-Control-Expose-Headers"), StringComparison.Ordinal);
        Assert.Null(Header(answer, "Access-Control-Allow-Credentials"));
    }

    [Fact]
    public async Task Without_an_origin_nothing_is_said()
    {
        using var answer = await open.Http.GetAsync(new Uri(open.Address, "/channels"));

        Assert.Null(Header(answer, "Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task A_listed_origin_is_named_and_caches_are_told_that_it_matters()
    {
        using var answer = await Ask(closed, "OPTIONS", "/channels", "https://desk.example.org", preflight: true);

        Assert.Equal("https://desk.example.org", Header(answer, "Access-Control-Allow-Origin"));
        Assert.Equal("Origin", Header(answer, "Vary"));
    }

    [Fact]
    public async Task Another_origin_is_allowed_nothing()
    {
        using var answer = await Ask(closed, "OPTIONS", "/channels", "https://evil.example", preflight: true);

        Assert.Null(Header(answer, "Access-Control-Allow-Origin"));
        Assert.Null(Header(answer, "Access-Control-Allow-Methods"));
        Assert.Equal("Origin", Header(answer, "Vary"));
    }

    [Theory]
    [InlineData("https://evil.example", false)]
    [InlineData("https://chat.example.org", true)]
    public async Task A_session_opens_for_pages_of_a_listed_origin_alone(string origin, bool opens)
    {
        var user = await (await closed.NewApp()).NewUser("ann");
        using var socket = new System.Net.WebSockets.ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", origin);
        var url = SessionClient.Url(closed, user);

        var failure = await Record.ExceptionAsync(() => socket.ConnectAsync(url, CancellationToken.None));

        Assert.Equal(opens, failure is null);
    }
}
