using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Carillon.Core;
using Carillon.Core.Access;
using Carillon.Core.Functions;
using Carillon.Core.Iam;
using Carillon.Functions;
using Carillon.Server.Access;
using Carillon.Server.Flows;
using Carillon.Server.Hosting;
using Carillon.Server.Http;
using Carillon.Server.Http.QueryProtocol;
using Carillon.Server.Operations.Access;
using Host = Carillon.Functions.FunctionHost;

namespace Carillon.Server.Functions;

/// <summary>A function with its folder, where a settings file names one.</summary>
internal sealed record KnownFunction(Function Function, IReadOnlyDictionary<string, string> Variables, string? Folder);

/// <summary>Functions of this server, wherever they are defined, and what runs them.</summary>
/// <param name="endpoint">Of this server, as its functions reach it.</param>
/// <param name="ca">PEM of the local authority; null where the server has a certificate of its owner's.</param>
internal sealed class FunctionRoom(
    IStore store, AccessRoom access, Arns arns, CodeStore code, SealedBox variables, bool enabled, Func<Uri> endpoint, string? ca,
    TimeProvider time) : IDisposable
{
    /// <summary>
    /// Services of this server as the SDKs' variables name them, <c>AWS_ENDPOINT_URL_{name}</c>. A function's own variables win, and name
    /// the places of other services.
    /// </summary>
    private static readonly string[] _served =
        ["APIGATEWAYV2", "CHIME_SDK_IDENTITY", "CHIME_SDK_MESSAGING", "COGNITO_IDENTITY", "IAM", "KINESIS", "LAMBDA", "STS"];

    /// <summary>Of the credentials that a process gets: an hour, the least that a role may allow at the most.</summary>
    private static readonly TimeSpan Credentials = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, FunctionPlan> _plans = new(StringComparer.Ordinal);
    private Host? _host;

    public bool Enabled => enabled;

    public IStore Store => store;

    public AccessRoom Access => access;

    public Arns Arns => arns;

    public CodeStore Code => code;

    /// <summary>What failed last.</summary>
    public FunctionErrors Errors { get; } = new(time);

    /// <summary>Rung when an asynchronous invocation is stored.</summary>
    public Bell EventBell { get; } = new();

    /// <summary>Held while code is kept or forgotten with what refers to it.</summary>
    public SemaphoreSlim Changing { get; } = new(1);

    /// <summary>Those of the settings file.</summary>
    public IReadOnlyDictionary<string, KnownFunction> OfFile { get; set; } = new Dictionary<string, KnownFunction>();

    /// <summary>PEM of all authorities that functions trust; null where the system's serve.</summary>
    public string? CaBundle { get; private set; }

    /// <exception cref="InvalidOperationException">Functions are off, or the server has not started.</exception>
    public Host Host => _host ?? throw new InvalidOperationException("Functions do not run.");

    /// <summary>Begins to run functions.</summary>
    /// <param name="host">What runs them.</param>
    /// <param name="folder">That all functions may read.</param>
    public void Begin(Host host, string folder)
    {
        code.Unpacked = Path.Combine(folder, "code");
        if (ca is not null)
        {
            // Python's variable replaces the authorities that it knows, so the system's go with ours.
            const string system = "/etc/ssl/certs/ca-certificates.crt";
            CaBundle = Path.Combine(folder, "ca.pem");
            File.WriteAllText(CaBundle, (File.Exists(system) ? File.ReadAllText(system) : "") + File.ReadAllText(ca));
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(
                    CaBundle, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            }
        }

        foreach (var unused in code.All().Where(c => !store.Read(view => view.HasCode(c.Sha256))))
        {
            code.Forget(unused);
        }

        _host = host;
    }

    public string ArnOf(string name) => $"arn:aws:lambda:{arns.Region}:{arns.Account}:function:{name}";

    /// <summary>Null where there is no such function.</summary>
    public KnownFunction? Find(string name) => OfFile.TryGetValue(name, out var known) ? known
        : store.Read(view => view.FindFunction(name)) is { } function ? Open(function)
        : null;

    public KnownFunction Open(Function function) => new(function, Unsealed(function), null);

    public byte[]? Seal(string name, IReadOnlyDictionary<string, string>? open) => open is not { Count: > 0 } ? null : variables.Seal(
        JsonSerializer.SerializeToUtf8Bytes(open, FunctionVariablesJson.Default.IReadOnlyDictionaryStringString), Encoding.UTF8.GetBytes(name));

    private IReadOnlyDictionary<string, string> Unsealed(Function function)
    {
        if (function.Variables is null)
        {
            return new Dictionary<string, string>();
        }

        var plain = variables.Open(function.Variables, Encoding.UTF8.GetBytes(function.Name))
            ?? throw new InvalidOperationException($"The variables of {function.Name} were sealed elsewhere.");
        return JsonSerializer.Deserialize(plain, FunctionVariablesJson.Default.IReadOnlyDictionaryStringString)!;
    }

    /// <summary>How a function runs.</summary>
    /// <exception cref="IOException">Its code cannot be read.</exception>
    public FunctionPlan PlanOf(KnownFunction known)
    {
        var function = known.Function;
        if (_plans.TryGetValue(function.Name, out var kept) && kept.Revision == function.Revision)
        {
            return kept;
        }

        var settings = function.Settings;
        return _plans[function.Name] = new(
            function.Name, ArnOf(function.Name), function.Revision, settings.Runtime, settings.Handler,
            known.Folder ?? code.FolderOf(function.Code), TimeSpan.FromSeconds(settings.Timeout), settings.MemorySize, known.Variables,
            () => Surround(function.Name, settings.Role));
    }

    /// <summary>Runs a function to its end.</summary>
    public async Task<FunctionOutcome> Run(KnownFunction known, FunctionCall call)
    {
        FunctionPlan plan;
        try
        {
            plan = PlanOf(known);
        }
        catch (Exception e) when (e is IOException or CodeException or UnauthorizedAccessException)
        {
            Host.CannotStart(known.Function.Name, e.Message);
            return Noted(known, call, new(OutcomeKind.CannotRun, [], false, "", "The code cannot be read."));
        }

        return Noted(known, call, await Host.Invoke(plan, call));
    }

    private FunctionOutcome Noted(KnownFunction known, FunctionCall call, FunctionOutcome outcome)
    {
        Errors.Add(known.Function.Name, call.RequestId, outcome);
        return outcome;
    }

    /// <summary>Lets go of what runs of a function that has changed or gone.</summary>
    public void Forget(string name)
    {
        _plans.TryRemove(name, out _);
        _host?.Retire(name);
    }

    /// <summary>
    /// Whether a service may invoke a function: by the role that it takes on for that, else by the function's policy. Those of the
    /// settings file have none; whoever writes the file decides.
    /// </summary>
    public bool Lets(InvokingService by, KnownFunction known)
    {
        var arn = ArnOf(known.Function.Name);
        return by.Role is { } role
            ? RoleOf(role, by.Name) is { } held
                && Policy.Evaluate(new(false, held.Policies), new(FunctionPolicy.Invoke, [new(arn)], new ContextKeys())).IsAllowed
            : known.Folder is not null || FunctionPolicy.Allows(known.Function.Policy, arn, by, arns.Account);
    }

    /// <summary>The role, where it trusts Lambda; else null.</summary>
    public CompiledRole? RoleOf(string arn) => RoleOf(arn, "lambda.amazonaws.com");

    private CompiledRole? RoleOf(string arn, string service)
    {
        CompiledRole? role;
        try
        {
            role = access.FindRoleByArn(arn);
        }
        catch (QueryFault)
        {
            return null;
        }

        if (role?.Trust is not { } trust)
        {
            return null;
        }

        var caller = new Principal(PrincipalKind.Service, service);
        return trust.Evaluate(caller, "sts:AssumeRole", IamService.TargetOf(role.Role, access.Account), new ContextKeys()) == Trust.ByName
            ? role
            : null;
    }

    private Surroundings Surround(string name, string roleArn)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        var address = endpoint().GetLeftPart(UriPartial.Authority);
        foreach (var service in _served)
        {
            given["AWS_ENDPOINT_URL_" + service] = address;
        }

        if (CaBundle is not null)
        {
            (given["AWS_CA_BUNDLE"], given["NODE_EXTRA_CA_CERTS"]) = (CaBundle, CaBundle);
        }

        if (roleArn.Length == 0)
        {
            return new(given, null);
        }

        var role = RoleOf(roleArn) ?? throw new CannotRunException($"The role {roleArn} cannot be assumed by Lambda.");
        var now = time.GetUtcNow();

        // AWS leaves the session's name open; ours is the function's, where that is long enough for one.
        var session = new RoleSession(
            IamIds.NewSessionKey(), role.Role.Id, role.Role.Name, name.Length >= 2 ? name : "function-" + name, now,
            SessionParts.End(now, Credentials), SessionFilter.None, [], null);
        given["AWS_ACCESS_KEY_ID"] = session.AccessKeyId;
        given["AWS_SECRET_ACCESS_KEY"] = access.Tokens.SecretOf(session.AccessKeyId);
        given["AWS_SESSION_TOKEN"] = access.Tokens.Seal(session);
        return new(given, session.Expires);
    }

    public void Dispose()
    {
        Changing.Dispose();
        variables.Dispose();
    }
}

[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class FunctionVariablesJson : JsonSerializerContext;
