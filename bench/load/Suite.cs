using System.Runtime.InteropServices;
using Carillon.Load.Protocols;
using Carillon.Load.Scenarios;
using Carillon.Load.Servers;

namespace Carillon.Load;

/// <summary>Scenarios, times servers, times repetitions: a whole round of everything, then the next.</summary>
internal static class Suite
{
    /// <summary>Bytes of a message's content.</summary>
    private const int Content = 512;

    public static async Task<int> Run(SuiteOptions options)
    {
        var scenarios = Choose(options);
        var temporary = Directory.CreateTempSubdirectory("carillon-bench-").FullName;
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            ServerProcess.EndAll();
            try
            {
                Directory.Delete(temporary, recursive: true);
            }
            catch (IOException)
            {
                // A run that was under way takes its own folder away at the same time.
            }

            Environment.Exit(130);
        }

        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var hungUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
        try
        {
            Cores.Pin(options.ClientCores);
            var setting = new Setting(
                new Places(options.Repository, temporary), options.ServerCores, options.ClientCores, options.IsQuick, Content, 0);
            // Where nobody is given messages of that size, nobody need be asked.
            if (scenarios.Any(scenario => scenario.Servers is not [Stand.Events])) setting = setting with { Frame = await FrameSize(setting) };
            var results = new Results(options, setting);
            if (scenarios.Count > 0) results.Begin();
            foreach (var (scenario, server, why) in Absent(scenarios, setting, options))
            {
                results.Absent(scenario, server, why);
            }

            var wrong = 0;
            for (var repetition = 1; repetition <= options.Repetitions; repetition++)
            {
                foreach (var scenario in scenarios)
                {
                    foreach (var server in Servers(scenario, options).Where(server => WhyAbsent(server, setting) is null))
                    {
                        wrong += await One(scenario, server, repetition, setting, results);
                    }
                }

                // After each round, so that a run that is stopped leaves what it has.
                if (scenarios.Count > 0) results.WriteTable(scenarios);
            }

            if (IsChosen(Micro.Name, options)) wrong += await Micro.Run(options, setting, results);
            if (wrong > 0) await Console.Error.WriteLineAsync($"{wrong} runs failed or lost count. They stand in the results.");
            return wrong > 0 ? 1 : 0;
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    /// <summary>1 where the run failed, or lost, repeated or mixed up a message.</summary>
    private static async Task<int> One(Scenario scenario, string server, int repetition, Setting setting, Results results)
    {
        try
        {
            var figures = await scenario.Run(setting, server);
            results.Add(scenario, server, repetition, figures);
            return figures.Wrong > 0 ? 1 : 0;
        }
        catch (Exception e) when (e is RunFailed or IOException or HttpRequestException or InvalidDataException)
        {
            results.Failed(scenario, server, repetition, e.Message);
            return 1;
        }
        finally
        {
            // What a run leaves behind must not be collected in the next.
            GC.Collect();
        }
    }

    private static List<Scenario> Choose(SuiteOptions options)
    {
        string[] names = [.. All.Scenarios.Select(scenario => scenario.Name), Micro.Name];
        if (options.Scenarios.Except(names).FirstOrDefault() is { } unknown)
            throw new ArgumentException($"There is no scenario {unknown}; there are {string.Join(", ", names)}.");
        return [.. All.Scenarios.Where(scenario => IsChosen(scenario.Name, options))];
    }

    private static bool IsChosen(string scenario, SuiteOptions options) =>
        options.Scenarios.Count == 0 || options.Scenarios.Contains(scenario);

    private static IEnumerable<string> Servers(Scenario scenario, SuiteOptions options) =>
        scenario.Servers.Where(server => options.Only.Count == 0 || options.Only.Contains(server));

    private static IEnumerable<(string Scenario, string Server, string Why)> Absent(
        IEnumerable<Scenario> scenarios, Setting setting, SuiteOptions options) =>
        from scenario in scenarios
        from server in Servers(scenario, options)
        let why = WhyAbsent(server, setting)
        where why is not null
        select (scenario.Name, server, why);

    private static string? WhyAbsent(string server, Setting setting) =>
        Peers.All.Contains(server) ? Peers.Find(server, setting.Places).Absent : null;

    /// <summary>Bytes of the frame in which a session hears a message, so that peers are given the same to carry.</summary>
    private static async Task<int> FrameSize(Setting setting)
    {
        var one = new FanOut(2, 1, 1, 10, TimeSpan.FromSeconds(0.5));
        var figures = await one.Run(setting with { IsQuick = true }, Stand.Carillon);
        return (int)figures.Of("frame_bytes")!.Value;
    }
}
