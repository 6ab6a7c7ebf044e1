using Carillon.Core;
using Carillon.Server.Federation;
using Carillon.Server.Http.Throttling;
using Carillon.Wire.Outbound;

namespace Carillon.Server.Hosting;

/// <summary>
/// Everything that can be set, with working defaults. Each is a flag (<c>--tls-port 4543</c>), an environment variable
/// (<c>CARILLON_TLS_PORT</c>) and a member of the settings file (<c>"TlsPort"</c>); flags win over the environment, which
/// wins over the file. <c>docs/configuration.md</c> lists them, and a test holds that list against this record.
/// </summary>
public sealed record CarillonOptions
{
    /// <summary>Folder of everything that lasts. Default <c>./data</c>.</summary>
    public string Data { get; init; } = "data";

    /// <summary>TCP port of HTTP; 0 takes a free one. Default 4580.</summary>
    public int Port { get; init; } = 4580;

    /// <summary>TCP port of HTTPS, which the stock Chime client needs; 0 takes a free one. Default 4543.</summary>
    public int TlsPort { get; init; } = 4543;

    /// <summary>Address to listen on: <c>localhost</c> (both loopback addresses), <c>*</c>, or one IP address.</summary>
    public string Bind { get; init; } = "localhost";

    /// <summary>
    /// Host and port that GetMessagingSessionEndpoint tells clients, <c>chat.example.org:4543</c>. Default: this host's TLS
    /// listener.
    /// </summary>
    public string? PublicEndpoint { get; init; }

    /// <summary>PEM file of a certificate of your own, with its chain. Default: one made at first start.</summary>
    public string? TlsCertificate { get; init; }

    /// <summary>PEM file of that certificate's key.</summary>
    public string? TlsKey { get; init; }

    /// <summary>AWS region this server is. Default us-east-1.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>AWS account this server is: 12 digits. Default 123456789012.</summary>
    public string Account { get; init; } = "123456789012";

    /// <summary>Origins of web pages that may call the API, separated by commas. Default <c>*</c>: calls are signed.</summary>
    public string AllowedOrigins { get; init; } = "*";

    /// <summary>
    /// Proxies in front, whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are believed: addresses and networks, separated by
    /// commas. Default: none, and nobody is believed.
    /// </summary>
    public string Proxies { get; init; } = "";

    /// <summary>
    /// What carries plain WebSockets: <c>auto</c>, <c>reactor</c> (our own, on Linux) or <c>pipe</c> (the web server's). Default
    /// auto: the reactor where it works. Sockets with TLS are pipes always.
    /// </summary>
    public string Transport { get; init; } = AutoTransport;

    /// <summary>WebSockets that may be open; the next is refused with 503. Default 12,000.</summary>
    public int MostSockets { get; init; } = 12_000;

    /// <summary>The platform alone, without the pages. Default false.</summary>
    public bool NoApps { get; init; }

    /// <summary><c>text</c> for people or <c>json</c> for machines. Default text.</summary>
    public string LogFormat { get; init; } = "text";

    /// <summary>A settings file in JSON. Default: <c>settings.json</c> in the data folder, where there is one.</summary>
    public string? Settings { get; init; }

    /// <summary>
    /// Numbers that replace quotas, by name, separated by commas: <c>MembershipsPerChannel=50000</c>. Default: AWS's.
    /// </summary>
    public string Quotas { get; init; } = "";

    /// <summary>
    /// The rates that requests are held to: <c>off</c>, <c>aws</c> (AWS's rates) or <c>public</c> (for a server that faces
    /// the internet). Default off.
    /// </summary>
    public string Throttling { get; init; } = Http.Throttling.Rates.Off;

    /// <summary>
    /// Requests a second that replace the profile's, by name, separated by commas: <c>Bearer=100,Identity=0</c>; 0 switches
    /// a rate off.
    /// </summary>
    public string Rates { get; init; } = "";

    /// <summary>
    /// Places the server itself may send requests to (processors, webhooks, identity providers): hosts, hosts with ports,
    /// addresses and networks, separated by commas. Default: loopback while bound to loopback, else none.
    /// </summary>
    public string? AllowedOutbound { get; init; }

    /// <summary>
    /// URLs that stand for the Lambda functions of channel flows, by the function's name or ARN, separated by commas:
    /// <c>moderate=http://127.0.0.1:9000/</c>. Their places must be in <see cref="AllowedOutbound"/>. Port 0 is this server's own
    /// port of HTTP.
    /// </summary>
    public string FlowEndpoints { get; init; } = "";

    /// <summary>
    /// Base URL of a Lambda Invoke API (AWS itself, LocalStack, SAM), for functions that <see cref="FlowEndpoints"/> does not
    /// name. Default: none.
    /// </summary>
    public string? LambdaEndpoint { get; init; }

    /// <summary>An AWS shared-credentials file with the key that signs for <see cref="LambdaEndpoint"/>.</summary>
    public string? LambdaCredentials { get; init; }

    /// <summary>The profile of that file. Default <c>default</c>.</summary>
    public string LambdaProfile { get; init; } = "default";

    /// <summary>
    /// Lambda functions run on this machine. Whoever may create one here runs programs here, so it is off until it is wanted.
    /// Default false.
    /// </summary>
    public bool Functions { get; init; }

    /// <summary>
    /// The system's user that functions run as, where the server runs as root. Default: <c>nobody</c> there, elsewhere the server's own.
    /// </summary>
    public string? FunctionUser { get; init; }

    /// <summary>A folder <c>node_modules</c> that every Node function finds, for the AWS SDK. Default: none.</summary>
    public string? FunctionModules { get; init; }

    /// <summary>A folder of packages that every Python function finds, for boto3. Default: none.</summary>
    public string? FunctionPackages { get; init; }

    /// <summary>Processes that one function may have; more callers wait. Default 10.</summary>
    public int FunctionProcesses { get; init; } = 10;

    /// <summary>A file in JSON with functions in folders. Default: <c>functions.json</c> in the data folder, where there is one.</summary>
    public string? FunctionsFile { get; init; }

    /// <summary>
    /// Who answers for bots: the alias ARN that a bot's configuration names, <c>=</c> and the URL that is asked, separated
    /// by commas. Default: nobody.
    /// </summary>
    public string BotResponders { get; init; } = "";

    /// <summary>
    /// Where pushes go: an http or https URL that takes what docs/wire/push.md says, at a place in
    /// <see cref="AllowedOutbound"/>. Default: none, and then PushNotification is checked and kept nowhere.
    /// </summary>
    public string? PushWebhook { get; init; }

    /// <summary>
    /// Days for which one key encrypts the records of data streams before a new one does. Default 365; AWS's KMS rotates
    /// once a year.
    /// </summary>
    public int StreamKeyDays { get; init; } = 365;

    /// <summary>
    /// A file with the text that requests to URLs of these settings are signed with, of at least 32 characters. Default:
    /// <c>webhook-secret</c> in the data folder, made at first start.
    /// </summary>
    public string? WebhookSecretFile { get; init; }

    /// <summary>
    /// Base URL of a Kinesis API that streams are handed on to, at a place in <see cref="AllowedOutbound"/>. Default: none.
    /// </summary>
    public string? RelayEndpoint { get; init; }

    /// <summary>
    /// The streams that are handed on, separated by commas: a name, or the name here, <c>=</c> and the name there.
    /// </summary>
    public string RelayStreams { get; init; } = "";

    /// <summary>The region that requests there are signed for. Default: <see cref="Region"/>.</summary>
    public string? RelayRegion { get; init; }

    /// <summary>
    /// An AWS shared-credentials file with the key that signs for <see cref="RelayEndpoint"/>. Default: the environment's
    /// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.
    /// </summary>
    public string? RelayCredentials { get; init; }

    /// <summary>The profile of that file. Default <c>default</c>.</summary>
    public string RelayProfile { get; init; } = "default";

    /// <summary>How old, in minutes, the oldest record that waits may be before it is logged. Default 60.</summary>
    public int RelayAlarmMinutes { get; init; } = 60;

    /// <summary>
    /// A file with definitions of WebSocket APIs (docs/gateway.md), read again when it changes. Default: <c>gateway.json</c> in the data
    /// folder, where there is one.
    /// </summary>
    public string? GatewayDefinitions { get; init; }

    /// <summary>
    /// Limits of WebSocket APIs that replace AWS's, by name, separated by commas, times in seconds: <c>Idle=60,Duration=3600</c>.
    /// </summary>
    public string GatewayLimits { get; init; } = "";

    /// <summary>
    /// Whom organisers of live events sign in with, besides links: the <c>iss</c> of an OpenID Connect provider. Null for
    /// links alone. The platform itself takes nothing from it.
    /// </summary>
    public string? OidcIssuer { get; init; }

    /// <summary>Of the events at that provider.</summary>
    public string? OidcClientId { get; init; }

    /// <summary>A file with its secret there, read at each use; null for a public client.</summary>
    public string? OidcClientSecretFile { get; init; }

    /// <summary>Who may organise: subjects and verified e-mail addresses, separated by commas.</summary>
    public string? OidcAllowed { get; init; }

    /// <summary>A claim whose value admits as well, <c>groups=organisers</c>.</summary>
    public string? OidcClaim { get; init; }

    /// <summary>What is asked for besides <c>openid</c>. Default <c>email profile</c>.</summary>
    public string? OidcScope { get; init; }

    /// <summary>Where people reach the pages, for the way back; null takes what their browser asked for.</summary>
    public string? OidcAddress { get; init; }

    /// <summary>The mail server that letters of live events are handed in at. Default: none, and no letters leave.</summary>
    public string? MailHost { get; init; }

    /// <summary>Its TCP port. Default 587.</summary>
    public string? MailPort { get; init; }

    /// <summary>The user that it knows the events by. Default: it asks for none.</summary>
    public string? MailUser { get; init; }

    /// <summary>A file with that user's password, read for each letter.</summary>
    public string? MailPasswordFile { get; init; }

    /// <summary>The e-mail address that letters are from.</summary>
    public string? MailFrom { get; init; }

    /// <summary><c>required</c> (STARTTLS, with a certificate that this machine trusts) or <c>off</c>. Default required.</summary>
    public string? MailTls { get; init; }

    /// <summary>A folder that letters are laid into as files, in place of a server. Default: none.</summary>
    public string? MailFolder { get; init; }

    /// <summary>Where people reach the pages: links in letters lead there. Default: this server, while it is bound to loopback.</summary>
    public string? MailLinks { get; init; }

    /// <summary>
    /// Identity providers and pools. They have parts, so they stand in the settings file alone, under
    /// <c>OpenIdProviders</c> and <c>IdentityPools</c>. Default: none.
    /// </summary>
    public FederationSettings Federation { get; init; } = FederationSettings.None;

    internal const string AutoTransport = "auto";
    internal const string ReactorTransport = "reactor";
    internal const string PipeTransport = "pipe";

    /// <summary><see cref="AllowedOutbound"/>, or what stands for it.</summary>
    public string OutboundPlaces => AllowedOutbound ?? (IsLoopbackOnly ? "127.0.0.0/8,::1" : "");

    /// <summary>The host by which this server reaches itself, as a URL spells it.</summary>
    public string OwnHost => IsLoopbackOnly || Bind == "*" ? "localhost"
        : System.Net.IPAddress.TryParse(Bind, out var address) && address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
            ? $"[{Bind}]" : Bind;

    public bool IsLoopbackOnly =>
        Bind == "localhost" || (System.Net.IPAddress.TryParse(Bind, out var address) && System.Net.IPAddress.IsLoopback(address));

    internal IReadOnlyDictionary<string, long> QuotaOverrides() => Numbers(nameof(Quotas), Quotas);

    /// <summary>The rates of the profile, with those that are set otherwise.</summary>
    /// <exception cref="SettingException">A rate is set that the profile does not have.</exception>
    internal IReadOnlyList<Rate> RatesInForce()
    {
        var rates = Http.Throttling.Rates.Of(Throttling, Region).ToDictionary(r => r.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, perSecond) in Numbers(nameof(Rates), Rates))
        {
            Require(rates.TryGetValue(name, out var rate), $"Rates: the profile '{Throttling}' has no rate {name}.");
            Require(perSecond >= 0, $"Rates: {name} must be 0 (off) or more.");
            rates[name] = rate! with { PerSecond = perSecond, Burst = Math.Max(1, perSecond * rate.Burst / rate.PerSecond) };
        }

        return [.. rates.Values.Where(r => r.PerSecond > 0)];
    }

    /// <summary>Reads <c>Name=number,Name=number</c>.</summary>
    private static Dictionary<string, long> Numbers(string setting, string pairs)
    {
        var numbers = new Dictionary<string, long>(StringComparer.OrdinalIgnoreCase);
        foreach (var pair in pairs.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (pair.Split('=') is not [var name, var text]
                || !long.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var value))
            {
                throw new SettingException($"{setting}: '{pair}' must read Name=number.");
            }

            numbers[name.Trim()] = value;
        }

        return numbers;
    }

    /// <exception cref="SettingException">A setting cannot work; the sentence says which and why.</exception>
    internal CarillonOptions Validate()
    {
        Require(Port is >= 0 and <= 65535, "Port must be 0 to 65535.");
        Require(TlsPort is >= 0 and <= 65535, "TlsPort must be 0 to 65535.");
        Require(Port == 0 || Port != TlsPort, "Port and TlsPort must differ.");
        Require(
            Bind is "localhost" or "*" || System.Net.IPAddress.TryParse(Bind, out _),
            "Bind must be localhost, * or an IP address.");
        Require(Account.Length == 12 && Account.All(char.IsAsciiDigit), "Account must be 12 digits.");
        Require(
            Region.Length is > 0 and <= 63 && Region.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'),
            "Region must be a region's name, such as us-east-1.");
        Require((TlsCertificate is null) == (TlsKey is null), "TlsCertificate and TlsKey go together.");
        Require(LogFormat is "text" or "json", "LogFormat must be text or json.");
        Require(
            Transport is AutoTransport or ReactorTransport or PipeTransport, "Transport must be auto, reactor or pipe.");
        Require(StreamKeyDays is > 0 and <= 3_650, "StreamKeyDays must be 1 to 3,650.");
        Require(MostSockets is > 0 and <= 1_000_000, "MostSockets must be 1 to 1,000,000.");
        Require(
            Throttling is Http.Throttling.Rates.Off or Http.Throttling.Rates.Aws or Http.Throttling.Rates.Public,
            "Throttling must be off, aws or public.");
        _ = RatesInForce();
        Require(
            PublicEndpoint is null || !PublicEndpoint.Contains('/', StringComparison.Ordinal),
            "PublicEndpoint is a host and port, without scheme or path.");
        Require(
            LambdaEndpoint is null || Outbound.Webhooks.Url(LambdaEndpoint) is not null,
            "LambdaEndpoint must be an http or https URL.");
        Require(FunctionProcesses is >= 1 and <= 10_000, "FunctionProcesses must be 1 to 10,000.");
        Require((LambdaEndpoint is null) == (LambdaCredentials is null), "LambdaEndpoint and LambdaCredentials go together.");
        try
        {
            _ = new Flows.FlowEndpoints(FlowEndpoints, () => Port);
        }
        catch (FormatException e)
        {
            throw new SettingException($"FlowEndpoints: {e.Message}");
        }

        try
        {
            _ = Wire.Proxies.Parse(Proxies);
        }
        catch (FormatException e)
        {
            throw new SettingException($"Proxies: {e.Message}");
        }

        try
        {
            _ = new Quotas(QuotaOverrides());
        }
        catch (ArgumentException e)
        {
            throw new SettingException(e.Message);
        }

        try
        {
            _ = new OutboundRules(OutboundPlaces);
        }
        catch (FormatException e)
        {
            throw new SettingException($"AllowedOutbound: {e.Message}");
        }

        try
        {
            _ = new Responders.BotResponders(BotResponders);
        }
        catch (FormatException e)
        {
            throw new SettingException($"BotResponders: {e.Message}");
        }

        Require(
            PushWebhook is null || Outbound.Webhooks.Url(PushWebhook) is { UserInfo: "", Fragment: "" },
            "PushWebhook must be an absolute http or https URL, without user and fragment.");
        Require(
            RelayEndpoint is null || Outbound.Webhooks.Url(RelayEndpoint) is { UserInfo: "", Fragment: "", Query: "" },
            "RelayEndpoint must be an absolute http or https URL, without user, query and fragment.");
        Require((RelayEndpoint is null) == (RelayStreams.Length == 0), "RelayEndpoint and RelayStreams go together.");
        Require(RelayAlarmMinutes is > 0 and <= 525_600, "RelayAlarmMinutes must be 1 to 525,600.");
        try
        {
            _ = Streaming.RelayOptions.Read(RelayStreams);
        }
        catch (FormatException e)
        {
            throw new SettingException($"RelayStreams: {e.Message}");
        }

        _ = Gateway.GatewayLimits.Parse(GatewayLimits);
        Federation.Validate();
        return this;
    }

    /// <summary>What the machine has to have, where functions run.</summary>
    /// <exception cref="SettingException">It has not.</exception>
    internal void RequireForFunctions()
    {
        Require(FunctionUser is null || Environment.IsPrivilegedProcess, "FunctionUser needs a server that was started as root.");
        Require(FunctionsFile is null || File.Exists(FunctionsFile), "FunctionsFile names no file.");
        Require(FunctionModules is null || Directory.Exists(FunctionModules), "FunctionModules names no folder.");
        Require(FunctionPackages is null || Directory.Exists(FunctionPackages), "FunctionPackages names no folder.");
    }

    private static void Require(bool holds, string sentence)
    {
        if (!holds)
        {
            throw new SettingException(sentence);
        }
    }
}

/// <summary>A setting that cannot work; its message is for whoever starts the server.</summary>
public sealed class SettingException(string message) : Exception(message);
