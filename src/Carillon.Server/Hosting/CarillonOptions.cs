using Carillon.Core;
using Carillon.Server.Federation;

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
    /// Places the server itself may send requests to (processors, webhooks, identity providers): hosts, hosts with ports,
    /// addresses and networks, separated by commas. Default: loopback while bound to loopback, else none.
    /// </summary>
    public string? AllowedOutbound { get; init; }

    /// <summary>
    /// Identity providers and pools. They have parts, so they stand in the settings file alone, under
    /// <c>OpenIdProviders</c> and <c>IdentityPools</c>. Default: none.
    /// </summary>
    public FederationSettings Federation { get; init; } = FederationSettings.None;

    internal string OutboundPlaces => AllowedOutbound ?? (IsLoopbackOnly ? "127.0.0.0/8,::1" : "");

    public bool IsLoopbackOnly =>
        Bind == "localhost" || (System.Net.IPAddress.TryParse(Bind, out var address) && System.Net.IPAddress.IsLoopback(address));

    internal IReadOnlyDictionary<string, long> QuotaOverrides()
    {
        var overrides = new Dictionary<string, long>(StringComparer.OrdinalIgnoreCase);
        foreach (var pair in Quotas.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (pair.Split('=') is not [var name, var text]
                || !long.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var value))
            {
                throw new SettingException($"Quotas: '{pair}' must read Name=number.");
            }

            overrides[name.Trim()] = value;
        }

        return overrides;
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
            PublicEndpoint is null || !PublicEndpoint.Contains('/', StringComparison.Ordinal),
            "PublicEndpoint is a host and port, without scheme or path.");
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
            _ = new Outbound.OutboundRules(OutboundPlaces);
        }
        catch (FormatException e)
        {
            throw new SettingException($"AllowedOutbound: {e.Message}");
        }

        Federation.Validate();
        return this;
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
