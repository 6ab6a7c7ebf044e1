using System.Buffers;
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

    /// <summary>Bytes kept of a hash.</summary>
    private const int Length = 16;

    private const int OnStack = 1024;

    private readonly byte[] _key;
    private readonly byte[] _fingerprint;

    /// <param name="scope">Operation, parent and caller: tokens of different scopes are strangers.</param>
    /// <param name="request">Everything of the request that makes it the same one.</param>
    public Repetition(string token, ReadOnlySpan<string?> scope, ReadOnlySpan<string?> request)
    {
        _key = Hash(scope, [token]);
        _fingerprint = Hash(request, []);
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

    private static byte[] Hash(ReadOnlySpan<string?> first, ReadOnlySpan<string?> then)
    {
        var size = SizeOf(first) + SizeOf(then);
        byte[]? rented = null;
        var text = size <= OnStack ? stackalloc byte[OnStack] : rented = ArrayPool<byte>.Shared.Rent(size);
        Write(then, text[Write(first, text)..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..size], hash);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }

        return hash[..Length].ToArray();
    }

    private static int SizeOf(ReadOnlySpan<string?> parts)
    {
        var size = 0;
        foreach (var part in parts)
        {
            size += sizeof(int) + Encoding.UTF8.GetByteCount(part ?? "");
        }

        return size;
    }

    private static int Write(ReadOnlySpan<string?> parts, Span<byte> to)
    {
        var at = 0;
        foreach (var part in parts)
        {
            // The length goes first, so that no two lists of parts can read the same.
            var length = Encoding.UTF8.GetBytes(part, to[(at + sizeof(int))..]);
            BinaryPrimitives.WriteInt32LittleEndian(to[at..], part is null ? -1 : length);
            at += sizeof(int) + length;
        }

        return at;
    }
}
