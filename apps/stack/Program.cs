using System.Reflection;
using Carillon.Console;
using Carillon.Kit;
using Carillon.Kit.SignIn;
using Carillon.Server.Hosting;
using Carillon.Start;

// The platform and its pages in one process: what ./run starts.
return await Launch.Run(args, furnish: (options, platform) =>
{
    if (options.NoApps)
    {
        return null;
    }

    PlatformAddresses Addresses() => new(
        new Uri($"http://localhost:{platform.Port}"), new Uri($"http://localhost:{platform.Port}"),
        new Uri($"https://localhost:{platform.TlsPort}"));
    var tokens = new OneTimeTokens(TimeProvider.System);
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
    return () => $"http://localhost:{platform.Port}/sign-in#{tokens.Issue()}";
});
