using System.Text;
using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Streams;
using Xunit;

namespace Carillon.Tests.Backends;

public abstract partial class StoreContract
{
    private const long Much = 10_000_000;

    private protected static Task<DataStream> MakeStream(Stage stage, string name, int shards = 2, bool encrypted = false) =>
        stage.Write(ledger =>
        {
            DataStreams.Create(ledger, new Quotas(), name, StreamMode.Provisioned, shards, DataStreams.DefaultRecordKiB, []);
            if (encrypted)
            {
                DataStreams.Encrypt(ledger, name, "alias/aws/kinesis");
            }

            return DataStreams.Find(ledger, name);
        });

    private static Task<RecordPlace> Put(Stage stage, string stream, string key, string data) =>
        stage.Write(ledger => ledger.AddRecord(DataStreams.Find(ledger, stream), key, null, Encoding.UTF8.GetBytes(data)));

    /// <summary>All of a stream, shard by shard.</summary>
    private static List<string> Records(Stage stage, string name) => stage.Read(view =>
    {
        var stream = DataStreams.Find(view, name);
        return view.ListShards(stream, null, 10_000)
            .SelectMany(shard => view.ReadRecords(stream, shard, 0, 10_000, Much).Records)
            .Select(record => Encoding.UTF8.GetString(record.Data)).ToList();
    });

    [Fact]
    public async Task Records_lie_in_the_shard_of_their_key_in_the_order_of_their_positions()
    {
        var stage = Begin();
        await MakeStream(stage, "s", 3);
        var places = new List<(RecordPlace Place, string Key)>();
        for (var i = 0; i < 60; i++)
        {
            places.Add((await Put(stage, "s", $"key {i % 7}", $"{i}"), $"key {i % 7}"));
        }

        stage = Restart(stage);

        Assert.Equal(places.Select(p => p.Place.Position).Order(), places.Select(p => p.Place.Position));
        Assert.All(places, p => Assert.True(p.Place.Shard.Takes(HashSpace.Of(p.Key))));
        var stream = stage.Read(view => DataStreams.Find(view, "s"));
        foreach (var shard in stage.Read(view => view.ListShards(stream, null, 10)))
        {
            var expected = Enumerable.Range(0, 60).Where(i => places[i].Place.Shard.Number == shard.Number).ToList();
            var slice = stage.Read(view => view.ReadRecords(stream, shard, 0, 100, Much));
            Assert.Equal(expected.Select(i => $"{i}"), slice.Records.Select(r => Encoding.UTF8.GetString(r.Data)));
            Assert.Equal(expected.Select(i => places[i].Place.Position), slice.Records.Select(r => r.Position));
            Assert.Null(slice.NextArrived);

            // Page by page it is the same.
            var paged = new List<StreamRecord>();
            for (var after = 0L; stage.Read(view => view.ReadRecords(stream, shard, after, 4, Much)) is { Records.Count: > 0 } page;)
            {
                Assert.Equal(page.NextArrived is null, paged.Count + page.Records.Count == expected.Count);
                paged.AddRange(page.Records);
                after = page.Records[^1].Position;
            }

            Assert.Equal(slice.Records.Select(r => r.Position), paged.Select(r => r.Position));
        }
    }

    [Fact]
    public async Task A_slice_holds_so_many_bytes_and_one_record_at_least()
    {
        var stage = Begin();
        var stream = await MakeStream(stage, "s", 1);
        foreach (var size in new[] { 90, 40, 50, 100 })
        {
            await Put(stage, "s", "0123456789", new string('x', size));
        }

        var shard = stage.Read(view => view.ListOpenShards(stream.Key))[0];
        int Count(long bytes) => stage.Read(view => view.ReadRecords(stream, shard, 0, 10, bytes)).Records.Count;

        Assert.Equal(1, Count(1));
        Assert.Equal(1, Count(149));
        Assert.Equal(2, Count(150));
        Assert.Equal(3, Count(210));
        Assert.Equal(4, Count(320));
    }

    [Fact]
    public async Task An_encrypted_stream_leaves_nothing_in_the_clear_and_opens_after_every_change_of_keys()
    {
        var stage = Begin(new() { StreamKeyAge = TimeSpan.FromDays(10) });
        await MakeStream(stage, "s", encrypted: true);
        await stage.Write(ledger => DataStreams.KeepLonger(ledger, "s", DataStreams.MostRetentionHours));
        await Put(stage, "s", "k", "secret one");
        await stage.Write(ledger => ledger.RotateStreamKey());
        await Put(stage, "s", "k", "secret two");
        Assert.False(await stage.Write(Trimming.Step));
        stage.Clock.Pass(TimeSpan.FromDays(11));
        Assert.True(await stage.Write(Trimming.Step));
        await Put(stage, "s", "k", "secret three");
        await stage.Write(ledger => DataStreams.Decrypt(ledger, "s"));
        await Put(stage, "s", "k", "plain");

        stage = Restart(stage);

        Assert.Equal(["secret one", "secret two", "secret three", "plain"], Records(stage, "s"));
        Assert.Equal(3, stage.Look(sql => sql.Number("select count(*) from stream_key")));
        Assert.Equal(3, stage.Look(sql => sql.Number("select count(distinct data_key) from stream_pack")));
        var resting = stage.Look(sql => sql.Query("select data from stream_pack", static row => Encoding.Latin1.GetString(row.Blob(0))));
        Assert.DoesNotContain(resting, text => text.Contains("secret", StringComparison.Ordinal));
        Assert.Single(resting, text => text.Contains("plain", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_record_that_was_moved_or_changed_behind_the_stores_back_does_not_open()
    {
        var stage = Begin();
        var stream = await MakeStream(stage, "s", 1, encrypted: true);
        var (first, second) = (await Put(stage, "s", "k", "one"), await Put(stage, "s", "k", "two"));
        using (var writer = stage.Database.OpenWriter())
        {
            writer.Execute(
                "update stream_pack set data = (select data from stream_pack where position = $1) where position = $2",
                first.Position, second.Position);
        }

        var shard = stage.Read(view => view.ListOpenShards(stream.Key))[0];
        Assert.Single(stage.Read(view => view.ReadRecords(stream, shard, 0, 1, Much)).Records);
        Assert.Throws<System.Security.Cryptography.CryptographicException>(() =>
            stage.Read(view => view.ReadRecords(stream, shard, first.Position, 1, Much)));
    }

    [Fact]
    public async Task What_is_too_old_is_gone_at_once_and_its_rows_soon()
    {
        var stage = Begin();
        var stream = await MakeStream(stage, "s", 1);
        var shard = stage.Read(view => view.ListOpenShards(stream.Key))[0];
        for (var i = 0; i < 250; i++)
        {
            await Put(stage, "s", "k", $"old {i}");
        }

        stage.Clock.Pass(TimeSpan.FromHours(12));
        await Put(stage, "s", "k", "young");
        Assert.Equal(251, Records(stage, "s").Count);
        Assert.False(await stage.Write(Trimming.Step));
        stage.Clock.Pass(TimeSpan.FromHours(12));
        Assert.Equal(251, Records(stage, "s").Count);
        stage.Clock.Pass(TimeSpan.FromMilliseconds(1));

        Assert.Equal(["young"], Records(stage, "s"));
        Assert.Equal(251, stage.Look(sql => sql.Number("select count(*) from stream_pack")));
        var steps = 0;
        while (await stage.Write(Trimming.Step))
        {
            steps++;
            Assert.Equal(["young"], Records(stage, "s"));
        }

        Assert.Equal(3, steps);
        Assert.Equal(1, stage.Look(sql => sql.Number("select count(*) from stream_pack")));

        // Who keeps longer brings nothing back; who keeps shorter has it gone.
        await stage.Write(ledger => DataStreams.KeepLonger(ledger, "s", 100));
        stage.Clock.Pass(TimeSpan.FromHours(50));
        Assert.Equal(["young"], Records(stage, "s"));
        await stage.Write(ledger => DataStreams.KeepShorter(ledger, "s", 24));
        Assert.Empty(Records(stage, "s"));
        while (await stage.Write(Trimming.Step))
        {
        }

        Assert.Equal(0, stage.Look(sql => sql.Number("select count(*) from stream_pack")));
        Assert.Equal(0, stage.Read(view => view.PositionBefore(shard, view.Now)));
    }

    [Fact]
    public async Task Reading_begins_at_any_time()
    {
        var stage = Begin();
        var stream = await MakeStream(stage, "s", 1);
        var shard = stage.Read(view => view.ListOpenShards(stream.Key))[0];
        var random = new Random(4);
        var all = new List<(Instant At, long Position)>();
        Assert.Equal(0, stage.Read(view => view.PositionBefore(shard, new(0))));
        for (var i = 0; i < 80; i++)
        {
            stage.Clock.Pass(TimeSpan.FromMilliseconds(random.Next(3)));
            await stage.Write(ledger => Enumerable.Range(0, random.Next(5)).Select(_ => ledger.TakePosition()).Count());
            var at = stage.Read(view => view.Now);
            all.Add((at, (await Put(stage, "s", "k", "x")).Position));
        }

        foreach (var time in all.SelectMany(r => new[] { r.At, r.At.Plus(TimeSpan.FromMilliseconds(1)), r.At.Plus(-TimeSpan.FromMilliseconds(1)) }))
        {
            var before = stage.Read(view => view.PositionBefore(shard, time));
            Assert.All(all, r => Assert.Equal(r.At >= time, r.Position > before));
        }
    }

    [Fact]
    public async Task A_deleted_stream_frees_its_name_at_once_and_its_remains_go_in_slices()
    {
        var stage = Begin();
        await MakeStream(stage, "kept");
        await Put(stage, "kept", "k", "kept");
        await MakeStream(stage, "s", 3);
        await stage.Write(ledger => DataStreams.AddTags(ledger, "s", [new("a", "b")]));
        await stage.Write(ledger => Enumerable.Range(0, 500)
            .Select(i => ledger.AddRecord(ledger.FindStream("s")!, $"{i}", null, new byte[] { 1 })).Count());

        await stage.Write(ledger => DataStreams.Delete(ledger, "s"));
        Assert.Equal(Reason.StreamUnknown, await Refused(Put(stage, "s", "k", "late")));
        Assert.Null(stage.Read(view => view.FindStream("s")));
        var again = await MakeStream(stage, "s");
        await Put(stage, "s", "k", "new");
        Assert.Empty(stage.Read(view => view.ListStreamTags(again.Key)));
        var (after, steps) = await PurgeAll(stage);
        stage = after;

        Assert.InRange(steps, 6, 20);
        Assert.Equal(["new"], Records(stage, "s"));
        Assert.Equal(["kept"], Records(stage, "kept"));
        Assert.Equal(["kept", "s"], stage.Read(view => view.ListStreams(null, 10)).Select(s => s.Name));
        Assert.Equal(2, stage.Look(sql => sql.Number("select count(*) from stream_pack")));
        Assert.Equal(4, stage.Look(sql => sql.Number("select count(*) from stream_shard")));
        Assert.Equal(0, stage.Look(sql => sql.Number("select count(*) from stream_tag")));
    }

    [Fact]
    public async Task The_record_of_an_event_has_the_events_position_and_lives_and_dies_with_its_change()
    {
        var (stage, channel, ada) = await Room(Begin());
        await MakeStream(stage, "s", encrypted: true);
        long Said(ILedger ledger, string content)
        {
            // The event takes the position behind this one.
            var position = ledger.TakePosition() + 1;
            stage.Say(ledger, channel, ada, content);
            ledger.AddRecord(ledger.FindStream("s")!, position, channel.Id, Encoding.UTF8.GetBytes(content));
            return position;
        }

        await stage.Write(ledger => Said(ledger, "one"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => stage.Write<long>(ledger =>
        {
            Said(ledger, "undone");
            throw new InvalidOperationException();
        }));
        await stage.Write(ledger => Said(ledger, "two"));

        Assert.Equal(
            stage.Look(sql => sql.Query("select position from message order by position", static row => row.Integer(0))),
            stage.Look(sql => sql.Query("select position from stream_pack order by position", static row => row.Integer(0))));
        Assert.Equal(["one", "two"], Records(stage, "s"));
        Assert.Equal(["one", "two"], stage.History(channel, ada).Select(m => m.Content));
        stage = Restart(stage);
        Assert.Equal(["one", "two"], Records(stage, "s"));
    }

    [Fact]
    public async Task A_key_that_was_made_in_a_change_that_is_undone_seals_nothing_afterwards()
    {
        var stage = Begin();
        await MakeStream(stage, "s", 1, encrypted: true);
        for (var i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => stage.Write<long>(ledger =>
            {
                ledger.RotateStreamKey();
                var stream = ledger.FindStream("s")!;
                var place = ledger.AddRecord(stream, "k", null, new byte[] { 1 });
                Assert.Single(ledger.ReadRecords(stream, place.Shard, 0, 10, Much).Records);
                throw new InvalidOperationException();
            }));
        }

        Assert.Equal(0, stage.Look(sql => sql.Number("select count(*) from stream_key")));
        await Put(stage, "s", "k", "one");
        stage = Restart(stage);
        Assert.Equal(["one"], Records(stage, "s"));
    }

    [Fact]
    public async Task A_record_is_replaced_wherever_its_shard_has_gone()
    {
        var stage = Begin();
        await MakeStream(stage, "s", 1, encrypted: true);
        var keys = Enumerable.Range(0, 12).Select(i => $"key {i}").ToList();
        var places = new List<(string Key, long Position)>();
        foreach (var size in new[] { 2, 4, 3, 2, 1 })
        {
            foreach (var key in keys)
            {
                places.Add((key, (await Put(stage, "s", key, "content of " + key)).Position));
            }

            await stage.Write(ledger => Resharding.Resize(ledger, new Quotas(), "s", size));
        }

        stage = Restart(stage);
        Assert.Equal(60, Records(stage, "s").Count);
        foreach (var (key, position) in places)
        {
            Assert.True(await stage.Write(ledger => ledger.ReplaceRecord(
                ledger.FindStream("s")!, position, key, Encoding.UTF8.GetBytes("redacted"))));
        }

        Assert.Equal(Enumerable.Repeat("redacted", 60), Records(stage, "s"));
        Assert.False(await stage.Write(ledger => ledger.ReplaceRecord(ledger.FindStream("s")!, places[^1].Position + 50, "key 0", new byte[1])));
    }

    [Fact]
    public async Task Adding_a_record_asks_the_tables_nothing_that_the_last_one_has_asked()
    {
        var stage = Begin();
        await MakeStream(stage, "s", 8, encrypted: true);
        await Put(stage, "s", "k", "first");

        var before = stage.Database.Statements;
        await Put(stage, "s", "k", "second");

        // The record and the head of the log.
        Assert.Equal(2, stage.Database.Statements - before);
    }

    /// <summary>Reads as the Kinesis Client Library does: a shard to its end, and then its children.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Who_reads_parents_before_children_hears_every_key_in_order_through_any_splits_and_mergers(int seed)
    {
        var stage = Begin();
        await MakeStream(stage, "s", 2, encrypted: true);
        var random = new Random(seed);
        var said = new Dictionary<string, int>();
        async Task Say()
        {
            for (var i = 0; i < 15; i++)
            {
                var key = $"key {random.Next(9)}";
                said[key] = said.GetValueOrDefault(key) + 1;
                await Put(stage, "s", key, $"{key} {said[key]}");
            }
        }

        for (var round = 0; round < 12; round++)
        {
            await Say();
            var stream = stage.Read(view => view.FindStream("s")!);
            var open = stage.Read(view => view.ListOpenShards(stream.Key));
            Assert.Equal(open.Count, stream.OpenShards);
            AssertWhole(open);
            switch (random.Next(3))
            {
                case 0:
                    var shard = open[random.Next(open.Count)];
                    var at = shard.FirstHash + 2 + ((shard.LastHash - shard.FirstHash) / (UInt128)random.Next(2, 9));
                    await stage.Write(ledger => Resharding.Split(ledger, new Quotas(), "s", shard.Number, at));
                    break;
                case 1 when open.Count > 1:
                    var left = random.Next(open.Count - 1);
                    await stage.Write(ledger => Resharding.Merge(ledger, "s", open[left + 1].Number, open[left].Number));
                    break;
                default:
                    await stage.Write(ledger => Resharding.Resize(
                        ledger, new Quotas(), "s", random.Next((open.Count + 1) / 2, (open.Count * 2) + 1)));
                    var now = stage.Read(view => view.ListOpenShards(stream.Key));
                    Assert.Equal(HashSpace.Divide(now.Count), now.Select(s => (s.FirstHash, s.LastHash)));
                    break;
            }
        }

        await Say();
        stage = Restart(stage);
        var heard = new Dictionary<string, int>();
        var (reading, done) = (stage.Read(view => view.FindStream("s")!), new HashSet<int>());
        var shards = stage.Read(view => view.ListShards(reading, null, 10_000)).ToDictionary(s => s.Number);
        void Read(Shard shard)
        {
            foreach (var parent in new[] { shard.Parent, shard.AdjacentParent }.OfType<int>())
            {
                Read(shards[parent]);
                Assert.Contains(stage.Read(view => view.ListChildren(shards[parent])), s => s.Number == shard.Number);
                Assert.True(string.CompareOrdinal(SequenceNumbers.EndOf(shards[parent]), SequenceNumbers.Start(shard)) < 0);
            }

            if (!done.Add(shard.Number))
            {
                return;
            }

            foreach (var record in stage.Read(view => view.ReadRecords(reading, shard, 0, 10_000, Much)).Records)
            {
                heard[record.PartitionKey] = heard.GetValueOrDefault(record.PartitionKey) + 1;
                Assert.Equal($"{record.PartitionKey} {heard[record.PartitionKey]}", Encoding.UTF8.GetString(record.Data));
                var number = SequenceNumbers.Of(shard, record.Position, record.Arrived);
                Assert.Equal(record.Position, SequenceNumbers.PositionOf(number, shard));
                Assert.True(string.CompareOrdinal(SequenceNumbers.Start(shard), number) < 0);
                Assert.True(shard.Closed is null || string.CompareOrdinal(number, SequenceNumbers.EndOf(shard)) < 0);
            }
        }

        foreach (var shard in shards.Values)
        {
            Read(shard);
        }

        Assert.Equal(said.OrderBy(p => p.Key), heard.OrderBy(p => p.Key));
        stage.Look(Checked);
    }

    private static void AssertWhole(IReadOnlyList<Shard> open)
    {
        Assert.Equal(UInt128.Zero, open[0].FirstHash);
        Assert.Equal(UInt128.MaxValue, open[^1].LastHash);
        Assert.All(open.Zip(open.Skip(1)), pair => Assert.Equal(pair.First.LastHash + 1, pair.Second.FirstHash));
    }

    [Fact]
    public async Task Closed_shards_go_with_the_last_that_they_can_hold()
    {
        var stage = Begin();
        var stream = await MakeStream(stage, "s", 1);
        await Put(stage, "s", "k", "before");
        await stage.Write(ledger => Resharding.Split(ledger, new Quotas(), "s", 0, UInt128.MaxValue / 2));
        int Count() => stage.Read(view => view.ListShards(stream, null, 10)).Count;

        stage.Clock.Pass(TimeSpan.FromHours(24));
        Assert.Equal(3, Count());
        stage.Clock.Pass(TimeSpan.FromSeconds(2));
        Assert.Equal(2, Count());
        Assert.Null(stage.Read(view => view.FindShard(stream, 0)));
        while (await stage.Write(Trimming.Step))
        {
        }

        Assert.Equal(2, stage.Look(sql => sql.Number("select count(*) from stream_shard")));
        Assert.Equal(0, stage.Look(sql => sql.Number("select count(*) from stream_pack")));
    }

    [Fact]
    public async Task Streams_that_cannot_be_are_refused_and_leave_nothing()
    {
        var stage = Begin();
        await MakeStream(stage, "s");
        Task Make(string name, int shards, StreamMode mode = StreamMode.Provisioned) => stage.Write(ledger => DataStreams.Create(
            ledger, new Quotas(new Dictionary<string, long> { ["Shards"] = 6, ["OnDemandStreams"] = 1 }), name, mode, shards, 1024, []));

        Assert.Equal(Reason.StreamExists, await Refused(MakeStream(stage, "s")));
        Assert.Equal(Reason.QuotaReached, await Refused(Make("t", 5)));
        await Make("u", 4, StreamMode.OnDemand);
        Assert.Equal(Reason.QuotaReached, await Refused(Make("v", 1, StreamMode.OnDemand)));
        await stage.Write(ledger => DataStreams.AddTags(ledger, "s", [.. Enumerable.Range(0, 50).Select(i => new Tag($"{i}", ""))]));
        Assert.Equal(Reason.InvalidInput, await Refused(stage.Write(ledger => DataStreams.AddTags(ledger, "s", [new("more", "")]))));
        await stage.Write(ledger => DataStreams.AddTags(ledger, "s", [new("7", "again")]));

        Task Change(Action<ILedger> change) => stage.Write(change);
        Assert.Equal(Reason.StreamUnknown, await Refused(Change(l => DataStreams.Delete(l, "t"))));
        Assert.Equal(Reason.ShardUnknown, await Refused(Change(l => Resharding.Split(l, new Quotas(), "s", 9, 5))));
        Assert.Equal(Reason.InvalidInput, await Refused(Change(l => Resharding.Split(l, new Quotas(), "s", 0, 1))));
        Assert.Equal(Reason.InvalidInput, await Refused(Change(l => Resharding.Split(l, new Quotas(), "s", 0, UInt128.MaxValue / 2))));
        Assert.Equal(Reason.InvalidInput, await Refused(Change(l => Resharding.Merge(l, "s", 0, 0))));
        Assert.Equal(Reason.InvalidInput, await Refused(Change(l => Resharding.Resize(l, new Quotas(), "s", 5))));
        Assert.Equal(Reason.InvalidInput, await Refused(Change(l => Resharding.Resize(l, new Quotas(), "u", 5))));
        Assert.Equal(Reason.InvalidInput, await Refused(Change(l => DataStreams.KeepLonger(l, "s", 23))));
        Assert.Equal(Reason.InvalidInput, await Refused(Change(l => DataStreams.KeepLonger(l, "s", 8761))));
        await Change(l => DataStreams.KeepLonger(l, "s", 25));
        Assert.Equal(Reason.InvalidInput, await Refused(Change(l => DataStreams.KeepLonger(l, "s", 24))));
        Assert.Equal(Reason.InvalidInput, await Refused(Change(l => DataStreams.KeepShorter(l, "s", 26))));
        await Change(l => Resharding.Merge(l, "s", 1, 0));
        Assert.Equal(Reason.InvalidInput, await Refused(Change(l => Resharding.Split(l, new Quotas(), "s", 0, UInt128.MaxValue / 4))));
        Assert.Equal(["s", "u"], stage.Read(view => view.ListStreams(null, 10)).Select(s => s.Name));
        Assert.Equal(5, stage.Read(view => view.CountOpenShards()));
        stage.Look(Checked);
    }
}
