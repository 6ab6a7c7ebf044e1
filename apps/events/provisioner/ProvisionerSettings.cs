using System.Globalization;
using Carillon.Wire.SigV4;

namespace Carillon.Events.Provisioner;

/// <summary>
/// The settings of the program: flags (<c>--Endpoint URL</c>) or variables (<c>CARILLON_EVENTS_ENDPOINT</c>), the same as
/// the app's where they mean the same.
/// </summary>
internal static class ProvisionerSettings
{
    private const string prefix = "CARILLON_EVENTS_";

    private static readonly string[] names =
        ["Data", "Endpoint", "Region", "Rates", "MembersPerChannel", "MembersPerPart", "FlowFunction", "LeaseSeconds"];

    /// <returns>The options, and the folder of the database.</returns>
    /// <exception cref="FormatException">A setting is unknown, missing or wrong; the message says which.</exception>
    public static (ProvisionerOptions Options, string Folder) Read(
        string[] args, IReadOnlyDictionary<string, string?> environment)
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

        var endpoint = given.GetValueOrDefault("Endpoint") ?? "http://localhost:4580";
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw new FormatException("Endpoint must be an http or https URL.");
        var key = environment.GetValueOrDefault("AWS_ACCESS_KEY_ID");
        var secret = environment.GetValueOrDefault("AWS_SECRET_ACCESS_KEY");
        if (string.IsNullOrEmpty(key) || string.IsNullOrEmpty(secret))
            throw new FormatException("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set: a key of the platform is needed.");
        var credentials = new AwsCredentials(key, secret, environment.GetValueOrDefault("AWS_SESSION_TOKEN"));
        var region = given.GetValueOrDefault("Region") ?? environment.GetValueOrDefault("AWS_REGION") ?? "us-east-1";
        var options = new ProvisionerOptions
        {
            Endpoint = () => url,
            Region = region,
            Credentials = () => credentials,
            Rates = RatesOf(given.GetValueOrDefault("Rates") ?? "auto", region),
        };
        return (
            options with
            {
                MembersPerChannel = Number(given, "MembersPerChannel", options.MembersPerChannel),
                MembersPerPart = Number(given, "MembersPerPart", options.MembersPerPart),
                FlowFunction = given.GetValueOrDefault("FlowFunction") ?? options.FlowFunction,
                Lease = TimeSpan.FromSeconds(Number(given, "LeaseSeconds", (int)options.Lease.TotalSeconds)),
                CallTimeout = TimeSpan.FromSeconds(Number(given, "LeaseSeconds", (int)options.Lease.TotalSeconds) / 3.0),
            },
            given.GetValueOrDefault("Data") ?? "data/events");
    }

    /// <summary><c>auto</c>, <c>off</c>, <c>aws</c>, or AWS's with some replaced: <c>users=20,batches=2</c>.</summary>
    internal static Rates? RatesOf(string text, string region)
    {
        switch (text)
        {
            case "auto": return null;
            case "off": return Rates.Off;
            case "aws": return Rates.AwsIn(region);
        }

        var rates = Rates.AwsIn(region);
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var pair = part.Split('=');
            if (pair.Length != 2 || !double.TryParse(pair[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var rate)
                || rate is < 0 or > 1_000_000)
                throw new FormatException($"Rates: {part} is no rate.");
            rates = pair[0] switch
            {
                "users" => rates with { Users = rate },
                "batches" => rates with { Batches = rate },
                "members" => rates with { Members = rate },
                "others" => rates with { Others = rate },
                _ => throw new FormatException($"Rates: there is no {pair[0]}, but users, batches, members and others."),
            };
        }

        return rates;
    }

    private static int Number(Dictionary<string, string> given, string name, int usual) =>
        !given.TryGetValue(name, out var text) ? usual
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
        : throw new FormatException($"{name} must be a number above zero.");
}
