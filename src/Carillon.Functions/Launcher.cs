using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Carillon.Functions;

/// <summary>
/// Starts processes in groups of their own, with an environment made from nothing, as another user where there is one to be, and
/// kills them with all that they started.
/// </summary>
internal sealed partial class Launcher(HostOptions options)
{
    private const int Kill = 9;
    private const string SetSid = "/usr/bin/setsid";

    private const int SetDescriptorFlags = 2;
    private const int CloseOnExec = 1;

    private readonly bool _sets = File.Exists(SetSid);

    /// <summary>
    /// Keeps from functions what the server's own parent has handed down to it: a lock file, a socket, a pipe. Whatever the server
    /// opens itself is closed at the start of another program anyway.
    /// </summary>
    public static void KeepInheritedFiles()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        foreach (var entry in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            if (int.TryParse(Path.GetFileName(entry.AsSpan()), out var file) && file > 2)
            {
                // One that is closed meanwhile is what is wanted.
                _ = Control(file, SetDescriptorFlags, CloseOnExec);
            }
        }
    }

    /// <exception cref="CannotRunException">The system does not start it.</exception>
    public Process Start(string program, IReadOnlyList<string> arguments, string folder, IReadOnlyDictionary<string, string> environment)
    {
        // A group of its own: the program of util-linux makes it and then becomes the one that was asked for, with the same id.
        var start = new ProcessStartInfo(_sets ? SetSid : program)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in _sets ? arguments.Prepend(program) : arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        if (options.User is not null)
        {
            start.UserName = options.User;
        }

        try
        {
            var process = Process.Start(start) ?? throw new CannotRunException($"{program} did not start.");
            process.StandardInput.Close();
            return process;
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or IOException)
        {
            throw new CannotRunException($"{program} cannot be started: {e.Message}", e);
        }
    }

    /// <summary>Ends a process and its whole group; also when the process has ended and left others behind.</summary>
    public void End(Process process, int id)
    {
        if (_sets)
        {
            _ = KillGroup(-id, Kill);
        }

        try
        {
            // Before it has its group, or where there are none.
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended.
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int KillGroup(int process, int signal);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Control(int file, int command, nint value);
}
