using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Carillon.Server.Federation;
using Carillon.Server.Outbound;

namespace Carillon.Tests.Server.Access;

/// <summary>An identity provider: keys, a discovery document, and tokens, right ones and wrong ones.</summary>
internal sealed class Issuer : IDisposable
{
    public const string Url = "https://login.example.org/tenant";
    public const string Name = "login.example.org/tenant";
    public const string Client = "web";

    private readonly RSA _rsa = RSA.Create(2048);
    private readonly ECDsa _ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public RSA Rsa => _rsa;

    public ECDsa Ec => _ec;

    /// <summary>How often keys were asked for.</summary>
    public int Fetches { get; private set; }

    /// <summary>The keys that are published.</summary>
    public JsonArray Keys { get; set; } = [];

    public Issuer() => Keys = [RsaKey("r1"), EcKey("e1")];

    public JsonObject RsaKey(string? kid)
    {
        var p = _rsa.ExportParameters(false);
        return Named(new() { ["kty"] = "RSA", ["use"] = "sig", ["n"] = B(p.Modulus!), ["e"] = B(p.Exponent!) }, kid);
    }

    public JsonObject EcKey(string? kid)
    {
        var p = _ec.ExportParameters(false);
        return Named(new() { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = B(p.Q.X!), ["y"] = B(p.Q.Y!) }, kid);
    }

    private static JsonObject Named(JsonObject key, string? kid)
    {
        if (kid is not null)
            key["kid"] = kid;
        return key;
    }

    public string KeySet => new JsonObject { ["keys"] = Keys.DeepClone() }.ToJsonString();

    /// <summary>Answers what the server asks for.</summary>
    public Task<OutboundAnswer> Answer(HttpRequestMessage request)
    {
        var body = request.RequestUri!.AbsoluteUri switch
        {
            Url + "/.well-known/openid-configuration" => new JsonObject { ["issuer"] = Url, ["jwks_uri"] = Url + "/keys" }.ToJsonString(),
            Url + "/keys" => KeySet,
            _ => null,
        };
        Fetches += request.RequestUri.AbsolutePath.EndsWith("/keys", StringComparison.Ordinal) ? 1 : 0;
        return Task.FromResult(new OutboundAnswer(
            (int)(body is null ? HttpStatusCode.NotFound : HttpStatusCode.OK), Encoding.UTF8.GetBytes(body ?? "")));
    }

    /// <summary>Claims that are right at <paramref name="now"/>.</summary>
    public static JsonObject Claims(DateTimeOffset now, string subject = "ada") => new()
    {
        ["iss"] = Url,
        ["aud"] = Client,
        ["sub"] = subject,
        ["iat"] = now.ToUnixTimeSeconds(),
        ["exp"] = now.ToUnixTimeSeconds() + 3600,
    };

    public string Rs256(JsonObject claims, JsonObject? header = null) =>
        Sign(header ?? new() { ["alg"] = "RS256", ["typ"] = "JWT", ["kid"] = "r1" }, claims, RsaSignature);

    public string Es256(JsonObject claims, JsonObject? header = null) =>
        Sign(header ?? new() { ["alg"] = "ES256", ["kid"] = "e1" }, claims, EcSignature);

    public byte[] RsaSignature(byte[] signed) => _rsa.SignData(signed, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    public byte[] EcSignature(byte[] signed) => _ec.SignData(signed, HashAlgorithmName.SHA256);

    public static string Sign(JsonObject header, JsonObject claims, Func<byte[], byte[]> sign) =>
        Sign(B(Encoding.UTF8.GetBytes(header.ToJsonString())), B(Encoding.UTF8.GetBytes(claims.ToJsonString())), sign);

    public static string Sign(string header, string claims, Func<byte[], byte[]> sign) =>
        $"{header}.{claims}.{B(sign(Encoding.ASCII.GetBytes($"{header}.{claims}")))}";

    public static string B(byte[] bytes) => Base64Url.EncodeToString(bytes);

    public static string B(string text) => B(Encoding.UTF8.GetBytes(text));

    /// <summary>A server that takes this issuer's tokens in STS.</summary>
    public async Task<AccessHost> Host()
    {
        var host = new AccessHost { Fetch = Answer };
        (await host.Ask(host.Root, "CreateOpenIDConnectProvider", "Url=" + Url, "ClientIDList.member.1=" + Client,
            "ClientIDList.member.2=mobile")).Ok();
        return host;
    }

    public void Dispose()
    {
        _rsa.Dispose();
        _ec.Dispose();
    }
}
