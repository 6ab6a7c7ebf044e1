using System.Globalization;

namespace Carillon.Load;

/// <param name="Repository">Its root.</param>
/// <param name="Scenarios">Names; none for all.</param>
/// <param name="Only">Names of servers; none for all.</param>
/// <param name="Repetitions">Runs of each server in each scenario.</param>
/// <param name="Out">Where results go.</param>
internal sealed record SuiteOptions(
    string Repository, bool IsQuick, int Repetitions, IReadOnlyList<string> Scenarios, IReadOnlyList<string> Only, string Out,
    string ServerCores, string ClientCores)
{
    public static SuiteOptions Read(ReadOnlySpan<string> args)
    {
        var repository = args[0];
        var options = new SuiteOptions(repository, false, 3, [], [], Path.Combine(repository, "bench/results"), "0", "1");
        int? repetitions = null;
        for (var i = 1; i < args.Length; i++)
        {
            var argument = args[i];
            if (argument == "--quick")
            {
                options = options with { IsQuick = true };
                continue;
            }

            if (!argument.StartsWith("--", StringComparison.Ordinal))
            {
                options = options with { Scenarios = [.. options.Scenarios, argument] };
                continue;
            }

            if (++i == args.Length) throw new ArgumentException($"{argument} needs a value.");
            switch (argument)
            {
                case "--reps":
                    repetitions = int.Parse(args[i], CultureInfo.InvariantCulture);
                    break;
                case "--only":
                    options = options with { Only = args[i].Split(',') };
                    break;
                case "--out":
                    options = options with { Out = args[i] };
                    break;
                case "--server-cores":
                    options = options with { ServerCores = args[i] };
                    break;
                case "--client-cores":
                    options = options with { ClientCores = args[i] };
                    break;
                default:
                    throw new ArgumentException($"There is no option {argument}.");
            }
        }

        return options with { Repetitions = repetitions ?? (options.IsQuick ? 1 : 3) };
    }
}
