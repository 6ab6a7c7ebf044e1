using System.Reflection;
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

    var tokens = new OneTimeTokens(TimeProvider.System);
    platform.App.MapStart(new StartOptions
    {
        Addresses = () => new StartAddresses(
            new Uri($"http://localhost:{platform.Port}"), new Uri($"http://localhost:{platform.Port}"),
            new Uri($"https://localhost:{platform.TlsPort}")),
        Region = options.Region,
        Account = options.Account,
        Root = platform.Root,
        Version = Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+')[0],
        LoopbackOnly = options.IsLoopbackOnly,
        Facts = _ => ValueTask.FromResult(new PlatformFacts(platform.Health.IsReady, platform.Sessions)),
        Tokens = tokens,
        Operators = new OperatorSessions(TimeProvider.System),
        CaPemPath = options.TlsCertificate is null ? platform.Folder.CaPem : null,
        DataFolder = Path.GetFullPath(options.Data),
        CredentialsFile = platform.Folder.Credentials,
    });
    return () => $"http://localhost:{platform.Port}/sign-in#{tokens.Issue()}";
});
