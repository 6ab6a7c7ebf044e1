using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Load.Scenarios;

namespace Carillon.Load;

/// <summary>Prints what comes and writes it down at once: a line of JSON for each run, and at the end a table.</summary>
internal sealed class Results
{
    private static readonly JsonSerializerOptions relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<(string Scenario, string Server, Figures Figures)> _runs = [];
    private readonly List<(string Scenario, string Server, string Why)> _absent = [];
    private readonly List<string> _failed = [];
    private readonly Machine _machine;
    private readonly string _file;

    public Results(SuiteOptions options, Setting setting)
    {
        _machine = Machine.Look(options, setting);
        Directory.CreateDirectory(options.Out);
        _file = Path.Combine(options.Out, $"{_machine.Date}-{_machine.ShortCpu}{(options.IsQuick ? "-quick" : "")}");
    }

    /// <summary>Begins the files anew.</summary>
    public void Begin()
    {
        File.WriteAllText($"{_file}.json", "");
        Line(_machine.Json);
    }

    public void Add(Scenario scenario, string server, int repetition, Figures figures)
    {
        _runs.Add((scenario.Name, server, figures));
        var line = Head(scenario, server, repetition);
        line["figures"] = figures.Json;
        Line(line);
        var shown = scenario.Columns.Where(column => figures.Of(column.Key) is not null)
            .Select(column => $"{column.Title} {figures.Of(column.Key)!.Value.ToString(column.Format, CultureInfo.InvariantCulture)}");
        Console.WriteLine($"{scenario.Name,-9} {server,-16} {repetition}  {string.Join("  ", shown)}");
        if (figures.Wrong > 0)
        {
            _failed.Add($"{scenario.Name} {server} {repetition}: {Told(figures)}");
            Console.Error.WriteLine(_failed[^1]);
        }
    }

    public void Failed(Scenario scenario, string server, int repetition, string why)
    {
        var line = Head(scenario, server, repetition);
        line["failed"] = why;
        Line(line);
        _failed.Add($"{scenario.Name} {server} {repetition}: {why}");
        Console.Error.WriteLine(_failed[^1]);
    }

    public void Absent(string scenario, string server, string why)
    {
        _absent.Add((scenario, server, why));
        Line(new JsonObject { ["scenario"] = scenario, ["server"] = server, ["absent"] = why });
        Console.WriteLine($"{scenario,-9} {server,-16} -  absent: {why}");
    }

    /// <summary>Where a report of a kind of its own goes.</summary>
    public string Beside(string kind) => $"{_file}-{kind}.md";

    public void WriteTable(IReadOnlyList<Scenario> scenarios)
    {
        File.WriteAllText($"{_file}.md", Table.Write(_machine, scenarios, _runs, _absent, _failed));
        Console.WriteLine($"Results: {_file}.md and .json");
    }

    /// <summary>Writes the tables of a file's runs, and of those of others taken on the same machine, beside it.</summary>
    public static int Rewrite(string file, ReadOnlySpan<string> more)
    {
        JsonNode[] lines = [.. ((string[])[file, .. more]).SelectMany(File.ReadLines).Select(line => JsonNode.Parse(line)!)];
        var machine = lines[0].AsObject();
        static string Text(JsonNode line, string name) => (string)line[name]!;
        var runs = lines.Where(line => line["figures"] is not null).Select(line =>
            (Text(line, "scenario"), Text(line, "server"), new Figures(line["figures"]!.DeepClone().AsObject()))).ToList();
        var absent = lines.Where(line => line["absent"] is not null)
            .Select(line => (Text(line, "scenario"), Text(line, "server"), Text(line, "absent"))).Distinct().ToList();
        var failed = lines.Where(line => line["failed"] is not null)
            .Select(line => $"{line["scenario"]} {line["server"]} {line["repetition"]}: {line["failed"]}")
            .Concat(runs.Where(run => run.Item3.Wrong > 0).Select(run => $"{run.Item1} {run.Item2}: {Told(run.Item3)}")).ToList();
        var scenarios = All.Scenarios.Where(scenario => runs.Exists(run => run.Item1 == scenario.Name)).ToList();
        File.WriteAllText(
            Path.ChangeExtension(file, ".md"),
            Table.Write(new(Text(machine, "date"), Text(machine, "cpu"), machine), scenarios, runs, absent, failed));
        return 0;
    }

    private static string Told(Figures figures) =>
        $"lost {figures.Of(Figures.Lost)}, repeated {figures.Of(Figures.Repeated)}, strayed {figures.Of(Figures.Strayed)}, "
        + $"out of order {figures.Of(Figures.OutOfOrder)}";

    private static JsonObject Head(Scenario scenario, string server, int repetition) => new()
    {
        ["scenario"] = scenario.Name,
        ["server"] = server,
        ["repetition"] = repetition,
        ["load"] = double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture),
    };

    private void Line(JsonObject line) => File.AppendAllText($"{_file}.json", line.ToJsonString(relaxed) + "\n");
}
