using System.Diagnostics.Metrics;
using Carillon.Core.Streams;
using Carillon.Server.Streaming;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Carillon.Tests.Server.Streaming;

/// <summary>What an operator is told of a stream that is lost under its configuration.</summary>
public sealed class StreamingWatchTests : LiveServer
{
    private const string Name = "chime-messaging-watched";

    private Task<string> Ready() => Http.GetStringAsync(new Uri(Address, "/readyz"), TestContext.Current.CancellationToken);

    [Fact]
    public async Task It_is_logged_measured_and_said_at_readyz_until_it_is_mended()
    {
        await this.NewStream(Name);
        var app = await NewApp();
        var ann = await app.NewUser("ann");
        var channel = await app.NewChannel(ann);
        (await Root.PutStreaming(app.Arn, ("ChannelMessage", Streams.Arn(Name)))).Ok();
        Assert.Equal("ready\n", await Ready());

        await this.Store().Write(ledger =>
        {
            DataStreams.Delete(ledger, Name);
            return true;
        });
        await app.Root.SendText(ann, channel, "to nowhere");
        await app.Root.SendText(ann, channel, "to nowhere");
        await Patience.Until(async () => (await Ready()).Contains(
            "streaming: 1 configurations have no stream that can be used, 2 events are in none", StringComparison.Ordinal));

        Assert.Contains(Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains(Streams.Arn(Name) + " is not there", StringComparison.Ordinal));
        var measured = new Dictionary<string, long>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Scope == Platform.App.Services.GetRequiredService<StreamingStatus>())
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => measured[instrument.Name] = value);
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => measured[instrument.Name] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        Assert.Equal((1, 2), (measured["carillon.streaming.faults"], measured["carillon.streaming.unstreamed"]));

        await this.NewStream(Name);
        await app.Root.SendText(ann, channel, "back");
        await Patience.Until(async () => await Ready() == "ready\n");
        Assert.Equal("back", (string?)Assert.Single(this.ReadStream(Name)).Payload["Content"]);
    }
}
