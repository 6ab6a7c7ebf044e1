using Carillon.Backends.Sql;
using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Sql;
using Xunit;

namespace Carillon.Tests.Backends;

/// <summary>What every store must hold to. An implementation inherits it and says how to open and to reopen.</summary>
public abstract partial class StoreContract : IDisposable
{
    private readonly List<Stage> _stages = [];

    /// <summary>A database of its own, empty.</summary>
    protected abstract SqlDatabase Open();

    /// <summary>The database that was opened last, after all its connections were closed.</summary>
    protected abstract SqlDatabase Reopen();

    private protected Stage Begin(StoreOptions? options = null)
    {
        var stage = new Stage(Open(), options: options);
        _stages.Add(stage);
        return stage;
    }

    /// <summary>Closes the store and opens it again, as a restart does.</summary>
    private protected Stage Restart(Stage stage)
    {
        stage.Dispose();
        _stages.Remove(stage);
        var again = new Stage(Reopen(), stage.Clock, stage.Options);
        _stages.Add(again);
        return again;
    }

    private protected static async Task<Reason> Refused(Task change) =>
        (await Assert.ThrowsAsync<Refusal>(() => change)).Reason;

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => _stages.ForEach(stage => stage.Dispose());

    [Fact]
    public async Task A_result_is_there_when_the_store_is_opened_again()
    {
        var stage = Begin();
        var app = await stage.MakeApp();
        var (ada, bob) = (await stage.MakeUser(app, "ada"), await stage.MakeUser(app, "bob"));
        var channel = await stage.MakeChannel(ada, "room", bob);
        await stage.Send(channel, ada, "one");
        await stage.Send(channel, bob, "two");
        var before = stage.History(channel, ada);
        var position = stage.Read(view => view.LastPosition());
        var dump = stage.Look(Audit.Dump);
        var key = stage.Store.MasterKey();

        stage = Restart(stage);

        Assert.Equal(["one", "two"], before.Select(m => m.Content));
        Assert.Equal(before, stage.History(channel, ada));
        Assert.Equal(position, stage.Read(view => view.LastPosition()));
        Assert.Equal(dump, stage.Look(Audit.Dump));
        Assert.Equal(key, stage.Store.MasterKey());
        Assert.Equal(32, key.Length);
        await stage.Send(channel, ada, "three");
        stage.Look(sql =>
        {
            Audit.Check(sql);
            return 0;
        });
    }

    [Fact]
    public async Task A_result_is_read_back_at_once()
    {
        var stage = Begin();
        var app = await stage.MakeApp();
        var ada = await stage.MakeUser(app, "ada");
        var channel = await stage.MakeChannel(ada, "room");

        for (var i = 0; i < 50; i++)
        {
            var id = await stage.Send(channel, ada, $"{i}");
            Assert.Equal($"{i}", stage.Read(view => view.FindMessage(channel.Key, id))!.Content);
        }
    }

    [Fact]
    public async Task A_read_sees_one_state_however_long_it_takes()
    {
        var stage = Begin();
        var app = await stage.MakeApp();
        var ada = await stage.MakeUser(app, "ada");
        var channel = await stage.MakeChannel(ada, "room");

        var (before, after) = stage.Read(view =>
        {
            var first = view.LastPosition();
            stage.Send(channel, ada, "meanwhile").GetAwaiter().GetResult();
            return (first, view.LastPosition());
        });

        Assert.Equal(before, after);
        Assert.Single(stage.History(channel, ada));
    }

    [Fact]
    public async Task A_change_that_fails_after_writing_leaves_nothing_and_its_neighbours_succeed()
    {
        var stage = Begin();
        var app = await stage.MakeApp();
        var (ada, bob) = (await stage.MakeUser(app, "ada"), await stage.MakeUser(app, "bob"));
        var channel = await stage.MakeChannel(ada, "room", bob);
        var announced = stage.Bus.All.Count;
        var commits = stage.Database.Commits;

        var gate = await stage.HoldWriter();
        var before = stage.Send(channel, ada, "before");
        var refused = stage.Write<string>(ledger =>
        {
            stage.Say(ledger, channel, ada, "refused");
            throw new Refusal(Reason.NotAllowed);
        });
        var broken = stage.Write<string>(ledger =>
        {
            Bans.Create(ledger, ada.Address, channel.Address, bob.Address);
            throw new InvalidOperationException("A fault of ours.");
        });
        var twice = stage.Write(ledger => ledger.AddMember(channel, bob, false, ada));
        var placeless = stage.Write<string>(ledger =>
        {
            ledger.Next(channel.Key);
            throw new Refusal(Reason.InvalidInput);
        });
        var announcing = stage.Write<string>(ledger =>
        {
            ledger.Announce(new UserDeleted(app.Key, bob.Key));
            throw new Refusal(Reason.NotAllowed);
        });
        var named = stage.Write<string>(ledger =>
        {
            ledger.AddApp("never", "never", null);
            throw new Refusal(Reason.QuotaReached);
        });
        var after = stage.Send(channel, bob, "after");
        gate.Dispose();

        await Task.WhenAll(before, after);
        Assert.Equal(Reason.NotAllowed, await Refused(refused));
        await Assert.ThrowsAsync<InvalidOperationException>(() => broken);
        Assert.Equal(SqlFault.Constraint, (await Assert.ThrowsAsync<SqlException>(() => twice)).Fault);
        Assert.Equal(Reason.InvalidInput, await Refused(placeless));
        Assert.Equal(Reason.NotAllowed, await Refused(announcing));
        Assert.Equal(Reason.QuotaReached, await Refused(named));
        Assert.Equal(["before", "after"], stage.History(channel, ada).Select(m => m.Content));
        Assert.Equal(["before", "after"], stage.Bus.All.Skip(announced).Cast<MessageCreated>().Select(e => e.Message.Content));
        Assert.Null(stage.Read(view => view.FindApp("never")));
        Assert.Null(stage.Read(view => view.FindBan(channel.Key, bob.Key)));
        Assert.Equal(commits + 2, stage.Database.Commits);
        stage.Look(Checked);
    }

    [Fact]
    public async Task What_waits_together_is_committed_together_and_refusals_spoil_nothing()
    {
        var stage = Begin();
        var app = await stage.MakeApp();
        var ada = await stage.MakeUser(app, "ada");
        var eve = await stage.MakeUser(app, "eve");
        var channel = await stage.MakeChannel(ada, "room");
        var commits = stage.Database.Commits;

        var gate = await stage.HoldWriter();
        var sent = Enumerable.Range(0, 40).Select(i => stage.Send(channel, ada, $"{i}")).ToList();
        var refused = Enumerable.Range(0, 40).Select(i => stage.Send(channel, eve, $"{i}")).ToList();
        gate.Dispose();
        await Task.WhenAll(sent);

        Assert.All(await Task.WhenAll(refused.Select(Refused)), reason => Assert.Equal(Reason.NotAllowed, reason));
        Assert.Equal(commits + 1, stage.Database.Commits);
        Assert.Equal(Enumerable.Range(0, 40).Select(i => $"{i}"), stage.History(channel, ada).Select(m => m.Content));
    }

    [Fact]
    public async Task What_changes_nothing_does_not_trouble_the_disk()
    {
        var stage = Begin();
        var app = await stage.MakeApp();
        var ada = await stage.MakeUser(app, "ada");
        var channel = await stage.MakeChannel(ada, "room");
        var id = await stage.Send(channel, ada, "once", "token-1");
        var commits = stage.Database.Commits;

        Assert.Equal(id, await stage.Send(channel, ada, "once", "token-1"));
        Assert.Equal(Reason.TokenReused, await Refused(stage.Send(channel, ada, "other", "token-1")));
        Assert.False(await stage.Write(Purging.Step));
        Assert.Equal(1, await stage.Write(ledger => ledger.CountMembers(channel.Key)));

        Assert.Equal(commits, stage.Database.Commits);
    }

    [Fact]
    public async Task A_full_queue_refuses_and_loses_nothing_that_it_took()
    {
        var stage = Begin(new StoreOptions { MostWaiting = 3, MostPatience = TimeSpan.FromMilliseconds(20) });
        var app = await stage.MakeApp();
        var ada = await stage.MakeUser(app, "ada");
        var channel = await stage.MakeChannel(ada, "room");

        var gate = await stage.HoldWriter();
        var taken = Enumerable.Range(0, 3).Select(i => stage.Send(channel, ada, $"{i}")).ToList();
        var refused = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => Refused(stage.Send(channel, ada, $"late {i}"))));
        gate.Dispose();
        await Task.WhenAll(taken);

        Assert.All(refused, reason => Assert.Equal(Reason.Busy, reason));
        Assert.Equal(["0", "1", "2"], stage.History(channel, ada).Select(m => m.Content));
        await stage.Send(channel, ada, "again");
    }

    [Fact]
    public async Task Closing_commits_what_waits_and_takes_nothing_more()
    {
        var stage = Begin();
        var app = await stage.MakeApp();
        var ada = await stage.MakeUser(app, "ada");
        var channel = await stage.MakeChannel(ada, "room");

        var gate = await stage.HoldWriter();
        var sent = Enumerable.Range(0, 20).Select(i => stage.Send(channel, ada, $"{i}")).ToList();
        var closing = Task.Run(stage.Dispose, TestContext.Current.CancellationToken);
        Reason? late = null;
        while (late is null)
        {
            // Until the queue is closed these wait behind the others.
            var attempt = stage.Write(_ => 0);
            late = attempt.IsCompleted ? await Refused(attempt) : null;
        }

        gate.Dispose();
        await closing;
        await Task.WhenAll(sent);

        Assert.Equal(Reason.Busy, late);
        Assert.Throws<ObjectDisposedException>(() => stage.Read(view => view.LastPosition()));
        stage = Restart(stage);
        Assert.Equal(20, stage.History(channel, ada).Count);
    }

    [Fact]
    public async Task A_repetition_is_remembered_for_a_day_and_then_forgotten()
    {
        var stage = Begin();
        var app = await stage.MakeApp();
        var ada = await stage.MakeUser(app, "ada");
        var channel = await stage.MakeChannel(ada, "room");
        var first = await stage.Send(channel, ada, "hello", "token-1");

        stage.Clock.Pass(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        stage = Restart(stage);
        Assert.Equal(first, await stage.Send(channel, ada, "hello", "token-1"));
        Assert.Equal(Reason.TokenReused, await Refused(stage.Send(channel, ada, "other", "token-1")));

        stage.Clock.Pass(TimeSpan.FromSeconds(1));
        var second = await stage.Send(channel, ada, "other", "token-1");
        Assert.NotEqual(first, second);
        Assert.Equal(second, await stage.Send(channel, ada, "other", "token-1"));
        Assert.Equal(["hello", "other"], stage.History(channel, ada).Select(m => m.Content));
    }

    [Fact]
    public async Task Requests_too_old_to_be_found_are_removed_and_no_others()
    {
        var stage = Begin();
        var app = await stage.MakeApp();
        var ada = await stage.MakeUser(app, "ada");
        var channel = await stage.MakeChannel(ada, "room");
        await stage.Write(ledger => Enumerable.Range(0, 450).Select(i => stage.Say(ledger, channel, ada, $"{i}")).Count());
        stage.Clock.Pass(TimeSpan.FromHours(48));
        var kept = await stage.Send(channel, ada, "kept", "token-k");
        stage.Clock.Pass(TimeSpan.FromHours(23));

        var steps = 1;
        while (await stage.Write(Purging.Step))
        {
            steps++;
        }

        Assert.Equal(3, steps);
        Assert.Equal(1, stage.Look(sql => sql.Number("select count(*) from request")));
        Assert.Equal(kept, await stage.Send(channel, ada, "kept", "token-k"));
    }

    [Fact]
    public async Task Positions_and_times_never_go_back()
    {
        var stage = Begin();
        var app = await stage.MakeApp();
        var ada = await stage.MakeUser(app, "ada");
        var (keep, drop) = (await stage.MakeChannel(ada, "keep"), await stage.MakeChannel(ada, "drop"));
        await stage.Send(keep, ada, "1");
        var late = await stage.Write(ledger => ledger.Now);

        stage.Clock.Pass(-TimeSpan.FromHours(1));
        await stage.Send(keep, ada, "2");
        await stage.Send(drop, ada, "goes");
        await stage.Write(ledger => Channels.Delete(ledger, ada.Address, drop.Address));
        var position = stage.Read(view => view.LastPosition());
        while (await stage.Write(Purging.Step))
        {
        }

        Assert.Equal(position, stage.Read(view => view.LastPosition()));
        stage.Clock.Pass(-TimeSpan.FromHours(1));
        stage = Restart(stage);
        await stage.Send(keep, ada, "3");

        Assert.All(stage.History(keep, ada).Skip(1), message => Assert.True(message.Created >= late));
        Assert.True(stage.Bus.All[^1].Position > position);
        stage.Look(Checked);
    }

    private protected static int Checked(SqlConnection sql)
    {
        Audit.Check(sql);
        return 0;
    }
}
