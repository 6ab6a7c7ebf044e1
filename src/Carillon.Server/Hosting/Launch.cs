using System.Collections;

namespace Carillon.Server.Hosting;

/// <summary>What every program does that hosts the platform.</summary>
internal static class Launch
{
    /// <summary>Serves until it is told to end; or prints the help, or why it cannot start.</summary>
    /// <param name="seams">Pieces other than the usual ones.</param>
    /// <param name="furnish">
    /// Adds what is hosted beside the platform, and returns what makes the operator's link once it serves; null where there is none.
    /// </param>
    /// <param name="configure">Adds services before the platform is built.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> Run(
        IReadOnlyList<string> args, Seams? seams = null, Func<CarillonOptions, Platform, Func<string>?>? furnish = null,
        Action<WebApplicationBuilder>? configure = null)
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
            await using var platform = Platform.Build(options, configure: configure, seams: seams);
            var signIn = furnish?.Invoke(options, platform);
            await platform.App.StartAsync();
            Banner.Print(platform, Console.Out, signIn?.Invoke());
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
