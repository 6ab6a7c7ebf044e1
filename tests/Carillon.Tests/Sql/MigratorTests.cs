using Carillon.Sql;
using Carillon.Sql.Sqlite;
using Xunit;

namespace Carillon.Tests.Sql;

public sealed class MigratorTests : IDisposable
{
    private static readonly Migration first = new(1, "create table one(id bigint primary key, data {Bytes}){Clustered};");
    private static readonly Migration second = new(2, "create table two(id bigint); insert into two values (7);");
    private static readonly Migration broken = new(3, "create table three(id bigint); insert into nowhere values (1);");

    private readonly TempFile _file = new();
    private readonly SqlConnection _sql;

    public MigratorTests() => _sql = new SqliteDatabase(_file.Path).OpenWriter();

    [Fact]
    public void From_nothing_every_step_is_taken_once()
    {
        Migrator.Migrate(_sql, Dialect.Sqlite, [first, second]);
        Migrator.Migrate(_sql, Dialect.Sqlite, [first, second]);

        Assert.Equal([7L], _sql.Query("select id from two", static r => r.Integer(0)));
        Assert.Equal([1L, 2L], Versions());
    }

    [Fact]
    public void From_an_older_schema_the_newer_steps_are_taken()
    {
        Migrator.Migrate(_sql, Dialect.Sqlite, [first]);
        _sql.Execute("insert into one(id) values (5)");

        Migrator.Migrate(_sql, Dialect.Sqlite, [first, second]);

        Assert.Equal(5, _sql.Number("select id from one"));
        Assert.Equal([1L, 2L], Versions());
    }

    [Fact]
    public void A_newer_schema_is_refused_and_untouched()
    {
        Migrator.Migrate(_sql, Dialect.Sqlite, [first, second]);

        var refused = Assert.Throws<SchemaTooNewException>(() => Migrator.Migrate(_sql, Dialect.Sqlite, [first]));

        Assert.Contains("its schema is 2", refused.Message, StringComparison.Ordinal);
        Assert.Equal([1L, 2L], Versions());
    }

    [Fact]
    public void A_failing_step_leaves_nothing_and_those_before_it_stay()
    {
        Assert.Throws<SqlException>(() => Migrator.Migrate(_sql, Dialect.Sqlite, [first, second, broken]));

        Assert.Equal([1L, 2L], Versions());
        Assert.Equal(0, _sql.Number("select count(*) from sqlite_master where name = 'three'"));
        Migrator.Migrate(_sql, Dialect.Sqlite, [first, second, new(3, "create table three(id bigint);")]);
        Assert.Equal([1L, 2L, 3L], Versions());
    }

    private List<long> Versions() => _sql.Query("select version from schema_version order by version", static r => r.Integer(0));

    public void Dispose()
    {
        _sql.Dispose();
        _file.Dispose();
    }
}
