using System.Text;
using Carillon.Backends.Sql;
using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Messages;
using Carillon.Core.Streaming;
using Carillon.Core.Streams;
using Xunit;

namespace Carillon.Tests.Backends;

public abstract partial class StoreContract
{
    /// <summary>An event as its name, what it is about and where it was.</summary>
    private protected sealed class PlainRecords : IEventRecords
    {
        public EventRecord Render(ChannelEvent happened) => new(happened.Channel.Id, Encoding.UTF8.GetBytes(Text(happened)));

        public static string Text(ChannelEvent happened) =>
            $"{happened.Channel.Id} {happened.GetType().Name} " + happened switch
            {
                MessageCreated e => TextOf(e.Message),
                MessageUpdated e => TextOf(e.Message),
                MessageRedacted e => TextOf(e.Message),
                MessageDeleted e => TextOf(e.Message),
                MemberJoined e => e.Member.Person.Id + " " + e.Member.Sub?.Id,
                MemberLeft e => e.Member.Person.Id + " " + e.Member.Sub?.Id,
                _ => "",
            };

        private static string TextOf(Message message) => message.Content ?? (message.Redacted ? "(redacted)" : "(deleted)");
    }

    private static readonly StoreOptions Exports = new() { Records = new PlainRecords() };

    private protected static Task Configure(Stage stage, AppInstance app, string? channel, string? messages) => stage.Write(ledger =>
        StreamingConfigurations.Put(ledger, app.Id,
        [
            .. channel is null ? [] : new[] { new StreamingConfiguration(StreamedData.Channel, "arn:stream/" + channel) },
            .. messages is null ? [] : new[] { new StreamingConfiguration(StreamedData.ChannelMessage, "arn:stream/" + messages) },
        ]));

    /// <summary>Of both kinds of rows in the log of an app instance, by position.</summary>
    private static List<long> LogPositions(Stage stage, long after) => stage.Look(sql => sql.Query(
        "select position from message where position > $1 union all select position from event where position > $1 order by 1",
        static row => row.Integer(0), after));

    private static List<(long Position, string Text)> Streamed(Stage stage, params string[] names) => stage.Read(view => names
        .Select(name => DataStreams.Find(view, name))
        .SelectMany(stream => view.ListShards(stream, null, 10_000)
            .SelectMany(shard => view.ReadRecords(stream, shard, 0, 100_000, Much).Records))
        .Select(record => (record.Position, Encoding.UTF8.GetString(record.Data)))
        .OrderBy(record => record.Position).ToList());

    [Fact]
    public async Task Every_event_of_the_log_has_one_record_from_the_configuration_on()
    {
        var stage = Begin(Exports);
        await MakeStream(stage, "c", 2, encrypted: true);
        await MakeStream(stage, "m", 3, encrypted: true);
        var (app, ada, others) = await People(stage, "app");
        var before = await stage.MakeChannel(ada, "before", others[0]);
        await stage.Send(before, ada, "unheard");
        await Configure(stage, app, "c", "m");
        var from = stage.Read(view => view.LastPosition());

        for (var c = 0; c < 5; c++)
        {
            var channel = await stage.MakeChannel(ada, $"c{c}", [.. others]);
            var ids = new List<string>();
            for (var m = 0; m < 10; m++)
            {
                ids.Add(await stage.Send(channel, ada, $"{m}"));
            }

            await stage.Write(l => Editing.Update(l, ada.Address, channel.Address, ids[1], "new", null, null));
            await stage.Write(l => Editing.Redact(l, ada.Address, channel.Address, ids[2]));
            await stage.Write(l => Bans.Create(l, ada.Address, channel.Address, others[0].Address));
            await stage.Write(l => Bans.Delete(l, ada.Address, channel.Address, others[0].Address));
            await stage.Write(l => stage.Say(l, channel, ada, "gone at once", persistent: false));
            if (c == 3)
            {
                stage = Restart(stage);
            }
        }

        await Assert.ThrowsAsync<Refusal>(() => stage.Write(l => Bans.Create(l, ada.Address, before.Address, ada.Address)));

        var records = Streamed(stage, "c", "m");
        Assert.Equal(LogPositions(stage, from), records.Select(r => r.Position));
        Assert.Equal(12 * 5, Streamed(stage, "m").Count);
        Assert.All(Streamed(stage, "m"), r => Assert.Contains("Message", r.Text, StringComparison.Ordinal));
        Assert.All(Streamed(stage, "c"), r => Assert.DoesNotContain("Message", r.Text, StringComparison.Ordinal));
        Assert.DoesNotContain(records, r => r.Text.Contains("unheard", StringComparison.Ordinal) || r.Text.Contains("at once", StringComparison.Ordinal));
        Assert.Equal(
            records.Where(r => r.Text.StartsWith("c0 ", StringComparison.Ordinal)).Select(r => r.Text)
                .Where(t => t.Contains("Ban", StringComparison.Ordinal) || t.Contains("Left", StringComparison.Ordinal)),
            ["c0 MemberLeft bob ", "c0 BanCreated ", "c0 BanDeleted "]);
    }

    [Fact]
    public async Task A_change_that_is_undone_leaves_no_record_and_its_neighbours_keep_theirs()
    {
        var stage = Begin(Exports);
        await MakeStream(stage, "m", 2, encrypted: true);
        var (app, ada, _) = await People(stage, "app");
        var channel = await stage.MakeChannel(ada, "c");
        await Configure(stage, app, null, "m");

        List<Task> all = [];
        using (await stage.HoldWriter())
        {
            for (var i = 0; i < 10; i++)
            {
                var number = i;
                all.Add(stage.Write(l =>
                {
                    stage.Say(l, channel, ada, $"{number}");
                    return number == 5 ? throw new InvalidOperationException("after it wrote") : true;
                }));
            }
        }

        await Assert.ThrowsAsync<InvalidOperationException>(() => Task.WhenAll(all));

        Assert.Equal(
            Enumerable.Range(0, 10).Where(i => i != 5).Select(i => $"c MessageCreated {i}"), Streamed(stage, "m").Select(r => r.Text));
    }

    [Fact]
    public async Task What_is_redacted_or_deleted_has_no_content_in_any_record_of_any_stream()
    {
        var stage = Begin(Exports);
        var (app, ada, _) = await People(stage, "app");
        await MakeStream(stage, "old", 2, encrypted: true);
        await MakeStream(stage, "new", 2, encrypted: true);
        var channel = await stage.MakeChannel(ada, "c");
        await Configure(stage, app, null, "old");
        var first = await stage.Send(channel, ada, "secret one");
        var second = await stage.Send(channel, ada, "secret two");
        var third = await stage.Send(channel, ada, "open");
        await stage.Write(l => Editing.Update(l, ada.Address, channel.Address, first, "secret edit", null, null));
        await stage.Write(l => Resharding.Split(l, new Quotas(), "old", 0, UInt128.MaxValue / 4));
        await stage.Write(l => Resharding.Split(l, new Quotas(), "old", 1, UInt128.MaxValue / 4 * 3));
        await Configure(stage, app, null, "new");
        await stage.Write(l => Editing.Update(l, ada.Address, channel.Address, first, "secret again", null, null));
        stage = Restart(stage);

        await stage.Write(l => Editing.Redact(l, ada.Address, channel.Address, first));
        var admin = await stage.MakeUser(app, "admin");
        await stage.Write(l => AppInstances.AddAdmin(l, new Quotas(), app.Id, admin.Address));
        await stage.Write(l => Editing.Delete(l, admin.Address, channel.Address, second));

        Assert.Equal(
            [
                "c MessageCreated (redacted)", "c MessageCreated (redacted)", "c MessageCreated open", "c MessageUpdated (redacted)",
            ],
            Streamed(stage, "old").Select(r => r.Text));
        Assert.Equal(
            ["c MessageUpdated (redacted)", "c MessageRedacted (redacted)", "c MessageDeleted (deleted)"],
            Streamed(stage, "new").Select(r => r.Text));
        Assert.NotNull(third);
    }

    [Fact]
    public async Task A_stream_that_is_lost_under_its_configuration_is_told_and_sends_go_on()
    {
        var stage = Begin(Exports);
        var (app, ada, _) = await People(stage, "app");
        await MakeStream(stage, "m", 2, encrypted: true);
        var channel = await stage.MakeChannel(ada, "c");
        await Configure(stage, app, "m", "m");
        Assert.Empty(stage.Read(view => view.ListStreamingFaults()));

        await stage.Write(l => DataStreams.Decrypt(l, "m"));
        await stage.Send(channel, ada, "in the clear");
        Assert.Equal(
            [(app.Id, StreamedData.Channel, true), (app.Id, StreamedData.ChannelMessage, true)],
            stage.Read(view => view.ListStreamingFaults()).Select(f => (f.AppId, f.Configuration.Data, f.IsThere)));
        Assert.Equal(1, stage.Read(view => view.CountUnstreamed()));
        await stage.Write(l => DataStreams.Delete(l, "m"));
        await stage.Send(channel, ada, "to nowhere");
        await stage.Send(channel, ada, "to nowhere");
        stage = Restart(stage);
        Assert.Equal([false, false], stage.Read(view => view.ListStreamingFaults()).Select(f => f.IsThere));
        Assert.Equal(3, stage.Read(view => view.CountUnstreamed()));

        // Another one of the same name serves as well; what is missing stays counted until somebody looks after it.
        await MakeStream(stage, "m", 2, encrypted: true);
        await stage.Send(channel, ada, "back");
        Assert.Empty(stage.Read(view => view.ListStreamingFaults()));
        Assert.Equal(["c MessageCreated back"], Streamed(stage, "m").Select(r => r.Text));
        Assert.Equal(3, stage.Read(view => view.CountUnstreamed()));
        await Configure(stage, app, "m", "m");
        Assert.Equal(0, stage.Read(view => view.CountUnstreamed()));
    }

    [Fact]
    public async Task A_configuration_that_is_deleted_ends_the_stream_and_one_that_is_refused_changes_nothing()
    {
        var stage = Begin(Exports);
        var (app, ada, _) = await People(stage, "app");
        await MakeStream(stage, "m", 2, encrypted: true);
        await MakeStream(stage, "single", 1, encrypted: true);
        var channel = await stage.MakeChannel(ada, "c");
        await Configure(stage, app, null, "m");
        await stage.Send(channel, ada, "1");

        await Assert.ThrowsAsync<Refusal>(() => Configure(stage, app, "single", "m"));
        await Assert.ThrowsAsync<Refusal>(() => Configure(stage, app, null, "nowhere"));
        await stage.Send(channel, ada, "2");
        await stage.Write(l => StreamingConfigurations.Delete(l, app.Id));
        await stage.Send(channel, ada, "3");

        Assert.Equal(["c MessageCreated 1", "c MessageCreated 2"], Streamed(stage, "m").Select(r => r.Text));
    }
}
