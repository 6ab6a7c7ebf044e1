using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Carillon.Samples.SupportChat;
using Carillon.Tests.Server;
using Carillon.Tests.Server.Gateway;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Carillon.Tests.Samples;

/// <summary>The sample as it is run, on a free port, with a clock that a test moves.</summary>
internal sealed class SupportServer : LiveServer
{
    private readonly Desk _desk;

    private SupportServer(Desk desk, Tokens tokens, ManualTime clock) => (_desk, Tokens, Clock) = (desk, tokens, clock);

    public Tokens Tokens { get; }

    /// <summary>The desk's; the platform below it has the system's.</summary>
    public ManualTime Clock { get; }

    public static byte[] Secret { get; } = "a secret of the site and its desk"u8.ToArray();

    public static async Task<SupportServer> Start(string database, Uri? webhook = null, ManualTime? clock = null)
    {
        clock ??= new();
        var settings = new DeskSettings { Secret = Secret, Database = database, Webhook = webhook, PushHosts = ["127.0.0.1", ".example.com"] };
        var server = new SupportServer(new(settings, clock), new(Secret, clock), clock);
        await server.InitializeAsync();
        return server;
    }

    internal override void Configure(WebApplicationBuilder builder) => builder.Services.AddSingleton(_desk.Program());

    public Uri Url(string token) => new($"ws://127.0.0.1:{Platform.Port}/ws/support/production?token={token}");

    public string Token(string id, bool isAgent = false) => Tokens.Make(new(id, id, isAgent), TimeSpan.FromHours(1));

    public Task<GatewaySocket> Visitor(string id) => GatewaySocket.Open(Url(Token(id)));

    public Task<GatewaySocket> Agent(string id = "amy") => GatewaySocket.Open(Url(Token(id, isAgent: true)));

    public async Task Stop()
    {
        await DisposeAsync();
        await _desk.DisposeAsync();
    }
}

/// <summary>What came to a webhook, or to a push service.</summary>
internal sealed record Told(string Path, IHeaderDictionary Headers, byte[] Body)
{
    public JsonNode Json => JsonNode.Parse(Body)!;
}

/// <summary>A web server that keeps what it is told, and answers as a test says.</summary>
internal sealed class Ear : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Ear(WebApplication app) => _app = app;

    public ConcurrentQueue<Told> Heard { get; } = new();

    public Func<Told, int> Status { get; set; } = _ => 201;

    public Uri Url(string path) => new(new Uri(_app.Urls.First()), path);

    public static async Task<Ear> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var ear = new Ear(builder.Build());
        ear._app.Run(async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            var headers = new HeaderDictionary(http.Request.Headers.ToDictionary(h => h.Key, h => h.Value));
            var told = new Told(http.Request.Path.Value!, headers, body.ToArray());
            var status = ear.Status(told);
            ear.Heard.Enqueue(told);
            http.Response.StatusCode = status;
        });
        await ear._app.StartAsync();
        return ear;
    }

    /// <summary>Waits until so much was heard.</summary>
    public async Task<IReadOnlyList<Told>> Wait(int count)
    {
        using var patience = new CancellationTokenSource(SessionClient.Deadline);
        while (Heard.Count < count)
        {
            await Task.Delay(5, patience.Token);
        }

        return [.. Heard];
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

/// <summary>An agent's browser: it subscribes, and reads what was pushed to it.</summary>
internal sealed class Browser(Uri endpoint) : IDisposable
{
    private readonly ECDiffieHellman _key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(16);

    public JsonObject Subscription => new()
    {
        ["endpoint"] = endpoint.AbsoluteUri,
        ["keys"] = new JsonObject
        {
            ["p256dh"] = System.Buffers.Text.Base64Url.EncodeToString(WebPush.Point(_key.ExportParameters(false))),
            ["auth"] = System.Buffers.Text.Base64Url.EncodeToString(_secret),
        },
    };

    /// <summary>As RFC 8291, section 3.4 says a receiver does.</summary>
    public string Read(byte[] body)
    {
        var (salt, point) = (body[..16], body[21..86]);
        using var theirs = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new() { X = point[1..33], Y = point[33..] } });
        var shared = _key.DeriveRawSecretAgreement(theirs.PublicKey);
        var own = WebPush.Point(_key.ExportParameters(false));
        var secret = HKDF.DeriveKey(HashAlgorithmName.SHA256, shared, 32, _secret, [.. "WebPush: info\0"u8, .. own, .. point]);
        var plain = new byte[body.Length - 86 - 16];
        using var cipher = new AesGcm(HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 16, salt, [.. "Content-Encoding: aes128gcm\0"u8]), 16);
        cipher.Decrypt(
            HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 12, salt, [.. "Content-Encoding: nonce\0"u8]), body.AsSpan(86..^16), body.AsSpan(^16..), plain);
        return Encoding.UTF8.GetString(plain.AsSpan(..^1));
    }

    public void Dispose() => _key.Dispose();
}
