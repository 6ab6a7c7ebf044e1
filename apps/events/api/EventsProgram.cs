using System.Collections;
using System.Globalization;
using System.Text;
using Carillon.Events.Core.Store;
using Carillon.Events.Letters;
using Carillon.Events.SignIn;
using Carillon.Wire.Outbound;
using Carillon.Wire.SigV4;
using Microsoft.AspNetCore.HttpOverrides;

namespace Carillon.Events;

/// <summary>Runs the app by itself. Settings are flags (<c>--Endpoint URL</c>) or variables (<c>CARILLON_EVENTS_ENDPOINT</c>).</summary>
internal static class EventsProgram
{
    public static async Task<int> RunAsync(string[] args)
    {
        EventsSettings settings;
        string[] words;
        try
        {
            var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
                .ToDictionary(e => (string)e.Key, e => e.Value as string);
            if (args is ["--help"] or ["-h"])
            {
                await Console.Out.WriteLineAsync(EventsSettings.Help);
                return 0;
            }

            // Words come first, settings after them: account add NAME --Data DIR.
            words = [.. args.TakeWhile(a => !a.StartsWith("--", StringComparison.Ordinal))];
            settings = EventsSettings.Read(args[words.Length..], environment);
            if (words is ["account", ..]) return await AccountAsync(settings, words[1..]);
            _ = settings.Options.Credentials();
            if (words.Length > 0) throw new FormatException($"{words[0]} is no command. There are: {AccountCommands.Usage}");
        }
        catch (FormatException wrong)
        {
            await Console.Error.WriteLineAsync(wrong.Message);
            return 1;
        }

        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.WebHost.UseUrls(settings.Listen);
        await using var app = builder.Build();
        if (settings.Forwarding is { } forwarding) app.UseForwardedHeaders(forwarding);
        await using var events = EventsService.Open(
            settings.Options, TimeProvider.System, app.Services.GetRequiredService<ILoggerFactory>());
        app.MapEvents(events);
        await app.RunAsync();
        return 0;
    }

    private static async Task<int> AccountAsync(EventsSettings settings, string[] words)
    {
        Directory.CreateDirectory(settings.Options.DataFolder);
        using var store = EventsStore.Open(Path.Combine(settings.Options.DataFolder, "events.db"), TimeProvider.System);
        return await AccountCommands.RunAsync(store, words, settings.Address, Console.Out, Console.Error);
    }
}

/// <summary>The settings of the program, read and checked.</summary>
/// <param name="Listen">URLs, separated by semicolons.</param>
/// <param name="Address">Where people reach the app.</param>
/// <param name="Forwarding">Whose word is taken for where a request came from; null where nobody's is.</param>
internal sealed record EventsSettings(EventsOptions Options, string Listen, Uri Address, ForwardedHeadersOptions? Forwarding)
{
    public const string Help = $"""
        The events app, beside a platform of its own or of somebody else's.

        Carillon.Events [settings]     runs it
        Carillon.Events {AccountCommands.Usage}

        --Data DIR             events.db and its key; data/events
        --Endpoint URL         where this process reaches the platform; http://localhost:4580
        --ClientEndpoint URL   where browsers reach it; Endpoint
        --Region, --Account    of the platform; us-east-1, 123456789012
        --Listen URL           where the app listens; http://localhost:4590
        --Address URL          where people reach it, for links; Listen
        --MostSockets N        open pages at most; 12000
        --WebhookSecretFile F  the platform's webhook-secret, which its questions about messages are signed with;
                               without it nothing can be said
        --AllowedOutbound L    where besides the internet streams may be looked at: hosts, addresses, networks
        --OidcIssuer URL ...   organisers' own sign-in: docs/events.md
        --MailHost HOST ...    letters to whoever lost a code: docs/events.md
        --Proxies NET,...      addresses or networks of proxies whose X-Forwarded-For and -Proto are believed; none

        Each may come from the environment as CARILLON_EVENTS_DATA and so on. The platform's key is in AWS_ACCESS_KEY_ID,
        AWS_SECRET_ACCESS_KEY and, where there is one, AWS_SESSION_TOKEN.
        """;

    private const string prefix = "CARILLON_EVENTS_";

    /// <summary>Characters of the webhook secret; what is shorter could be found by trying. The platform's.</summary>
    private const int leastSecret = 32;

    /// <exception cref="FormatException">A setting is unknown, missing or wrong; the message says which.</exception>
    public static EventsSettings Read(string[] args, IReadOnlyDictionary<string, string?> environment)
    {
        var given = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in names)
            if (environment.GetValueOrDefault(prefix + name.ToUpperInvariant()) is { Length: > 0 } value)
                given[name] = value;
        for (var i = 0; i < args.Length; i += 2)
        {
            var name = args[i].StartsWith("--", StringComparison.Ordinal) ? args[i][2..] : "";
            if (!names.Contains(name, StringComparer.OrdinalIgnoreCase))
                throw new FormatException($"{args[i]} is no setting. There are: {string.Join(", ", names)}.");
            if (i + 1 == args.Length) throw new FormatException($"{args[i]} has no value.");
            given[name] = args[i + 1];
        }

        var endpoint = UrlOf(given.GetValueOrDefault("Endpoint") ?? "http://localhost:4580", "Endpoint");
        var client = given.TryGetValue("ClientEndpoint", out var url) ? UrlOf(url, "ClientEndpoint") : endpoint;
        var key = environment.GetValueOrDefault("AWS_ACCESS_KEY_ID");
        var secret = environment.GetValueOrDefault("AWS_SECRET_ACCESS_KEY");
        var allowed = given.GetValueOrDefault("AllowedOutbound") ?? "";
        _ = new OutboundRules(allowed);
        var listen = given.GetValueOrDefault("Listen") ?? "http://localhost:4590";
        var address = UrlOf(given.GetValueOrDefault("Address") ?? listen.Split(';')[0], "Address");
        return new EventsSettings(
            new EventsOptions
            {
                DataFolder = given.GetValueOrDefault("Data") ?? "data/events",
                Endpoint = () => endpoint,
                ClientEndpoint = () => client,
                Address = given.ContainsKey("Address") ? address : null,
                Region = given.GetValueOrDefault("Region") ?? environment.GetValueOrDefault("AWS_REGION") ?? "us-east-1",
                Account = given.GetValueOrDefault("Account") ?? "123456789012",
                Credentials = () => string.IsNullOrEmpty(key) || string.IsNullOrEmpty(secret)
                    ? throw new FormatException(
                        "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set: the app needs a key of the platform.")
                    : new AwsCredentials(key, secret, environment.GetValueOrDefault("AWS_SESSION_TOKEN")),
                AllowedOutbound = allowed,
                OwnAddress = () => address,
                OpenId = OpenIdOptions.Read(name => given.GetValueOrDefault(name) ?? (name == "OidcAddress" ? given.GetValueOrDefault("Address") : null)),
                Mail = MailOptions.Read(
                    given.GetValueOrDefault, given.ContainsKey("Address") || address.IsLoopback ? () => address : null),
                FlowSecret = given.TryGetValue("WebhookSecretFile", out var file) ? () => SecretOf(file) : null,
                MostSockets = int.TryParse(
                    given.GetValueOrDefault("MostSockets") ?? "12000", NumberStyles.None, CultureInfo.InvariantCulture, out var most)
                    ? most : throw new FormatException("MostSockets is no number."),
            },
            listen,
            address,
            given.TryGetValue("Proxies", out var proxies) ? ForwardingBy(proxies) : null);
    }

    private static readonly string[] names =
    [
        "Data", "Endpoint", "ClientEndpoint", "Region", "Account", "Listen", "Address", "MostSockets", "WebhookSecretFile", "AllowedOutbound",
        "Proxies", .. OpenIdOptions.Names, .. MailOptions.Names,
    ];

    /// <summary>The host stays the request's: proxies keep it, and what a client adds they do not all take away.</summary>
    private static ForwardedHeadersOptions ForwardingBy(string proxies)
    {
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            // As far back as each is one of them.
            ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        try
        {
            var known = Wire.Proxies.Parse(proxies);
            foreach (var proxy in known.Addresses) options.KnownProxies.Add(proxy);
            foreach (var network in known.Networks) options.KnownIPNetworks.Add(network);
        }
        catch (FormatException wrong)
        {
            throw new FormatException($"Proxies: {wrong.Message}");
        }

        return options;
    }

    /// <summary>
    /// Read for each question, so that a secret that is changed needs no restart; null while the file is not there, or holds
    /// less than the platform takes for a secret: by an empty one anybody could sign.
    /// </summary>
    private static byte[]? SecretOf(string file) =>
        File.Exists(file) && File.ReadAllText(file).Trim() is { Length: >= leastSecret } text ? Encoding.UTF8.GetBytes(text) : null;

    private static Uri UrlOf(string text, string setting) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url
        : throw new FormatException($"{setting} must be an http or https URL.");
}
