using System.Security.Cryptography;

namespace Carillon.Core.Iam;

/// <summary>Ids as IAM makes them: four letters that say of what, then base 32.</summary>
public static class RoleIds
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>85 bits: two roles never share one.</summary>
    public static string New() => "AROA" + RandomNumberGenerator.GetString(Alphabet, 17);

    /// <summary>The id of a temporary access key: 80 bits.</summary>
    public static string NewSessionKey() => "ASIA" + RandomNumberGenerator.GetString(Alphabet, 16);
}
