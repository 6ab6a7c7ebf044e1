using System.Text.Json.Serialization.Metadata;
using Carillon.Core;
using Carillon.Server.Contracts;
using Carillon.Server.Http;
using Carillon.Server.Http.Kinesis;

namespace Carillon.Server.Operations.Kinesis;

/// <summary>The operations of Kinesis Data Streams that are here.</summary>
internal static class KinesisService
{
    private const string NoFanOut =
        "Enhanced fan-out is not available here: read with GetRecords. In the Kinesis Client Library 2 and 3 give the retrieval "
        + "configuration a PollingConfig; in the properties of its MultiLangDaemon set retrievalMode = POLLING; in Flink set "
        + "source.reader.type = POLLING (or flink.stream.recordpublisher = POLLING).";

    public static readonly IReadOnlyList<KinesisOperation> Operations =
    [
        AddTagsToStream.Operation,
        CreateStream.Operation,
        DecreaseStreamRetentionPeriod.Operation,
        DeleteStream.Operation,
        DescribeLimits.Operation,
        DescribeStream.Operation,
        DescribeStreamSummary.Operation,
        GetRecords.Operation,
        GetShardIterator.Operation,
        IncreaseStreamRetentionPeriod.Operation,
        ListShards.Operation,
        ListStreams.Operation,
        ListStreamTags.Operation,
        ListTagsForStream.Operation,
        MergeShards.Operation,
        PutRecord.Operation,
        PutRecords.Operation,
        RemoveTagsFromStream.Operation,
        SplitShard.Operation,
        StartStreamEncryption.Operation,
        StopStreamEncryption.Operation,
        TagStream.Operation,
        UntagStream.Operation,
        UpdateShardCount.Operation,
    ];

    /// <summary>Those that say by themselves why they are not here.</summary>
    public static readonly IReadOnlyList<KinesisOperation> Absent =
    [
        new AbsentKinesisOperation("DeregisterStreamConsumer", NoFanOut),
        new AbsentKinesisOperation("DescribeStreamConsumer", NoFanOut),
        new AbsentKinesisOperation("ListStreamConsumers", NoFanOut),
        new AbsentKinesisOperation("RegisterStreamConsumer", NoFanOut),
        new AbsentKinesisOperation("SubscribeToShard", NoFanOut),
    ];

    private static readonly Dictionary<string, KinesisOperation> ByName =
        Operations.Concat(Absent).ToDictionary(o => o.Name, StringComparer.Ordinal);

    public static KinesisOperation? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>What is to be said of an operation that cannot be found.</summary>
    public static string WhyNot(string name) => ServiceModel.Kinesis.Operations.ContainsKey(name)
        ? $"{name} is not available here."
        : "The service has no such operation.";

    /// <summary>Makes an operation on one stream.</summary>
    public static KinesisOperation OnStream<TRequest, TResponse>(
        string name, JsonTypeInfo<TRequest> request,
        JsonTypeInfo<TResponse> response, Func<TRequest, KinesisCall, Task<TResponse>> handle)
        where TRequest : class, INamesStream => new KinesisOperation<TRequest, TResponse>(
            name, request, response, (r, call) => call.Resource(r.StreamName, r.StreamARN), handle);

    /// <summary>Makes an operation that changes one stream, and has nothing to tell.</summary>
    public static KinesisOperation Change<TRequest>(
        string name, JsonTypeInfo<TRequest> request,
        Action<ILedger, TRequest, KinesisCall> change)
        where TRequest : class, INamesStream => new KinesisOperation<TRequest, Nothing>(
            name, request, null, (r, call) => call.Resource(r.StreamName, r.StreamARN),
            (r, call) => Write(call, ledger => change(ledger, r, call)));

    public static Task<Nothing> Write(KinesisCall call, Action<ILedger> change) => call.Store.Write(ledger =>
    {
        change(ledger);
        return Nothing.Value;
    });
}
