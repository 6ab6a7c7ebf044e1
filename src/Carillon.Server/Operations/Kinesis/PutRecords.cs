using System.Globalization;
using System.Text;
using Carillon.Core;
using Carillon.Core.Streams;
using Carillon.Server.Http.JsonProtocol;
using Carillon.Server.Http.Kinesis;

namespace Carillon.Server.Operations.Kinesis;

internal sealed record PutRecordsRequest(string? StreamName, string? StreamARN, IReadOnlyList<PutRecordsRequestEntry>? Records)
    : INamesStream;

internal sealed record PutRecordsRequestEntry(byte[]? Data, string? PartitionKey, string? ExplicitHashKey);

/// <param name="EncryptionType">Absent where the stream is not encrypted.</param>
internal sealed record PutRecordsResponse(
    int FailedRecordCount, IReadOnlyList<PutRecordsResultEntry> Records, string? EncryptionType);

internal sealed record PutRecordsResultEntry(string? SequenceNumber, string? ShardId, string? ErrorCode, string? ErrorMessage);

// Differs from AWS: the records of a request are stored together or not at all, in their order.
internal static class PutRecords
{
    /// <summary>Bytes of data and partition keys in a request. Source: API reference, read 2026-11: 10 MiB.</summary>
    private const int Most = 10 * 1024 * 1024;

    public static readonly KinesisOperation Operation = new KinesisOperation<PutRecordsRequest, PutRecordsResponse>(
        nameof(PutRecords), KinesisJson.Default.PutRecordsRequest, KinesisJson.Default.PutRecordsResponse,
        (r, call) => call.Resource(r.StreamName, r.StreamARN),
        (r, call) => call.Store.Write(ledger => Put(ledger, r.Records!, call))) { TakesRecords = true };

    private static PutRecordsResponse Put(ILedger ledger, IReadOnlyList<PutRecordsRequestEntry> records, KinesisCall call)
    {
        var stream = call.Find(ledger);
        var total = 0L;
        for (var i = 0; i < records.Count; i++)
        {
            ReadHash(records[i].ExplicitHashKey);
            CheckSize(stream, records[i].Data!, string.Create(CultureInfo.InvariantCulture, $"records.{i + 1}.member.data"));
            total += records[i].Data!.Length + Encoding.UTF8.GetByteCount(records[i].PartitionKey!);
        }

        if (total > Most)
        {
            throw KinesisErrors.Invalid($"Records size exceeds {Most} bytes: data and partition keys of the request together.");
        }

        var results = new List<PutRecordsResultEntry>(records.Count);
        foreach (var record in records)
        {
            var place = ledger.AddRecord(stream, record.PartitionKey!, ReadHash(record.ExplicitHashKey), record.Data);
            results.Add(new(
                SequenceNumbers.Of(place.Shard, place.Position, ledger.Now), ShardIds.Of(place.Shard.Number), null, null));
        }

        return new(0, results, stream.IsEncrypted ? StreamWords.Kms : null);
    }

    /// <exception cref="JsonFault">InvalidArgument: it is larger than any hash.</exception>
    internal static UInt128? ReadHash(string? text) => text is null
        ? null
        : HashKeyRange.Read(text) ?? throw KinesisErrors.Invalid(
            $"Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was {text}");

    /// <summary>
    /// AWS leaves open whether the partition key counts in this limit, which was seen to take a mebibyte of data with any
    /// key; here it does not.
    /// </summary>
    /// <exception cref="JsonFault">ValidationException: the stream takes no record of this size.</exception>
    internal static void CheckSize(DataStream stream, byte[] data, string member)
    {
        if (data.Length > stream.MostRecordKiB * 1024)
        {
            throw new JsonFault(
                KinesisErrors.Validation,
                $"1 validation error detected: Value at '{member}' failed to satisfy constraint: Member must have length less than or equal to {stream.MostRecordKiB * 1024}");
        }
    }
}
