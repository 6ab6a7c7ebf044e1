using Carillon.Core;
using Carillon.Core.Streams;
using Carillon.Server.Http.Kinesis;

namespace Carillon.Server.Operations.Kinesis;

internal sealed record PutRecordRequest(
    string? StreamName, string? StreamARN, byte[]? Data, string? PartitionKey, string? ExplicitHashKey,
    string? SequenceNumberForOrdering) : INamesStream;

/// <param name="EncryptionType">Absent where the stream is not encrypted.</param>
internal sealed record PutRecordResponse(string ShardId, string SequenceNumber, string? EncryptionType);

internal static class PutRecord
{
    public static readonly KinesisOperation Operation = new KinesisOperation<PutRecordRequest, PutRecordResponse>(
        nameof(PutRecord), KinesisJson.Default.PutRecordRequest, KinesisJson.Default.PutRecordResponse,
        (r, call) => call.Resource(r.StreamName, r.StreamARN),
        (r, call) =>
        {
            if (call.IsHeld && call.Store.Read(view => PutRecords.Busy(view, new(r.Data, r.PartitionKey, r.ExplicitHashKey), call)) is { } busy)
            {
                throw call.ShardBusy(busy);
            }

            return call.Store.Write(ledger => Put(ledger, r, call));
        })
    { TakesRecords = true };

    private static PutRecordResponse Put(ILedger ledger, PutRecordRequest request, KinesisCall call)
    {
        var stream = call.Find(ledger);
        var hash = PutRecords.ReadHash(request.ExplicitHashKey);
        PutRecords.CheckSize(stream, request.Data!, "data");

        // Positions rise over everything, so whatever number there is already is less than the next one.
        if (request.SequenceNumberForOrdering is { } number
            && !(SequenceNumbers.Read(number) is { } least && least.Position <= ledger.LastPosition()
                && least.Created >= stream.Created.Microseconds / 1_000_000))
        {
            throw KinesisErrors.Invalid(
                $"ExclusiveMinimumSequenceNumber {number} used in PutRecord on stream {stream.Name} under account {call.Account} is invalid.");
        }

        var place = ledger.AddRecord(stream, request.PartitionKey!, hash, request.Data);
        return new(
            ShardIds.Of(place.Shard.Number), SequenceNumbers.Of(place.Shard, place.Position, ledger.Now),
            stream.IsEncrypted ? StreamWords.Kms : null);
    }
}
