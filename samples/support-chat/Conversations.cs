using Carillon.Sql;
using Carillon.Sql.Sqlite;

namespace Carillon.Samples.SupportChat;

/// <summary>A message. Its time, in microseconds since 1970, is its place in the conversation: no two there have the same.</summary>
internal sealed record Message(string Room, long At, string Sender, string Name, string Text);

/// <summary>A conversation whose visitor waits for an answer.</summary>
/// <param name="Since">Of the first message that nobody has answered.</param>
/// <param name="Owed">Who is still to be told of it.</param>
internal sealed record Waiting(string Room, string Visitor, string Name, long Since, Notice Owed);

/// <summary>Who is to be told that a visitor waits, and whether that has begun: it happens once until an agent answers.</summary>
[Flags]
internal enum Notice
{
    None = 0,
    Webhook = 1,
    Push = 2,
    Begun = 4,
    Owed = Webhook | Push,
}

/// <summary>A browser of an agent's that takes pushes (RFC 8030).</summary>
internal sealed record Subscription(string Endpoint, string Agent, byte[] Key, byte[] Secret);

/// <summary>What was said, who waits, and whom to tell. It outlives the process: what a call returned is on disk.</summary>
internal sealed class Conversations : IDisposable
{
    private static readonly Migration[] _schema =
    [
        new(1, """
            create table message(
                room text not null, at bigint not null, sender text not null, name text not null, body text not null, token text,
                primary key (room, at)){Clustered};
            create unique index message_token on message(room, sender, token) where token is not null;
            create table conversation(
                room text not null primary key, visitor text not null, name text not null, last bigint not null,
                since bigint, notice bigint not null default 0){Clustered};
            create index conversation_since on conversation(since) where since is not null;
            create index conversation_notice on conversation(notice) where notice & 3 <> 0;
            create table subscription(endpoint text not null primary key, agent text not null, key {Bytes} not null, secret {Bytes} not null);
            create table setting(name text not null primary key, value {Bytes} not null);
            """),
    ];

    private readonly Lock _lock = new();
    private readonly SqlConnection _database;

    public Conversations(string file)
    {
        _database = new SqliteDatabase(file).OpenWriter();
        Migrator.Migrate(_database, Dialect.Sqlite, _schema);

        // An agent may have been looking when the process ended; nobody is now.
        Change(db => db.Execute("update conversation set notice = $1 where since is not null and notice = 0", (long)(Notice.Owed | Notice.Begun)));
    }

    public bool Exists(string room) => Change(db => db.Number("select 1 from conversation where room = $1", room)) is not null;

    /// <summary>Keeps a message. One that came with the same token before is kept once.</summary>
    /// <param name="isAttended">An agent looks at the conversation: there is nobody to tell.</param>
    /// <returns>The message as it is kept, and whether it is new.</returns>
    public (Message Message, bool IsNew) Add(string room, Person sender, string text, string? token, DateTimeOffset now, bool isAttended) => Change(db =>
    {
        if (token is not null && db.First(
            "select room, at, sender, name, body from message where room = $1 and sender = $2 and token = $3", MessageOf, room, sender.Id, token) is { } before)
        {
            return (before, false);
        }

        // Later than all before it in its conversation, even where the clock stands still or goes back.
        var last = db.Number("select last from conversation where room = $1", room);
        var message = new Message(
            room, Math.Max((now - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond, (last ?? 0) + 1), sender.Id, sender.Name, text);
        db.Execute(
            "insert into message(room, at, sender, name, body, token) values ($1, $2, $3, $4, $5, $6)",
            room, message.At, message.Sender, message.Name, text, token);
        if (sender.IsAgent)
        {
            db.Execute("update conversation set last = $2, since = null, notice = 0 where room = $1", room, message.At);
        }
        else
        {
            db.Execute(
                """
                insert into conversation(room, visitor, name, last, since, notice) values ($1, $2, $3, $4, $4, $5)
                on conflict(room) do update set last = excluded.last, name = excluded.name, since = coalesce(since, excluded.since),
                    notice = case notice when 0 then excluded.notice else notice end
                """,
                room, sender.Id, sender.Name, message.At, (long)(isAttended ? Notice.None : Notice.Owed | Notice.Begun));
        }

        return (message, true);
    });

    /// <summary>The newest messages of a stretch of time, oldest first.</summary>
    /// <param name="after">Only later ones; null for all.</param>
    /// <param name="before">Only earlier ones; null for all.</param>
    public List<Message> History(string room, long? after, long? before, int most)
    {
        var page = Change(db => db.Query(
            "select room, at, sender, name, body from message where room = $1 and at > $2 and at < $3 order by at desc limit $4",
            MessageOf, room, after ?? -1, before ?? long.MaxValue, most));
        page.Reverse();
        return page;
    }

    /// <summary>Those who wait, the longest first.</summary>
    public List<Waiting> Inbox(int most) => Change(db => db.Query(
        "select room, visitor, name, since, notice from conversation where since is not null order by since limit $1", WaitingOf, most));

    /// <summary>The last agent has turned away: who waits there must be told of after all.</summary>
    /// <returns>Whether somebody does.</returns>
    public bool Unattended(string room) => Change(db => db.Execute(
        "update conversation set notice = $2 where room = $1 and since is not null and notice = 0", room, (long)(Notice.Owed | Notice.Begun))) > 0;

    public List<Waiting> Owed(int most) => Change(db => db.Query(
        "select room, visitor, name, since, notice from conversation where notice & 3 <> 0 limit $1", WaitingOf, most));

    /// <summary>Somebody was told; where an agent has answered meanwhile, nothing is owed any more.</summary>
    public void Told(Waiting waiting, Notice who) => Change(db => db.Execute(
        "update conversation set notice = notice & ~$3 where room = $1 and since = $2", waiting.Room, waiting.Since, (long)who));

    public void Subscribe(Subscription to) => Change(db => db.Execute(
        """
        insert into subscription(endpoint, agent, key, secret) values ($1, $2, $3, $4)
        on conflict(endpoint) do update set agent = excluded.agent, key = excluded.key, secret = excluded.secret
        """,
        to.Endpoint, to.Agent, to.Key, to.Secret));

    public void Unsubscribe(string endpoint) => Change(db => db.Execute("delete from subscription where endpoint = $1", endpoint));

    public List<Subscription> Subscriptions(int most) => Change(db => db.Query(
        "select endpoint, agent, key, secret from subscription order by endpoint limit $1",
        row => new Subscription(row.Text(0), row.Text(1), row.Blob(2), row.Blob(3)), most));

    /// <summary>What is kept under a name; made and kept where it is not there.</summary>
    public byte[] Setting(string name, Func<byte[]> make) => Change(db =>
    {
        var kept = db.Query("select value from setting where name = $1", row => row.Blob(0), name);
        if (kept.Count > 0)
        {
            return kept[0];
        }

        var made = make();
        db.Execute("insert into setting(name, value) values ($1, $2)", name, made);
        return made;
    });

    private T Change<T>(Func<SqlConnection, T> change)
    {
        lock (_lock)
        {
            _database.Begin();
            try
            {
                var result = change(_database);
                _database.Commit();
                return result;
            }
            catch
            {
                _database.Rollback();
                throw;
            }
            finally
            {
                _database.Maintain();
            }
        }
    }

    private static Message MessageOf(SqlRow row) => new(row.Text(0), row.Integer(1), row.Text(2), row.Text(3), row.Text(4));

    private static Waiting WaitingOf(SqlRow row) => new(row.Text(0), row.Text(1), row.Text(2), row.Integer(3), (Notice)row.Integer(4));

    public void Dispose()
    {
        lock (_lock)
        {
            _database.Dispose();
        }
    }
}
