namespace Carillon.Sql;

/// <summary>A parameter: null, a 64-bit integer, text (NUL included; a lone surrogate becomes U+FFFD) or bytes.</summary>
public readonly struct SqlValue
{
    internal readonly long Number;
    internal readonly object? Reference;
    internal readonly SqlKind Kind;

    private SqlValue(SqlKind kind, long number, object? reference)
    {
        Kind = kind;
        Number = number;
        Reference = reference;
    }

    public static SqlValue Null => default;

    public static implicit operator SqlValue(long value) => new(SqlKind.Integer, value, null);

    public static implicit operator SqlValue(long? value) => value is { } number ? number : default(SqlValue);

    public static implicit operator SqlValue(bool value) => new(SqlKind.Integer, value ? 1 : 0, null);

    public static implicit operator SqlValue(string? value) => value is null ? default : new(SqlKind.Text, 0, value);

    public static implicit operator SqlValue(byte[]? value) => value is null ? default : new(SqlKind.Blob, 0, value);
}

internal enum SqlKind : byte
{
    Null,
    Integer,
    Text,
    Blob,
}
