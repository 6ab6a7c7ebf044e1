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
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(string folder)
    {
        Folder = folder;
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach (var argument in new[]
        {
            Path.Combine(AppContext.BaseDirectory, "Carillon.Server.dll"), "--data", folder, "--port", "0", "--tls-port", "0",
        })
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
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Folder { get; }

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

    /// <summary>Does not wait until it serves.</summary>
    public static ServerProcess Launch(string folder) => new(folder);

    /// <summary>Starts it and waits until it can commit; how long that took.</summary>
    public static async Task<(ServerProcess Server, TimeSpan Took)> Start(string folder)
    {
        var watch = Stopwatch.StartNew();
        var server = new ServerProcess(folder);
        await server.Ready();
        return (server, watch.Elapsed);
    }

    public async Task Ready()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var gone = _process.WaitForExitAsync(patience.Token);
        if (await Task.WhenAny(_address.Task, gone) == gone)
        {
            Assert.Fail($"The server did not start: {Errors}");
        }

        using var http = new HttpClient();
        while ((await http.GetAsync(new Uri(Address, "/readyz"), patience.Token)).StatusCode != System.Net.HttpStatusCode.OK)
        {
        }
    }

    /// <summary>kill -9; does not wait.</summary>
    public void Kill() => _process.Kill();

    public Task Gone() => _process.WaitForExitAsync();

    /// <summary>kill -TERM.</summary>
    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
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
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
