namespace Carillon.Sql;

/// <summary>What went wrong in the database, as far as a caller may want to tell kinds apart.</summary>
public enum SqlFault
{
    Other,

    /// <summary>A unique or other constraint refused the row; the transaction can go on.</summary>
    Constraint,

    /// <summary>No space is left; nothing of the transaction is stored, and it may succeed later.</summary>
    Full,

    /// <summary>The system gave no memory or no file descriptor; it may do so later.</summary>
    Exhausted,

    /// <summary>Reading, writing or syncing failed: whether the transaction is on disk is unknown.</summary>
    InputOutput,

    /// <summary>The file is not a database, or its pages contradict each other.</summary>
    Corrupt,
}

public sealed class SqlException(SqlFault fault, int code, string message) : Exception(message)
{
    public SqlFault Fault { get; } = fault;

    /// <summary>The database's own (extended) code.</summary>
    public int Code { get; } = code;
}
