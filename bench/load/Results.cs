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
            _failed.Add($"{scenario.Name} {server} {repetition}: lost {figures.Of(Figures.Lost)}, repeated {figures.Of(Figures.Repeated)}, "
                + $"strayed {figures.Of(Figures.Strayed)}, out of order {figures.Of(Figures.OutOfOrder)}");
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

    private static JsonObject Head(Scenario scenario, string server, int repetition) => new()
    {
        ["scenario"] = scenario.Name,
        ["server"] = server,
        ["repetition"] = repetition,
        ["load"] = double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture),
    };

    private void Line(JsonObject line) => File.AppendAllText($"{_file}.json", line.ToJsonString(relaxed) + "\n");
}
