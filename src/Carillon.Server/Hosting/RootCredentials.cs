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

        return CredentialsFile.Read(File.ReadAllLines(folder.Credentials), "carillon")
            ?? throw new SettingException(
                $"{folder.Credentials} holds no aws_access_key_id and aws_secret_access_key in a profile [carillon]. "
                + "Mend it, or remove it to get a new root key.");
    }

    private static string Text(AwsCredentials made, string region)
    {
        var profile =
            $"aws_access_key_id = {made.AccessKeyId}\naws_secret_access_key = {made.SecretAccessKey}\nregion = {region}\n";
        return $"[default]\n{profile}\n[carillon]\n{profile}";
    }
}
