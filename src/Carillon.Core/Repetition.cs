using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Carillon.Core;

/// <summary>
/// ClientRequestToken: the same request again gets the first answer again, another request under the same token is
/// refused. Tokens are kept for 24 hours (the window is our choice; AWS names none).
/// </summary>
public sealed class Repetition
{
    public static readonly TimeSpan Window = TimeSpan.FromHours(24);

    private readonly byte[] _key;
    private readonly byte[] _fingerprint;

    /// <param name="scope">Operation, parent and caller: tokens of different scopes are strangers.</param>
    /// <param name="request">Everything of the request that makes it the same one.</param>
    public Repetition(string token, IReadOnlyList<string?> scope, IReadOnlyList<string?> request)
    {
        _key = Hash([.. scope, token])[..16];
        _fingerprint = Hash(request)[..16];
    }

    /// <summary>The first result, or null where this is the first time.</summary>
    /// <exception cref="Refusal">TokenReused: the token came before with other parameters.</exception>
    public string? Before(ILedger ledger)
    {
        var remembered = ledger.FindRequest(_key);
        if (remembered is null)
        {
            return null;
        }

        return remembered.Fingerprint.AsSpan().SequenceEqual(_fingerprint)
            ? remembered.Result
            : throw new Refusal(Reason.TokenReused);
    }

    public void Remember(ILedger ledger, string result) =>
        ledger.RememberRequest(_key, new RememberedRequest(_fingerprint, result));

    private static byte[] Hash(IReadOnlyList<string?> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (var part in parts)
        {
            // The length goes first, so that no two lists of parts can read the same.
            var bytes = part is null ? [] : Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32LittleEndian(length, part is null ? -1 : bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return hash.GetHashAndReset();
    }
}
