using Carillon.Sql;

namespace Carillon.Load.Store;

/// <summary>The rows of a table as they are, in the order of a column.</summary>
/// <param name="Insert">Writes one.</param>
/// <param name="Values">Of each row.</param>
/// <param name="Times">Microseconds of each row; those written in one commit have the same.</param>
internal sealed record Rows(string Insert, IReadOnlyList<SqlValue[]> Values, IReadOnlyList<long> Times)
{
    public int Count => Values.Count;

    public Rows Last(int count) => this with { Values = [.. Values.TakeLast(count)], Times = [.. Times.TakeLast(count)] };

    public static Rows Of(SqlConnection store, string table, string order, string time)
    {
        var columns = Schema.Columns(store, table);
        var at = columns.FindIndex(column => column.Name == time);
        List<SqlValue[]> values = [];
        List<long> times = [];
        store.Query(
            $"select {string.Join(", ", columns.Select(column => column.Name))} from {table} order by {order}",
            row =>
            {
                values.Add([.. columns.Select((column, i) => column.Read(row, i))]);
                times.Add(row.Integer(at));
                return true;
            });
        return new(
            $"insert into {table}({string.Join(", ", columns.Select(column => column.Name))}) "
            + $"values ({string.Join(", ", columns.Select((_, i) => $"${i + 1}"))})",
            values, times);
    }
}
