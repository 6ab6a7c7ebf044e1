using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using Carillon.Core;

namespace Carillon.Server.Http;

/// <summary>
/// NextToken: where a list goes on, sealed. A token works only for the list it was made for and the bearer it was given
/// to, tells its holder nothing, and stays valid across restarts.
/// </summary>
internal sealed class PageTokens(byte[] masterKey) : IDisposable
{
    private readonly SealedBox _box = new(masterKey, "page tokens");

    /// <param name="list">Everything that makes it this list: operation, parent, filters, bearer.</param>
    public string Seal(long position, string list)
    {
        Span<byte> plain = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(plain, position);
        return Base64Url.EncodeToString(_box.Seal(plain, Encoding.UTF8.GetBytes(list)));
    }

    /// <summary>Null for what is no token of this list.</summary>
    public long? Open(string token, string list)
    {
        Span<byte> bytes = stackalloc byte[64];

        // The decoder looks past white space; a token is exactly what was given out.
        return Base64Url.DecodeFromChars(token, bytes, out _, out var length) == OperationStatus.Done
            && token.Length == Base64Url.GetEncodedLength(length)
            && _box.Open(bytes[..length], Encoding.UTF8.GetBytes(list)) is { Length: sizeof(long) } plain
                ? BinaryPrimitives.ReadInt64LittleEndian(plain)
                : null;
    }

    public void Dispose() => _box.Dispose();
}
