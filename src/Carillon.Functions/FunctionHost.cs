using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Carillon.Functions;

/// <summary>
/// Runs functions as Lambda does: in processes that ask for events, one event a process at a time, kept warm, bounded in number,
/// ended when they take too long.
/// </summary>
public sealed partial class FunctionHost : IAsyncDisposable
{
    /// <summary>How long a process without work is kept. AWS names no figure; ours.</summary>
    public static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, Pool> _pools = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, FunctionLog> _logs = new(StringComparer.Ordinal);
    private readonly HashSet<Pool> _retired = [];
    private readonly Lock _lock = new();

    /// <summary>The pools, as they were when the last one came.</summary>
    private volatile Pool[] _known = [];
    private readonly RuntimeApi _api;
    private readonly Launcher _launcher;
    private readonly ILogger<FunctionHost> _log;
    private readonly ITimer _sweep;
    private readonly string _bootstraps;
    private int _places;
    private bool _stopped;

    private FunctionHost(HostOptions options, RuntimeApi api, TimeProvider time, ILogger<FunctionHost> log)
    {
        (Options, _api, Time, _log) = (options, api, time, log);
        _launcher = new Launcher(options);
        Launcher.KeepInheritedFiles();
        _bootstraps = Path.Combine(options.Folder, "runtime");
        Prepare();
        _sweep = time.CreateTimer(_ => Sweep(), null, SweepEvery, SweepEvery);
    }

    internal HostOptions Options { get; }

    internal TimeProvider Time { get; }

    /// <summary>Processes at the moment.</summary>
    public int Processes => Volatile.Read(ref _places);

    /// <exception cref="IOException">The folder cannot be made.</exception>
    public static async Task<FunctionHost> Start(HostOptions options, TimeProvider time, ILogger<FunctionHost> log)
    {
        var api = await RuntimeApi.Start();
        try
        {
            return new FunctionHost(options, api, time, log);
        }
        catch
        {
            await api.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Runs a function to its end, whoever is waiting for it. It waits for a free process where as many run as may, at most a
    /// thousand callers a function.
    /// </summary>
    public Task<FunctionOutcome> Invoke(FunctionPlan plan, FunctionCall call) => PoolOf(plan).Invoke(call);

    /// <summary>Lets processes of a function end that have nothing to do, and the others when they have finished.</summary>
    public void Retire(string name)
    {
        lock (_lock)
        {
            if (_pools.Remove(name, out var pool))
            {
                PutAway(pool);
            }
        }
    }

    /// <summary>Processes of a function at the moment.</summary>
    public int ProcessesOf(string name)
    {
        lock (_lock)
        {
            return _pools.GetValueOrDefault(name)?.Count ?? 0;
        }
    }

    /// <summary>Folders of code that processes run in, or may be started in.</summary>
    public IReadOnlySet<string> FoldersInUse()
    {
        lock (_lock)
        {
            return _pools.Values.Concat(_retired.Where(p => !p.IsEmpty)).Select(p => p.Plan.Folder).ToHashSet(StringComparer.Ordinal);
        }
    }

    /// <summary>The log of a function.</summary>
    /// <param name="name">Letters, digits, hyphens and underscores.</param>
    public FunctionLog LogOf(string name) =>
        _logs.GetOrAdd(name, n => new FunctionLog(Path.Combine(Options.Logs, n + ".log")));

    private Pool PoolOf(FunctionPlan plan)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_stopped, this);
            if (_pools.TryGetValue(plan.Name, out var pool))
            {
                if (pool.Plan.Revision == plan.Revision)
                {
                    return pool;
                }

                PutAway(pool);
            }

            pool = _pools[plan.Name] = new Pool(plan, this);
            _known = [.. _pools.Values];
            return pool;
        }
    }

    private void PutAway(Pool pool)
    {
        pool.Retire();
        _retired.Add(pool);
    }

    /// <summary>A place for another process of a pool, made where need be by ending the one that is idle the longest.</summary>
    internal bool TryPlace(Pool asking)
    {
        if (Interlocked.Increment(ref _places) <= Options.Most)
        {
            return true;
        }

        Left();

        // The pool that asks holds its lock; those that are asked only try theirs, so none waits for the other.
        var others = _known.Where(p => p != asking);
        var eldest = others.Select(p => (Pool: p, Since: p.TryEldest())).Where(p => p.Since is not null).OrderBy(p => p.Since).FirstOrDefault().Pool;
        if (eldest?.TryGiveUpEldest() != true)
        {
            return false;
        }

        if (Interlocked.Increment(ref _places) <= Options.Most)
        {
            return true;
        }

        Left();
        return false;
    }

    internal void Left() => Interlocked.Decrement(ref _places);

    /// <exception cref="CannotRunException">It cannot be started.</exception>
    internal Sandbox Launch(FunctionPlan plan)
    {
        if (Volatile.Read(ref _stopped))
        {
            throw new CannotRunException("The server is stopping.");
        }

        var surroundings = plan.Surround();
        var token = RuntimeApi.NewToken();
        var program = Interpreters.Find(plan.Runtime, forOthers: Options.User is not null);
        var isNode = Interpreters.Language(plan.Runtime) == Interpreters.Node;
        string[] arguments = isNode
            ? ["--max-http-header-size=81920", Path.Combine(_bootstraps, "bootstrap.mjs")]
            : ["-u", "-B", Path.Combine(_bootstraps, "bootstrap.py")];
        var process = _launcher.Start(program, arguments, plan.Folder, EnvironmentOf(plan, surroundings, token, program));
        var sandbox = new Sandbox(process, _launcher, plan, surroundings.Expires, LogOf(plan.Name), Time);
        _api.Add(token, sandbox);
        _ = sandbox.Ended.ContinueWith(
            _ => _api.Remove(token), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return sandbox;
    }

    /// <summary>Made from nothing: what the server has in its own environment, no function sees.</summary>
    private Dictionary<string, string> EnvironmentOf(FunctionPlan plan, Surroundings surroundings, string token, string program)
    {
        var temporary = Path.Combine(Options.Folder, "tmp");
        var environment = new Dictionary<string, string>(surroundings.Variables, StringComparer.Ordinal)
        {
            ["LANG"] = "en_US.UTF-8",
            ["PATH"] = $"{Path.GetDirectoryName(program)}:/usr/local/bin:/usr/bin:/bin",
            ["HOME"] = temporary,
            ["TMPDIR"] = temporary,
            ["AWS_EC2_METADATA_DISABLED"] = "true",
            ["AWS_XRAY_CONTEXT_MISSING"] = "LOG_ERROR",
            ["AWS_LAMBDA_LOG_FORMAT"] = "Text",
        };
        if (Options.Modules is { } modules)
        {
            environment["NODE_PATH"] = modules;
        }

        if (Options.Packages is { } packages)
        {
            environment["PYTHONPATH"] = packages;
        }

        foreach (var (name, value) in plan.Variables)
        {
            environment[name] = value;
        }

        foreach (var (name, value) in Reserved(plan, token))
        {
            environment[name] = value;
        }

        foreach (var name in FunctionVariables.Credentials)
        {
            if (surroundings.Variables.TryGetValue(name, out var value))
            {
                environment[name] = value;
            }
        }

        return environment;
    }

    private Dictionary<string, string> Reserved(FunctionPlan plan, string token) => new(StringComparer.Ordinal)
    {
        ["_HANDLER"] = plan.Handler,
        ["AWS_REGION"] = Options.Region,
        ["AWS_DEFAULT_REGION"] = Options.Region,
        ["AWS_EXECUTION_ENV"] = $"AWS_Lambda_{plan.Runtime}",
        ["AWS_LAMBDA_FUNCTION_NAME"] = plan.Name,
        ["AWS_LAMBDA_FUNCTION_VERSION"] = "$LATEST",
        ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = plan.MemoryMegabytes.ToString(CultureInfo.InvariantCulture),
        ["AWS_LAMBDA_INITIALIZATION_TYPE"] = "on-demand",
        ["AWS_LAMBDA_LOG_GROUP_NAME"] = $"/aws/lambda/{plan.Name}",
        ["AWS_LAMBDA_LOG_STREAM_NAME"] = string.Create(
            CultureInfo.InvariantCulture,
            $"{Time.GetUtcNow():yyyy/MM/dd}/[$LATEST]{RandomNumberGenerator.GetHexString(32, lowercase: true)}"),
        ["AWS_LAMBDA_RUNTIME_API"] = _api.AddressOf(token),
        ["LAMBDA_TASK_ROOT"] = plan.Folder,
        ["LAMBDA_RUNTIME_DIR"] = _bootstraps,
        ["TZ"] = ":UTC",
    };

    /// <summary>The clients that processes start with, and the modules that they find in a folder above their code.</summary>
    private void Prepare()
    {
        Directory.CreateDirectory(_bootstraps);
        Directory.CreateDirectory(Options.Logs);
        var temporary = Directory.CreateDirectory(Path.Combine(Options.Folder, "tmp")).FullName;
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Options.Folder, Shared);
            File.SetUnixFileMode(_bootstraps, Shared);

            // As /tmp: everyone may write there, and nobody take away what is another's.
            File.SetUnixFileMode(temporary, Everyone | UnixFileMode.StickyBit);
        }

        foreach (var name in (string[])["bootstrap.mjs", "bootstrap.py"])
        {
            using var content = typeof(FunctionHost).Assembly.GetManifestResourceStream(name)!;
            var path = Path.Combine(_bootstraps, name);
            using (var file = File.Create(path))
            {
                content.CopyTo(file);
            }

            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, Shared);
            }
        }

        if (Options.Modules is { } modules)
        {
            // NODE_PATH counts for require alone; import looks in the folders above.
            var link = Path.Combine(Options.Folder, "node_modules");
            File.Delete(link);
            File.CreateSymbolicLink(link, modules);
        }
    }

    private const UnixFileMode Shared = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private const UnixFileMode Everyone = Shared | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    [SuppressMessage("Design", "CA1031", Justification = "A timer has nobody to throw to; the next turn sweeps again.")]
    private void Sweep()
    {
        try
        {
            List<Pool> pools;
            lock (_lock)
            {
                pools = [.. _pools.Values];
                _retired.RemoveWhere(p => p.IsEmpty);
            }

            pools.ForEach(p => p.Rest(LongestRest));
        }
        catch (Exception e)
        {
            SweepFailed(e);
        }
    }

    /// <summary>Ends every process and what it started.</summary>
    public async ValueTask DisposeAsync()
    {
        await _sweep.DisposeAsync();
        List<Pool> pools;
        lock (_lock)
        {
            _stopped = true;
            pools = [.. _pools.Values, .. _retired];
        }

        await Task.WhenAll(pools.SelectMany(p => p.Kill()));
        await _api.DisposeAsync();
        foreach (var log in _logs.Values)
        {
            log.Dispose();
        }
    }

    [LoggerMessage(9001, LogLevel.Error, "The function {Function} cannot be started: {Why}")]
    public partial void CannotStart(string function, string why);

    [LoggerMessage(9002, LogLevel.Error, "Idle functions could not be ended; it is tried again.")]
    private partial void SweepFailed(Exception exception);
}
