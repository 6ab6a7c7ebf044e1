using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Carillon.Load;

/// <summary>What the figures were taken on, and how.</summary>
internal sealed record Machine(string Date, string Cpu, JsonObject Json)
{
    /// <summary>For a file's name.</summary>
    public string ShortCpu => string.Join(
        '-', Cpu.ToLowerInvariant().Split([' ', '(', ')', '@', '/'], StringSplitOptions.RemoveEmptyEntries).Take(3));

    public static Machine Look(SuiteOptions options, Setting setting)
    {
        var date = DateTimeOffset.Now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var cpu = FirstOf("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString();
        var memory = (FirstOf("/proc/meminfo", "MemTotal") ?? "0").Split(' ')[0];
        return new(date, cpu, new JsonObject
        {
            ["date"] = date,
            ["cpu"] = cpu,
            ["cores"] = File.ReadLines("/proc/cpuinfo").Count(line => line.StartsWith("processor", StringComparison.Ordinal)),
            ["memory_gib"] = Math.Round(double.Parse(memory, CultureInfo.InvariantCulture) / (1 << 20), 1),
            ["kernel"] = File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
            ["congestion"] = File.ReadAllText("/proc/sys/net/ipv4/tcp_congestion_control").Trim(),
            ["commit"] = Ask(options.Repository, "git", "rev-parse", "--short", "HEAD"),
            ["dotnet"] = RuntimeInformation.FrameworkDescription,
            ["node"] = Ask(options.Repository, "node", "--version"),
            ["nats"] = Ask(options.Repository, "nats-server", "--version"),
            ["mosquitto"] = Ask(options.Repository, "mosquitto", "-h")?.Split('\n')[0],
            ["cc"] = Ask(options.Repository, "cc", "--version")?.Split('\n')[0],
            ["server_cores"] = options.ServerCores,
            ["client_cores"] = options.ClientCores,
            ["repetitions"] = options.Repetitions,
            ["quick"] = options.IsQuick,
            ["content_bytes"] = setting.Content,
            ["frame_bytes"] = setting.Frame,
        });
    }

    public string Of(string name) => Json[name]?.ToString() ?? "absent";

    private static string? FirstOf(string file, string name) => File.ReadLines(file)
        .FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim();

    private static string? Ask(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin";
        try
        {
            using var process = Process.Start(start)!;
            var said = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit(5_000);
            return said.Length > 0 ? said : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
