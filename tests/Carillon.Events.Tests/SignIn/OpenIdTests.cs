using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Web;
using Carillon.Events.SignIn;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Carillon.Events.Tests.SignIn;

/// <summary>A host whose organisers may sign in with a provider that the tests play.</summary>
public sealed class OpenIdHost : EventsHost
{
    internal FakeProvider Provider { get; } = new();

    internal Func<string?> Secret { get; set; } = () => "s3cret/with:signs";

    internal override EventsOptions Adjust(EventsOptions options) => options with
    {
        OpenId = new OpenIdOptions(Provider.Issuer, "events")
        {
            ClientSecret = () => Secret(),
            Allowed = ["ada-subject", "Ida@Example.org"],
            AllowedClaim = ("groups", "organisers"),
        },
    };

    public override async ValueTask InitializeAsync()
    {
        await Provider.StartAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Provider.DisposeAsync();
    }
}

public sealed class OpenIdTests(OpenIdHost host) : IClassFixture<OpenIdHost>
{
    [Fact]
    public async Task Whoever_is_on_the_list_signs_in_and_organises()
    {
        using var visitor = new Visitor(host);
        var asked = await visitor.Begin();
        Assert.Equal("code", asked["response_type"]);
        Assert.Equal("events", asked["client_id"]);
        Assert.Equal("openid email profile", asked["scope"]);
        Assert.Equal("S256", asked["code_challenge_method"]);
        Assert.Equal(new Uri(host.Address, "/events/api/sign-in/openid/callback").AbsoluteUri, asked["redirect_uri"]);

        Assert.Equal("/events/organise", await visitor.End(asked, new JsonObject { ["sub"] = "ada-subject" }));
        var who = await visitor.WhoAmI();
        Assert.Equal((200, "ada-subject at localhost", true), (
            who.Status, (string?)who.Json["name"], (bool?)who.Json["organiser"]));
        Assert.Equal("Basic " + Convert.ToBase64String("events:s3cret%2Fwith%3Asigns"u8), host.Provider.Authorization);
    }

    [Theory]
    [InlineData("""{"sub":"x","email":"ida@example.org","email_verified":true}""", true)]
    [InlineData("""{"sub":"x","email":"ida@example.org","email_verified":false}""", false)]
    [InlineData("""{"sub":"x","email":"ida@example.org"}""", false)]
    [InlineData("""{"sub":"x","email":"ida@example.org","email_verified":"true"}""", false)]
    [InlineData("""{"sub":"Ida@Example.org"}""", false)]
    [InlineData("""{"sub":"Ada-Subject"}""", false)]
    [InlineData("""{"sub":"x","groups":["fans","organisers"]}""", true)]
    [InlineData("""{"sub":"x","groups":"organisers"}""", true)]
    [InlineData("""{"sub":"x","groups":["organisers-not"]}""", false)]
    [InlineData("""{"sub":"x"}""", false)]
    public async Task Nobody_else_does(string claims, bool may)
    {
        using var visitor = new Visitor(host);
        Assert.Equal(
            may ? "/events/organise" : "/events/sign-in?why=NotAllowed",
            await visitor.End(await visitor.Begin(), JsonNode.Parse(claims)!.AsObject()));
        Assert.Equal(may ? 200 : 401, (await visitor.WhoAmI()).Status);
    }

    [Fact]
    public async Task An_answer_counts_once_in_the_browser_that_asked()
    {
        using var visitor = new Visitor(host);
        var asked = await visitor.Begin();
        var code = host.Provider.CodeFor(asked, new JsonObject { ["sub"] = "ada-subject" });
        using var other = new Visitor(host);
        Assert.Equal("/events/sign-in?why=SignInInvalid", await other.Return(code, asked["state"]!));
        // Of two sign-ins that one browser began, the one that it began last.
        await other.Begin();
        Assert.Equal("/events/sign-in?why=SignInInvalid", await other.Return(code, asked["state"]!));
        Assert.Equal("/events/sign-in?why=SignInInvalid", await visitor.Return(code, "x" + asked["state"]![1..]));
        // A state that did not fit has ended it.
        Assert.Equal("/events/sign-in?why=SignInInvalid", await visitor.Return(code, asked["state"]!));

        asked = await visitor.Begin();
        code = host.Provider.CodeFor(asked, new JsonObject { ["sub"] = "ada-subject" });
        Assert.Equal("/events/sign-in?why=SignInInvalid", await visitor.Return(code, asked["state"]!, "https://other.example"));
        asked = await visitor.Begin();
        Assert.Equal("/events/sign-in?why=ProviderRefused", await visitor.Return(null, asked["state"]!));
    }

    [Theory]
    [InlineData("nonce", "SignInInvalid")]
    [InlineData("no nonce", "SignInInvalid")]
    [InlineData("issuer", "SignInInvalid")]
    [InlineData("audience", "SignInInvalid")]
    [InlineData("two audiences", "SignInInvalid")]
    [InlineData("expired", "SignInExpired")]
    [InlineData("early", "SignInInvalid")]
    [InlineData("signature", "SignInInvalid")]
    [InlineData("key", "SignInInvalid")]
    [InlineData("none", "SignInInvalid")]
    [InlineData("hmac", "SignInInvalid")]
    [InlineData("no token", "ProviderUnreachable")]
    [InlineData("verifier", "ProviderUnreachable")]
    public async Task A_token_with_anything_wrong_signs_nobody_in(string fault, string why)
    {
        using var visitor = new Visitor(host);
        var asked = await visitor.Begin();
        host.Provider.Fault = fault;
        try
        {
            Assert.Equal($"/events/sign-in?why={why}", await visitor.End(asked, new JsonObject { ["sub"] = "ada-subject" }));
        }
        finally
        {
            host.Provider.Fault = null;
        }

        Assert.Equal(401, (await visitor.WhoAmI()).Status);
    }

    [Fact]
    public async Task A_secret_that_cannot_be_read_signs_nobody_in_and_is_no_fault_of_the_server()
    {
        using var visitor = new Visitor(host);
        var asked = await visitor.Begin();
        var secret = host.Secret;
        host.Secret = () => throw new FileNotFoundException();
        try
        {
            Assert.Equal("/events/sign-in?why=ProviderUnreachable", await visitor.End(asked, new JsonObject { ["sub"] = "ada-subject" }));
        }
        finally
        {
            host.Secret = secret;
        }
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("OidcClientId=x", "OidcClientId is set, and OidcIssuer is not.")]
    [InlineData("OidcIssuer=http://login.example.org;OidcClientId=x;OidcAllowed=a", "OidcIssuer must be an https URL without query or fragment.")]
    [InlineData("OidcIssuer=https://login.example.org", "OidcClientId is not set.")]
    [InlineData("OidcIssuer=https://login.example.org;OidcClientId=x", "OidcAllowed or OidcClaim must say who may organise.")]
    [InlineData("OidcIssuer=https://login.example.org;OidcClientId=x;OidcClaim=groups", "OidcClaim must be a claim and its value, groups=organisers.")]
    public void Settings_that_cannot_be_meant_so_are_said_at_start(string settings, string? wrong)
    {
        var given = settings.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(s => s.Split('=', 2)).ToDictionary(s => s[0], s => s[1]);
        if (wrong is null) Assert.Null(OpenIdOptions.Read(given.GetValueOrDefault));
        else Assert.Equal(wrong, Assert.Throws<FormatException>(() => OpenIdOptions.Read(given.GetValueOrDefault)).Message);
    }

    [Fact]
    public async Task The_page_is_told_that_there_is_a_provider()
    {
        using var browser = host.NewBrowser();
        Assert.Equal("localhost", (await browser.Get("/sign-in/ways"))["openId"].GetString());
    }

    /// <summary>Somebody's browser, which follows no redirect by itself.</summary>
    private sealed class Visitor : IDisposable
    {
        private readonly OpenIdHost host;
        private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() });

        public Visitor(OpenIdHost host) => this.host = host;

        public async Task<Dictionary<string, string>> Begin()
        {
            using var answer = await http.GetAsync(new Uri(host.Address, "/events/api/sign-in/openid"));
            Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
            Assert.Equal(host.Provider.Issuer + "/authorize", answer.Headers.Location!.GetLeftPart(UriPartial.Path));
            var query = HttpUtility.ParseQueryString(answer.Headers.Location.Query);
            return query.AllKeys.ToDictionary(k => k!, k => query[k]!);
        }

        public Task<string> End(Dictionary<string, string> asked, JsonObject claims) =>
            Return(host.Provider.CodeFor(asked, claims), asked["state"]);

        public async Task<string> Return(string? code, string state, string? issuer = null)
        {
            var query = code is null ? "error=access_denied" : $"code={code}";
            if (issuer is not null) query += $"&iss={Uri.EscapeDataString(issuer)}";
            using var answer = await http.GetAsync(
                new Uri(host.Address, $"/events/api/sign-in/openid/callback?{query}&state={Uri.EscapeDataString(state)}"));
            Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
            return answer.Headers.Location!.OriginalString;
        }

        public async Task<(int Status, JsonNode Json)> WhoAmI()
        {
            using var answer = await http.GetAsync(new Uri(host.Address, "/events/api/whoami"));
            return ((int)answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
        }

        public void Dispose() => http.Dispose();
    }
}

/// <summary>An OpenID Connect provider in this process, right in everything but the fault that a test wants.</summary>
internal sealed class FakeProvider : IAsyncDisposable
{
    private readonly RSA rsa = RSA.Create(2048);
    private readonly RSA foreign = RSA.Create(2048);
    private readonly Dictionary<string, (Dictionary<string, string> Asked, JsonObject Claims)> codes = [];
    private WebApplication? app;

    public string Issuer { get; private set; } = "http://localhost:1";

    public string? Fault { get; set; }

    /// <summary>How the client said who it is, last.</summary>
    public string? Authorization { get; private set; }

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.MapGet("/.well-known/openid-configuration", () => Results.Text(
            new JsonObject
            {
                ["issuer"] = Issuer,
                ["authorization_endpoint"] = Issuer + "/authorize",
                ["token_endpoint"] = Issuer + "/token",
                ["jwks_uri"] = Issuer + "/keys",
            }.ToJsonString(), "application/json"));
        app.MapGet("/keys", () => Results.Text(Keys(), "application/json"));
        app.MapPost("/token", (Delegate)Token);
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Issuer = $"http://localhost:{new Uri(address).Port}";
    }

    /// <summary>What the user comes back with who was asked so and is this.</summary>
    public string CodeFor(Dictionary<string, string> asked, JsonObject claims)
    {
        var code = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
        codes[code] = (asked, claims);
        return code;
    }

    public async ValueTask DisposeAsync()
    {
        if (app is not null) await app.DisposeAsync();
        rsa.Dispose();
        foreign.Dispose();
    }

    private async Task<IResult> Token(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync();
        Authorization = http.Request.Headers.Authorization;
        if (form["grant_type"] != "authorization_code" || !codes.Remove(form["code"]!, out var known)) return Results.BadRequest();
        var (asked, who) = known;
        var challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"]!)));
        if (challenge != asked["code_challenge"] || form["redirect_uri"] != asked["redirect_uri"] || Fault == "verifier") return Results.BadRequest();
        if (Fault == "no token") return Results.Text("""{"access_token":"x"}""", "application/json");
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var claims = new JsonObject
        {
            ["iss"] = Fault == "issuer" ? "https://login.example.org" : Issuer,
            ["aud"] = Fault switch
            {
                "audience" => "another",
                "two audiences" => new JsonArray("events", "another"),
                _ => "events",
            },
            ["iat"] = Fault == "early" ? now + 600 : now,
            ["exp"] = Fault == "expired" ? now - 1 : now + 300,
        };
        if (Fault != "no nonce") claims["nonce"] = Fault == "nonce" ? "another" : asked["nonce"];
        foreach (var (name, value) in who) claims[name] = value?.DeepClone();
        var header = new JsonObject
        {
            ["alg"] = Fault switch { "none" => "none", "hmac" => "HS256", _ => "RS256" },
            ["kid"] = Fault == "key" ? "k2" : "k1",
        };
        var signed = $"{Of(header.ToJsonString())}.{Of(claims.ToJsonString())}";
        var bytes = Encoding.ASCII.GetBytes(signed);
        var signature = Fault switch
        {
            "none" => [],
            "hmac" => HMACSHA256.HashData(Encoding.UTF8.GetBytes(Keys()), bytes),
            "signature" => foreign.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            _ => rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        };
        return Results.Text(
            new JsonObject { ["token_type"] = "Bearer", ["id_token"] = $"{signed}.{Base64Url.EncodeToString(signature)}" }.ToJsonString(),
            "application/json");
    }

    private string Keys()
    {
        var key = rsa.ExportParameters(false);
        return new JsonObject
        {
            ["keys"] = new JsonArray(new JsonObject
            {
                ["kty"] = "RSA",
                ["use"] = "sig",
                ["kid"] = "k1",
                ["n"] = Base64Url.EncodeToString(key.Modulus),
                ["e"] = Base64Url.EncodeToString(key.Exponent),
            }),
        }.ToJsonString();
    }

    private static string Of(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
