using System.Text;
using Carillon.Sql;
using Carillon.Sql.Sqlite;
using Xunit;

namespace Carillon.Tests.Sql;

public sealed class SqliteDatabaseTests : IDisposable
{
    private readonly TempFile _file = new();

    [Fact]
    public void Nobody_else_may_read_the_files()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no file modes.");
            return;
        }

        using var sql = new SqliteDatabase(_file.Path).OpenWriter();
        sql.ExecuteScript("create table thing(id integer)");

        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        foreach (var path in Directory.GetFiles(Path.GetDirectoryName(_file.Path)!))
        {
            Assert.Equal((path, owner), (path, File.GetUnixFileMode(path)));
        }

        Assert.True(File.Exists(_file.Log));
    }

    [Fact]
    public void A_commit_is_synced_and_what_is_deleted_is_overwritten()
    {
        using var sql = new SqliteDatabase(_file.Path).OpenWriter();

        Assert.Equal("wal", sql.First("pragma journal_mode", static r => r.Text(0)));
        Assert.Equal(2, sql.Number("pragma synchronous"));
        Assert.Equal(1, sql.Number("pragma secure_delete"));
    }

    [Fact]
    public void What_is_deleted_is_in_no_file_once_the_store_is_closed()
    {
        const string secret = "the-marker-that-must-go";
        using (var sql = new SqliteDatabase(_file.Path).OpenWriter())
        {
            sql.ExecuteScript("create table thing(id integer primary key, name text)");
            sql.Execute("insert into thing(id, name) values (1, $1), (2, $1 || '2'), (3, 'stays')", secret);
            sql.Execute("update thing set name = null where id = 1");
            sql.Execute("delete from thing where id = 2");
        }

        var bytes = Encoding.ASCII.GetString(File.ReadAllBytes(_file.Path));
        Assert.Contains("stays", bytes, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, bytes, StringComparison.Ordinal);
        Assert.False(File.Exists(_file.Log));
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused_and_let_go()
    {
        File.WriteAllText(_file.Path, new string('x', 5000));

        var fault = Assert.Throws<SqlException>(() => new SqliteDatabase(_file.Path).OpenWriter());

        Assert.Equal(SqlFault.Corrupt, fault.Fault);
        Assert.Equal(5000, new FileInfo(_file.Path).Length);
    }

    [Fact]
    public void A_folder_that_is_missing_is_refused() => Assert.ThrowsAny<Exception>(() =>
        new SqliteDatabase(Path.Combine(Path.GetDirectoryName(_file.Path)!, "none", "data.db")).OpenWriter());

    // Readers follow upon each other without a moment that has none: then a log can be copied and yet never begins anew.
    [Fact]
    public async Task The_log_stays_bounded_while_there_is_always_a_reader()
    {
        const int commits = 600, pagesEach = 100, page = 4096;
        var database = new SqliteDatabase(_file.Path);
        using var sql = database.OpenWriter();
        sql.ExecuteScript("create table thing(id integer primary key, data blob)");
        sql.Execute("insert into thing(id, data) values (1, $1)", new byte[pagesEach * page]);
        using var over = new CancellationTokenSource();
        using var reading = new CountdownEvent(3);
        var readers = Enumerable.Range(0, reading.InitialCount).Select(_ => Task.Factory.StartNew(
            () => Read(database, reading, over.Token), CancellationToken.None, TaskCreationOptions.LongRunning,
            TaskScheduler.Default)).ToList();
        Assert.True(reading.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));

        long longest = 0;
        for (var i = 0; i < commits; i++)
        {
            Write(sql, (byte)i, pagesEach * page);
            longest = Math.Max(longest, new FileInfo(_file.Log).Length);
        }

        await over.CancelAsync();
        var reads = await Task.WhenAll(readers);

        // 240 MB were written. 64 MB is where readers are waited for; a reader that was passed over may cost some more.
        Assert.InRange(longest, 1, 130_000_000);
        Assert.All(reads, count => Assert.InRange(count, 10, int.MaxValue));
    }

    private static int Read(SqliteDatabase database, CountdownEvent reading, CancellationToken over)
    {
        var count = 0;
        using SqlConnection first = database.OpenReader(), second = database.OpenReader();
        SqlConnection current = first, next = second;
        current.BeginRead();
        reading.Signal();
        while (!over.IsCancellationRequested)
        {
            current.Number("select count(*) from thing where data is not null");
            next.BeginRead();
            next.Number("select count(*) from thing");
            current.Commit();
            (current, next) = (next, current);
            count++;
        }

        current.Commit();
        return count;
    }

    [Fact]
    public void A_reader_that_stays_loses_nothing_and_the_log_shrinks_when_it_has_gone()
    {
        var database = new SqliteDatabase(_file.Path);
        using var sql = database.OpenWriter();
        sql.ExecuteScript("create table thing(id integer primary key, data blob)");
        sql.Execute("insert into thing(id, data) values (1, $1)", new byte[400_000]);
        using (var reader = database.OpenReader())
        {
            reader.BeginRead();
            Assert.Equal(0, reader.Number("select max(hex(data) <> hex(zeroblob(400000))) from thing"));
            for (var i = 1; i <= 250; i++)
            {
                Write(sql, (byte)i);
            }

            Assert.InRange(new FileInfo(_file.Log).Length, 80_000_000, long.MaxValue);
            Assert.Equal(0, reader.Number("select max(hex(data) <> hex(zeroblob(400000))) from thing"));
        }

        for (var i = 1; i <= 60; i++)
        {
            Write(sql, (byte)i);
        }

        Assert.InRange(new FileInfo(_file.Log).Length, 1, 67_108_864);
        Assert.Equal(60, sql.First("select data from thing", static r => r.Blob(0))![77]);
    }

    // A page that is overwritten by itself is not written, so the filling must change.
    private static void Write(SqlConnection sql, byte filling, int bytes = 400_000)
    {
        sql.Execute("update thing set data = $1", Enumerable.Repeat(filling, bytes).ToArray());
        sql.Maintain();
    }

    public void Dispose() => _file.Dispose();
}
