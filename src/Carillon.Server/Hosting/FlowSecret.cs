using System.Security.Cryptography;
using System.Text;

namespace Carillon.Server.Hosting;

/// <summary>
/// What signs requests to the processors of channel flows: a line of text that both sides know. The file is the truth;
/// whoever removes it gets a new secret at the next start.
/// </summary>
internal static class FlowSecret
{
    /// <summary>The setting, or the file's line, made at first start.</summary>
    /// <exception cref="SettingException">The file is there and empty.</exception>
    public static byte[] ReadOrMake(DataFolder folder, string? setting)
    {
        if (setting is not null)
        {
            return Encoding.UTF8.GetBytes(setting);
        }

        if (!File.Exists(folder.FlowSecret))
        {
            DataFolder.WritePrivate(
                folder.FlowSecret, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)) + "\n"));
        }

        var secret = File.ReadAllText(folder.FlowSecret).Trim();
        return secret.Length > 0
            ? Encoding.UTF8.GetBytes(secret)
            : throw new SettingException($"{folder.FlowSecret} is empty. Remove it to get a new secret.");
    }
}
