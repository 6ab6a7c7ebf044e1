using System.Reflection;
using System.Runtime.InteropServices;

namespace Carillon.Sql.Sqlite;

/// <summary>The part of libsqlite3 we call. https://sqlite.org/c3ref/intro.html</summary>
internal static unsafe partial class SqliteNative
{
    private const string Library = "sqlite3";

    public const int Ok = 0;
    public const int Busy = 5;
    public const int NoMemory = 7;
    public const int IoError = 10;

    /// <summary>SQLITE_IOERR_SHMSIZE.</summary>
    public const int IoErrorIndexSize = IoError | (19 << 8);

    public const int Corrupt = 11;
    public const int Full = 13;
    public const int CannotOpen = 14;
    public const int Constraint = 19;
    public const int NotADatabase = 26;
    public const int Row = 100;
    public const int Done = 101;

    public const int OpenReadOnly = 0x1;
    public const int OpenReadWrite = 0x2;
    public const int OpenCreate = 0x4;
    public const int OpenNoMutex = 0x8000;
    public const int OpenExtendedCodes = 0x02000000;

    public const int CheckpointPassive = 0;
    public const int CheckpointRestart = 2;

    public const int StatementSteps = 4;
    public const int StatusCacheHit = 7;
    public const int StatusCacheMiss = 8;

    public const uint PreparePersistent = 1;
    public const int TypeNull = 5;

    /// <summary>Tells SQLite to copy the bytes before the call returns.</summary>
    public static readonly nint Transient = -1;

    static SqliteNative() => NativeLibrary.SetDllImportResolver(typeof(SqliteNative).Assembly, Resolve);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Library)
        {
            return 0;
        }

        string[] candidates = OperatingSystem.IsWindows() ? ["winsqlite3"]
            : OperatingSystem.IsMacOS() ? ["/usr/lib/libsqlite3.dylib"]
            : ["libsqlite3.so.0", "libsqlite3.so"];
        foreach (var candidate in candidates)
        {
            if (NativeLibrary.TryLoad(candidate, out var handle))
            {
                return handle;
            }
        }

        throw new DllNotFoundException("SQLite was not found: install the package libsqlite3-0 (or libsqlite3).");
    }

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int sqlite3_open_v2(string path, out nint db, int flags, nint vfs);

    [LibraryImport(Library)]
    public static partial int sqlite3_close_v2(nint db);

    [LibraryImport(Library)]
    public static partial int sqlite3_libversion_number();

    [LibraryImport(Library)]
    public static partial int sqlite3_busy_timeout(nint db, int milliseconds);

    [LibraryImport(Library)]
    public static partial nint sqlite3_errmsg(nint db);

    [LibraryImport(Library)]
    public static partial int sqlite3_extended_errcode(nint db);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int sqlite3_exec(nint db, string sql, nint callback, nint argument, nint error);

    [LibraryImport(Library)]
    public static partial int sqlite3_prepare_v3(nint db, byte* sql, int length, uint flags, out nint statement, nint tail);

    [LibraryImport(Library)]
    public static partial int sqlite3_finalize(nint statement);

    [LibraryImport(Library)]
    public static partial int sqlite3_step(nint statement);

    [LibraryImport(Library)]
    public static partial int sqlite3_reset(nint statement);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int sqlite3_bind_parameter_index(nint statement, string name);

    [LibraryImport(Library)]
    public static partial int sqlite3_bind_parameter_count(nint statement);

    [LibraryImport(Library)]
    public static partial int sqlite3_bind_null(nint statement, int index);

    [LibraryImport(Library)]
    public static partial int sqlite3_bind_int64(nint statement, int index, long value);

    [LibraryImport(Library)]
    public static partial int sqlite3_bind_text(nint statement, int index, byte* value, int length, nint destructor);

    [LibraryImport(Library)]
    public static partial int sqlite3_bind_blob(nint statement, int index, byte* value, int length, nint destructor);

    [LibraryImport(Library)]
    public static partial int sqlite3_column_type(nint statement, int column);

    [LibraryImport(Library)]
    public static partial long sqlite3_column_int64(nint statement, int column);

    [LibraryImport(Library)]
    public static partial byte* sqlite3_column_text(nint statement, int column);

    [LibraryImport(Library)]
    public static partial byte* sqlite3_column_blob(nint statement, int column);

    [LibraryImport(Library)]
    public static partial int sqlite3_column_bytes(nint statement, int column);

    [LibraryImport(Library)]
    public static partial nint sqlite3_wal_hook(nint db, delegate* unmanaged[Cdecl]<int*, nint, nint, int, int> hook, int* argument);

    [LibraryImport(Library)]
    public static partial int sqlite3_wal_checkpoint_v2(nint db, nint name, int mode, out int frames, out int moved);

    [LibraryImport(Library)]
    public static partial int sqlite3_stmt_status(nint statement, int what, int reset);

    [LibraryImport(Library)]
    public static partial int sqlite3_db_status(nint db, int what, out int now, out int highest, int reset);

    [LibraryImport(Library)]
    public static partial int sqlite3_changes(nint db);

    [LibraryImport(Library)]
    public static partial int sqlite3_total_changes(nint db);
}
