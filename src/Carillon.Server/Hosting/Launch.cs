using System.Collections;

namespace Carillon.Server.Hosting;

/// <summary>What a program hosts beside the platform. It is let go of before the platform is.</summary>
internal interface IBeside : IAsyncDisposable
{
    /// <summary>Begins what needs a platform that serves.</summary>
    Task Start();

    /// <summary>A new link that signs the operator in.</summary>
    string SignInLink();
}

/// <summary>What every program does that hosts the platform.</summary>
internal static class Launch
{
    /// <summary>Serves until it is told to end; or prints the help, or why it cannot start.</summary>
    /// <param name="seams">Pieces other than the usual ones.</param>
    /// <param name="adjust">Settings that follow from what is hosted beside the platform.</param>
    /// <param name="furnish">Adds what is hosted beside the platform; null where there is nothing.</param>
    /// <param name="configure">Adds services before the platform is built.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> Run(
        IReadOnlyList<string> args, Seams? seams = null, Func<CarillonOptions, CarillonOptions>? adjust = null,
        Func<CarillonOptions, Platform, Task<IBeside?>>? furnish = null, Action<WebApplicationBuilder>? configure = null)
    {
        if (SettingsReader.IsHelp(args))
        {
            Console.Out.Write(SettingsReader.Help());
            return 0;
        }

        try
        {
            var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
                .ToDictionary(e => (string)e.Key, e => e.Value as string);
            var options = SettingsReader.Read(args, environment);
            options = adjust?.Invoke(options) ?? options;
            await using var platform = Platform.Build(options, configure: configure, seams: seams);
            await using var beside = furnish is null ? null : await furnish(options, platform);
            await platform.App.StartAsync();
            await (beside?.Start() ?? Task.CompletedTask);
            Banner.Print(platform, Console.Out, beside?.SignInLink());
            await platform.App.WaitForShutdownAsync();
            return platform.Health.ExitCode;
        }
        catch (Exception e) when (Banner.WhyNotStarted(e) is { } why)
        {
            await Console.Error.WriteLineAsync(why);
            return 1;
        }
    }
}
