using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Carillon.Load.Counting;
using Carillon.Load.Protocols;
using Carillon.Load.Scenarios;
using Carillon.Sql;
using Carillon.Sql.Sqlite;

namespace Carillon.Load.Store;

/// <param name="Batch">Sends that shared a commit, on average.</param>
/// <param name="PerSecond">Sends whose rows were written and synced.</param>
/// <param name="CpuUs">Processor time for one of them, in microseconds.</param>
/// <param name="CommitMs">Median of a commit with the rows of one send.</param>
internal sealed record Bare(double Batch, double PerSecond, double CpuUs, double CommitMs);

[JsonSerializable(typeof(Bare))]
internal sealed partial class BareJson : JsonSerializerContext;

/// <summary>
/// Writes the rows that sends have left in a store into another of the same schema, in the same commits and with the same
/// settings of the database, but without a server: the floor under a durable send. Sends of one commit have one timestamp.
/// </summary>
internal static class BareDatabase
{
    /// <summary>Runs in a process of its own, on the server's core.</summary>
    public static async Task<Bare> Measure(Setting setting, string data, long warm, long many, long one)
    {
        var start = new ProcessStartInfo("taskset") { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in (string[])[
            "-c", setting.ServerCores, "dotnet", typeof(BareDatabase).Assembly.Location, "store", Path.Combine(data, "carillon.db"),
            Path.Combine(setting.Places.Folder(), "bare.db"), $"{warm}", $"{many}", $"{one}"])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize(said, BareJson.Default.Bare)!
            : throw new RunFailed($"The bare database ended with {process.ExitCode}.");
    }

    /// <summary><c>store SOURCE TARGET WARM MANY ONE</c>: so many sends to warm up, to be timed, and to be timed one by one.</summary>
    public static int Run(ReadOnlySpan<string> args)
    {
        static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
        var (warm, many, one) = (Number(args[2]), Number(args[3]), Number(args[4]));
        using var source = new SqliteDatabase(args[0]).OpenReader();
        using var target = new SqliteDatabase(args[1]).OpenWriter();
        Schema.Copy(source, target);
        var messages = Rows.Of(source, "message", "position", "created");

        // The tokens of what was made before the first send stand in front.
        var requests = Rows.Of(source, "request", "at", "at").Last(messages.Count);
        if (messages.Count != warm + many + one)
            throw new RunFailed($"{messages.Count} messages are stored of {warm + many + one} sends.");

        var writer = new BareWriter(target, messages, requests);
        while (writer.Done < warm)
        {
            writer.Commit(warm);
        }

        using var self = Process.GetCurrentProcess();
        var (cpu, clock, commits) = (self.TotalProcessorTime, Stopwatch.StartNew(), 0);
        while (writer.Done < warm + many)
        {
            writer.Commit(warm + many);
            commits++;
        }

        var seconds = clock.Elapsed.TotalSeconds;
        self.Refresh();
        var used = (self.TotalProcessorTime - cpu).TotalMicroseconds;
        var single = new Histogram();
        while (writer.Done < messages.Count)
        {
            var began = Stopwatch.GetTimestamp();
            writer.CommitOne();
            single.Add(Stopwatch.GetTimestamp() - began);
        }

        Console.WriteLine(JsonSerializer.Serialize(
            new((double)many / commits, many / seconds, used / many, Stand.Milliseconds(single.Quantile(0.5))),
            BareJson.Default.Bare));
        return 0;
    }
}
