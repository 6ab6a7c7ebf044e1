using Carillon.Core;
using Carillon.Core.Streaming;

namespace Carillon.Server.Streaming;

/// <summary>Looks after configurations whose stream was deleted under them or has lost its encryption, and tells.</summary>
internal sealed partial class StreamingWatch(
    IStore store, StreamingStatus status, TimeProvider time, ILogger<StreamingWatch> log) : BackgroundService
{
    /// <summary>Ours.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private HashSet<StreamingFault> _faults = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                Look();
            }
            catch (Refusal refusal)
            {
                Postponed(refusal.Reason);
            }
#pragma warning disable CA1031 // To look after something must not end the process.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Failed(e);
            }

            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Look()
    {
        var (faults, unstreamed) = store.Read(view => (view.ListStreamingFaults().ToHashSet(), view.CountUnstreamed()));
        foreach (var fault in faults.Except(_faults))
        {
            var why = fault.IsThere ? "has no encryption any more" : "is not there";
            Lost(fault.AppId, fault.Configuration.Data, fault.Configuration.Resource, why);
        }

        foreach (var fault in _faults.Except(faults))
        {
            Back(fault.AppId, fault.Configuration.Data, fault.Configuration.Resource);
        }

        _faults = faults;
        status.Found(faults.Count, unstreamed);
    }

    [LoggerMessage(7101, LogLevel.Error, "Nothing of {Data} of app instance {AppId} is streamed: {Stream} {Why}.")]
    private partial void Lost(string appId, StreamedData data, string stream, string why);

    [LoggerMessage(7102, LogLevel.Information, "Nothing stands in the way of {Data} of app instance {AppId} to {Stream} any more.")]
    private partial void Back(string appId, StreamedData data, string stream);

    [LoggerMessage(7103, LogLevel.Warning, "Looking after streams waits for the store: {Reason}.")]
    private partial void Postponed(Reason reason);

    [LoggerMessage(7104, LogLevel.Error, "Looking after streams failed; it is tried again.")]
    private partial void Failed(Exception exception);
}
