using System.Net;
using System.Text;
using System.Xml.Linq;
using Carillon.Backends.Sql;
using Carillon.Core;
using Carillon.Core.Access;
using Carillon.Server.Access;
using Carillon.Server.Federation;
using Carillon.Server.Http;
using Carillon.Server.Http.QueryProtocol;
using Carillon.Server.Operations.Access;
using Carillon.Server.Outbound;
using Carillon.Sql.Sqlite;
using Carillon.Wire.SigV4;
using Microsoft.Extensions.Logging.Abstractions;

namespace Carillon.Tests.Server.Access;

/// <summary>IAM and STS over a real store, below the signature.</summary>
internal sealed class AccessHost : IDisposable
{
    public const string Account = "111122223333";
    public const string Chime = "arn:aws:chime:us-east-1:111122223333:app-instance/a1";

    /// <summary>Trusts everyone in the account, with tags and source identity.</summary>
    public const string TrustAccount =
        """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:*"}}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("carillon-access-").FullName;
    private readonly SqlStore _store;

    public AccessHost(FederationSettings? federation = null)
    {
        _store = SqlStore.Open(new SqliteDatabase(Path.Combine(_folder, "data.db")), new StoreOptions(), Clock, new Nobody());
        Room = AccessRoom.Open(
            _store, new Quotas(), new Account(Account), _store.MasterKey(), Clock, federation ?? FederationSettings.None,
            (request, _, _) => Fetch(request), NullLogger.Instance);
        Runner = new QueryRunner(Room);
        Credentials = new CredentialSource(RootKey, Room);
        Root = Credentials.RootCaller();
    }

    public static AwsCredentials RootKey { get; } = new("AKIAROOTROOTROOTROOT", "root-secret");

    public ManualTime Clock { get; } = new();

    /// <summary>What answers the requests that the server itself makes.</summary>
    public Func<HttpRequestMessage, Task<OutboundAnswer>> Fetch { get; set; } =
        request => throw new OutboundException($"{request.RequestUri} is not there.");

    public AccessRoom Room { get; }

    public QueryRunner Runner { get; }

    public CredentialSource Credentials { get; }

    public Caller Root { get; }

    /// <summary>Asks IAM or STS, as <paramref name="caller"/>; parameters are <c>Name=value</c>, unescaped.</summary>
    public Task<Answered> Ask(Caller caller, string action, params string[] parameters) =>
        Send(caller, action, StsService.Service.Find(action) is null ? IamService.Service : StsService.Service, parameters);

    public async Task<Answered> Send(Caller caller, string action, QueryService service, string[] parameters)
    {
        var form = string.Join('&', parameters.Prepend("Version=" + service.Version).Prepend("Action=" + action).Select(p =>
            p[..p.IndexOf('=')] + "=" + Uri.EscapeDataString(p[(p.IndexOf('=') + 1)..])));
        var circumstance = new Circumstance(IPAddress.Parse("10.1.2.3"), Secure: true, Clock.GetUtcNow(), "test");
        var answer = await Runner.Run(service, Encoding.UTF8.GetBytes(form), caller, circumstance, "r-1");
        return new(answer.Status, XElement.Parse(answer.Body));
    }

    /// <summary>Makes a role with one policy, trusted by the account.</summary>
    public async Task<string> MakeRole(string name, string? policy = null, string trust = TrustAccount, params string[] more)
    {
        var made = await Ask(Root, "CreateRole", [$"RoleName={name}", $"AssumeRolePolicyDocument={trust}", .. more]);
        if (policy is not null)
            (await Ask(Root, "PutRolePolicy", $"RoleName={name}", "PolicyName=p", $"PolicyDocument={policy}")).Ok();
        return made.Ok()["Arn"];
    }

    /// <summary>The caller that the credentials in an answer of AssumeRole make.</summary>
    public Caller Become(Answered assumed)
    {
        var found = Find(assumed.Ok());
        return found ?? throw new InvalidOperationException("The credentials just given out are not found.");
    }

    /// <summary>Makes a user with one policy and a key, and says who calls with it.</summary>
    public async Task<Caller> MakeUser(string name, string? policy = null, params string[] more)
    {
        (await Ask(Root, "CreateUser", [$"UserName={name}", .. more])).Ok();
        if (policy is not null)
            (await Ask(Root, "PutUserPolicy", $"UserName={name}", "PolicyName=p", $"PolicyDocument={policy}")).Ok();
        return Holder(await Ask(Root, "CreateAccessKey", $"UserName={name}"));
    }

    /// <summary>The caller whose long-term key an answer of CreateAccessKey holds.</summary>
    public Caller Holder(Answered created) =>
        Credentials.Find(created.Ok()["AccessKeyId"], null, out _)?.Caller
            ?? throw new InvalidOperationException("The key just made is not found.");

    public Caller? Find(Answered assumed)
    {
        var credential = Credentials.Find(assumed["AccessKeyId"], assumed["SessionToken"], out var fault);
        LastFault = fault;
        return credential?.Caller;
    }

    public CredentialFault LastFault { get; private set; }

    public Task<Answered> Assume(Caller caller, string roleArn, params string[] more) =>
        Ask(caller, "AssumeRole", ["RoleArn=" + roleArn, "RoleSessionName=s1", .. more]);

    public Verdict Decide(Caller caller, string action, params string[] arns) => Room.Authorizer.Decide(
        caller, action, [.. arns.Select(a => new AccessTarget(a))], Room.Authorizer.KeysOf(caller)).Verdict;

    public static string Allow(string action, string resource) =>
        $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"{{action}}","Resource":"{{resource}}"}]}""";

    public void Dispose()
    {
        _store.Dispose();
        Room.Tokens.Dispose();
        Room.KeySecrets.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>An answer, read the way SDKs read it: by element name.</summary>
internal sealed record Answered(int Status, XElement Xml)
{
    public string this[string name] => Find(name) ?? throw new KeyNotFoundException($"{name} is not in {Xml}");

    public string? Find(string name) => Xml.Descendants().FirstOrDefault(e => e.Name.LocalName == name)?.Value;

    public string[] All(string name) => [.. Xml.Descendants().Where(e => e.Name.LocalName == name).Select(e => e.Value)];

    public string Code => this["Code"];

    public string Message => this["Message"];

    public Answered Ok() => Status == 200 ? this : throw new InvalidOperationException(Xml.ToString());
}
