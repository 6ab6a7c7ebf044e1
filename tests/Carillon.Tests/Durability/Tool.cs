using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace Carillon.Tests.Durability;

/// <summary>Programs of the system that make disks and faults. Where one is missing the test says so and fails.</summary>
internal static class Tool
{
    private static readonly Dictionary<string, string> packages = new()
    {
        ["strace"] = "strace",
        ["mkfs.ext4"] = "e2fsprogs",
        ["mount"] = "mount",
        ["umount"] = "mount",
        ["prlimit"] = "util-linux",
        ["kill"] = "procps",
    };

    /// <summary>What it printed; it fails the test where it fails.</summary>
    public static string Run(string program, params IEnumerable<string> arguments)
    {
        var (code, output, errors) = Try(program, arguments);
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)}: {errors.Trim()}");
        return output;
    }

    public static (int Code, string Output, string Errors) Try(string program, params IEnumerable<string> arguments)
    {
        using var process = Start(program, arguments);
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.GetAwaiter().GetResult());
    }

    /// <summary>Starts it with its output and its errors for the caller to read.</summary>
    public static Process Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };

        // mkfs and mount live where only root looks for programs.
        start.Environment["PATH"] += ":/sbin:/usr/sbin";
        start.FileName = Find(program, start.Environment["PATH"]!);
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException(
                $"This test needs {program}: apt-get install {packages.GetValueOrDefault(program, program)} ({e.Message}).", e);
        }
    }

    private static string Find(string program, string path) =>
        path.Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists) ?? program;

    public static void Signal(string name, int process) =>
        Run("kill", ["-" + name, process.ToString(CultureInfo.InvariantCulture)]);
}
