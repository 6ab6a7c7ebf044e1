namespace Carillon.Functions;

/// <summary>Finds the programs of this machine that run functions.</summary>
public static class Interpreters
{
    private const UnixFileMode Passable = UnixFileMode.OtherExecute;

    /// <summary>Whether there can be functions of this runtime at all: Node or Python, whatever the version.</summary>
    public static bool Knows(string runtime) => Language(runtime) is not null;

    /// <param name="forOthers">Only what every user of the system may run.</param>
    /// <exception cref="CannotRunException">The machine has none.</exception>
    // Differs from AWS: a runtime runs in whatever version of Node or Python the machine has; of Python, in the very version where that is
    // installed beside others.
    internal static string Find(string runtime, bool forOthers)
    {
        string[] names = Language(runtime) switch
        {
            Node => [Node],
            Python => [runtime, "python3"],
            _ => throw new CannotRunException($"The runtime {runtime} is not supported here."),
        };
        foreach (var name in names)
        {
            if (OnPath(name).FirstOrDefault(path => !forOthers || IsForOthers(path)) is { } found)
            {
                return found;
            }
        }

        throw new CannotRunException(
            $"The runtime {runtime} needs {names[^1]}, which is not on the PATH of the server"
            + (forOthers ? " in a place that every user may read." : "."));
    }

    internal const string Node = "node";
    internal const string Python = "python";

    internal static string? Language(string runtime) =>
        IsVersion(runtime, "nodejs", ".x") ? Node : IsVersion(runtime, "python3.", "") ? Python : null;

    private static bool IsVersion(string runtime, string start, string end) =>
        runtime.Length > start.Length + end.Length && runtime.StartsWith(start, StringComparison.Ordinal)
        && runtime.EndsWith(end, StringComparison.Ordinal) && runtime[start.Length..^end.Length].All(char.IsAsciiDigit);

    private static IEnumerable<string> OnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(["/usr/local/bin", "/usr/bin"]).Select(folder => Path.Combine(folder, name)).Where(File.Exists);

    private static bool IsForOthers(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return true;
        }

        var real = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        for (var at = real; at is not null; at = Path.GetDirectoryName(at))
        {
            if (!File.GetUnixFileMode(at).HasFlag(Passable))
            {
                return false;
            }
        }

        return true;
    }
}
