namespace Carillon.Sql;

/// <summary>A place that holds data and hands out connections to it.</summary>
public abstract class SqlDatabase
{
    public abstract Dialect Dialect { get; }

    /// <summary>A connection that may write. On SQLite there must be one at a time: it alone writes and checkpoints.</summary>
    public abstract SqlConnection OpenWriter();

    public abstract SqlConnection OpenReader();
}
