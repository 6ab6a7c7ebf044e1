using System.Collections;
using Carillon.Server.Gateway;

namespace Carillon.Server.Hosting;

/// <summary>The platform as a program runs it: its own, or one that brings WebSocket APIs in C#.</summary>
public static class CarillonHost
{
    /// <summary>Runs with the settings of flags, environment and file until it is told to stop.</summary>
    /// <param name="args">The program's.</param>
    /// <param name="programs">APIs that are served beside those of the store and the definitions file; an id may be there once.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> Run(string[] args, params GatewayProgram[] programs)
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
            await using var platform = Platform.Build(SettingsReader.Read(args, environment), configure: builder =>
            {
                foreach (var program in programs)
                {
                    builder.Services.AddSingleton(program);
                }
            });
            await platform.App.StartAsync();
            Banner.Print(platform, Console.Out, signIn: null);
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
