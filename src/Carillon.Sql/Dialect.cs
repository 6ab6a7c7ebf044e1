namespace Carillon.Sql;

/// <summary>The few words that differ between databases. Migrations name them as <c>{Clustered}</c> and so on.</summary>
/// <param name="Clustered">Ends a table whose rows lie in the order of its primary key.</param>
/// <param name="Key">A 64-bit primary key that the database assigns, rising, and never gives out again.</param>
/// <param name="Bytes">The type of a byte string.</param>
public sealed record Dialect(string Name, string Clustered, string Key, string Bytes)
{
    public static Dialect Sqlite { get; } = new("sqlite", " without rowid", "integer primary key autoincrement", "blob");

    public string Spell(string ddl) =>
        ddl.Replace("{Clustered}", Clustered, StringComparison.Ordinal)
            .Replace("{Key}", Key, StringComparison.Ordinal)
            .Replace("{Bytes}", Bytes, StringComparison.Ordinal);
}
