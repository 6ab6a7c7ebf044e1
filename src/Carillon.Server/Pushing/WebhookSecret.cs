using System.Security.Cryptography;
using System.Text;
using Carillon.Server.Hosting;

namespace Carillon.Server.Pushing;

/// <summary>The secret that the webhook verifies signatures with: a text, in a file.</summary>
internal static class WebhookSecret
{
    /// <summary>Characters; what is shorter could be found by trying. Ours.</summary>
    public const int Least = 32;

    /// <param name="path">The operator's own file; null takes the data folder's, made at first need.</param>
    /// <returns>The UTF-8 bytes of the text, without white space around it.</returns>
    /// <exception cref="SettingException">The file cannot be read, or holds too little.</exception>
    public static byte[] ReadOrMake(DataFolder folder, string? path)
    {
        if (path is null && !File.Exists(folder.PushSecret))
        {
            DataFolder.WritePrivate(
                folder.PushSecret, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)) + "\n"));
        }

        try
        {
            var text = File.ReadAllText(path ?? folder.PushSecret).Trim();
            return text.Length >= Least
                ? Encoding.UTF8.GetBytes(text)
                : throw new SettingException($"PushSecretFile: the secret must have at least {Least} characters.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingException($"PushSecretFile cannot be read: {e.Message}");
        }
    }
}
