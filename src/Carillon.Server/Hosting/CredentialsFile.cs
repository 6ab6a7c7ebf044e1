using Carillon.Wire.SigV4;

namespace Carillon.Server.Hosting;

/// <summary>AWS's shared-credentials format: profiles in brackets, members below them.</summary>
internal static class CredentialsFile
{
    /// <exception cref="SettingException">The file cannot be read, or its profile holds no key.</exception>
    public static AwsCredentials Read(string path, string profile)
    {
        try
        {
            return Read(File.ReadAllLines(path), profile)
                ?? throw new SettingException(
                    $"{path} holds no aws_access_key_id and aws_secret_access_key in a profile [{profile}].");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingException($"The credentials file {path} cannot be read: {e.Message}");
        }
    }

    /// <summary>The variables that AWS's tools read; null where they hold no key.</summary>
    public static AwsCredentials? FromEnvironment()
    {
        static string? Value(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
        return Value("AWS_ACCESS_KEY_ID") is { } id && Value("AWS_SECRET_ACCESS_KEY") is { } secret
            ? new(id, secret, Value("AWS_SESSION_TOKEN"))
            : null;
    }

    /// <summary>Null where the profile holds no key.</summary>
    public static AwsCredentials? Read(IReadOnlyList<string> lines, string wanted)
    {
        string? profile = null, id = null, secret = null, token = null;
        foreach (var line in lines.Select(l => l.Trim()))
        {
            if (line.StartsWith('[') && line.EndsWith(']'))
            {
                profile = line[1..^1].Trim();
            }
            else if (profile == wanted && line.Split('=', 2, StringSplitOptions.TrimEntries) is [var name, var value])
            {
                id = name == "aws_access_key_id" ? value : id;
                secret = name == "aws_secret_access_key" ? value : secret;
                token = name == "aws_session_token" ? value : token;
            }
        }

        return id is { Length: > 0 } && secret is { Length: > 0 } ? new(id, secret, token) : null;
    }
}
