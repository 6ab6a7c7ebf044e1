using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Carillon.Server.Http;

/// <summary>
/// NextToken: where a list goes on, sealed. A token works only for the list it was made for and the bearer it was given
/// to, tells its holder nothing, and stays valid across restarts.
/// </summary>
internal sealed class PageTokens(byte[] key) : IDisposable
{
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int Size = NonceSize + sizeof(long) + TagSize;

    private readonly AesGcm _cipher = new(key, TagSize);

    /// <param name="list">Everything that makes it this list: operation, parent, filters, bearer.</param>
    public string Seal(long position, string list)
    {
        Span<byte> token = stackalloc byte[Size];
        Span<byte> plain = stackalloc byte[sizeof(long)];
        RandomNumberGenerator.Fill(token[..NonceSize]);
        BinaryPrimitives.WriteInt64LittleEndian(plain, position);
        lock (_cipher)
        {
            _cipher.Encrypt(
                token[..NonceSize], plain, token[NonceSize..^TagSize], token[^TagSize..], Encoding.UTF8.GetBytes(list));
        }

        return Base64Url.EncodeToString(token);
    }

    /// <summary>Null for what is no token of this list.</summary>
    public long? Open(string token, string list)
    {
        Span<byte> bytes = stackalloc byte[Size];
        Span<byte> plain = stackalloc byte[sizeof(long)];
        if (!Base64Url.TryDecodeFromChars(token, bytes, out var length) || length != Size)
        {
            return null;
        }

        try
        {
            lock (_cipher)
            {
                _cipher.Decrypt(
                    bytes[..NonceSize], bytes[NonceSize..^TagSize], bytes[^TagSize..], plain, Encoding.UTF8.GetBytes(list));
            }
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }

        return BinaryPrimitives.ReadInt64LittleEndian(plain);
    }

    public void Dispose() => _cipher.Dispose();
}
