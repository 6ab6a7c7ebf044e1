using System.Collections.Concurrent;
using Carillon.Backends.Sql;
using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Messages;
using Carillon.Core.Pushing;
using Carillon.Server.Pushing;
using Carillon.Sql.Sqlite;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Carillon.Tests.Server.Pushing;

/// <summary>The way out of the outbox, with time and the other side in the test's hand, and a real store.</summary>
public sealed class PushDispatcherTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("carillon-push-").FullName;
    private readonly ManualTime _time = new();
    private readonly Logged _log = new();
    private readonly MessageIds _ids = new();
    private readonly OtherSide _other = new();
    private SqlStore _store;
    private PushDispatcher? _dispatcher;
    private Person _ada = null!;
    private Channel _channel = null!;

    public PushDispatcherTests() => _store = Open();

    public void Dispose()
    {
        _dispatcher?.Dispose();
        _store.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private SqlStore Open() =>
        SqlStore.Open(new SqliteDatabase(Path.Combine(_folder, "data.db")), new StoreOptions { Pushes = true }, _time, new Nobody());

    private async Task Start(bool withSender = true)
    {
        _dispatcher = new(_store, _time, new Logger<PushDispatcher>(new One(_log)), withSender ? _other : null);
        await _dispatcher.StartAsync(CancellationToken.None);
    }

    private async Task Stop()
    {
        await _dispatcher!.StopAsync(CancellationToken.None);
        _dispatcher.Dispose();
        _dispatcher = null;
    }

    /// <summary>As after a kill: what was under way is cut off and nothing is written down.</summary>
    private async Task Restart()
    {
        if (_dispatcher is not null)
        {
            var stopping = _dispatcher.StopAsync(CancellationToken.None);
            await Until(() => stopping.IsCompleted);
            _dispatcher.Dispose();
            _dispatcher = null;
        }

        _store.Dispose();
        _store = Open();
    }

    private Task<bool> Furnish(int members = 1) => _store.Write(ledger =>
    {
        var app = ledger.AddApp("app", "app", null);
        _ada = ledger.AddUser(app, PersonKind.User, "ada", "Ada", null, null).Person;
        var wish = new ChannelWish("room", "room", ChannelMode.Unrestricted, ChannelPrivacy.Public, null, null, [], [], []);
        Channels.Create(ledger, new Quotas(), new Repetition("cc", [], []), _ada.Address, "app", wish);
        _channel = ledger.FindChannel(new("app", "room"))!;
        for (var i = 0; i < members; i++)
        {
            var user = ledger.AddUser(app, PersonKind.User, $"user-{i}", "x", null, null).Person;
            Memberships.Create(ledger, new Quotas(), _ada.Address, _channel.Address, user.Address, false);
            var device = new NewEndpoint(EndpointType.Gcm, "arn", null, $"{i}", null, true);
            Endpoints.Register(ledger, new Quotas(), new Repetition($"r{i}", [], []), user.Address, device);
        }

        return true;
    });

    private Task<string> Send(string title) => _store.Write(ledger => Sending.Do(ledger, _ids, new NewMessage(
        _ada.Address, _channel.Address, MessageType.Standard, true, "x", null, null, null, null,
        new Repetition(title, ["send"], []))
    {
        Push = new Push(title, null, false),
    }).Id);

    private int Waiting => _store.Read(view => view.ListPushesFrom(new Instant(long.MaxValue), 1000)).Count;

    /// <summary>Lets time pass, and everybody work, until it holds.</summary>
    private Task Until(Func<bool> holds, double seconds = 0.1) => Patience.Until(_time, TimeSpan.FromSeconds(seconds), holds);

    [Fact]
    public async Task What_waits_is_handed_over_once_and_gone()
    {
        await Furnish(members: 250);
        await Send("a");
        await Start();
        await Send("b");

        await Until(() => Waiting == 0);
        await Until(() => _other.Calls >= 6);

        Assert.Equal(Enumerable.Range(0, 250), _other.Taken("a").Order());
        Assert.Equal(Enumerable.Range(0, 250), _other.Taken("b").Order());
        Assert.Equal(6, _other.Calls);
        await Stop();
    }

    [Fact]
    public async Task What_the_store_holds_survives_a_restart_and_nothing_that_was_taken_comes_again()
    {
        await Furnish(members: 250);
        await Send("a");
        var second = new TaskCompletionSource();
        _other.Script = (batch, cut) => batch.Push.After == default ? OtherSide.Yes : Hang(second, cut);
        await Start();
        await Until(() => second.Task.IsCompleted);

        await Restart();
        _other.Script = (_, _) => OtherSide.Yes;
        await Start();
        await Until(() => Waiting == 0);

        // The first slice was written down; the second was under way, and may have been seen twice by the other side.
        Assert.Equal(Enumerable.Range(0, 250), _other.Taken("a").Order());
        Assert.Equal(4, _other.Calls);
        await Stop();
    }

    private static async Task<PushAnswer> Hang(TaskCompletionSource reached, CancellationToken cut)
    {
        reached.TrySetResult();
        await Task.Delay(Timeout.Infinite, cut);
        return PushAnswer.Taken([]);
    }

    [Fact]
    public async Task A_stop_lets_what_is_under_way_end_and_be_written_down()
    {
        await Furnish();
        await Send("a");
        var (reached, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        _other.Script = async (_, _) =>
        {
            reached.TrySetResult();
            await go.Task;
            return PushAnswer.Taken([]);
        };
        await Start();
        await Until(() => reached.Task.IsCompleted);

        var stopping = _dispatcher!.StopAsync(CancellationToken.None);
        go.SetResult();
        await stopping;

        Assert.Equal(0, Waiting);
    }

    [Fact]
    public async Task Who_is_banned_between_the_message_and_its_push_gets_none()
    {
        await Furnish(members: 2);
        await Send("a");
        await _store.Write(l => Bans.Create(l, _ada.Address, _channel.Address, new("app", PersonKind.User, "user-0")));
        await Start();
        await Until(() => Waiting == 0);

        Assert.Equal([1], _other.Taken("a"));
        await Stop();
    }

    [Fact]
    public async Task What_is_redacted_between_two_slices_goes_to_nobody_else()
    {
        await Furnish(members: 150);
        var message = await Send("a");
        _other.Script = async (_, _) =>
        {
            await _store.Write(l => Editing.Redact(l, _ada.Address, _channel.Address, message));
            return PushAnswer.Taken([]);
        };
        await Start();
        await Until(() => Waiting == 0 && _other.Calls > 0);
        await Send("fence");
        _other.Script = (_, _) => OtherSide.Yes;
        await Until(() => _other.Taken("fence").Any());

        Assert.Equal(100, _other.Taken("a").Count());
        await Stop();
    }

    [Fact]
    public async Task What_is_not_taken_is_tried_again_later_each_time_and_given_up_after_an_hour()
    {
        await Furnish();
        await Send("a");
        _other.Script = (_, _) => Task.FromResult(PushAnswer.Refused("it answered 400"));
        await Start();
        var start = _time.GetUtcNow();
        await Until(() => Waiting == 0, seconds: 5);

        Assert.InRange((_time.GetUtcNow() - start).TotalMinutes, 60, 62);
        Assert.InRange(_other.Calls, 12, 22);
        await Until(() => _log.Lines.Any(line => line.Contains(" 4004 1 pushes are given up", StringComparison.Ordinal)));
        await Stop();
    }

    [Fact]
    public async Task One_push_that_nobody_takes_keeps_no_other_waiting()
    {
        await Furnish();
        await Send("bad");
        _other.Script = (batch, _) => batch.Push.Push.Title == "bad" ? throw new InvalidOperationException("A fault of ours.") : OtherSide.Yes;
        await Start();
        await Until(() => _other.Calls > 3);
        await Send("good");
        await Until(() => _other.Taken("good").Any());

        Assert.Contains(_log.Lines, line => line.Contains(" 4007 ", StringComparison.Ordinal));
        await Stop();
    }

    [Fact]
    public async Task While_nobody_is_there_it_is_asked_seldom_and_then_everything_goes_out()
    {
        await Furnish();
        for (var i = 0; i < 200; i++)
        {
            await Send($"m{i}");
        }

        _other.Script = (_, _) => Task.FromResult(PushAnswer.Down("nobody"));
        await Start();
        var start = _time.GetUtcNow();
        await Until(() => _time.GetUtcNow() - start > TimeSpan.FromMinutes(10), seconds: 1);
        var asked = _other.Calls;

        // Eight at once may meet the first failure; from then on one at a time, after 1, 2, 4, ... 60 seconds.
        Assert.InRange(asked, 5, 8 + 5 + 20);
        Assert.Single(_log.Lines, line => line.Contains(" 4002 ", StringComparison.Ordinal));
        _other.Script = (_, _) => OtherSide.Yes;
        await Until(() => Waiting == 0);

        Assert.All(Enumerable.Range(0, 200), i => Assert.Single(_other.Taken($"m{i}")));
        Assert.Single(_log.Lines, line => line.Contains(" 4003 ", StringComparison.Ordinal));
        await Stop();
    }

    [Fact]
    public async Task No_more_than_so_many_are_under_way_at_once()
    {
        await Furnish();
        for (var i = 0; i < 50; i++)
        {
            await Send($"m{i}");
        }

        var (now, most) = (0, 0);
        var gate = new SemaphoreSlim(0);
        _other.Script = async (_, cut) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            await gate.WaitAsync(cut);
            Interlocked.Decrement(ref now);
            return PushAnswer.Taken([]);
        };
        await Start();
        await Until(() => Volatile.Read(ref now) == PushDispatcher.MostUnderWay);
        gate.Release(50);
        await Until(() => Waiting == 0);

        Assert.Equal(PushDispatcher.MostUnderWay, most);
        await Stop();
    }

    [Fact]
    public async Task Without_a_sender_what_an_earlier_run_left_is_cleared_away_in_time()
    {
        await Furnish();
        await Send("a");
        await Start(withSender: false);
        await Until(() => Waiting == 0, seconds: 5);

        Assert.Equal(0, _other.Calls);
        await Stop();
    }

    /// <summary>Whoever carries pushes, as a script.</summary>
    private sealed class OtherSide : IPushSender
    {
        private readonly ConcurrentQueue<(string Title, int Token)> _taken = new();
        private int _calls;

        public static Task<PushAnswer> Yes => Task.FromResult(PushAnswer.Taken([]));

        public Func<PushBatch, CancellationToken, Task<PushAnswer>> Script { get; set; } = (_, _) => Yes;

        public int Calls => Volatile.Read(ref _calls);

        public IEnumerable<int> Taken(string title) => _taken.Where(t => t.Title == title).Select(t => t.Token);

        public async Task<PushAnswer> Send(PushBatch batch, CancellationToken cancellation)
        {
            Interlocked.Increment(ref _calls);
            var answer = await Script(batch, cancellation);
            foreach (var to in answer.Outcome == PushOutcome.Taken ? batch.To : [])
            {
                _taken.Enqueue((batch.Push.Push.Title!, int.Parse(to.Endpoint.Device.Token, null)));
            }

            return answer;
        }
    }

    private sealed class One(ILogger inner) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => inner;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose()
        {
        }
    }
}
