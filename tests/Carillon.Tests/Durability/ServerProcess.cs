using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Carillon.Wire.SigV4;
using Xunit;

namespace Carillon.Tests.Durability;

/// <summary>The built server as a process of its own, on free ports.</summary>
internal sealed partial class ServerProcess : IDisposable
{
    /// <summary>Those that nobody has disposed yet.</summary>
    private static readonly ConcurrentDictionary<ServerProcess, bool> running = [];

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(string folder, string? sabotage, IReadOnlyList<string> under)
    {
        Folder = folder;
        var host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(under.Count == 0 ? host : under[0])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        string[] program = sabotage is null ? [Built("Carillon.Server")] : [Built("Carillon.Sabotage"), sabotage];
        foreach (var argument in (string[])[
            .. under.Skip(1), .. under.Count == 0 ? [] : new[] { host },
            .. program, "--data", folder, "--port", "0", "--tls-port", "0"])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var name in start.Environment.Keys.Where(n => n.StartsWith("CARILLON_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Heard(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Heard(_errors, line.Data);
        _process.Start();
        running.TryAdd(this, true);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private static string Built(string program) => Path.Combine(AppContext.BaseDirectory, program + ".dll");

    public string Folder { get; }

    public int Id => _process.Id;

    public bool IsGone => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString();
            }
        }
    }

    public Uri Address => _address.Task.IsCompletedSuccessfully
        ? _address.Task.Result
        : throw new InvalidOperationException("The server has not said where it is.");

    public int TlsPort { get; private set; }

    /// <summary>Ends what a test that failed has left running in its folder, and deletes the folder.</summary>
    public static void EndAllIn(string folder)
    {
        EndAllOn(folder);
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Ends whatever still runs with its data in the folder.</summary>
    public static void EndAllOn(string folder)
    {
        foreach (var server in running.Keys.Where(s => s.Folder.StartsWith(folder, StringComparison.Ordinal)))
        {
            server.Dispose();
        }
    }

    /// <summary>Does not wait until it serves.</summary>
    /// <param name="sabotage">Which piece of it is broken (tests/Carillon.Sabotage); null for the server as it is shipped.</param>
    /// <param name="under">A program and its arguments that run it, and whose process becomes it.</param>
    public static ServerProcess Launch(string folder, string? sabotage = null, IReadOnlyList<string>? under = null) =>
        new(folder, sabotage, under ?? []);

    /// <summary>Starts it and waits until it can commit; how long that took.</summary>
    public static async Task<(ServerProcess Server, TimeSpan Took)> Start(
        string folder, string? sabotage = null, IReadOnlyList<string>? under = null)
    {
        var watch = Stopwatch.StartNew();
        var server = Launch(folder, sabotage, under);
        if (!await server.IsReadyBeforeItEnds())
        {
            Assert.Fail($"The server did not start: {server.Errors}");
        }

        return (server, watch.Elapsed);
    }

    /// <summary>False where it ends before it serves.</summary>
    public async Task<bool> IsReadyBeforeItEnds()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var gone = _process.WaitForExitAsync(patience.Token);
        if (await Task.WhenAny(_address.Task, gone) == gone)
        {
            await gone;
            return false;
        }

        using var http = new HttpClient();
        try
        {
            while ((await http.GetAsync(new Uri(Address, "/readyz"), patience.Token)).StatusCode != System.Net.HttpStatusCode.OK)
            {
            }
        }
        catch (HttpRequestException) when (_process.WaitForExit(TimeSpan.FromSeconds(1)))
        {
            return false;
        }

        return true;
    }

    /// <summary>kill -9; does not wait.</summary>
    public void Kill() => _process.Kill();

    public Task Gone() => _process.WaitForExitAsync();

    /// <summary>kill -TERM.</summary>
    public void Terminate() => Tool.Signal("TERM", Id);

    /// <summary>Stops it where it stands, as a machine that hangs would; nothing of it runs until it is killed.</summary>
    public async Task Freeze()
    {
        Tool.Signal("STOP", Id);
        await Patience.Until(
            () => Directory.EnumerateDirectories($"/proc/{Id}/task").All(t => File.ReadAllText(t + "/stat").Contains(") T ", StringComparison.Ordinal)),
            "The server did not stop where it stood.");
    }

    /// <summary>Bytes of memory that it holds in RAM.</summary>
    public long Memory()
    {
        _process.Refresh();
        return _process.WorkingSet64;
    }

    /// <summary>The exit code, and how long it took to get there.</summary>
    public async Task<(int Code, TimeSpan Took)> Exit(TimeSpan most)
    {
        var watch = Stopwatch.StartNew();
        using var patience = new CancellationTokenSource(most);
        await _process.WaitForExitAsync(patience.Token);
        return (_process.ExitCode, watch.Elapsed);
    }

    public AwsCredentials Credentials()
    {
        var text = File.ReadAllText(Path.Combine(Folder, "credentials"));
        return new(KeyId().Match(text).Groups[1].Value, Secret().Match(text).Groups[1].Value, null);
    }

    private void Heard(StringBuilder kept, string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (kept)
        {
            kept.AppendLine(line);
        }

        if (HttpsLine().Match(line) is { Success: true } https)
        {
            TlsPort = int.Parse(https.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            lock (_output)
            {
                _address.TrySetResult(new Uri($"http://127.0.0.1:{HttpLine().Match(_output.ToString()).Groups[1].Value}"));
            }
        }
    }

    [GeneratedRegex(@"HTTP +http://localhost:(\d+)")]
    private static partial Regex HttpLine();

    [GeneratedRegex(@"HTTPS +https://localhost:(\d+)")]
    private static partial Regex HttpsLine();

    [GeneratedRegex(@"aws_access_key_id = (\S+)")]
    private static partial Regex KeyId();

    [GeneratedRegex(@"aws_secret_access_key = (\S+)")]
    private static partial Regex Secret();

    public void Dispose()
    {
        if (!running.TryRemove(this, out _))
        {
            return;
        }

        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
