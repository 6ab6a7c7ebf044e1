using System.Security.Cryptography;

namespace Carillon.Core.Iam;

/// <summary>Ids as IAM makes them: four letters that say of what, then base 32.</summary>
public static class IamIds
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    // 85 bits: no two of a kind are ever the same.
    public static string NewRole() => "AROA" + RandomNumberGenerator.GetString(Alphabet, 17);

    public static string NewUser() => "AIDA" + RandomNumberGenerator.GetString(Alphabet, 17);

    public static string NewPolicy() => "ANPA" + RandomNumberGenerator.GetString(Alphabet, 17);

    /// <summary>The id of a temporary access key: 80 bits.</summary>
    public static string NewSessionKey() => "ASIA" + RandomNumberGenerator.GetString(Alphabet, 16);

    /// <summary>The id of a long-term access key: 80 bits.</summary>
    public static string NewAccessKey() => "AKIA" + RandomNumberGenerator.GetString(Alphabet, 16);

    /// <summary>A secret access key: 240 bits in 40 characters.</summary>
    public static string NewSecret() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(30));
}
