using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Carillon.Core;

namespace Carillon.Backends.Sql;

/// <summary>
/// What records are sealed with: data keys of the store, each sealed by the master key. What is sealed opens only as the
/// record that it is, by its shard and position. Safe to use from several threads at once.
/// </summary>
internal sealed class StreamCiphers(byte[] masterKey) : IDisposable
{
    /// <summary>What sealing adds to the data.</summary>
    public const int Overhead = 28;

    private const int KeyLength = 32;

    private readonly SealedBox _keys = new(masterKey, "carillon stream key 1");
    private readonly ConcurrentDictionary<long, SealedBox> _boxes = new();
    private bool _disposed;

    /// <summary>A new data key: a random number above zero that names it, and the key, sealed.</summary>
    public (long Key, byte[] Sealed) New()
    {
        Span<byte> random = stackalloc byte[sizeof(long) + KeyLength];
        RandomNumberGenerator.Fill(random);
        var key = BinaryPrimitives.ReadInt64BigEndian(random) & long.MaxValue;
        var made = _keys.Seal(random[sizeof(long)..], Bound(stackalloc byte[sizeof(long)], key));
        CryptographicOperations.ZeroMemory(random);
        return (key, made);
    }

    /// <summary>The box of a data key.</summary>
    /// <param name="find">Finds the sealed key; asked where the box is not known yet.</param>
    public SealedBox Box(long key, Func<long, byte[]?> find)
    {
        if (_boxes.TryGetValue(key, out var box))
        {
            return box;
        }

        var plain = find(key) is { } found ? _keys.Open(found, Bound(stackalloc byte[sizeof(long)], key)) : null;
        if (plain is null)
        {
            throw new CryptographicException("A data key of the streams is not there, or was not sealed here.");
        }

        var made = new SealedBox(plain, "carillon stream record 1");
        CryptographicOperations.ZeroMemory(plain);
        if (_boxes.TryAdd(key, made))
        {
            return made;
        }

        made.Dispose();
        return _boxes[key];
    }

    public static byte[] Seal(SealedBox box, long shard, long position, ReadOnlySpan<byte> data) =>
        box.Seal(data, Bound(stackalloc byte[2 * sizeof(long)], shard, position));

    public static byte[] Open(SealedBox box, long shard, long position, ReadOnlySpan<byte> data) =>
        box.Open(data, Bound(stackalloc byte[2 * sizeof(long)], shard, position))
        ?? throw new CryptographicException("A record does not open with the key that it names.");

    private static ReadOnlySpan<byte> Bound(Span<byte> into, long first)
    {
        BinaryPrimitives.WriteInt64BigEndian(into, first);
        return into;
    }

    private static ReadOnlySpan<byte> Bound(Span<byte> into, long first, long second)
    {
        BinaryPrimitives.WriteInt64BigEndian(into[sizeof(long)..], second);
        return Bound(into, first);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }

        foreach (var box in _boxes.Values)
        {
            box.Dispose();
        }

        _keys.Dispose();
    }
}
