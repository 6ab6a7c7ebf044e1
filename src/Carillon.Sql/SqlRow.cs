namespace Carillon.Sql;

/// <summary>The row a query stands on; valid only inside the mapping function that receives it.</summary>
public abstract class SqlRow
{
    public abstract bool IsNull(int column);

    public abstract long Integer(int column);

    public abstract string Text(int column);

    public abstract byte[] Blob(int column);

    public bool Flag(int column) => Integer(column) != 0;

    public long? IntegerOrNull(int column) => IsNull(column) ? null : Integer(column);

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public byte[]? BlobOrNull(int column) => IsNull(column) ? null : Blob(column);
}
