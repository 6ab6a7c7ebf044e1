using System.Text;
using System.Text.Json.Nodes;
using Carillon.Server.Federation;
using Carillon.Server.Hosting;
using Carillon.Tests.Server.Access;

namespace Carillon.Tests.Server.IdentityPools;

/// <summary>A server with two identity pools and a provider whose keys stand in a file.</summary>
public sealed class PoolServer : LiveServer, IDisposable
{
    public const string Pool = "us-east-1:11111111-2222-4333-8444-555555555555";
    public const string Closed = "us-east-1:99999999-2222-4333-8444-555555555555";

    private readonly string _keys = Path.GetTempFileName();

    internal Issuer Issuer { get; } = new();

    internal ManualTime Clock { get; } = new();

    internal override TimeProvider Time => Clock;

    internal override CarillonOptions Adjust(CarillonOptions options)
    {
        File.WriteAllText(_keys, Issuer.KeySet);
        var provider = new OpenIdProviderSetting(Issuer.Url, [Issuer.Client], _keys);
        return base.Adjust(options) with
        {
            Federation = new(
                [],
                [
                    new(Pool, true, $"arn:aws:iam::{Account}:role/Fan", $"arn:aws:iam::{Account}:role/Guest") { Providers = [provider] },
                    new(Closed, false, $"arn:aws:iam::{Account}:role/Fan") { Providers = [provider] },
                ]),
        };
    }

    /// <summary>A trust policy as the guide for identity pools has it.</summary>
    public static string Trust(string pool, string how) =>
        $$$$$"""
        {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"cognito-identity.amazonaws.com"},
         "Action":"sts:AssumeRoleWithWebIdentity","Condition":{
          "StringEquals":{"cognito-identity.amazonaws.com:aud":"{{{{{pool}}}}}"},
          "ForAnyValue:StringLike":{"cognito-identity.amazonaws.com:amr":"{{{{{how}}}}}"}}}]}
        """;

    internal async Task MakeRole(string name, string trust, string policy)
    {
        await Root.Query("iam", "CreateRole", ("RoleName", name), ("AssumeRolePolicyDocument", trust));
        await Root.Query("iam", "PutRolePolicy", ("RoleName", name), ("PolicyName", "p"), ("PolicyDocument", policy));
    }

    internal Task<Answer> GetId(string pool, params (string Provider, string Token)[] logins) =>
        Ask("GetId", new() { ["IdentityPoolId"] = pool, ["Logins"] = Logins(logins) });

    internal Task<Answer> GetCredentials(string identity, params (string Provider, string Token)[] logins) =>
        Ask("GetCredentialsForIdentity", new() { ["IdentityId"] = identity, ["Logins"] = Logins(logins) });

    private static JsonObject Logins((string Provider, string Token)[] logins)
    {
        var map = new JsonObject();
        foreach (var (provider, token) in logins)
            map[provider] = token;
        return map;
    }

    /// <summary>As the SDKs ask: unsigned.</summary>
    internal async Task<Answer> Ask(string operation, JsonObject body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address, "/"))
        {
            Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/x-amz-json-1.1"),
        };
        request.Headers.Add("X-Amz-Target", "AWSCognitoIdentityService." + operation);
        request.Headers.Add("Origin", "https://app.example.org");
        using var response = await Http.SendAsync(request);
        return await Answer.Read(response);
    }

    internal string Token(string subject) => Issuer.Rs256(Access.Issuer.Claims(Clock.GetUtcNow(), subject));

    public void Dispose()
    {
        Issuer.Dispose();
        File.Delete(_keys);
    }
}
