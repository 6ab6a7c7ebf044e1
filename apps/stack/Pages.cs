using System.Reflection;
using System.Text;
using Carillon.Console;
using Carillon.Core;
using Carillon.Events;
using Carillon.Events.Letters;
using Carillon.Events.Provisioner;
using Carillon.Events.SignIn;
using Carillon.Kit;
using Carillon.Kit.SignIn;
using Carillon.Server.Hosting;
using Carillon.Start;

namespace Carillon.Stack;

/// <summary>Every page of an installation, at the address of its platform.</summary>
internal sealed class Pages : IBeside
{
    private readonly Platform _platform;
    private readonly OneTimeTokens _tokens = new(TimeProvider.System);
    private readonly EventsService _events;
    private readonly ProvisionerService _provisioner;

    private Pages(CarillonOptions options, Platform platform, OperatorSessions operators)
    {
        _platform = platform;
        var logs = platform.App.Services.GetRequiredService<ILoggerFactory>();
        var quotas = new Quotas(options.QuotaOverrides());
        int Most(Limit limit) => (int)Math.Min(quotas[limit], int.MaxValue);
        _events = EventsService.Open(
            new EventsOptions
            {
                DataFolder = Path.Combine(options.Data, "events"),
                Endpoint = () => Plain,
                Region = options.Region,
                Account = options.Account,
                Credentials = () => platform.Root,
                Operators = operators,
                FlowSecret = () => Encoding.UTF8.GetBytes(
                    File.ReadAllText(options.WebhookSecretFile ?? platform.Folder.WebhookSecret).Trim()),
                LoopbackOnly = options.IsLoopbackOnly,
                AllowedOutbound = options.OutboundPlaces,
                OwnAddress = () => Plain,
                OpenId = SignIn(options),
                Mail = Letters(options),
            },
            TimeProvider.System, logs);
        _provisioner = new ProvisionerService(
            _events.Store,
            new ProvisionerOptions
            {
                Endpoint = () => Plain,
                Region = options.Region,
                Credentials = () => platform.Root,
                Rates = RatesOf(options),
                MembersPerChannel = Most(Quotas.MembershipsPerChannel),
                PartsPerChannel = Most(Quotas.SubChannelsPerChannel),
            },
            TimeProvider.System, logs);
    }

    private static OpenIdOptions? SignIn(CarillonOptions options)
    {
        try
        {
            return OpenIdOptions.Read(name => name switch
            {
                nameof(options.OidcIssuer) => options.OidcIssuer,
                nameof(options.OidcClientId) => options.OidcClientId,
                nameof(options.OidcClientSecretFile) => options.OidcClientSecretFile,
                nameof(options.OidcAllowed) => options.OidcAllowed,
                nameof(options.OidcClaim) => options.OidcClaim,
                nameof(options.OidcScope) => options.OidcScope,
                nameof(options.OidcAddress) => options.OidcAddress,
                _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
            });
        }
        catch (FormatException wrong)
        {
            throw new SettingException(wrong.Message);
        }
    }

    /// <summary>Only while nobody else can come is this server's own name for itself where people reach it.</summary>
    private MailOptions? Letters(CarillonOptions options)
    {
        try
        {
            return MailOptions.Read(
                name => name switch
                {
                    nameof(options.MailHost) => options.MailHost,
                    nameof(options.MailPort) => options.MailPort,
                    nameof(options.MailUser) => options.MailUser,
                    nameof(options.MailPasswordFile) => options.MailPasswordFile,
                    nameof(options.MailFrom) => options.MailFrom,
                    nameof(options.MailTls) => options.MailTls,
                    nameof(options.MailFolder) => options.MailFolder,
                    nameof(options.MailLinks) => options.MailLinks,
                    _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
                },
                options.IsLoopbackOnly ? () => Plain : null);
        }
        catch (FormatException wrong)
        {
            throw new SettingException(wrong.Message);
        }
    }

    /// <summary>The provisioner keeps to what the platform holds it to; null where that is nothing.</summary>
    private static Rates? RatesOf(CarillonOptions options)
    {
        if (options.Throttling == "off") return null;
        var inForce = options.RatesInForce().ToDictionary(rate => rate.Name, rate => rate.PerSecond);
        return Rates.Within(
            inForce.GetValueOrDefault("UserChanges"), inForce.GetValueOrDefault("Batch"), inForce.GetValueOrDefault("Bearer"));
    }

    private Uri Plain => new($"http://{_platform.Options.OwnHost}:{_platform.Port}");

    /// <summary>The rules of live events bind every client because the platform asks their app about each message.</summary>
    public static CarillonOptions Adjust(CarillonOptions options)
    {
        const string function = "carillon-events";
        var named = options.FlowEndpoints.Split(',').Select(entry => entry.Split('=')[0].Trim());
        if (options.NoApps || named.Any(name => name == function || name.EndsWith($":function:{function}", StringComparison.Ordinal))) return options;
        // Port 0 is this server's own there too, whichever it gets.
        var own = $"{function}=http://{options.OwnHost}:{options.Port}/events/flow";
        // Whatever else may be reached, and where nothing may, the server's own app has to be asked.
        var place = options.OwnHost != "localhost" ? options.OwnHost.Trim('[', ']') : options.Port == 0 ? options.OwnHost : $"localhost:{options.Port}";
        return options with
        {
            FlowEndpoints = options.FlowEndpoints.Length == 0 ? own : $"{options.FlowEndpoints},{own}",
            AllowedOutbound = options is { AllowedOutbound: null, IsLoopbackOnly: true } ? null
                : string.Join(',', new[] { options.OutboundPlaces, place }.Where(p => p.Length > 0)),
        };
    }

    public static async Task<IBeside?> Open(CarillonOptions options, Platform platform)
    {
        if (options.NoApps) return null;
        var operators = new OperatorSessions(TimeProvider.System);
        var pages = new Pages(options, platform, operators);
        try
        {
            await pages.Map(options, operators);
            return pages;
        }
        catch
        {
            await pages.DisposeAsync();
            throw;
        }
    }

    private async Task Map(CarillonOptions options, OperatorSessions operators)
    {
        PlatformAddresses Addresses() => new(Plain, Plain, new Uri($"https://localhost:{_platform.TlsPort}"));
        _platform.App.MapConsole(new ConsoleOptions
        {
            Addresses = Addresses,
            Region = options.Region,
            Account = options.Account,
            Root = _platform.Root,
            Tokens = _tokens,
            Operators = operators,
        });
        _platform.App.MapEvents(_events);
        _platform.App.MapStart(new StartOptions
        {
            Addresses = Addresses,
            Region = options.Region,
            Account = options.Account,
            Root = _platform.Root,
            Version = Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
                .InformationalVersion.Split('+')[0],
            LoopbackOnly = options.IsLoopbackOnly,
            Facts = _ => ValueTask.FromResult(new PlatformFacts(_platform.Health.IsReady, _platform.Sessions)),
            Tokens = _tokens,
            Operators = operators,
            CaPemPath = options.TlsCertificate is null ? _platform.Folder.CaPem : null,
            DataFolder = Path.GetFullPath(options.Data),
            CredentialsFile = _platform.Folder.Credentials,
            Faces = await Faces(),
        });
    }

    private async Task<IReadOnlyList<Face>> Faces()
    {
        var faces = new List<Face>
        {
            new("Live events", "/events/organise/", "Make a show, sell tickets, moderate its chat; as operator you may."),
            new("Console", "/console/gateway", "WebSocket APIs: routes, connections, events, functions, a test client."),
        };
        if (_events.Options.LoopbackOnly)
        {
            var sample = await SampleShow.PrepareAsync(_events, CancellationToken.None);
            faces.Add(new(
                "On air now, as a fan", $"/events/{sample.Slug}#{sample.Codes[0]}",
                $"Ticket {sample.Codes[0]}, or {sample.Codes[1]} in a second browser."));
            faces.Add(new("On air now, as moderator", $"/events/sign-in#{sample.ModeratorToken}", "Mo's desk; the link signs in once."));
        }

        return faces;
    }

    public Task Start() => _provisioner.StartAsync(CancellationToken.None);

    public string SignInLink() => $"{Plain.GetLeftPart(UriPartial.Authority)}/sign-in#{_tokens.Issue()}";

    public async ValueTask DisposeAsync()
    {
        await _provisioner.StopAsync(CancellationToken.None);
        _provisioner.Dispose();
        await _events.DisposeAsync();
    }
}
