using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static Carillon.Sql.Sqlite.SqliteNative;

namespace Carillon.Sql.Sqlite;

/// <summary>
/// Decides when the write-ahead log is copied into the database. SQLite would do it inside a commit, where its failure
/// goes unseen: a sync that failed there and succeeds when it is tried again may have lost what the log no longer holds.
/// </summary>
internal sealed unsafe class SqliteLog : IDisposable
{
    /// <summary>Pages between two attempts; measured about 1.4 times faster than SQLite's own 1,000.</summary>
    private const int Every = 4_000;

    /// <summary>
    /// Pages from which on readers are waited for. While there is always some reader in the log it can be copied and
    /// yet not begun anew, and it would grow for ever.
    /// </summary>
    private const int Long = 4 * Every;

    /// <summary>How long each lock of the readers is waited for. Reads are short; one that is not is passed over.</summary>
    private const int PatienceMilliseconds = 100;

    private readonly nint _db;
    private readonly int _usualPatience;
    private readonly int* _pages;
    private int _seen;
    private int _next = Every;

    /// <param name="db">The connection that writes; the only one that may copy.</param>
    /// <param name="usualPatience">Its busy timeout, in milliseconds.</param>
    public SqliteLog(nint db, int usualPatience)
    {
        _db = db;
        _usualPatience = usualPatience;
        _pages = (int*)NativeMemory.AllocZeroed(sizeof(int));
        _ = sqlite3_wal_hook(db, &Committed, _pages);
    }

    /// <summary>SQLite's code; busy means that readers were in the way, which is no fault.</summary>
    public int CopyWhenDue()
    {
        var pages = *_pages;
        if (pages < _seen)
        {
            _next = Every;
        }

        _seen = pages;
        if (pages < _next)
        {
            return Ok;
        }

        _next = pages + Every;
        var code = pages < Long ? Copy(CheckpointPassive) : CopyAndBeginAnew();
        return (code & 0xff) == Busy ? Ok : code;
    }

    private int CopyAndBeginAnew()
    {
        _ = sqlite3_busy_timeout(_db, PatienceMilliseconds);
        var code = Copy(CheckpointRestart);
        _ = sqlite3_busy_timeout(_db, _usualPatience);
        return code;
    }

    private int Copy(int mode) => sqlite3_wal_checkpoint_v2(_db, 0, mode, out _, out _);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Committed(int* pages, nint db, nint name, int count)
    {
        *pages = count;
        return Ok;
    }

    /// <summary>To be called once the connection is closed.</summary>
    public void Dispose() => NativeMemory.Free(_pages);
}
