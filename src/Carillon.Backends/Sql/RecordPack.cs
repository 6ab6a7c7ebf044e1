using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Carillon.Backends.Sql;

/// <summary>
/// Records of one commit and one shard, which rest in one row: a row, a seal and an index entry for each of them would cost
/// more than the records do. Each is its position, the lengths of key and data (little endian, 8, 4 and 4 bytes), key and data. A key
/// that is the one before again has the length <see cref="KeyAgain"/> and is not written.
/// </summary>
internal sealed class RecordPack
{
    /// <summary>Bytes from which on the next record begins a pack of its own. Ours.</summary>
    public const int Full = 128 * 1024;

    private const int Head = sizeof(long) + (2 * sizeof(int));

    /// <summary>Most records of a commit are of one busy channel, whose ARN is an eighth of them.</summary>
    private const int KeyAgain = -1;

    private readonly ArrayBufferWriter<byte> _bytes = new(4 * 1024);

    private string? _lastKey;

    /// <summary>Whether it is to be sealed.</summary>
    public bool IsSealed { get; private set; }

    /// <summary>The position of the first record.</summary>
    public long First { get; private set; }

    /// <summary>The position of the last record.</summary>
    public long Last { get; private set; }

    public int Count { get; private set; }

    /// <summary>Bytes of keys and data.</summary>
    public long Size { get; private set; }

    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    /// <summary>Whether another record goes into it.</summary>
    public bool Takes(bool isSealed) => Count == 0 || (isSealed == IsSealed && Bytes.Length < Full);

    public void Add(long position, string key, ReadOnlySpan<byte> data, bool isSealed)
    {
        if (Count++ == 0)
        {
            (First, IsSealed) = (position, isSealed);
        }

        var (keyLength, isAgain) = (Encoding.UTF8.GetByteCount(key), key == _lastKey);
        var written = isAgain ? 0 : keyLength;
        var into = _bytes.GetSpan(Head + written + data.Length);
        BinaryPrimitives.WriteInt64LittleEndian(into, position);
        BinaryPrimitives.WriteInt32LittleEndian(into[sizeof(long)..], isAgain ? KeyAgain : keyLength);
        BinaryPrimitives.WriteInt32LittleEndian(into[(sizeof(long) + sizeof(int))..], data.Length);
        if (!isAgain)
        {
            Encoding.UTF8.GetBytes(key, into[Head..]);
        }

        data.CopyTo(into[(Head + written)..]);
        _bytes.Advance(Head + written + data.Length);
        (Last, _lastKey) = (position, key);
        Size += keyLength + data.Length;
    }

    /// <summary>Gives a record other data.</summary>
    /// <returns>False where it is not in here.</returns>
    public bool Replace(long position, ReadOnlySpan<byte> data)
    {
        var records = Read(Bytes.ToArray()).ToList();
        var at = records.FindIndex(record => record.Position == position);
        if (at < 0)
        {
            return false;
        }

        var isSealed = IsSealed;
        Clear();
        for (var i = 0; i < records.Count; i++)
        {
            Add(records[i].Position, records[i].Key, i == at ? data : records[i].Data.Span, isSealed);
        }

        return true;
    }

    /// <summary>What it holds becomes overwritten by what comes next.</summary>
    public void Clear()
    {
        _bytes.ResetWrittenCount();
        (Count, Size, _lastKey) = (0, 0, null);
    }

    /// <summary>The records of a pack, in their order.</summary>
    public static IEnumerable<(long Position, string Key, ReadOnlyMemory<byte> Data)> Read(ReadOnlyMemory<byte> pack)
    {
        var key = "";
        while (!pack.IsEmpty)
        {
            var keyLength = BinaryPrimitives.ReadInt32LittleEndian(pack.Span[sizeof(long)..]);
            var dataLength = BinaryPrimitives.ReadInt32LittleEndian(pack.Span[(sizeof(long) + sizeof(int))..]);
            if (keyLength == KeyAgain)
            {
                keyLength = 0;
            }
            else
            {
                key = Encoding.UTF8.GetString(pack.Span.Slice(Head, keyLength));
            }

            yield return (
                BinaryPrimitives.ReadInt64LittleEndian(pack.Span), key, pack.Slice(Head + keyLength, dataLength));
            pack = pack[(Head + keyLength + dataLength)..];
        }
    }
}
