using System.Collections;
using Carillon.Sabotage;
using Carillon.Server.Hosting;
using Microsoft.Extensions.Hosting;

if (args is not [var name, .. var flags] || !Sabotages.ByName.TryGetValue(name, out var broken))
{
    Console.Error.WriteLine($"Say what is to be broken: {string.Join(", ", Sabotages.ByName.Keys)}.");
    return 2;
}

var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
    .ToDictionary(e => (string)e.Key, e => e.Value as string);
await using var platform = Platform.Build(SettingsReader.Read(flags, environment), seams: broken);
await platform.App.StartAsync();
Banner.Print(platform, Console.Out, signIn: null);
await platform.App.WaitForShutdownAsync();
return platform.Health.ExitCode;
