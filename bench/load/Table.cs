using System.Globalization;
using System.Text;
using Carillon.Load.Scenarios;

namespace Carillon.Load;

/// <summary>The results as Markdown: medians, ranges, ratios, and how they were taken.</summary>
internal static class Table
{
    public static string Write(
        Machine machine, IReadOnlyList<Scenario> scenarios, IReadOnlyList<(string Scenario, string Server, Figures Figures)> runs,
        IReadOnlyList<(string Scenario, string Server, string Why)> absent, IReadOnlyList<string> failed)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"# Load, {machine.Date}, {machine.Cpu}").AppendLine().AppendLine(Method(machine));
        if (failed.Count > 0)
        {
            text.AppendLine().AppendLine("**These runs failed or lost count; nothing below may be believed before they are understood:**").AppendLine();
            foreach (var failure in failed)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"- {failure}");
            }
        }
        else
        {
            text.AppendLine().AppendLine("No run lost, repeated or mixed up a message.");
        }

        foreach (var scenario in scenarios)
        {
            var ofIt = runs.Where(run => run.Scenario == scenario.Name).ToLookup(run => run.Server, run => run.Figures);
            Section(text, scenario, ofIt, absent.Where(a => a.Scenario == scenario.Name));
        }

        return text.ToString();
    }

    private static string Method(Machine machine) =>
        $"{machine.Of("cores")} cores, {machine.Of("memory_gib")} GiB, Linux {machine.Of("kernel")} ({machine.Of("congestion")}), "
        + $"{machine.Of("dotnet")}, Node {machine.Of("node")}, NATS {machine.Of("nats")}, mosquitto {machine.Of("mosquitto")}, "
        + $"{machine.Of("cc")}. Commit {machine.Of("commit")}. Loopback; server on core {machine.Of("server_cores")}, client on core "
        + $"{machine.Of("client_cores")}. Medians of as many runs as the last column says, all servers by turns within a round; lowest "
        + $"and highest in brackets. A message has {machine.Of("content_bytes")} bytes of content; Carillon's frame of it has "
        + $"{machine.Of("frame_bytes")} bytes, and every peer carries messages whose frame is as long. CPU is what /proc/PID/stat says "
        + "of all threads of the server, kernel included. Peers keep nothing on disk; every message of Carillon's is signed, "
        + "checked and on disk before it is delivered. bench/README.md says more."
        + (machine.Of("quick") == "true" ? "\n\n**A quick run: it shows that everything works, and no figure to rely on.**" : "");

    private static void Section(
        StringBuilder text, Scenario scenario, ILookup<string, Figures> runs,
        IEnumerable<(string Scenario, string Server, string Why)> absent)
    {
        var columns = scenario.Columns.Where(column => runs.Any(r => r.Any(f => f.Of(column.Key) is not null))).ToList();
        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"## {scenario.Name}").AppendLine().AppendLine(scenario.What).AppendLine();
        var ratio = scenario.Baseline is { } name && runs.Contains(name) ? Median(runs[name], scenario.Ratio) : null;
        text.Append("| server |");
        if (ratio is not null) text.Append(CultureInfo.InvariantCulture, $" x {scenario.Baseline} |");
        text.AppendLine(string.Concat(columns.Select(column => $" {column.Title} |")) + " runs |");
        text.AppendLine($"| --- |{(ratio is null ? "" : " --- |")}{string.Concat(columns.Select(_ => " --- |"))} --- |");
        foreach (var server in scenario.Servers.Where(runs.Contains))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {server} |");
            if (ratio is not null)
                text.Append(CultureInfo.InvariantCulture, $" {Median(runs[server], scenario.Ratio) / ratio:0.00} |");
            text.AppendLine(string.Concat(columns.Select(column => $" {Cell(runs[server], column)} |")) + $" {runs[server].Count()} |");
        }

        foreach (var (_, server, why) in absent)
        {
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"{server} is absent: {why}.");
        }
    }

    private static string Cell(IEnumerable<Figures> runs, Column column)
    {
        if (Median(runs, column.Key) is not { } median) return "–";
        string Text(double value) => value.ToString(column.Format, CultureInfo.InvariantCulture);
        var values = runs.Select(run => run.Of(column.Key)).OfType<double>().ToList();
        return column.WithRange && values.Count > 1 ? $"{Text(median)} ({Text(values.Min())}–{Text(values.Max())})" : Text(median);
    }

    /// <summary>Null where no run has the figure.</summary>
    public static double? Median(IEnumerable<Figures> runs, string key)
    {
        var values = runs.Select(run => run.Of(key)).OfType<double>().Order().ToList();
        return values.Count == 0 ? null : (values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2;
    }
}
