using Carillon.Core;
using Carillon.Core.Streams;
using Carillon.Server.Hosting;
using Carillon.Server.Streaming;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Carillon.Tests.Server.Streaming;

/// <summary>Streams on their way to somebody else, who is not always well.</summary>
public sealed class RelayTests : IAsyncLifetime
{
    private const string Here = "chime-messaging-here";

    private readonly FarKinesis _far = new();
    private readonly string _credentials = Path.GetTempFileName();
    private RelayServer _server = null!;
    private App _app = null!;
    private string _ann = "";

    private sealed class RelayServer(FarKinesis far, string credentials) : LiveServer
    {
        internal Calendar Calendar { get; } = new();

        internal override TimeProvider Time => Calendar;

        internal override CarillonOptions Adjust(CarillonOptions options) => base.Adjust(options) with
        {
            RelayEndpoint = far.Url,
            RelayStreams = Here + "=there",
            RelayRegion = "eu-west-1",
            RelayCredentials = credentials,
        };

        internal StreamingStatus Status => Platform.App.Services.GetRequiredService<StreamingStatus>();
    }

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(_credentials, "[default]\naws_access_key_id = AKIAFAR\naws_secret_access_key = secret\n");
        await _far.Start();
        _server = new(_far, _credentials);
        await _server.InitializeAsync();
        await _server.NewStream(Here, shards: 3);
        _app = await _server.NewApp();
        _ann = await _app.NewUser("ann");
        (await _server.Root.PutStreaming(_app.Arn, ("ChannelMessage", Streams.Arn(Here)))).Ok();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _far.DisposeAsync();
        File.Delete(_credentials);
    }

    /// <summary>Waits until everything of the stream was taken, and holds it against the stream.</summary>
    private async Task<IReadOnlyList<Taken>> AllTaken()
    {
        var here = _server.ReadStream(Here);
        await Patience.Until(
            () => _far.All.Where(t => t.Content is not null).Select(t => t.EventId).Distinct().Count() == here.Count,
            $"{_far.All.Count} of {here.Count} were taken.");
        var there = _far.All;
        Assert.All(there, t => Assert.Equal("there", t.Stream));
        Assert.Equal(
            here.Select(r => (r.Key, r.Json.ToJsonString())).Order(),
            there.DistinctBy(t => t.EventId).Select(t =>
            {
                var json = t.Json.AsObject();
                json.Remove("EventId");
                return (t.Key, json.ToJsonString());
            }).Order());
        return there;
    }

    private async Task Send(int count, params string[] channels)
    {
        for (var i = 0; i < count; i++)
        {
            await _app.Root.SendText(_ann, channels[i % channels.Length], $"{i}");
        }
    }

    private static void InOrder(IEnumerable<Taken> taken, string channel)
    {
        var positions = taken.Where(t => t.Key == channel).Select(t => SequenceNumbers.Read(t.EventId)!.Value.Position).ToList();
        Assert.Equal(positions.Order(), positions);
    }

    [Fact]
    public async Task Records_are_handed_on_in_order_once_and_signed_for_the_other_region()
    {
        string[] channels = [await _app.NewChannel(_ann), await _app.NewChannel(_ann), await _app.NewChannel(_ann)];
        await Send(150, channels);

        var taken = await AllTaken();

        Assert.Equal(150, taken.Count);
        Assert.All(channels, channel => InOrder(taken, channel));
        Assert.Contains("Credential=AKIAFAR/", _far.Authorization!, StringComparison.Ordinal);
        Assert.Contains("/eu-west-1/kinesis/aws4_request", _far.Authorization!, StringComparison.Ordinal);
        await Patience.Until(() => _server.Status.LagOf(Here) == TimeSpan.Zero, "The lag does not end.");
    }

    [Fact]
    public async Task What_is_throttled_comes_again_behind_nothing_that_follows_it()
    {
        string[] channels = [await _app.NewChannel(_ann), await _app.NewChannel(_ann)];
        var random = new Random(7);
        var round = 0;
        _far.Refuses = records => ++round % 4 == 0 ? null : [.. Enumerable.Range(0, records.Count).Where(_ => random.Next(5) == 0)];
        var sends = Send(60, channels);
        await sends;
        _far.Refuses = static _ => [];

        var taken = await AllTaken();

        // Whatever was taken too early was taken again in its turn.
        foreach (var channel in channels)
        {
            var last = taken.Reverse().Where(t => t.Key == channel).DistinctBy(t => t.EventId).Reverse().ToList();
            InOrder(last, channel);
        }
    }

    [Fact]
    public async Task One_that_dies_and_comes_back_gets_all_and_nobody_here_waits_for_it()
    {
        var channel = await _app.NewChannel(_ann);
        await Send(20, channel);
        await AllTaken();
        await _far.Die();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await Send(50, channel);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20));
        await Patience.Until(() => _server.Log.Lines.Any(line => line.Contains("is not handed on for now", StringComparison.Ordinal)), "It is not told.");
        await Patience.Until(() => _server.Status.LagOf(Here) > TimeSpan.Zero, "There is no lag.");

        await _far.Start();

        InOrder(await AllTaken(), channel);
        await Patience.Until(() => _server.Log.Lines.Any(line => line.Contains("is handed on again", StringComparison.Ordinal)), "It is not told.");
    }

    [Fact]
    public async Task What_was_taken_and_not_answered_comes_again_under_the_same_id()
    {
        var channel = await _app.NewChannel(_ann);
        var cut = 0;
        _far.Answers = () => Interlocked.Increment(ref cut) > 2;
        await Send(10, channel);

        var taken = await AllTaken();

        await Patience.Until(() => _far.All.Count > 10, "Nothing came twice.");
        Assert.Equal(10, taken.Select(t => t.EventId).Distinct().Count());
    }

    [Fact]
    public async Task A_slow_one_is_waited_for_by_nobody_else_and_what_is_redacted_meanwhile_is_not_told()
    {
        var channel = await _app.NewChannel(_ann);
        using var gate = new SemaphoreSlim(0);
        _far.Before = () => gate.WaitAsync();
        await Send(5, channel);
        await Patience.Until(() => _far.Requests > 0, "Nothing comes.");
        var secret = await _app.Root.SendText(_ann, channel, "a secret");
        (await _app.Root.RedactChannelMessage(_ann, channel, secret)).Ok();

        _far.Before = static () => Task.CompletedTask;
        gate.Release(1000);
        await Patience.Until(() => _far.All.Any(t => (string?)t.Json["EventType"] == "REDACT_CHANNEL_MESSAGE"), "The end does not come.");

        Assert.DoesNotContain(_far.All, t => t.Text.Contains("a secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_waits_for_long_is_told_before_it_is_lost_and_when_it_is()
    {
        await _server.Store().Write(ledger =>
        {
            DataStreams.KeepLonger(ledger, Here, 72);
            return true;
        });
        var channel = await _app.NewChannel(_ann);
        await _far.Die();
        await Send(3, channel);
        Task Told(string what) => Patience.Until(() => _server.Log.Lines.Any(line => line.Contains(what, StringComparison.Ordinal)), what);

        _server.Calendar.Pass(days: 1);
        await Told("Warning 7004 ");
        Assert.DoesNotContain(_server.Log.Lines, line => line.StartsWith("Error 70", StringComparison.Ordinal));
        Assert.True(_server.Status.LagOf(Here) >= TimeSpan.FromDays(1));
        await _server.Store().Write(ledger =>
        {
            DataStreams.KeepShorter(ledger, Here, 30);
            return true;
        });
        await Told("Error 7005 ");
        _server.Calendar.Pass(days: 1);
        await Told("Error 7006 ");

        await _far.Start();
        await Send(2, channel);
        await Patience.Until(() => _far.All.Count == 2, "They do not come.");
    }

    [Fact]
    public async Task Records_of_other_people_go_as_they_are_and_splits_and_merges_are_followed()
    {
        var store = _server.Store();
        byte[] odd = [.. "{\"EventType\":\""u8, 0xff];
        await store.Write(ledger => ledger.AddRecord(DataStreams.Find(ledger, Here), "k", null, "plain"u8.ToArray()));
        await store.Write(ledger => ledger.AddRecord(DataStreams.Find(ledger, Here), "k", null, odd));
        await Patience.Until(() => _far.All.Count == 2, "They do not come.");
        Assert.Equal(["plain", System.Text.Encoding.UTF8.GetString(odd)], _far.All.Select(t => t.Text));
        string[] channels = [await _app.NewChannel(_ann), await _app.NewChannel(_ann), await _app.NewChannel(_ann)];
        for (var i = 0; i < 6; i++)
        {
            await store.Write(ledger => Resharding.Resize(ledger, new Quotas(), Here, i % 2 == 0 ? 5 : 3));
            await Send(12, channels);
        }

        await Patience.Until(() => _far.All.Count == 2 + 72, "They do not come.");
        Assert.All(channels, channel => InOrder(_far.All.Skip(2), channel));
    }
}
