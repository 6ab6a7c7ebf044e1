using System.Collections;
using Carillon.Server.Hosting;

// The platform alone. The program that hosts it together with the pages is apps/stack.
if (SettingsReader.IsHelp(args))
{
    Console.Out.Write(SettingsReader.Help());
    return 0;
}

try
{
    var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .ToDictionary(e => (string)e.Key, e => e.Value as string);
    await using var platform = Platform.Build(SettingsReader.Read(args, environment));
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
