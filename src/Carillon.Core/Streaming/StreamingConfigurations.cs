using Carillon.Core.Identity;

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
public sealed record StreamingConfiguration(StreamedData Data, string Resource);

/// <summary>Where the events of an app instance are streamed to. IAM alone decides who may call these.</summary>
public static class StreamingConfigurations
{
    /// <summary>Replaces all there were. (AWS leaves open whether a data type that is not named stays.)</summary>
    /// <param name="configurations">One or two, of different data.</param>
    public static void Put(ILedger ledger, string appId, IReadOnlyList<StreamingConfiguration> configurations)
    {
        var app = AppInstances.Find(ledger, appId);
        ledger.DeleteStreaming(app.Key);
        foreach (var configuration in configurations)
        {
            ledger.AddStreaming(app.Key, configuration);
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

public interface IStreamingView
{
    /// <summary>In the order of the data types.</summary>
    IReadOnlyList<StreamingConfiguration> ListStreaming(AppKey app);
}

public interface IStreamingLedger
{
    void AddStreaming(AppKey app, StreamingConfiguration configuration);

    void DeleteStreaming(AppKey app);
}
