using System.Diagnostics;

namespace Carillon.Load;

/// <summary>The micro benchmarks, in a process of their own on the server's core.</summary>
internal static class Micro
{
    public const string Name = "micro";

    /// <returns>1 where it failed.</returns>
    public static async Task<int> Run(SuiteOptions options, Setting setting, Results results)
    {
        var reports = setting.Places.Folder();
        var start = new ProcessStartInfo("taskset") { UseShellExecute = false, RedirectStandardOutput = true };
        foreach (var argument in (string[])["-c", setting.ServerCores, "dotnet", setting.Places.Micro, Name, "--data", reports])
        {
            start.ArgumentList.Add(argument);
        }

        if (options.IsQuick) start.ArgumentList.Add("--quick");
        using var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var report = Directory.EnumerateFiles(reports, "*-report-github.md", SearchOption.AllDirectories).FirstOrDefault();
        if (process.ExitCode != 0 || report is null)
        {
            await Console.Error.WriteLineAsync($"{said}\nThe micro benchmarks ended with {process.ExitCode}.");
            return 1;
        }

        // Its escapes are for pages.
        var table = (await File.ReadAllTextAsync(report)).Replace("&#39;", "", StringComparison.Ordinal);
        await File.WriteAllTextAsync(results.Beside(Name), $"# Micro benchmarks\n\n{table.ReplaceLineEndings("\n").TrimEnd()}\n");
        Console.WriteLine(table);
        return 0;
    }
}
