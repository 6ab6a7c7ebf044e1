using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Carillon.Server.Federation;

namespace Carillon.Server.Hosting;

/// <summary>Reads the settings from flags, environment and file. A name nobody knows is an error, not a shrug.</summary>
internal static class SettingsReader
{
    public const string EnvironmentPrefix = "CARILLON_";
    public const string FileName = "settings.json";

    public static IReadOnlyList<PropertyInfo> Known { get; } =
        [.. typeof(CarillonOptions).GetProperties().Where(p => p.SetMethod is not null && p.PropertyType != typeof(FederationSettings))];

    /// <summary>Settings with parts, which stand in the file alone.</summary>
    public static IReadOnlyList<string> Structured { get; } =
        [nameof(FederationSettings.OpenIdProviders), nameof(FederationSettings.IdentityPools)];

    /// <summary><c>TlsPort</c> as <c>tls-port</c>.</summary>
    public static string FlagOf(string name) => Split(name, '-').ToLowerInvariant();

    /// <summary><c>TlsPort</c> as <c>CARILLON_TLS_PORT</c>.</summary>
    public static string VariableOf(string name) => EnvironmentPrefix + Split(name, '_').ToUpperInvariant();

    /// <summary>Whether the program is asked what it takes instead of being started.</summary>
    public static bool IsHelp(IReadOnlyList<string> args) => args.Any(arg => arg is "--help" or "-h");

    /// <summary>The flags with their variables; what they mean stands in docs/configuration.md.</summary>
    public static string Help() =>
        "Flags, and the environment variables that mean the same (docs/configuration.md explains them):\n"
        + string.Concat(Known.Select(p => $"  --{FlagOf(p.Name),-20} {VariableOf(p.Name)}\n"));

    /// <exception cref="SettingException">A setting is unknown or cannot be read.</exception>
    public static CarillonOptions Read(IReadOnlyList<string> args, IReadOnlyDictionary<string, string?> environment)
    {
        var flags = ReadFlags(args);
        var variables = ReadEnvironment(environment);
        string? Given(string name) => flags.GetValueOrDefault(name) ?? variables.GetValueOrDefault(name);

        var data = Given(nameof(CarillonOptions.Data)) ?? new CarillonOptions().Data;
        var file = Given(nameof(CarillonOptions.Settings));
        var path = file ?? Path.Combine(data, FileName);
        if (file is not null && !File.Exists(file))
        {
            throw new SettingException($"The settings file {file} does not exist.");
        }

        var (settings, federation) = File.Exists(path) ? ReadFile(path) : ([], FederationSettings.None);
        var options = new CarillonOptions { Federation = federation };
        foreach (var property in Known)
        {
            if ((Given(property.Name) ?? settings.GetValueOrDefault(property.Name)) is { } text)
            {
                property.SetValue(options, Convert(property, text));
            }
        }

        return options.Validate();
    }

    private static Dictionary<string, string> ReadFlags(IReadOnlyList<string> args)
    {
        var flags = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < args.Count; i++)
        {
            var (name, value) = args[i].Split('=', 2) is [var left, var right] ? (left, right) : (args[i], null);
            var property = name.StartsWith("--", StringComparison.Ordinal)
                ? Known.FirstOrDefault(p => FlagOf(p.Name) == name[2..])
                : null;
            if (property is null)
            {
                throw new SettingException(
                    $"There is no flag {name}. There are: {string.Join(", ", Known.Select(p => "--" + FlagOf(p.Name)))}.");
            }

            if (value is null && property.PropertyType == typeof(bool))
            {
                value = "true";
            }

            value ??= ++i < args.Count ? args[i] : throw new SettingException($"The flag {name} needs a value.");
            flags[property.Name] = value;
        }

        return flags;
    }

    private static Dictionary<string, string> ReadEnvironment(IReadOnlyDictionary<string, string?> environment)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in environment)
        {
            if (!name.StartsWith(EnvironmentPrefix, StringComparison.Ordinal) || string.IsNullOrEmpty(value))
            {
                continue;
            }

            var property = Known.FirstOrDefault(p => VariableOf(p.Name) == name)
                ?? throw new SettingException($"There is no setting behind the environment variable {name}.");
            variables[property.Name] = value;
        }

        return variables;
    }

    private static (Dictionary<string, string> Settings, FederationSettings Federation) ReadFile(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(
                File.ReadAllBytes(path), new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            var settings = new Dictionary<string, string>(StringComparer.Ordinal);
            var federation = FederationSettings.None;
            foreach (var member in document.RootElement.EnumerateObject())
            {
                switch (member.Name)
                {
                    case nameof(FederationSettings.OpenIdProviders):
                        var providers = Parts(member, FederationSettingsJson.Default.IReadOnlyListOpenIdProviderSetting);
                        federation = federation with { OpenIdProviders = [.. providers.Select(p => Beside(path, p))] };
                        break;
                    case nameof(FederationSettings.IdentityPools):
                        var pools = Parts(member, FederationSettingsJson.Default.IReadOnlyListIdentityPoolSetting);
                        federation = federation with
                        {
                            IdentityPools = [.. pools.Select(p => p with { Providers = [.. p.Providers.Select(q => Beside(path, q))] })],
                        };
                        break;
                    case var name when Known.Any(p => p.Name == name):
                        settings[name] = member.Value.ToString();
                        break;
                    default:
                        throw new SettingException($"{path}: there is no setting {member.Name}.");
                }
            }

            return (settings, federation);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new SettingException($"{path} must be a JSON object: {e.Message}");
        }

        T Parts<T>(JsonProperty member, JsonTypeInfo<T> type)
            where T : class
        {
            try
            {
                return member.Value.Deserialize(type) ?? throw new JsonException("it is null.");
            }
            catch (JsonException e)
            {
                throw new SettingException($"{path}: {member.Name} cannot be read: {e.Message}");
            }
        }
    }

    /// <summary>A file is named as seen from the settings file.</summary>
    private static OpenIdProviderSetting Beside(string path, OpenIdProviderSetting provider) => provider.Jwks is { } file
        ? provider with { Jwks = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, file) }
        : provider;

    private static object Convert(PropertyInfo property, string text)
    {
        var type = property.PropertyType;
        if (type == typeof(string))
        {
            return text;
        }

        if (type == typeof(bool) && bool.TryParse(text, out var flag))
        {
            return flag;
        }

        if (type == typeof(int) && int.TryParse(text, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        throw new SettingException($"{property.Name} cannot be '{text}'.");
    }

    private static string Split(string name, char separator)
    {
        var text = new StringBuilder();
        foreach (var letter in name)
        {
            if (char.IsUpper(letter) && text.Length > 0)
            {
                text.Append(separator);
            }

            text.Append(letter);
        }

        return text.ToString();
    }
}
