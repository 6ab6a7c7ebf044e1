using System.Collections;
using System.Globalization;
using System.Text;
using Carillon.Wire.SigV4;

namespace Carillon.Events;

/// <summary>Runs the app by itself. Settings are flags (<c>--Endpoint URL</c>) or variables (<c>CARILLON_EVENTS_ENDPOINT</c>).</summary>
internal static class EventsProgram
{
    public static async Task<int> RunAsync(string[] args)
    {
        EventsSettings settings;
        try
        {
            var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
                .ToDictionary(e => (string)e.Key, e => e.Value as string);
            settings = EventsSettings.Read(args, environment);
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
        await using var events = EventsService.Open(
            settings.Options, TimeProvider.System, app.Services.GetRequiredService<ILoggerFactory>());
        app.MapEvents(events);
        await app.RunAsync();
        return 0;
    }
}

/// <summary>The settings of the program, read and checked.</summary>
/// <param name="Listen">URLs, separated by semicolons.</param>
internal sealed record EventsSettings(EventsOptions Options, string Listen)
{
    private const string prefix = "CARILLON_EVENTS_";

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

        var endpoint = Address(given.GetValueOrDefault("Endpoint") ?? "http://localhost:4580", "Endpoint");
        var client = given.TryGetValue("ClientEndpoint", out var url) ? Address(url, "ClientEndpoint") : endpoint;
        var key = environment.GetValueOrDefault("AWS_ACCESS_KEY_ID");
        var secret = environment.GetValueOrDefault("AWS_SECRET_ACCESS_KEY");
        if (string.IsNullOrEmpty(key) || string.IsNullOrEmpty(secret))
            throw new FormatException("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set: the app needs a key of the platform.");
        return new EventsSettings(
            new EventsOptions
            {
                DataFolder = given.GetValueOrDefault("Data") ?? "data/events",
                Endpoint = () => endpoint,
                ClientEndpoint = () => client,
                Region = given.GetValueOrDefault("Region") ?? environment.GetValueOrDefault("AWS_REGION") ?? "us-east-1",
                Account = given.GetValueOrDefault("Account") ?? "123456789012",
                Credentials = () => new AwsCredentials(key, secret, environment.GetValueOrDefault("AWS_SESSION_TOKEN")),
                FlowSecret = given.TryGetValue("WebhookSecretFile", out var file) ? () => SecretOf(file) : null,
                MostSockets = int.TryParse(
                    given.GetValueOrDefault("MostSockets") ?? "12000", NumberStyles.None, CultureInfo.InvariantCulture, out var most)
                    ? most : throw new FormatException("MostSockets is no number."),
            },
            given.GetValueOrDefault("Listen") ?? "http://localhost:4590");
    }

    private static readonly string[] names = ["Data", "Endpoint", "ClientEndpoint", "Region", "Account", "Listen", "MostSockets", "WebhookSecretFile"];

    /// <summary>Read for each question, so that a secret that is changed needs no restart; null while the file is not there.</summary>
    private static byte[]? SecretOf(string file) =>
        File.Exists(file) ? Encoding.UTF8.GetBytes(File.ReadAllText(file).Trim()) : null;

    private static Uri Address(string text, string setting) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url
        : throw new FormatException($"{setting} must be an http or https URL.");
}
