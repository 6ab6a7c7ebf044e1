using System.Security.Cryptography;

namespace Carillon.Core;

/// <summary>
/// AES-256-GCM for what is handed out and comes back: a nonce of 12 bytes, the secret, a tag of 16 bytes. Whoever holds a
/// sealed text learns its length and nothing else, and can change nothing.
/// </summary>
/// <remarks>Safe to use from several threads at once, which the framework's cipher is not: each thread has its own.</remarks>
public sealed class SealedBox : IDisposable
{
    private const int NonceLength = 12;
    private const int TagLength = 16;

    private readonly ThreadLocal<AesGcm> _ciphers;

    /// <param name="masterKey">The installation's.</param>
    /// <param name="purpose">Each purpose has its own key, so that what is sealed for one does not open for another.</param>
    public SealedBox(byte[] masterKey, string purpose)
    {
        var key = Derive(masterKey, purpose);
        _ciphers = new ThreadLocal<AesGcm>(() => new AesGcm(key, TagLength), trackAllValues: true);
    }

    public static byte[] Derive(byte[] masterKey, string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, masterKey, 32, info: System.Text.Encoding.UTF8.GetBytes(purpose));

    /// <param name="bound">Not in the result, and needed to open it again.</param>
    public byte[] Seal(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> bound)
    {
        var box = GC.AllocateUninitializedArray<byte>(NonceLength + secret.Length + TagLength);
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceLength));
        _ciphers.Value!.Encrypt(
            box.AsSpan(0, NonceLength), secret, box.AsSpan(NonceLength, secret.Length), box.AsSpan(^TagLength..), bound);
        return box;
    }

    /// <summary>Null for what was not sealed here, with this purpose and this bound text.</summary>
    public byte[]? Open(ReadOnlySpan<byte> box, ReadOnlySpan<byte> bound)
    {
        if (box.Length < NonceLength + TagLength)
        {
            return null;
        }

        var secret = new byte[box.Length - NonceLength - TagLength];
        try
        {
            _ciphers.Value!.Decrypt(
                box[..NonceLength], box[NonceLength..^TagLength], box[^TagLength..], secret, bound);
            return secret;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        foreach (var cipher in _ciphers.Values)
        {
            cipher.Dispose();
        }

        _ciphers.Dispose();
    }
}
