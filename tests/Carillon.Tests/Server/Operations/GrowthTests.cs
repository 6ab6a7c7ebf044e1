using System.Text;
using System.Text.Json.Nodes;
using Carillon.Backends.Sql;
using Carillon.Core;
using Carillon.Core.Messages;
using Carillon.Server.Access;
using Carillon.Server.Federation;
using Carillon.Server.Http;
using Carillon.Server.Http.Throttling;
using Carillon.Server.Operations.Channels;
using Carillon.Server.Operations.Identity;
using Carillon.Server.Operations.Messages;
using Carillon.Sql;
using Carillon.Sql.Sqlite;
using Carillon.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Carillon.Tests.Server.Operations;

/// <summary>
/// What is stored costs nobody anything. Costs are instructions of the database, the same on any machine, and pages that
/// it looks into, which grow by one level of a tree at a time.
/// </summary>
public sealed class GrowthTests : IDisposable
{
    private const int Many = 100_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("carillon-growth-").FullName;

    [Fact]
    public async Task A_send_costs_the_same_whatever_is_stored()
    {
        var small = await Measure("small", 1);
        var large = await Measure("large", Many);

        Near(small.Send.Steps, large.Send.Steps);
        Near(small.Cold.Steps, large.Cold.Steps);
        Near(small.Opening.Steps, large.Opening.Steps);

        // A tree of so many has two levels or three above the one page that holds it all, and a send looks into six trees.
        Assert.InRange(large.Send.Pages - small.Send.Pages, 0, 3 * 6);
    }

    [Fact]
    public async Task The_thousandth_page_of_history_costs_what_the_first_costs()
    {
        using var server = await Filled("pages", Many);
        var first = server.List(null);
        var thousandth = server.List(Many - (999 * 50));

        Assert.Equal(50, first.Found);
        Assert.Equal(50, thousandth.Found);
        Near(first.Cost.Steps, thousandth.Cost.Steps);
        Assert.InRange(thousandth.Cost.Pages, 0, first.Cost.Pages * 1.2);
    }

    /// <summary>Within 20 percent.</summary>
    private static void Near(long small, long large) => Assert.InRange(large, small * 0.8, small * 1.2);

    private async Task<(Effort Opening, Effort Cold, Effort Send)> Measure(string name, int count)
    {
        using var server = await Filled(name, count);
        var opening = server.Effort();
        await server.Send("first");
        var cold = server.Effort() - opening;
        var sends = new List<Effort>();
        for (var i = 0; i < 10; i++)
        {
            var before = server.Effort();
            await server.Send($"warm-{i}");
            sends.Add(server.Effort() - before);
        }

        // Now and then a page is full and is divided, which costs more pages and no instructions.
        return (opening, cold, sends.MinBy(send => send.Pages));
    }

    /// <summary>A channel with so many members and messages, in an app instance with so many users.</summary>
    private async Task<Opened> Filled(string name, int count)
    {
        var file = Path.Combine(_folder, name + ".db");
        (string User, string Channel) names;
        using (var made = new Opened(file))
        {
            names = await made.Make();
        }

        using (var sql = new SqliteDatabase(file).OpenWriter())
        {
            Fill(sql, count);
        }

        var opened = new Opened(file);
        opened.Know(names);
        return opened;
    }

    private static void Fill(SqlConnection sql, int count)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1000 - 1_000_000;
        sql.Begin();
        const string numbers = "with recursive n(i) as (select 1 union all select i + 1 from n where i < $1)";
        sql.Execute(
            $"{numbers} insert into person(app, kind, id, name, created, updated) select 1, 0, 'fan-' || i, 'Fan', 1, 1 from n",
            count);
        sql.Execute(
            """
            insert into member(channel, person, hidden, invited_by, created, updated, root)
            select 1, key, 0, 1, 1, 1, 1 from person where key > 1 and key <= $1 + 1
            """,
            count);
        sql.Execute(
            $"""
            {numbers} insert into message(position, channel, sequence, id, type, state, sender, created, updated, content)
            select 1000 + i, 1, 1000 + i, randomblob(16), 0, 0, 1, $2, $2, 'said' from n
            """,
            count, now);
        sql.Execute(
            $"""
            {numbers} insert into request(day, key, at, fingerprint, result)
            select $2, randomblob(16), $3, randomblob(16), '' from n
            """,
            count, now / 86_400_000_000, now);
        sql.Execute(
            """
            update channel_head set sequence = 1000 + $1, messages = $1, members = $1 + 1, latest = 1000 + $1, last_message = $2
            where channel = 1
            """,
            count, now);
        sql.Execute("update app_instance set users = $1 + 1", count);
        sql.Execute("update log_head set position = 1000 + $1, at = $2", count, now);
        sql.Commit();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private readonly record struct Effort(long Steps, long Pages)
    {
        public static Effort operator -(Effort left, Effort right) => new(left.Steps - right.Steps, left.Pages - right.Pages);
    }

    /// <summary>A store with the operations on top, without HTTP.</summary>
    private sealed class Opened : IDisposable
    {
        private readonly PageTokens _tokens = new(new byte[32]);
        private readonly Kept _database;
        private readonly SqlStore _store;
        private readonly Services _services;
        private readonly PolicyGate _gate;
        private readonly Caller _root;
        private (string User, string Channel) _names;

        public Opened(string file)
        {
            _database = new(new SqliteDatabase(file));
            _store = SqlStore.Open(_database, new StoreOptions(), TimeProvider.System, new Nobody());
            var account = new Account(LiveServer.Account);
            var room = AccessRoom.Open(
                _store, new Quotas(), account, _store.MasterKey(), TimeProvider.System, FederationSettings.None,
                (_, _, _) => throw new InvalidOperationException("Nothing is fetched."), NullLogger.Instance);
            var arns = new Arns(LiveServer.Region, account.Id);
            _gate = new(room.Authorizer, _store, arns, TimeProvider.System);
            _root = new(account.RootArn, account.Id, account.Id, "AKIA", null, null);
            _services = new(_store, new Quotas(), arns, _tokens, new MessageIds(), new Throttle([], TimeProvider.System), () => "");
        }

        public void Know((string User, string Channel) names) => _names = names;

        public async Task<(string User, string Channel)> Make()
        {
            var app = await Run(
                CreateAppInstance.Operation, "/app-instances", null, """{"Name":"a","ClientRequestToken":"t1"}""", "AppInstanceArn");
            var user = await Run(
                CreateAppInstanceUser.Operation, "/app-instance-users", null,
                $$"""{"AppInstanceArn":"{{app}}","AppInstanceUserId":"ann","Name":"Ann","ClientRequestToken":"t2"}""",
                "AppInstanceUserArn");
            return (user, await Run(
                CreateChannel.Operation, "/channels", user,
                $$"""{"AppInstanceArn":"{{app}}","Name":"c","ClientRequestToken":"t3"}""", "ChannelArn"));
        }

        public Task<string> Send(string token) => Run(
            SendChannelMessage.Operation, $"/channels/{Uri.EscapeDataString(_names.Channel)}/messages", _names.User,
            $$"""{"Content":"hello","Type":"STANDARD","Persistence":"PERSISTENT","ClientRequestToken":"{{token}}"}""", "MessageId");

        /// <summary>A page of 50 messages, newest first.</summary>
        public (int Found, Effort Cost) List(long? after)
        {
            // The first time the statement is compiled, which costs pages too.
            _store.Read(view => view.ListMessages(new(1), new(1), new(false, null, null), 50, after));
            var before = _database.OfReaders;
            var page = _store.Read(view => view.ListMessages(new(1), new(1), new(false, null, null), 50, after));
            return (page.Items.Count, _database.OfReaders - before);
        }

        /// <summary>Of the writer's connection, read while it does nothing else.</summary>
        public Effort Effort() => _store.Write(_ => _database.OfWriter).GetAwaiter().GetResult();

        private async Task<string> Run(Operation operation, string target, string? bearer, string body, string member)
        {
            var http = new DefaultHttpContext();
            http.Request.Headers[Call.BearerHeader] = bearer;
            var call = new Call(http, RawTarget.Parse(target)!, operation, Encoding.UTF8.GetBytes(body), _root, _gate, _services);
            await operation.Run(call);
            return (string)JsonNode.Parse(call.Answer)![member]!;
        }

        public void Dispose()
        {
            _store.Dispose();
            _tokens.Dispose();
        }
    }

    /// <summary>Keeps hold of the connections that it hands out.</summary>
    private sealed class Kept(SqlDatabase inner) : SqlDatabase
    {
        private readonly List<SqlConnection> _readers = [];
        private SqlConnection? _writer;

        public override Dialect Dialect => inner.Dialect;

        public Effort OfWriter => Of(_writer!);

        public Effort OfReaders => new(_readers.Sum(r => r.Effort.Steps), _readers.Sum(r => r.Effort.Pages));

        private static Effort Of(SqlConnection connection) => new(connection.Effort.Steps, connection.Effort.Pages);

        public override SqlConnection OpenWriter() => _writer = inner.OpenWriter();

        public override SqlConnection OpenReader()
        {
            _readers.Add(inner.OpenReader());
            return _readers[^1];
        }
    }

    private sealed class Nobody : IBus
    {
        public void Publish(IReadOnlyList<Event> events)
        {
        }
    }
}
