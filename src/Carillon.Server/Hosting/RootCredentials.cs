using System.Security.Cryptography;
using System.Text;
using Carillon.Wire.SigV4;

namespace Carillon.Server.Hosting;

/// <summary>
/// The root key, in an AWS shared-credentials file that AWS_SHARED_CREDENTIALS_FILE can point at. The file is the truth:
/// whoever removes it gets a new key at the next start.
/// </summary>
internal static class RootCredentials
{
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <exception cref="SettingException">The file is there and holds no key.</exception>
    public static AwsCredentials ReadOrMake(DataFolder folder, string region)
    {
        if (!File.Exists(folder.Credentials))
        {
            var made = new AwsCredentials(
                "AKIA" + RandomNumberGenerator.GetString(Base32, 16),
                Convert.ToBase64String(RandomNumberGenerator.GetBytes(30)), null);
            DataFolder.WritePrivate(folder.Credentials, Encoding.ASCII.GetBytes(Text(made, region)));
            return made;
        }

        return Read(File.ReadAllLines(folder.Credentials))
            ?? throw new SettingException(
                $"{folder.Credentials} holds no aws_access_key_id and aws_secret_access_key in a profile [carillon]. "
                + "Mend it, or remove it to get a new root key.");
    }

    private static AwsCredentials? Read(IReadOnlyList<string> lines)
    {
        string? profile = null, id = null, secret = null;
        foreach (var line in lines.Select(l => l.Trim()))
        {
            if (line.StartsWith('[') && line.EndsWith(']'))
            {
                profile = line[1..^1].Trim();
            }
            else if (profile == "carillon" && line.Split('=', 2, StringSplitOptions.TrimEntries) is [var name, var value])
            {
                id = name == "aws_access_key_id" ? value : id;
                secret = name == "aws_secret_access_key" ? value : secret;
            }
        }

        return id is { Length: > 0 } && secret is { Length: > 0 } ? new(id, secret, null) : null;
    }

    private static string Text(AwsCredentials made, string region)
    {
        var profile =
            $"aws_access_key_id = {made.AccessKeyId}\naws_secret_access_key = {made.SecretAccessKey}\nregion = {region}\n";
        return $"[default]\n{profile}\n[carillon]\n{profile}";
    }
}
