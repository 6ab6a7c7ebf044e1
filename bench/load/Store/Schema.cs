using Carillon.Sql;

namespace Carillon.Load.Store;

internal sealed record StoreColumn(string Name, string Type)
{
    public SqlValue Read(SqlRow row, int at) =>
        row.IsNull(at) ? SqlValue.Null
        : Type.Contains("int", StringComparison.OrdinalIgnoreCase) ? row.Integer(at)
        : Type.Contains("text", StringComparison.OrdinalIgnoreCase) ? row.Text(at)
        : row.Blob(at);
}

/// <summary>Tables and indexes, as a store has them: whatever migrations made of them.</summary>
internal static class Schema
{
    public static List<StoreColumn> Columns(SqlConnection store, string table) => store.Query(
        "select name, type from pragma_table_info($1)", static row => new StoreColumn(row.Text(0), row.Text(1)), table);

    /// <summary>Makes the same tables and indexes in an empty database, with the heads of the logs and without messages.</summary>
    public static void Copy(SqlConnection from, SqlConnection to)
    {
        foreach (var statement in from.Query(
            "select sql from sqlite_master where sql is not null and name not like 'sqlite_%' order by type desc, name",
            static row => row.Text(0)))
        {
            to.ExecuteScript(statement);
        }

        foreach (var table in (string[])["log_head", "channel_head"])
        {
            var columns = Columns(from, table);
            var first = columns[0].Name;
            var rows = Rows.Of(from, table, first, first);
            foreach (var row in rows.Values)
            {
                to.Execute(rows.Insert, row);
            }
        }
    }
}
