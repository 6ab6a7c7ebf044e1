using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace Carillon.Tests.Durability;

/// <summary>The system calls of a running server, some of which fail while this is attached.</summary>
internal sealed class Strace : IDisposable
{
    private readonly Process _process;
    private readonly string _log;
    private bool _detached;

    private Strace(Process process, string log) => (_process, _log) = (process, log);

    /// <param name="calls">Names of system calls, separated by commas.</param>
    /// <param name="fault">As strace spells it: <c>error=EIO:when=1</c>.</param>
    /// <param name="log">A file for what strace sees.</param>
    /// <param name="path">Only calls on this file; null for all.</param>
    public static async Task<Strace> Attach(ServerProcess server, string calls, string fault, string log, string? path = null)
    {
        string[] only = path is null ? [] : ["-P", path];
        var process = Tool.Start(
            "strace",
            [
                "-f", "-p", server.Id.ToString(CultureInfo.InvariantCulture), "-o", log, .. only,
                "-e", "trace=" + calls, "-e", "signal=none", "-e", $"inject={calls}:{fault}",
            ]);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var said = await process.StandardError.ReadLineAsync(patience.Token) ?? "";
        Assert.True(said.Contains("attached", StringComparison.Ordinal), $"strace could not attach itself (it needs ptrace): {said}");

        // It goes on to tell of each thread; nobody reads that, and it must not wait for it.
        _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
        return new(process, log);
    }

    /// <summary>What a program is run under that is killed at its Nth call of a kind, by any of its threads.</summary>
    /// <param name="path">Only calls on this file count; null for all.</param>
    public static IReadOnlyList<string> KillAt(string calls, int when, string log, string? path = null) =>
    [
        "strace", "-D", "-f", "-o", log, .. path is null ? [] : new[] { "-P", path },
        "-e", "trace=" + calls, "-e", "signal=none", "-e", $"inject={calls}:signal=KILL:when={when}",
    ];

    /// <summary>Calls that were made to fail so far.</summary>
    public int Injected => File.Exists(_log) ? Regex.Count(ReadShared(), @"\(INJECTED\)") : 0;

    private string ReadShared()
    {
        using var file = new StreamReader(new FileStream(_log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return file.ReadToEnd();
    }

    /// <summary>The faults are over.</summary>
    public void Detach()
    {
        if (!_detached)
        {
            _detached = true;

            // It ends by itself with the server.
            Tool.Try("kill", ["-INT", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            End();
        }
    }

    /// <summary>
    /// Some end of the server leaves strace waiting for a thread that is no more, and the server with it: killing strace
    /// lets go of everything it holds, too.
    /// </summary>
    private void End()
    {
        if (!_process.WaitForExit(TimeSpan.FromSeconds(_detached ? 5 : 0)))
        {
            _process.Kill();
            _process.WaitForExit();
        }
    }

    public void Dispose()
    {
        End();
        _process.Dispose();
    }
}
