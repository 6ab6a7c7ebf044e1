using Carillon.Core;
using Carillon.Sql;
using Carillon.Sql.Sqlite;
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
        using var host = (await Filled("pages", Many)).Host;
        var first = List(host, null);
        var thousandth = List(host, Many - (999 * 50));

        Assert.Equal(50, first.Found);
        Assert.Equal(50, thousandth.Found);
        Near(first.Cost.Steps, thousandth.Cost.Steps);
        Assert.InRange(thousandth.Cost.Pages, 0, first.Cost.Pages * 1.2);
    }

    /// <summary>Within 20 percent.</summary>
    private static void Near(long small, long large) => Assert.InRange(large, small * 0.8, small * 1.2);

    private async Task<(Effort Opening, Effort Cold, Effort Send)> Measure(string name, int count)
    {
        var (host, user, channel) = await Filled(name, count);
        using (host)
        {
            var opening = OfWriter(host);
            await host.Send(user, channel, "first");
            var cold = OfWriter(host) - opening;
            var sends = new List<Effort>();
            for (var i = 0; i < 10; i++)
            {
                var before = OfWriter(host);
                await host.Send(user, channel, $"warm-{i}");
                sends.Add(OfWriter(host) - before);
            }

            // Now and then a page is full and is divided, which costs more pages and no instructions.
            return (opening, cold, sends.MinBy(send => send.Pages));
        }
    }

    /// <summary>A page of 50 messages, newest first.</summary>
    private static (int Found, Effort Cost) List(OperationsHost host, long? after)
    {
        // The first time the statement is compiled, which costs pages too.
        host.Store.Read(view => view.ListMessages(new(1), new(1), new(false, null, null), 50, after));
        var before = host.Database.OfReaders;
        var page = host.Store.Read(view => view.ListMessages(new(1), new(1), new(false, null, null), 50, after));
        return (page.Items.Count, host.Database.OfReaders - before);
    }

    /// <summary>Of the writer's connection, read while it does nothing else.</summary>
    private static Effort OfWriter(OperationsHost host) => host.Store.Write(_ => host.Database.OfWriter).GetAwaiter().GetResult();

    /// <summary>A channel with so many members and messages, in an app instance with so many users.</summary>
    private async Task<(OperationsHost Host, string User, string Channel)> Filled(string name, int count)
    {
        var file = Path.Combine(_folder, name + ".db");
        string user, channel;
        using (var made = new OperationsHost(file))
        {
            (_, user, channel) = await made.NewChannel();
        }

        using (var sql = new SqliteDatabase(file).OpenWriter())
        {
            Fill(sql, count);
        }

        return (new OperationsHost(file), user, channel);
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
}
