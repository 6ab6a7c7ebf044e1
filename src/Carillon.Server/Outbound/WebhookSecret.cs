using System.Security.Cryptography;
using System.Text;
using Carillon.Server.Hosting;

namespace Carillon.Server.Outbound;

/// <summary>The secret that webhooks verify signatures with: a text, in a file, made at first start.</summary>
internal static class WebhookSecret
{
    /// <summary>Characters; what is shorter could be found by trying. Ours.</summary>
    public const int Least = 32;

    /// <param name="path">The operator's own file; null takes the data folder's, which is made where there is none.</param>
    /// <returns>The UTF-8 bytes of the text, without white space around it.</returns>
    /// <exception cref="SettingException">The file cannot be read, or holds too little.</exception>
    public static byte[] ReadOrMake(DataFolder folder, string? path)
    {
        if (path is null && !File.Exists(folder.WebhookSecret))
        {
            DataFolder.WritePrivate(
                folder.WebhookSecret, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)) + "\n"));
        }

        try
        {
            var text = File.ReadAllText(path ?? folder.WebhookSecret).Trim();
            return text.Length >= Least
                ? Encoding.UTF8.GetBytes(text)
                : throw new SettingException($"WebhookSecretFile: the secret must have at least {Least} characters.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingException($"WebhookSecretFile cannot be read: {e.Message}");
        }
    }
}
