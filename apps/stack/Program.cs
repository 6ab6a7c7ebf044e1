using System.Collections;
using System.Reflection;
using System.Text;
using Carillon.Events;
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
    if (!options.NoApps) options = WithEventsFlow(options);
    await using var platform = Platform.Build(options);
    string? signIn = null;
    var tokens = new OneTimeTokens(TimeProvider.System);
    var operators = new OperatorSessions(TimeProvider.System);
    await using var events = options.NoApps ? null : EventsService.Open(
        new EventsOptions
        {
            DataFolder = Path.Combine(options.Data, "events"),
            Endpoint = () => new Uri($"http://localhost:{platform.Port}"),
            Region = options.Region,
            Account = options.Account,
            Credentials = () => platform.Root,
            Operators = operators,
            FlowSecret = () => Encoding.UTF8.GetBytes(
                File.ReadAllText(options.WebhookSecretFile ?? platform.Folder.WebhookSecret).Trim()),
            LoopbackOnly = options.IsLoopbackOnly,
        },
        TimeProvider.System, platform.App.Services.GetRequiredService<ILoggerFactory>());
    if (events is not null)
    {
        platform.App.MapEvents(events);
        platform.App.MapStart(new StartOptions
        {
            Addresses = () => new PlatformAddresses(
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
            Operators = operators,
            Faces = await FacesOf(events),
            CaPemPath = options.TlsCertificate is null ? platform.Folder.CaPem : null,
            DataFolder = Path.GetFullPath(options.Data),
            CredentialsFile = platform.Folder.Credentials,
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

// The events app's rules bind every client because the platform asks it about each message.
static CarillonOptions WithEventsFlow(CarillonOptions options)
{
    const string function = "carillon-events";
    if (options.Port == 0 || options.FlowEndpoints.Contains(function, StringComparison.Ordinal)) return options;
    var own = $"{function}=http://localhost:{options.Port}/events/flow";
    return options with { FlowEndpoints = options.FlowEndpoints.Length == 0 ? own : $"{options.FlowEndpoints},{own}" };
}

static async Task<IReadOnlyList<Face>> FacesOf(EventsService events)
{
    var faces = new List<Face>
    {
        new("Live events", "/events/organise/", "Make a show, sell tickets, moderate its chat; as operator you may."),
    };
    if (events.Options.LoopbackOnly)
    {
        var sample = await SampleShow.PrepareAsync(events, CancellationToken.None);
        faces.Add(new("On air now, as a fan", $"/events/{sample.Slug}#{sample.Codes[0]}", $"Ticket {sample.Codes[0]}, or {sample.Codes[1]} in a second browser."));
        faces.Add(new("On air now, as moderator", $"/events/sign-in#{sample.ModeratorToken}", "Mo's desk; the link signs in once."));
    }

    return faces;
}
