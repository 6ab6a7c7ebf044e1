using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Carillon.Core.Access;
using Carillon.Server.Federation;
using Carillon.Server.Http;
using Carillon.Server.Outbound;
using Carillon.Wire.Tokens;
using Xunit;
using static Carillon.Tests.Server.Access.Issuer;

namespace Carillon.Tests.Server.Access;

/// <summary>Roles in exchange for the tokens of an identity provider, and tokens that get none.</summary>
public sealed class WebIdentityTests : IDisposable
{
    private const string Trust =
        """
        {"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",
         "Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/login.example.org/tenant"},
         "Condition":{"StringEquals":{"login.example.org/tenant:aud":"web"}}}}
        """;

    private readonly Issuer _issuer = new();
    private readonly AccessHost _host;

    public WebIdentityTests() => _host = _issuer.Host().GetAwaiter().GetResult();

    public void Dispose()
    {
        _host.Dispose();
        _issuer.Dispose();
    }

    private JsonObject Now(string subject = "ada") => Claims(_host.Clock.GetUtcNow(), subject);

    private static JsonObject With(JsonObject claims, string name, JsonNode? value)
    {
        if (value is null)
            claims.Remove(name);
        else
            claims[name] = value;
        return claims;
    }

    private Task<Answered> Exchange(string role, string token, params string[] more) => _host.Ask(
        Caller.Anonymous, "AssumeRoleWithWebIdentity", ["RoleArn=" + role, "RoleSessionName=s1", "WebIdentityToken=" + token, .. more]);

    private async Task<string> Refused(string token, string code = "InvalidIdentityToken", int status = 400)
    {
        var role = _host.Room.Catalog.FindRole("fed") is null ? await _host.MakeRole("fed", null, Trust) : "arn:aws:iam::111122223333:role/fed";
        var answer = await Exchange(role, token);
        Assert.Equal((status, code), (answer.Status, answer.Status == 200 ? "taken" : answer.Code));
        return answer.Message;
    }

    [Fact]
    public async Task A_token_is_exchanged_for_a_role_and_its_claims_for_condition_keys()
    {
        const string policy =
            """
            {"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"chime:Connect",
             "Resource":"arn:aws:chime:us-east-1:111122223333:app-instance/a1/user/${login.example.org/tenant:sub}",
             "Condition":{"StringEquals":{"aws:FederatedProvider":"arn:aws:iam::111122223333:oidc-provider/login.example.org/tenant"},
              "ForAnyValue:StringEquals":{"login.example.org/tenant:amr":"mfa"}}}}
            """;
        var role = await _host.MakeRole("fed", policy, Trust);

        var answer = (await Exchange(role, _issuer.Rs256(With(Now("ada"), "amr", new JsonArray("pwd", "mfa"))))).Ok();
        var caller = _host.Become(answer);

        Assert.Equal("ada", answer["SubjectFromWebIdentityToken"]);
        Assert.Equal("web", answer["Audience"]);
        Assert.Equal(Url, answer["Provider"]);
        Assert.Equal("arn:aws:sts::111122223333:assumed-role/fed/s1", answer["Arn"]);
        Assert.Equal(Verdict.Allowed, _host.Decide(caller, "chime:Connect", AccessHost.Chime + "/user/ada"));
        Assert.Equal(Verdict.NoIdentityPolicy, _host.Decide(caller, "chime:Connect", AccessHost.Chime + "/user/ben"));
    }

    [Fact]
    public async Task Both_algorithms_are_taken_and_so_is_a_token_without_the_name_of_a_key_where_one_key_fits()
    {
        var role = await _host.MakeRole("fed", null, Trust);

        Assert.Equal(200, (await Exchange(role, _issuer.Es256(Now()))).Status);
        Assert.Equal(200, (await Exchange(role, _issuer.Rs256(Now(), new() { ["alg"] = "RS256" }))).Status);

        // Where the key is to be found a token may say as it likes: it is not listened to.
        Assert.Equal(200, (await Exchange(role, _issuer.Rs256(Now(), new()
        {
            ["alg"] = "RS256",
            ["kid"] = "r1",
            ["typ"] = "at+jwt",
            ["jku"] = "https://evil.example/keys",
            ["x5u"] = "https://evil.example",
        }))).Status);
    }

    [Fact]
    public async Task Whoever_goes_away_while_keys_are_fetched_spoils_it_for_nobody()
    {
        var (asked, open) = (new TaskCompletionSource(), new TaskCompletionSource());
        var keys = new KeySets(
            new Dictionary<string, KeySet>(),
            async (request, _, cancellation) =>
            {
                asked.TrySetResult();
                await open.Task.WaitAsync(cancellation);
                return await _issuer.Answer(request);
            },
            _host.Clock, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        var token = Jwt.Parse(_issuer.Rs256(Now()));
        using var gone = new CancellationTokenSource();

        var first = keys.Verify(Url, token, gone.Token);
        await asked.Task;
        await gone.CancelAsync();
        open.SetResult();
        await Task.WhenAny(first);

        Assert.True(await keys.Verify(Url, token, CancellationToken.None));
    }

    [Fact]
    public async Task Without_the_trust_of_the_role_a_token_is_worth_nothing()
    {
        var mobile = With(Now(), "aud", "mobile");
        var role = await _host.MakeRole("fed", null, Trust);
        var account = await _host.MakeRole("account");
        var everyone = await _host.MakeRole("everyone", null,
            """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:*","Principal":"*"}}""");

        foreach (var (arn, token) in new[]
        {
            (role, _issuer.Rs256(mobile)), (account, _issuer.Rs256(Now())), (everyone, _issuer.Rs256(Now())),
            ("arn:aws:iam::111122223333:role/nobody", _issuer.Rs256(Now())),
        })
        {
            var answer = await Exchange(arn, token);
            Assert.Equal((403, "AccessDenied"), (answer.Status, answer.Code));
            Assert.Equal("Not authorized to perform sts:AssumeRoleWithWebIdentity", answer.Message);
        }
    }

    [Fact]
    public async Task A_session_policy_and_managed_ones_narrow_what_a_token_gives()
    {
        var role = await _host.MakeRole("fed", AccessHost.Allow("*", "*"), Trust);
        var caller = _host.Become(await Exchange(
            role, _issuer.Rs256(Now()), "PolicyArns.member.1.arn=arn:aws:iam::aws:policy/AmazonChimeReadOnly",
            "Policy=" + AccessHost.Allow("chime:Connect", "*"), "DurationSeconds=900"));

        Assert.Equal(Verdict.Allowed, _host.Decide(caller, "chime:DescribeChannel", AccessHost.Chime));
        Assert.Equal(Verdict.Allowed, _host.Decide(caller, "chime:Connect", AccessHost.Chime));
        Assert.Equal(Verdict.NoSessionPolicy, _host.Decide(caller, "chime:SendChannelMessage", AccessHost.Chime));
    }

    // Attacks.

    [Fact]
    public async Task A_token_without_a_signature_is_refused_however_it_is_spelled()
    {
        foreach (var name in new[] { "none", "None", "NONE", "nOnE", "" })
        {
            var header = B(new JsonObject { ["alg"] = name, ["kid"] = "r1" }.ToJsonString());
            var body = B(Now().ToJsonString());
            await Refused($"{header}.{body}.");
            await Refused($"{header}.{body}");
            await Refused(Sign(header, body, _issuer.RsaSignature));
        }

        await Refused(Sign(new() { ["kid"] = "r1" }, Now(), _issuer.RsaSignature));
        await Refused(Sign(new() { ["alg"] = new JsonArray("RS256"), ["kid"] = "r1" }, Now(), _issuer.RsaSignature));
        await Refused(Sign(new() { ["alg"] = "rs256", ["kid"] = "r1" }, Now(), _issuer.RsaSignature));
        await Refused(Sign(new() { ["alg"] = "RS256", ["kid"] = "r1" }, Now(), _ => []));
    }

    [Fact]
    public async Task A_public_key_taken_for_a_shared_secret_is_refused()
    {
        var pem = _issuer.Rsa.ExportSubjectPublicKeyInfoPem();
        foreach (var secret in new[]
        {
            Encoding.ASCII.GetBytes(pem), Encoding.ASCII.GetBytes(pem + "\n"), _issuer.Rsa.ExportSubjectPublicKeyInfo(),
            _issuer.Rsa.ExportRSAPublicKey(), Encoding.ASCII.GetBytes(_issuer.KeySet), [],
        })
        {
            foreach (var algorithm in new[] { "HS256", "HS384", "HS512" })
                await Refused(Sign(new() { ["alg"] = algorithm, ["kid"] = "r1" }, Now(), signed => HMACSHA256.HashData(secret, signed)));
            await Refused(Sign(new() { ["alg"] = "RS256", ["kid"] = "r1" }, Now(), signed => HMACSHA256.HashData(secret, signed)));
        }
    }

    [Fact]
    public async Task A_key_serves_its_own_algorithm_alone()
    {
        await Refused(Sign(new() { ["alg"] = "ES256", ["kid"] = "r1" }, Now(), _issuer.RsaSignature));
        await Refused(Sign(new() { ["alg"] = "RS256", ["kid"] = "e1" }, Now(), _issuer.EcSignature));
        await Refused(Sign(new() { ["alg"] = "PS256", ["kid"] = "r1" }, Now(),
            s => _issuer.Rsa.SignData(s, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)));
        await Refused(Sign(new() { ["alg"] = "RS256", ["kid"] = "r1" }, Now(),
            s => _issuer.Rsa.SignData(s, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)));
        await Refused(Sign(new() { ["alg"] = "RS512", ["kid"] = "r1" }, Now(),
            s => _issuer.Rsa.SignData(s, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1)));
        await Refused(Sign(new() { ["alg"] = "RS256", ["kid"] = "r1" }, Now(),
            s => _issuer.Rsa.SignData(s, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1)));
    }

    [Fact]
    public async Task A_key_that_the_token_brings_along_is_not_used()
    {
        using var other = new Issuer();
        await Refused(other.Rs256(Now(), new() { ["alg"] = "RS256", ["kid"] = "r1", ["jwk"] = other.RsaKey("r1") }));
        await Refused(other.Rs256(Now(), new() { ["alg"] = "RS256", ["jwk"] = other.RsaKey(null) }));
        await Refused(other.Rs256(Now(), new() { ["alg"] = "RS256", ["kid"] = "r1", ["jku"] = "https://login.example.org/evil" }));
        await Refused(other.Rs256(Now(), new() { ["alg"] = "RS256", ["kid"] = "r1", ["x5c"] = new JsonArray("MIIB") }));
        await Refused(other.Es256(Now()));
    }

    [Theory]
    [InlineData("\"nobody\"")]
    [InlineData("\"\"")]
    [InlineData("\"R1\"")]
    [InlineData("\"../../etc/passwd\"")]
    [InlineData("\"r1' OR '1'='1\"")]
    [InlineData("\"r1\\u0000\"")]
    [InlineData("\"https://login.example.org/evil\"")]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("[\"r1\"]")]
    [InlineData("\"\\ud800\"")]
    public async Task The_name_of_a_key_is_a_name_and_nothing_else(string kid) =>
        await Refused(Sign(B($$"""{"alg":"RS256","kid":{{kid}}}"""), B(Now().ToJsonString()), _issuer.RsaSignature));

    [Fact]
    public async Task What_a_header_demands_and_nobody_understands_is_refused()
    {
        await Refused(_issuer.Rs256(Now(), new() { ["alg"] = "RS256", ["kid"] = "r1", ["crit"] = new JsonArray("exp") }));
        await Refused(_issuer.Rs256(Now(), new() { ["alg"] = "RS256", ["kid"] = "r1", ["crit"] = new JsonArray() }));
        await Refused(_issuer.Rs256(Now(), new() { ["alg"] = "RS256", ["kid"] = "r1", ["b64"] = false, ["crit"] = new JsonArray("b64") }));
        await Refused(_issuer.Rs256(Now(), new() { ["alg"] = "RS256", ["kid"] = "r1", ["b64"] = false }));
    }

    [Fact]
    public async Task A_token_has_one_spelling()
    {
        var good = _issuer.Rs256(Now());
        var (head, body, signature) = (good.Split('.')[0], good.Split('.')[1], good.Split('.')[2]);
        foreach (var bad in new[]
        {
            $"{head}.{body}.{signature}=", $"{head}.{body}.{signature}==", $"{head}=.{body}.{signature}", $" {good}", $"{good} ", $"{good}\n",
            $"{head}. {body}.{signature}", $"{good}.", $".{good}", $"{head}.{body}", $"{head}..{signature}", $"..", "", "a.b.c",
            $"{head}.{body}.{signature}A", $"{head}.{body}.{signature}/", $"{head}.{body}.{signature[..^1]}", $"{good}.{good}",
            $"{head}.{body}.{signature.Replace('-', '+').Replace('_', '/')}+", $"{head}.{body}.{LastBitsChanged(signature)}",
        })
        {
            var answer = await Exchange(await Role(), bad);
            Assert.Equal(400, answer.Status);
            Assert.Contains(answer.Code, new[] { "InvalidIdentityToken", "ValidationError" });
        }

        Assert.Equal(200, (await Exchange(await Role(), good)).Status);

        async Task<string> Role() =>
            _host.Room.Catalog.FindRole("fed") is null ? await _host.MakeRole("fed", null, Trust) : "arn:aws:iam::111122223333:role/fed";

        // 256 bytes leave two bits over in the last letter.
        static string LastBitsChanged(string text)
        {
            const string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
            return text[..^1] + letters[letters.IndexOf(text[^1]) ^ 1];
        }
    }

    [Fact]
    public async Task A_signature_of_nothing_is_refused()
    {
        var zero = Sign(new() { ["alg"] = "ES256", ["kid"] = "e1" }, Now(), _ => new byte[64]);
        await Refused(zero);

        // r = n, s = n, and r = 1 with s = 0.
        var order = Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");
        await Refused(Sign(new() { ["alg"] = "ES256", ["kid"] = "e1" }, Now(), _ => [.. order, .. order]));
        await Refused(Sign(new() { ["alg"] = "ES256", ["kid"] = "e1" }, Now(), _ => [.. new byte[31], 1, .. new byte[32]]));
        await Refused(Sign(new() { ["alg"] = "ES256", ["kid"] = "e1" }, Now(),
            s => _issuer.Ec.SignData(s, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)));
        await Refused(Sign(new() { ["alg"] = "RS256", ["kid"] = "r1" }, Now(), _ => new byte[256]));
        await Refused(Sign(new() { ["alg"] = "RS256", ["kid"] = "r1" }, Now(), s => [0, .. _issuer.RsaSignature(s)]));
    }

    [Fact]
    public async Task A_token_that_was_changed_is_refused()
    {
        var parts = _issuer.Rs256(Now()).Split('.');
        await Refused($"{parts[0]}.{B(Now("eve").ToJsonString())}.{parts[2]}");
        await Refused($"{B("""{"alg":"RS256","kid":"r1","x":1}""")}.{parts[1]}.{parts[2]}");
    }

    [Fact]
    public async Task A_token_that_says_something_twice_is_refused()
    {
        var body = Now().ToJsonString();
        await Refused(Sign(B("""{"alg":"RS256","kid":"r1"}"""), B(body[..^1] + ",\"sub\":\"eve\"}"), _issuer.RsaSignature));
        await Refused(Sign(B("""{"alg":"none","alg":"RS256","kid":"r1"}"""), B(body), _issuer.RsaSignature));
        await Refused(Sign(B("""["RS256"]"""), B(body), _issuer.RsaSignature));
        await Refused(Sign(B("""{"alg":"RS256","kid":"r1"}"""), B("\"text\""), _issuer.RsaSignature));
        await Refused(Sign(B("""{"alg":"RS256","kid":"r1"} """ + "x"), B(body), _issuer.RsaSignature));
    }

    [Fact]
    public async Task Every_claim_that_matters_must_be_there_and_right()
    {
        foreach (var name in new[] { "iss", "aud", "sub", "exp" })
        {
            Assert.Contains(name, await Refused(_issuer.Rs256(With(Now(), name, null))));
            await Refused(_issuer.Rs256(With(Now(), name, new JsonObject())));
        }

        Assert.Equal("Incorrect token audience", await Refused(_issuer.Rs256(With(Now(), "aud", "other"))));
        Assert.Equal("Incorrect token audience", await Refused(_issuer.Rs256(With(Now(), "aud", "WEB"))));
        await Refused(_issuer.Rs256(With(Now(), "aud", new JsonArray())));
        await Refused(_issuer.Rs256(With(Now(), "aud", new JsonArray("web", 1))));
        await Refused(_issuer.Rs256(With(Now(), "aud", new JsonArray("web", "other"))));
        await Refused(_issuer.Rs256(With(With(Now(), "aud", new JsonArray("web", "other")), "azp", "other")));
        await Refused(_issuer.Rs256(With(Now(), "sub", "")));
        await Refused(_issuer.Rs256(With(Now(), "sub", 7)));
        await Refused(_issuer.Rs256(With(Now(), "sub", new string('a', 256))));
        await Refused(_issuer.Rs256(With(Now(), "exp", "2999-01-01")));
        await Refused(_issuer.Rs256(With(Now(), "exp", JsonNode.Parse("1e999"))));
        await Refused(_issuer.Rs256(With(Now(), "nbf", "now")));
        await Refused(_issuer.Rs256(With(Now(), "iss", Url + "/")));
        await Refused(_issuer.Rs256(With(Now(), "iss", "https://evil.example")));
        await Refused(_issuer.Rs256(With(Now(), "iss", "HTTPS://login.example.org/tenant")));

        var role = "arn:aws:iam::111122223333:role/fed";
        Assert.Equal(200, (await Exchange(role, _issuer.Rs256(With(With(Now(), "aud", new JsonArray("other", "web")), "azp", "web")))).Status);
    }

    [Fact]
    public async Task A_token_has_its_time()
    {
        var start = _host.Clock.GetUtcNow().ToUnixTimeSeconds();
        var token = _issuer.Rs256(Now());
        var fraction = _issuer.Rs256(With(Now(), "exp", start + 3600.5m));

        await Refused(_issuer.Rs256(With(Now(), "nbf", start + 61)), "IDPRejectedClaim", 403);
        await Refused(_issuer.Rs256(With(Now(), "iat", start + 61)), "IDPRejectedClaim", 403);
        var role = "arn:aws:iam::111122223333:role/fed";
        Assert.Equal(200, (await Exchange(role, _issuer.Rs256(With(Now(), "nbf", start + 60)))).Status);

        _host.Clock.Pass(TimeSpan.FromSeconds(3599));
        Assert.Equal(200, (await Exchange(role, token)).Status);
        _host.Clock.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(200, (await Exchange(role, fraction)).Status);
        Assert.Equal(
            $"Token expired: current date/time {start + 3600} must be before the expiration date/time {start + 3600}",
            await Refused(token, "ExpiredTokenException"));
        await Refused(_issuer.Rs256(With(Now(), "exp", 0)), "ExpiredTokenException");
        await Refused(_issuer.Rs256(With(Now(), "exp", -1)), "ExpiredTokenException");
    }

    // Keys.

    [Fact]
    public async Task Keys_are_fetched_once_and_again_for_a_new_name_but_never_more_than_once_a_minute()
    {
        var role = await _host.MakeRole("fed", null, Trust);
        for (var i = 0; i < 3; i++)
            Assert.Equal(200, (await Exchange(role, _issuer.Rs256(Now()))).Status);
        Assert.Equal(1, _issuer.Fetches);

        _issuer.Keys = [_issuer.RsaKey("r2")];
        var renewed = new JsonObject { ["alg"] = "RS256", ["kid"] = "r2" };
        for (var i = 0; i < 20; i++)
            await Refused(_issuer.Rs256(Now(), renewed.DeepClone().AsObject()));
        Assert.Equal(1, _issuer.Fetches);

        _host.Clock.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(200, (await Exchange(role, _issuer.Rs256(Now(), renewed.DeepClone().AsObject()))).Status);
        Assert.Equal(2, _issuer.Fetches);
        await Refused(_issuer.Rs256(Now()));
        Assert.Equal(2, _issuer.Fetches);
    }

    [Fact]
    public async Task An_issuer_that_cannot_be_asked_is_said_so_and_keys_that_are_kept_serve_for_a_day()
    {
        var role = await _host.MakeRole("fed", null, Trust);
        _host.Fetch = request => throw new OutboundException("login.example.org is not in AllowedOutbound.");
        Assert.Equal("IDPCommunicationError", (await Exchange(role, _issuer.Rs256(Now()))).Code);

        _host.Fetch = _issuer.Answer;
        Assert.Equal("IDPCommunicationError", (await Exchange(role, _issuer.Rs256(Now()))).Code);
        _host.Clock.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(200, (await Exchange(role, _issuer.Rs256(Now()))).Status);

        _host.Fetch = request => throw new OutboundException("login.example.org is not in AllowedOutbound.");
        _host.Clock.Pass(TimeSpan.FromHours(23));
        Assert.Equal(200, (await Exchange(role, _issuer.Rs256(Now()))).Status);
        _host.Clock.Pass(TimeSpan.FromHours(2));
        Assert.Equal("IDPCommunicationError", (await Exchange(role, _issuer.Rs256(Now()))).Code);
    }

    [Theory]
    [InlineData("https://evil.example", Url + "/keys")]
    [InlineData(Url, "http://login.example.org/keys")]
    [InlineData(Url, "file:///etc/passwd")]
    [InlineData(Url, "https://user:secret@login.example.org/keys")]
    public async Task A_discovery_document_of_another_or_with_an_unsafe_address_is_not_followed(string issuer, string keys)
    {
        var asked = new List<string>();
        var document = new JsonObject { ["issuer"] = issuer, ["jwks_uri"] = keys };
        _host.Fetch = request =>
        {
            asked.Add(request.RequestUri!.AbsoluteUri);
            return asked.Count == 1
                ? Task.FromResult(new OutboundAnswer(200, Encoding.UTF8.GetBytes(document.ToJsonString())))
                : _issuer.Answer(request);
        };

        await Refused(_issuer.Rs256(Now()), "IDPCommunicationError");
        Assert.Equal([Url + "/.well-known/openid-configuration"], asked);
    }

    [Fact]
    public void Keys_that_are_too_weak_or_not_for_signing_are_left_out()
    {
        using var small = RSA.Create(1024);
        var p = small.ExportParameters(false);
        var weak = new JsonObject { ["kty"] = "RSA", ["kid"] = "a", ["n"] = B(p.Modulus!), ["e"] = B(p.Exponent!) };
        JsonObject Rsa(string name, JsonNode value)
        {
            var key = _issuer.RsaKey("a");
            key[name] = value;
            return key;
        }

        JsonObject Ec(string name, JsonNode value)
        {
            var key = _issuer.EcKey("a");
            key[name] = value;
            return key;
        }

        foreach (var key in new JsonNode[]
        {
            weak, Rsa("use", "enc"), Rsa("alg", "RS512"), Rsa("alg", "RSA-OAEP"), Rsa("key_ops", new JsonArray("encrypt")), Rsa("e", B([1])),
            Rsa("e", "AAA="), Rsa("n", ""), Rsa("kty", "oct"), Ec("crv", "P-384"), Ec("crv", "secp256k1"), Ec("y", Ec("x", "")["y"]!.GetValue<string>()[..^2]),
            Ec("x", B(new byte[32])), new JsonObject { ["kty"] = "oct", ["k"] = "AAAA", ["kid"] = "a" }, JsonValue.Create("key"), new JsonArray(),
        })
        {
            var set = KeySet.Parse(Encoding.UTF8.GetBytes(new JsonObject { ["keys"] = new JsonArray(key.DeepClone()) }.ToJsonString()));
            Assert.True(set.IsEmpty, key.ToJsonString());
        }

        Assert.Throws<FormatException>(() => KeySet.Parse("[]"u8.ToArray()));
        Assert.Throws<FormatException>(() => KeySet.Parse("{}"u8.ToArray()));
        Assert.Throws<FormatException>(() => KeySet.Parse("<html>"u8.ToArray()));
    }

    [Fact]
    public async Task A_name_that_two_keys_have_means_neither()
    {
        using var other = new Issuer();
        _issuer.Keys = [_issuer.RsaKey("r1"), other.RsaKey("r1")];
        await Refused(_issuer.Rs256(Now()));
        await Refused(_issuer.Rs256(Now(), new() { ["alg"] = "RS256" }));
    }
}
