using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Streams;

namespace Carillon.Core.Streaming;

/// <summary>Which events a stream gets.</summary>
public enum StreamedData
{
    /// <summary>Of channels, members, moderators and bans.</summary>
    Channel = 0,

    /// <summary>Of messages.</summary>
    ChannelMessage = 1,
}

/// <param name="Resource">ARN of the stream that gets them.</param>
public sealed record StreamingConfiguration(StreamedData Data, string Resource)
{
    /// <summary>What stands behind the last slash of the ARN.</summary>
    public string StreamName { get; } = Resource[(Resource.LastIndexOf('/') + 1)..];
}

/// <summary>Where the events of an app instance are streamed to. IAM alone decides who may call these.</summary>
public static class StreamingConfigurations
{
    /// <summary>"Streaming messaging data", developer guide, read 2026-11.</summary>
    public const int LeastShards = 2;

    /// <summary>Replaces all there were. (AWS leaves open whether a data type that is not named stays.)</summary>
    /// <param name="configurations">One or two, of different data.</param>
    /// <exception cref="Refusal">AppInstanceUnknown; InvalidInput: a stream is not there, or not as it must be.</exception>
    public static void Put(ILedger ledger, string appId, IReadOnlyList<StreamingConfiguration> configurations)
    {
        var app = AppInstances.Find(ledger, appId);
        foreach (var configuration in configurations)
        {
            Check(ledger, configuration);
        }

        ledger.DeleteStreaming(app.Key);
        foreach (var configuration in configurations)
        {
            ledger.AddStreaming(app.Key, configuration);
        }
    }

    private static void Check(ILedger ledger, StreamingConfiguration configuration)
    {
        var stream = ledger.FindStream(configuration.StreamName)
            ?? throw new Refusal(Reason.InvalidInput, $"The Kinesis data stream {configuration.Resource} does not exist.");
        if (ledger.ListOpenShards(stream.Key).Count < LeastShards)
        {
            throw new Refusal(
                Reason.InvalidInput, $"The Kinesis data stream {configuration.Resource} must have at least {LeastShards} shards.");
        }

        if (!stream.IsEncrypted)
        {
            throw new Refusal(
                Reason.InvalidInput,
                $"The Kinesis data stream {configuration.Resource} must have server-side encryption enabled.");
        }
    }

    /// <exception cref="Refusal">AppInstanceUnknown; StreamingUnknown where there is none.</exception>
    public static IReadOnlyList<StreamingConfiguration> Get(IView view, string appId) =>
        view.ListStreaming(AppInstances.Find(view, appId).Key) is { Count: > 0 } configurations
            ? configurations
            : throw new Refusal(Reason.StreamingUnknown);

    /// <summary>From now on nothing is streamed. Where nothing was, nothing changes.</summary>
    public static void Delete(ILedger ledger, string appId) => ledger.DeleteStreaming(AppInstances.Find(ledger, appId).Key);
}

/// <summary>A configuration whose stream cannot be used.</summary>
/// <param name="AppId">Of the app instance.</param>
/// <param name="IsThere">The stream is, but without encryption; otherwise it was deleted.</param>
public sealed record StreamingFault(string AppId, StreamingConfiguration Configuration, bool IsThere);

public interface IStreamingView
{
    /// <summary>In the order of the data types.</summary>
    IReadOnlyList<StreamingConfiguration> ListStreaming(AppKey app);

    /// <summary>Those whose stream was deleted under them, or has lost its encryption.</summary>
    IReadOnlyList<StreamingFault> ListStreamingFaults();

    /// <summary>Events of all app instances that are in no stream, since their configurations were put.</summary>
    long CountUnstreamed();

    /// <summary>How far a stream was handed on to another one; null where nothing was yet.</summary>
    RelayMark? FindRelay(StreamKey stream);
}

public interface IStreamingLedger
{
    void AddStreaming(AppKey app, StreamingConfiguration configuration);

    /// <summary>All of the app instance. The count of what was not streamed begins anew.</summary>
    void DeleteStreaming(AppKey app);

    /// <summary>Names of the streams that may hold records of the app instance's messages; some may be gone.</summary>
    IReadOnlyList<string> ListStreamsOfMessages(AppKey app);

    /// <summary>Counts an event that is in no stream, because there is none that may be used.</summary>
    void CountUnstreamed(AppKey app, StreamedData data);

    /// <summary>Position of a message's creation, by its sequence; null where it has gone.</summary>
    long? PositionOf(ChannelKey channel, long sequence);

    /// <summary>Positions and times of the updates of a message, oldest first.</summary>
    IReadOnlyList<(long Position, Instant At)> ListUpdates(ChannelKey channel, long sequence);

    void PutRelay(StreamKey stream, RelayMark mark);
}

/// <param name="Position">Of the last record that was handed on.</param>
/// <param name="At">When that one had arrived; null where there was none.</param>
public sealed record RelayMark(long Position, Instant? At);
