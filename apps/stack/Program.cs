using System.Collections;
using System.Reflection;
using Carillon.Console;
using Carillon.Kit;
using Carillon.Kit.SignIn;
using Carillon.Server.Hosting;
using Carillon.Start;

// The platform and its pages in one process: what ./run starts.
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
    await using var platform = Platform.Build(options);
    string? signIn = null;
    var tokens = new OneTimeTokens(TimeProvider.System);
    if (!options.NoApps)
    {
        PlatformAddresses Addresses() => new(
            new Uri($"http://localhost:{platform.Port}"), new Uri($"http://localhost:{platform.Port}"),
            new Uri($"https://localhost:{platform.TlsPort}"));
        var operators = new OperatorSessions(TimeProvider.System);
        platform.App.MapConsole(new ConsoleOptions
        {
            Addresses = Addresses,
            Region = options.Region,
            Account = options.Account,
            Root = platform.Root,
            Tokens = tokens,
            Operators = operators,
        });
        platform.App.MapStart(new StartOptions
        {
            Addresses = Addresses,
            Region = options.Region,
            Account = options.Account,
            Root = platform.Root,
            Version = Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
                .InformationalVersion.Split('+')[0],
            LoopbackOnly = options.IsLoopbackOnly,
            Facts = _ => ValueTask.FromResult(new PlatformFacts(platform.Health.IsReady, platform.Sessions)),
            Tokens = tokens,
            Operators = operators,
            CaPemPath = options.TlsCertificate is null ? platform.Folder.CaPem : null,
            DataFolder = Path.GetFullPath(options.Data),
            CredentialsFile = platform.Folder.Credentials,
            Faces = [new Face("Console", "/console/gateway", "WebSocket APIs: routes, connections, events, functions, a test client.")],
        });
    }

    await platform.App.StartAsync();
    if (!options.NoApps) signIn = $"http://localhost:{platform.Port}/sign-in#{tokens.Issue()}";
    Banner.Print(platform, Console.Out, signIn);
    await platform.App.WaitForShutdownAsync();
    return platform.Health.ExitCode;
}
catch (Exception e) when (Banner.WhyNotStarted(e) is { } why)
{
    await Console.Error.WriteLineAsync(why);
    return 1;
}
