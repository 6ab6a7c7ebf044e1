using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Carillon.Load.Net;
using Carillon.Load.Protocols;
using Carillon.Wire.SigV4;

namespace Carillon.Load.Servers;

/// <summary>A server in a process of its own on a core of its own, and what the system says it uses.</summary>
internal sealed class ServerProcess : IDisposable
{
    private static readonly double ticksPerSecond = Native.sysconf(Native.ScheduleClockTicks);

    private static readonly HashSet<ServerProcess> running = [];
    private static readonly Lock starting = new();
    private static bool ending;

    private readonly Process _process;
    private readonly Queue<string> _errors = new();

    private ServerProcess(Process process)
    {
        _process = process;
        running.Add(this);

        // What it says is read, so that it never waits for us; the last lines are kept, for when it fails.
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors)
            {
                if (line.Data is not null) _errors.Enqueue(line.Data);
                if (_errors.Count > 10) _errors.Dequeue();
            }
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <param name="cores">As taskset takes them.</param>
    /// <param name="command">Program and arguments.</param>
    /// <param name="key">Of the platform, for whoever is its client.</param>
    public static ServerProcess Start(string cores, IReadOnlyList<string> command, AwsCredentials? key = null)
    {
        var start = new ProcessStartInfo("taskset")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["NODE_ENV"] = "production";
        if (key is not null)
        {
            start.Environment["AWS_ACCESS_KEY_ID"] = key.AccessKeyId;
            start.Environment["AWS_SECRET_ACCESS_KEY"] = key.SecretAccessKey;
        }

        foreach (var argument in (string[])["-c", cores, .. command])
        {
            start.ArgumentList.Add(argument);
        }

        lock (starting)
        {
            // Whoever ends the program must not find a server afterwards that was just about to start.
            return ending ? throw new RunFailed("It was told to stop.") : new(Process.Start(start)!);
        }
    }

    /// <summary>Ends what this program has started, and nothing else; for when it is told to stop in the middle.</summary>
    public static void EndAll()
    {
        lock (starting)
        {
            ending = true;
            foreach (var server in running.ToArray())
            {
                server.End();
            }
        }
    }

    /// <summary>Waits until something listens on the port.</summary>
    public async Task Listens(int port)
    {
        await Until(async () =>
        {
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await probe.ConnectAsync(IPAddress.Loopback, port);
            return true;
        });
    }

    /// <summary>Waits until an address answers 200.</summary>
    public async Task Answers(Uri address)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        await Until(async () =>
        {
            using var answer = await http.GetAsync(address);
            return answer.IsSuccessStatusCode;
        });
    }

    private async Task Until(Func<Task<bool>> isUp)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < TimeSpan.FromSeconds(120))
        {
            if (_process.HasExited) throw new RunFailed($"The server ended with {_process.ExitCode}. {LastErrors()}");
            try
            {
                if (await isUp()) return;
            }
            catch (Exception e) when (e is SocketException or HttpRequestException or TaskCanceledException)
            {
                // It is not there yet.
            }

            await Task.Delay(5);
        }

        throw new RunFailed($"The server did not get ready in two minutes. {LastErrors()}");
    }

    /// <summary>Seconds of processor time of all its threads, in the system and outside.</summary>
    public double Cpu()
    {
        var stat = File.ReadAllText($"/proc/{Id}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture))
            / ticksPerSecond;
    }

    /// <summary>Bytes of its memory that are in RAM.</summary>
    public long Resident()
    {
        var line = File.ReadLines($"/proc/{Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    private string LastErrors()
    {
        lock (_errors)
        {
            return string.Join(" / ", _errors);
        }
    }

    public static int FreePort()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)listener.LocalEndPoint!).Port;
    }

    /// <summary>Asks it to end, and after a while ends it.</summary>
    public void Dispose()
    {
        End();
        _process.Dispose();
    }

    private void End()
    {
        lock (starting)
        {
            if (!running.Remove(this) || _process.HasExited) return;
        }

        _ = Native.kill(Id, Native.Terminate);
        if (!_process.WaitForExit(10_000))
        {
            _process.Kill();
            _process.WaitForExit();
        }
    }
}
