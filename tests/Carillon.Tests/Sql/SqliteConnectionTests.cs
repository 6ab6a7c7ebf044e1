using Carillon.Sql;
using Carillon.Sql.Sqlite;
using Xunit;

namespace Carillon.Tests.Sql;

public sealed class SqliteConnectionTests : IDisposable
{
    private readonly TempFile _file = new();
    private readonly SqlConnection _sql;

    public SqliteConnectionTests()
    {
        _sql = new SqliteDatabase(_file.Path).OpenWriter();
        _sql.ExecuteScript("create table thing(id integer primary key, name text unique, data blob, number bigint)");
    }

    [Fact]
    public void Parameters_go_by_their_numbers_and_not_by_where_they_stand()
    {
        var row = _sql.First(
            "select $3, $1, $2, $1", static r => (r.Text(0), r.Text(1), r.Text(2), r.Text(3)).ToString(), "one", "two", "three");

        Assert.Equal(("three", "one", "two", "one").ToString(), row);
    }

    [Fact]
    public void A_hole_in_the_parameters_is_refused() =>
        Assert.Throws<ArgumentException>(() => _sql.Execute("select $1, $3", 1L, 2L));

    [Fact]
    public void Too_few_or_too_many_values_are_refused()
    {
        Assert.Throws<ArgumentException>(() => _sql.Execute("select $1, $2", 1L));
        Assert.Throws<ArgumentException>(() => _sql.Execute("select $1, $2", 1L, 2L, 3L));

        Assert.Equal(2, _sql.Number("select $2 from (select $1)", 1L, 2L));
    }

    [Theory]
    [InlineData("")]
    [InlineData("before\0after\0")]
    [InlineData("ünïcödé ሴ 😀 \u202e \ufdd0 \uffff")]
    [InlineData("'; drop table thing; --")]
    public void Text_comes_back_as_it_went(string text)
    {
        _sql.Execute("insert into thing(name) values ($1)", text);

        Assert.Equal(text, _sql.First("select name from thing", static r => r.Text(0)));
        Assert.Equal(text, _sql.First("select name from thing where name = $1", static r => r.Text(0), text));
    }

    [Fact]
    public void Long_text_comes_back_as_it_went()
    {
        var text = string.Concat(Enumerable.Repeat("é😀x", 100_000));
        _sql.Execute("insert into thing(name) values ($1)", text);

        Assert.Equal(text, _sql.First("select name from thing", static r => r.Text(0)));
    }

    [Fact]
    public void A_lone_surrogate_becomes_the_replacement_character()
    {
        _sql.Execute("insert into thing(name) values ($1)", "a\ud800b");

        Assert.Equal("a\ufffdb", _sql.First("select name from thing", static r => r.Text(0)));
    }

    [Fact]
    public void An_empty_blob_is_not_null()
    {
        _sql.Execute("insert into thing(id, data) values (1, $1), (2, $2)", Array.Empty<byte>(), (byte[]?)null);

        var blobs = _sql.Query("select data from thing order by id", static r => r.BlobOrNull(0));

        Assert.Equal([[], null], blobs);
    }

    [Fact]
    public void Bytes_come_back_as_they_went()
    {
        var all = Enumerable.Range(0, 100_000).Select(i => (byte)i).ToArray();
        _sql.Execute("insert into thing(data) values ($1)", all);

        Assert.Equal(all, _sql.First("select data from thing", static r => r.Blob(0)));
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1L << 53)]
    [InlineData((1L << 53) + 1)]
    public void Integers_keep_all_their_bits(long number)
    {
        _sql.Execute("insert into thing(number) values ($1)", number);

        Assert.Equal(number, _sql.Number("select number from thing where number = $1", number));
    }

    [Fact]
    public void Null_is_nothing_else()
    {
        _sql.Execute("insert into thing(name, data, number) values ($1, $2, $3)", SqlValue.Null, (string?)null, (long?)null);

        Assert.True(_sql.First(
            "select name, data, number from thing",
            static r => new { All = r.IsNull(0) && r.IsNull(1) && r.IntegerOrNull(2) is null && r.TextOrNull(0) is null })!.All);
        Assert.Null(_sql.Number("select number from thing"));
        Assert.Null(_sql.Number("select number from thing where id = 9"));
    }

    [Fact]
    public void A_rollback_leaves_nothing()
    {
        _sql.Begin();
        _sql.Execute("insert into thing(name) values ('gone')");
        _sql.ExecuteScript("create table other(id integer)");
        _sql.Rollback();
        _sql.Rollback();

        Assert.Equal(0, _sql.Number("select count(*) from thing"));
        Assert.Throws<SqlException>(() => _sql.Execute("insert into other values (1)"));
    }

    [Fact]
    public void A_constraint_says_so_and_the_transaction_goes_on()
    {
        _sql.Begin();
        _sql.Execute("insert into thing(name) values ('one')");

        var fault = Assert.Throws<SqlException>(() => _sql.Execute("insert into thing(name) values ('two'), ('one')"));
        _sql.Execute("insert into thing(name) values ('three')");
        _sql.Commit();

        Assert.Equal(SqlFault.Constraint, fault.Fault);
        Assert.Equal(["one", "three"], _sql.Query("select name from thing order by id", static r => r.Text(0)));
    }

    [Fact]
    public void A_statement_says_how_many_rows_it_changed()
    {
        Assert.Equal(3, _sql.Execute("insert into thing(name) values ('a'), ('b'), ('c')"));
        Assert.Equal(2, _sql.Execute("delete from thing where name < 'c'"));
        Assert.Equal(0, _sql.Execute("delete from thing where name < 'c'"));
        Assert.Equal(5, _sql.Changes);
    }

    [Fact]
    public void A_statement_that_returns_a_key_counts_as_a_change()
    {
        Assert.Equal(7, _sql.Number("insert into thing(id) values ($1) returning id", 7L));
        Assert.Equal(1, _sql.Changes);
        Assert.Equal(1, _sql.Number("select count(*) from thing"));
    }

    [Fact]
    public void A_reader_sees_one_state_until_it_ends()
    {
        using var reader = new SqliteDatabase(_file.Path).OpenReader();
        _sql.Execute("insert into thing(name) values ('one')");
        reader.BeginRead();
        Assert.Equal(1, reader.Number("select count(*) from thing"));

        _sql.Begin();
        _sql.Execute("insert into thing(name) values ('two')");
        Assert.Equal(1, reader.Number("select count(*) from thing"));
        _sql.Commit();
        Assert.Equal(1, reader.Number("select count(*) from thing"));

        reader.Commit();
        Assert.Equal(2, reader.Number("select count(*) from thing"));
    }

    [Fact]
    public void A_reader_cannot_write()
    {
        using var reader = new SqliteDatabase(_file.Path).OpenReader();

        Assert.Throws<SqlException>(() => reader.Execute("insert into thing(name) values ('x')"));
    }

    [Fact]
    public void A_mapping_function_may_run_other_statements_and_not_its_own()
    {
        _sql.Execute("insert into thing(name) values ('a'), ('b')");

        var counts = _sql.Query("select id from thing", _ => _sql.Number("select count(*) from thing"));
        Assert.Equal([2L, 2L], counts);
        Assert.Throws<InvalidOperationException>(() =>
            _sql.Query("select id from thing", _ => _sql.Number("select id from thing")));

        Assert.Equal(2, _sql.Query("select id from thing", static r => r.Integer(0)).Count);
    }

    [Fact]
    public void A_statement_can_be_run_again_after_its_mapping_function_failed()
    {
        _sql.Execute("insert into thing(name) values ('a')");
        Assert.Throws<FormatException>(() =>
            _sql.Query<int>("select id from thing", static _ => throw new FormatException()));

        Assert.Single(_sql.Query("select id from thing", static r => r.Integer(0)));
    }

    [Fact]
    public void Every_statement_is_counted()
    {
        var before = _sql.Statements;
        _sql.Begin();
        _sql.Execute("insert into thing(name) values ('a')");
        _sql.Number("select count(*) from thing");
        _sql.Commit();

        Assert.Equal(4, _sql.Statements - before);
    }

    public void Dispose()
    {
        _sql.Dispose();
        _file.Dispose();
    }
}
