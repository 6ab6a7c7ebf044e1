using System.Globalization;
using System.Text;
using Carillon.Core;
using Carillon.Core.Streams;
using Carillon.Server.Http.JsonProtocol;
using Carillon.Server.Http.Kinesis;
using Carillon.Server.Http.Throttling;

namespace Carillon.Server.Operations.Kinesis;

internal sealed record PutRecordsRequest(string? StreamName, string? StreamARN, IReadOnlyList<PutRecordsRequestEntry>? Records)
    : INamesStream;

internal sealed record PutRecordsRequestEntry(byte[]? Data, string? PartitionKey, string? ExplicitHashKey);

/// <param name="EncryptionType">Absent where the stream is not encrypted.</param>
internal sealed record PutRecordsResponse(
    int FailedRecordCount, IReadOnlyList<PutRecordsResultEntry> Records, string? EncryptionType);

internal sealed record PutRecordsResultEntry(string? SequenceNumber, string? ShardId, string? ErrorCode, string? ErrorMessage);

// Differs from AWS: the records of a request are stored together, in their order; unless rates are in force, none of them
// fails alone.
internal static class PutRecords
{
    /// <summary>Bytes of data and partition keys in a request. Source: API reference, read 2026-11: 10 MiB.</summary>
    private const int Most = 10 * 1024 * 1024;

    public static readonly KinesisOperation Operation = new KinesisOperation<PutRecordsRequest, PutRecordsResponse>(
        nameof(PutRecords), KinesisJson.Default.PutRecordsRequest, KinesisJson.Default.PutRecordsResponse,
        (r, call) => call.Resource(r.StreamName, r.StreamARN),
        (r, call) =>
        {
            var busy = call.IsHeld ? call.Store.Read(view => r.Records!.Select(record => Busy(view, record, call)).ToList()) : null;
            return call.Store.Write(ledger => Put(ledger, r.Records!, busy, call));
        })
    { TakesRecords = true };

    /// <summary>The shard of a record where its rates do not let the record through.</summary>
    internal static Shard? Busy(IView view, PutRecordsRequestEntry record, KinesisCall call)
    {
        var stream = call.Find(view);
        var hash = ReadHash(record.ExplicitHashKey) ?? HashSpace.Of(record.PartitionKey!);
        var shard = view.ListOpenShards(stream.Key).First(s => s.Takes(hash));
        return call.Admits(stream, shard, (RateUnit.Records, 1), (RateUnit.Bytes, record.Data!.Length)) ? null : shard;
    }

    /// <param name="busy">Of each record the shard that is too busy for it; null where none is.</param>
    private static PutRecordsResponse Put(
        ILedger ledger, IReadOnlyList<PutRecordsRequestEntry> records, List<Shard?>? busy, KinesisCall call)
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
        for (var i = 0; i < records.Count; i++)
        {
            var record = records[i];
            if (busy?[i] is { } shard)
            {
                results.Add(new(null, null, KinesisErrors.Throughput, call.ShardBusyText(shard)));
                continue;
            }

            var place = ledger.AddRecord(stream, record.PartitionKey!, ReadHash(record.ExplicitHashKey), record.Data);
            results.Add(new(
                SequenceNumbers.Of(place.Shard, place.Position, ledger.Now), ShardIds.Of(place.Shard.Number), null, null));
        }

        return new(results.Count(r => r.ErrorCode is not null), results, stream.IsEncrypted ? StreamWords.Kms : null);
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
