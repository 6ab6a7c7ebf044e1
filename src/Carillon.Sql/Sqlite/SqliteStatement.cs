using System.Buffers;
using System.Text;
using static Carillon.Sql.Sqlite.SqliteNative;

namespace Carillon.Sql.Sqlite;

/// <summary>A prepared statement, and the row it stands on.</summary>
internal sealed unsafe class SqliteStatement : SqlRow, IDisposable
{
    private const int OnStack = 512;

    private readonly SqliteConnection _connection;
    private readonly nint _handle;
    private readonly int[] _indexes;

    public SqliteStatement(SqliteConnection connection, nint db, string sql)
    {
        _connection = connection;
        var text = Encoding.UTF8.GetBytes(sql);
        fixed (byte* start = text)
        {
            connection.Check(sqlite3_prepare_v3(db, start, text.Length, PreparePersistent, out _handle, 0));
        }

        // SQLite numbers "$2" by where it first stands in the text, not by its name.
        var count = sqlite3_bind_parameter_count(_handle);
        _indexes = new int[count];
        for (var i = 0; i < count; i++)
        {
            _indexes[i] = sqlite3_bind_parameter_index(_handle, $"${i + 1}");
            if (_indexes[i] == 0)
            {
                throw new ArgumentException($"The parameters of a statement are $1 to ${count}, without a hole: {sql}");
            }
        }
    }

    /// <summary>True between the first step and the reset: the same text is being read further up the stack.</summary>
    public bool InUse { get; private set; }

    /// <summary>Instructions run since it was prepared.</summary>
    public long Steps => sqlite3_stmt_status(_handle, StatementSteps, 0);

    public void Bind(ReadOnlySpan<SqlValue> values)
    {
        if (values.Length != _indexes.Length)
        {
            throw new ArgumentException($"The statement has {_indexes.Length} parameters and got {values.Length} values.");
        }

        for (var i = 0; i < values.Length; i++)
        {
            var index = _indexes[i];
            ref readonly var value = ref values[i];
            _connection.Check(value.Kind switch
            {
                SqlKind.Integer => sqlite3_bind_int64(_handle, index, value.Number),
                SqlKind.Text => BindText(index, (string)value.Reference!),
                SqlKind.Blob => BindBlob(index, (byte[])value.Reference!),
                _ => sqlite3_bind_null(_handle, index),
            });
        }
    }

    private int BindText(int index, string text)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        byte[]? rented = null;
        var buffer = most <= OnStack ? stackalloc byte[OnStack] : rented = ArrayPool<byte>.Shared.Rent(most);
        try
        {
            var length = Encoding.UTF8.GetBytes(text, buffer);
            fixed (byte* start = buffer)
            {
                return sqlite3_bind_text(_handle, index, start, length, Transient);
            }
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented, clearArray: true);
            }
        }
    }

    private int BindBlob(int index, byte[] bytes)
    {
        // A null pointer would bind NULL; an empty blob needs an address.
        byte empty = 0;
        fixed (byte* start = bytes)
        {
            return sqlite3_bind_blob(_handle, index, start is null ? &empty : start, bytes.Length, Transient);
        }
    }

    /// <summary>True when the statement stands on a row.</summary>
    public bool Step()
    {
        InUse = true;
        var code = sqlite3_step(_handle);
        if (code == Row)
        {
            return true;
        }

        if (code != Done)
        {
            _connection.Check(code);
        }

        return false;
    }

    public void Reset()
    {
        InUse = false;
        // The code repeats what Step has already thrown.
        _ = sqlite3_reset(_handle);
    }

    public override bool IsNull(int column) => sqlite3_column_type(_handle, column) == TypeNull;

    public override long Integer(int column) => sqlite3_column_int64(_handle, column);

    public override string Text(int column)
    {
        var start = sqlite3_column_text(_handle, column);
        return Encoding.UTF8.GetString(start, sqlite3_column_bytes(_handle, column));
    }

    public override byte[] Blob(int column)
    {
        var start = sqlite3_column_blob(_handle, column);
        return new ReadOnlySpan<byte>(start, sqlite3_column_bytes(_handle, column)).ToArray();
    }

    public void Dispose() => _ = sqlite3_finalize(_handle);
}
