using Carillon.Server.Hosting;
using Xunit;

namespace Carillon.Tests.Server.Hosting;

public sealed class SettingsReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("carillon-settings-").FullName;

    private CarillonOptions Read(string[]? flags = null, Dictionary<string, string?>? environment = null, string? file = null)
    {
        if (file is not null)
        {
            File.WriteAllText(Path.Combine(_folder, "settings.json"), file);
        }

        return SettingsReader.Read(["--data", _folder, .. flags ?? []], environment ?? []);
    }

    private string Refused(string[]? flags = null, Dictionary<string, string?>? environment = null, string? file = null) =>
        Assert.Throws<SettingException>(() => Read(flags, environment, file)).Message;

    [Fact]
    public void Nothing_needs_to_be_set()
    {
        var options = SettingsReader.Read([], new Dictionary<string, string?>());

        Assert.Equal(new CarillonOptions(), options);
    }

    [Theory]
    [InlineData("TlsPort", "tls-port", "CARILLON_TLS_PORT")]
    [InlineData("Data", "data", "CARILLON_DATA")]
    [InlineData("AllowedOrigins", "allowed-origins", "CARILLON_ALLOWED_ORIGINS")]
    public void A_setting_has_a_flag_and_a_variable(string name, string flag, string variable)
    {
        Assert.Equal(flag, SettingsReader.FlagOf(name));
        Assert.Equal(variable, SettingsReader.VariableOf(name));
    }

    [Fact]
    public void Every_setting_can_be_given_in_each_of_the_three_ways()
    {
        foreach (var property in SettingsReader.Known.Where(p => p.Name is not ("Data" or "Settings" or "TlsCertificate" or "TlsKey" or "LambdaEndpoint" or "LambdaCredentials" or "RelayEndpoint" or "RelayStreams")))
        {
            var value = property.Name switch
            {
                "Port" or "TlsPort" or "MostSockets" or "StreamKeyDays" or "RelayAlarmMinutes" or "FunctionProcesses" => "1234",
                "Transport" => "pipe",
                "Bind" => "127.0.0.1",
                "Account" => "111122223333",
                "LogFormat" => "json",
                "NoApps" or "Functions" => "true",
                "Quotas" => "Roles=7",
                "AllowedOutbound" or "Proxies" => "10.0.0.0/8",
                "Throttling" => "aws",
                "Rates" => "",
                "GatewayLimits" => "Idle=60",
                "FlowEndpoints" => "moderate=http://127.0.0.1:9000/",
                "PushWebhook" => "http://127.0.0.1:9001/",
                "BotResponders" => "arn:aws:lex:us-east-1:123456789012:bot-alias/ABCDEFGHIJ/TSTALIASID=http://127.0.0.1/",
                _ => "eu-central-1",
            };
            var expected = property.PropertyType == typeof(int) ? 1234 : property.PropertyType == typeof(bool) ? true : (object)value;

            if (property.PropertyType != typeof(bool))
            {
                Assert.Equal(expected, property.GetValue(Read([$"--{SettingsReader.FlagOf(property.Name)}", value])));
            }

            Assert.Equal(expected, property.GetValue(Read([$"--{SettingsReader.FlagOf(property.Name)}={value}"])));
            Assert.Equal(expected, property.GetValue(Read(environment: new() { [SettingsReader.VariableOf(property.Name)] = value })));
            Assert.Equal(expected, property.GetValue(Read(file: $$"""{"{{property.Name}}": "{{value}}"}""")));
            File.Delete(Path.Combine(_folder, "settings.json"));
        }
    }

    [Fact]
    public void Flags_win_over_the_environment_which_wins_over_the_file()
    {
        const string file = """{ "Port": 1, "TlsPort": 2, "Region": "from-file", /* said why */ }""";
        var environment = new Dictionary<string, string?> { ["CARILLON_PORT"] = "11", ["CARILLON_TLS_PORT"] = "12", ["PATH"] = "/bin" };

        var options = Read(["--port", "21"], environment, file);

        Assert.Equal((21, 12, "from-file"), (options.Port, options.TlsPort, options.Region));
    }

    [Fact]
    public void An_empty_variable_sets_nothing() =>
        Assert.Equal(4580, Read(environment: new() { ["CARILLON_PORT"] = "" }).Port);

    [Fact]
    public void A_flag_that_is_on_or_off_needs_no_value()
    {
        Assert.True(Read(["--no-apps"]).NoApps);
        Assert.False(Read(["--no-apps=false"]).NoApps);
    }

    [Fact]
    public void A_settings_file_that_is_named_must_exist()
    {
        var path = Path.Combine(_folder, "other.json");
        Assert.Contains(path, Refused(["--settings", path]), StringComparison.Ordinal);

        File.WriteAllText(path, """{"Port": 9}""");
        Assert.Equal(9, Read(["--settings", path]).Port);
    }

    [Theory]
    [InlineData("--no-such-flag", "--no-such-flag")]
    [InlineData("-port", "-port")]
    [InlineData("stray", "stray")]
    [InlineData("--Port=1", "--Port")]
    public void An_unknown_flag_is_named_with_those_there_are(string flag, string named)
    {
        var why = Refused([flag]);

        Assert.Contains(named, why, StringComparison.Ordinal);
        Assert.Contains("--tls-port", why, StringComparison.Ordinal);
    }

    [Fact]
    public void A_flag_without_its_value_is_named() =>
        Assert.Contains("--port", Refused(["--port"]), StringComparison.Ordinal);

    [Fact]
    public void An_unknown_variable_is_named() =>
        Assert.Contains("CARILLON_PROT", Refused(environment: new() { ["CARILLON_PROT"] = "1" }), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"Prot": 1}""", "Prot")]
    [InlineData("""{"port": 1}""", "port")]
    [InlineData("[]", "settings.json")]
    [InlineData("{", "settings.json")]
    [InlineData("", "settings.json")]
    public void A_settings_file_that_cannot_be_understood_is_named(string file, string named) =>
        Assert.Contains(named, Refused(file: file), StringComparison.Ordinal);

    [Theory]
    [InlineData("port", "eighty", "Port")]
    [InlineData("port", "-1", "Port")]
    [InlineData("port", "65536", "Port")]
    [InlineData("port", "4543", "Port")]
    [InlineData("tls-port", "70000", "TlsPort")]
    [InlineData("bind", "example.org", "Bind")]
    [InlineData("account", "12345", "Account")]
    [InlineData("account", "12345678901x", "Account")]
    [InlineData("region", "US", "Region")]
    [InlineData("region", "", "Region")]
    [InlineData("tls-key", "key.pem", "TlsKey")]
    [InlineData("log-format", "xml", "LogFormat")]
    [InlineData("public-endpoint", "wss://chat.example.org", "PublicEndpoint")]
    [InlineData("no-apps", "maybe", "NoApps")]
    [InlineData("quotas", "Roles", "Quotas")]
    [InlineData("quotas", "Roles=0", "Roles")]
    [InlineData("quotas", "NoSuchQuota=5", "NoSuchQuota")]
    public void A_value_that_cannot_work_is_refused_by_name(string flag, string value, string named) =>
        Assert.Contains(named, Refused([$"--{flag}={value}"]), StringComparison.Ordinal);

    [Fact]
    public void Free_ports_may_be_asked_for_twice() => Assert.Equal(0, Read(["--port=0", "--tls-port=0"]).TlsPort);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private const string Pool = "us-east-1:11111111-2222-4333-8444-555555555555";

    [Fact]
    public void Providers_and_pools_stand_in_the_file_and_name_key_sets_beside_it()
    {
        var federation = Read(file: $$"""
            {
              "OpenIdProviders": [{ "Issuer": "https://login.example.org", "ClientIds": ["web"], "Jwks": "keys.json" }],
              "IdentityPools": [{
                "Id": "{{Pool}}", "AllowUnauthenticated": true, "UnauthenticatedRole": "arn:aws:iam::123456789012:role/Guest",
                "AuthenticatedRole": "arn:aws:iam::123456789012:role/Fan", // for those who signed in
                "Providers": [{ "Issuer": "http://localhost:8080/realm", "ClientIds": ["web", "mobile"] }],
              }],
            }
            """).Federation;

        var provider = Assert.Single(federation.OpenIdProviders);
        Assert.Equal(Path.Combine(_folder, "keys.json"), provider.Jwks);
        var pool = Assert.Single(federation.IdentityPools);
        Assert.True(pool.AllowUnauthenticated);
        Assert.Equal(["web", "mobile"], Assert.Single(pool.Providers).ClientIds);
        Assert.Equal(["OpenIdProviders", "IdentityPools"], SettingsReader.Structured);
    }

    [Theory]
    [InlineData("""{"OpenIdProviders": {}}""", "OpenIdProviders cannot be read")]
    [InlineData("""{"OpenIdProviders": null}""", "OpenIdProviders cannot be read")]
    [InlineData("""{"OpenIdProviders": [{"Issuer": "https://a.example"}]}""", "OpenIdProviders cannot be read")]
    [InlineData("""{"OpenIdProviders": [{"Issuer": "https://a.example", "ClientIds": [], "Clients": []}]}""", "OpenIdProviders cannot be read")]
    [InlineData("""{"OpenIdProviders": [{"Issuer": "https://a.example", "ClientIds": []}]}""", "needs ClientIds")]
    [InlineData("""{"OpenIdProviders": [{"Issuer": "http://a.example", "ClientIds": ["w"]}]}""", "must be an https URL")]
    [InlineData("""{"OpenIdProviders": [{"Issuer": "https://a.example", "ClientIds": ["w"]}, {"Issuer": "https://a.example", "ClientIds": ["w"]}]}""", "there twice")]
    [InlineData("""{"IdentityPools": [{"Id": "pool"}]}""", "must read region:uuid")]
    [InlineData("""{"IdentityPools": [{"Id": "us-east-1:11111111-2222-4333-8444-55555555555A"}]}""", "must read region:uuid")]
    [InlineData("""{"IdentityPools": [{"Id": "us-east-1:11111111-2222-4333-8444-555555555555", "AllowUnauthenticated": true}]}""", "UnauthenticatedRole")]
    [InlineData("""{"IdentityPools": [{"Id": "us-east-1:11111111-2222-4333-8444-555555555555", "Providers": [{"Issuer": "https://a.example", "ClientIds": ["w"]}]}]}""", "AuthenticatedRole")]
    public void A_provider_or_pool_that_cannot_work_is_refused_with_a_sentence(string file, string because) =>
        Assert.Contains(because, Refused(file: file));

    [Fact]
    public void A_key_set_that_cannot_be_used_is_refused_with_a_sentence()
    {
        var path = Path.Combine(_folder, "keys.json");
        var federation = Read(file: """{"OpenIdProviders": [{"Issuer": "https://a.example", "ClientIds": ["w"], "Jwks": "keys.json"}]}""").Federation;
        Assert.Contains(path, Assert.Throws<SettingException>(federation.KeyFiles).Message);

        foreach (var text in new[] { "", "[]", """{"keys":[]}""" })
        {
            File.WriteAllText(path, text);
            Assert.Contains(path, Assert.Throws<SettingException>(federation.KeyFiles).Message);
        }
    }

    [Fact]
    public void What_has_parts_has_neither_flag_nor_variable()
    {
        Assert.Contains("no flag", Refused(["--federation", "x"]));
        Assert.Contains("no setting", Refused(environment: new() { ["CARILLON_IDENTITY_POOLS"] = "x" }));
        Assert.Contains("no setting Federation", Refused(file: """{"Federation": {}}"""));
    }
}
