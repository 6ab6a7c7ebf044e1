using Carillon.Backends.Sql;
using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Messages;
using Carillon.Sql;

namespace Carillon.Tests.Backends;

/// <summary>A store with its surroundings, and the few steps that most tests begin with.</summary>
internal sealed class Stage : IDisposable
{
    private static readonly Quotas quotas = new();
    private readonly MessageIds _ids = new();
    private int _tokens;

    public Stage(SqlDatabase database, StoreClock? clock = null, StoreOptions? options = null)
    {
        Clock = clock ?? new StoreClock();
        Options = options ?? new StoreOptions();
        Database = new WatchedDatabase(database);
        Store = SqlStore.Open(Database, Options, Clock, Bus);
    }

    public StoreClock Clock { get; }

    public StoreOptions Options { get; }

    public WatchedDatabase Database { get; }

    public Announcements Bus { get; } = new();

    public SqlStore Store { get; }

    public Task<T> Write<T>(Func<ILedger, T> change) => Store.Write(change);

    public Task Write(Action<ILedger> change) => Store.Write(ledger =>
    {
        change(ledger);
        return true;
    });

    public T Read<T>(Func<IView, T> query) => Store.Read(query);

    /// <summary>Looks at rows past the store.</summary>
    public T Look<T>(Func<SqlConnection, T> look)
    {
        using var reader = Database.OpenReader();
        return look(reader);
    }

    public async Task<AppInstance> MakeApp(string name = "app", params Tag[] tags)
    {
        var id = await Write(ledger => AppInstances.Create(ledger, quotas, Once(), name, null, tags));
        return Read(view => view.FindApp(id)!);
    }

    public async Task<Person> MakeUser(AppInstance app, string id, params Tag[] tags)
    {
        var address = Address(app, id);
        await Write(ledger => Users.Create(ledger, quotas, Once(), address, "name of " + id, null, null, tags));
        return Read(view => view.FindPerson(address)!);
    }

    public async Task<Channel> MakeChannel(Person creator, string id, params Person[] members)
    {
        var wish = new ChannelWish(
            id, "name of " + id, ChannelMode.Unrestricted, ChannelPrivacy.Public, null, null,
            [.. members.Select(m => m.Address)], [], [new Tag("kind", "test")]);
        await Write(ledger => Channels.Create(ledger, quotas, Once(), creator.Address, creator.AppId, wish));
        return Read(view => view.FindChannel(new(creator.AppId, id))!);
    }

    public Task<string> Send(Channel channel, Person sender, string content, string? token = null, Person? target = null) =>
        Write(ledger => Say(ledger, channel, sender, content, token, target));

    public string Say(
        ILedger ledger, Channel channel, Person sender, string content, string? token = null, Person? target = null,
        bool persistent = true) =>
        Sending.Do(ledger, _ids, new NewMessage(
            sender.Address, channel.Address, MessageType.Standard, persistent, content, null, null, null, target?.Address,
            new Repetition(token ?? Token(), ["send", channel.Id, sender.Id], [content]))).Id;

    public Task<Member> Join(Channel channel, Person bearer, Person who, bool hidden = false) =>
        Write(ledger => Memberships.Create(ledger, quotas, bearer.Address, channel.Address, who.Address, hidden));

    /// <summary>The whole history, oldest first.</summary>
    public IReadOnlyList<Message> History(Channel channel, Person reader)
    {
        var all = new List<Message>();
        long? after = null;
        do
        {
            var page = Read(view => view.ListMessages(channel.Key, reader.Key, new(true, null, null), 50, after));
            all.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);
        return all;
    }

    /// <summary>Keeps the writer in a change of its own until the result is disposed: what is written meanwhile waits.</summary>
    public async Task<Gate> HoldWriter()
    {
        var gate = new Gate();
        gate.Held = Write(_ => gate.Hold());
        await gate.Reached;
        return gate;
    }

    public static PersonAddress Address(AppInstance app, string id) => new(app.Id, PersonKind.User, id);

    private string Token() => $"token-{Interlocked.Increment(ref _tokens)}-{Guid.NewGuid():n}";

    private Repetition Once() => new(Token(), ["make"], []);

    public void Dispose() => Store.Dispose();
}

internal sealed class Gate : IDisposable
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _open = new();

    public Task Reached => _reached.Task;

    public Task Held { get; set; } = Task.CompletedTask;

    public bool Hold()
    {
        _reached.TrySetResult();
        return _open.Wait(TimeSpan.FromSeconds(30));
    }

    /// <summary>Lets the writer go on.</summary>
    public void Dispose() => _open.Set();
}
