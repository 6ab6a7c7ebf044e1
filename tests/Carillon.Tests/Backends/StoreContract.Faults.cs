using Carillon.Backends.Sql;
using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Sql;
using Xunit;

namespace Carillon.Tests.Backends;

public abstract partial class StoreContract
{
    private static async Task<(Stage Stage, Channel Channel, Person Ada)> Room(Stage stage)
    {
        var app = await stage.MakeApp();
        var ada = await stage.MakeUser(app, "ada");
        return (stage, await stage.MakeChannel(ada, "room"), ada);
    }

    [Fact]
    public async Task A_full_disk_refuses_and_when_there_is_room_again_it_goes_on()
    {
        var (stage, channel, ada) = await Room(Begin());
        await stage.Send(channel, ada, "before");
        var announced = stage.Bus.All.Count;

        stage.Database.BeforeCommit = () => WatchedDatabase.Full;
        Assert.Equal(Reason.StoreUnavailable, await Refused(stage.Send(channel, ada, "full", "token-f")));
        Assert.Equal(announced, stage.Bus.All.Count);
        Assert.Equal(["before"], stage.History(channel, ada).Select(m => m.Content));
        Assert.Null(stage.Store.Broken);

        stage.Database.BeforeCommit = () => null;
        await stage.Send(channel, ada, "full", "token-f");
        Assert.Equal(["before", "full"], stage.History(channel, ada).Select(m => m.Content));
        stage.Look(Checked);
    }

    [Fact]
    public async Task A_disk_that_fills_up_within_a_batch_fails_the_whole_batch()
    {
        var (stage, channel, ada) = await Room(Begin());
        var inserts = 0;

        var gate = await stage.HoldWriter();
        stage.Database.BeforeStatement = sql =>
            sql.StartsWith("insert into message", StringComparison.Ordinal) && ++inserts == 3 ? WatchedDatabase.Full : null;
        var sent = Enumerable.Range(0, 5).Select(i => stage.Send(channel, ada, $"{i}")).ToList();
        gate.Dispose();

        Assert.All(await Task.WhenAll(sent.Select(Refused)), reason => Assert.Equal(Reason.StoreUnavailable, reason));
        stage.Database.BeforeStatement = _ => null;
        await stage.Send(channel, ada, "later");
        Assert.Equal(["later"], stage.History(channel, ada).Select(m => m.Content));
        stage.Look(Checked);
    }

    // Some faults end SQLite's transaction by themselves; what ran after them would run without one.
    [Fact]
    public async Task A_fault_that_may_have_ended_the_transaction_fails_its_change_alone()
    {
        var (stage, channel, ada) = await Room(Begin());
        await stage.Write(ledger => ledger.AddApp("other", "other", null));

        var gate = await stage.HoldWriter();
        stage.Database.BeforeStatement = sql =>
            sql.StartsWith("update app_instance set name", StringComparison.Ordinal) ? WatchedDatabase.Other : null;
        var before = stage.Send(channel, ada, "before");
        var guilty = stage.Write(ledger => ledger.UpdateApp(ledger.FindApp("other")!, "new name", null));
        var after = stage.Send(channel, ada, "after");
        gate.Dispose();

        await Task.WhenAll(before, after);
        Assert.Equal(Reason.StoreUnavailable, await Refused(guilty));
        Assert.Null(stage.Store.Broken);
        Assert.Equal(["before", "after"], stage.History(channel, ada).Select(m => m.Content));
        stage.Look(Checked);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_sync_that_failed_nothing_is_acknowledged_and_reads_go_on(bool diskHasIt)
    {
        var (stage, channel, ada) = await Room(Begin());
        await stage.Send(channel, ada, "before");
        var announced = stage.Bus.All.Count;
        var failures = 0;
        SqlException? FailOnce() => Interlocked.Increment(ref failures) == 1 ? WatchedDatabase.InputOutput : null;
        if (diskHasIt)
        {
            stage.Database.AfterCommit = FailOnce;
        }
        else
        {
            stage.Database.BeforeCommit = FailOnce;
        }

        Assert.Equal(Reason.StoreUnavailable, await Refused(stage.Send(channel, ada, "unknown", "token-u")));
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(Reason.StoreUnavailable, await Refused(stage.Send(channel, ada, $"never {i}")));
        }

        Assert.Equal(SqlFault.InputOutput, Assert.IsType<SqlException>(stage.Store.Broken).Fault);
        Assert.Equal(1, failures);
        Assert.Equal(announced, stage.Bus.All.Count);
        Assert.Equal("before", stage.History(channel, ada)[0].Content);

        stage = Restart(stage);
        await stage.Send(channel, ada, "unknown", "token-u");
        Assert.Null(stage.Store.Broken);
        Assert.Equal(["before", "unknown"], stage.History(channel, ada).Select(m => m.Content));
        stage.Look(Checked);
    }

    [Fact]
    public async Task A_read_for_which_the_system_gives_nothing_is_refused_and_the_next_is_answered()
    {
        var (stage, channel, ada) = await Room(Begin(new StoreOptions { IdleReaders = 0 }));
        await stage.Send(channel, ada, "there");

        stage.Database.BeforeReader = () => WatchedDatabase.Exhausted;
        var refused = Assert.Throws<Refusal>(() => stage.History(channel, ada));

        Assert.Equal(Reason.StoreUnavailable, refused.Reason);
        stage.Database.BeforeReader = () => null;
        Assert.Equal(["there"], stage.History(channel, ada).Select(m => m.Content));
    }

    [Fact]
    public async Task A_sync_that_fails_outside_a_commit_ends_the_writing_too()
    {
        var (stage, channel, ada) = await Room(Begin());
        var isDue = false;
        stage.Database.BeforeMaintenance = () => isDue ? WatchedDatabase.InputOutput : null;

        // From its own commit on: what belongs to an earlier one may still be under way.
        stage.Database.BeforeCommit = () =>
        {
            isDue = true;
            return null;
        };
        await stage.Send(channel, ada, "acknowledged");

        Assert.Equal(Reason.StoreUnavailable, await Refused(stage.Send(channel, ada, "never")));
        Assert.NotNull(stage.Store.Broken);
        stage = Restart(stage);
        Assert.Equal(["acknowledged"], stage.History(channel, ada).Select(m => m.Content));
    }

    [Fact]
    public async Task A_full_disk_outside_a_commit_ends_nothing()
    {
        var (stage, channel, ada) = await Room(Begin());
        stage.Database.BeforeMaintenance = () => WatchedDatabase.Full;

        await stage.Send(channel, ada, "1");
        await stage.Send(channel, ada, "2");

        Assert.Null(stage.Store.Broken);
    }

    [Fact]
    public async Task What_a_bus_does_with_a_commit_unmakes_no_acknowledgement()
    {
        var (stage, channel, ada) = await Room(Begin());
        stage.Bus.Before = () => throw new InvalidOperationException("The bus failed.");

        await stage.Send(channel, ada, "on disk");

        Assert.Equal(Reason.StoreUnavailable, await Refused(stage.Send(channel, ada, "nobody would hear it")));
        Assert.IsType<InvalidOperationException>(stage.Store.Broken);
        Assert.Equal(["on disk"], stage.History(channel, ada).Select(m => m.Content));
    }
}
