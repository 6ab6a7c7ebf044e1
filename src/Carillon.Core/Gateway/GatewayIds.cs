using System.Security.Cryptography;

namespace Carillon.Core.Gateway;

/// <summary>Ids in the forms of AWS's.</summary>
public static class GatewayIds
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyz0123456789";

    public static string New(GatewayKind kind) => RandomNumberGenerator.GetString(Letters, kind switch
    {
        GatewayKind.Api => 10,
        GatewayKind.Route or GatewayKind.Integration => 7,
        _ => 6,
    });

    /// <summary>
    /// 15 characters and <c>=</c>: 11 bytes in URL-safe base64, of which nobody can guess another. Connections, messages and requests
    /// have the same form.
    /// </summary>
    public static string NewConnection()
    {
        Span<byte> bytes = stackalloc byte[11];
        RandomNumberGenerator.Fill(bytes);
        return Convert.ToBase64String(bytes).Replace('+', '-').Replace('/', '_');
    }

    /// <summary>The same form, for what guards nothing.</summary>
    public static string NewRequest()
    {
        Span<byte> bytes = stackalloc byte[11];
        Random.Shared.NextBytes(bytes);
        return Convert.ToBase64String(bytes).Replace('+', '-').Replace('/', '_');
    }

    /// <summary>Whether a text has the form of a connection's id.</summary>
    public static bool IsConnection(string id)
    {
        if (id.Length != 16 || id[^1] != '=')
        {
            return false;
        }

        foreach (var letter in id.AsSpan(0, 15))
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_'))
            {
                return false;
            }
        }

        return true;
    }
}
