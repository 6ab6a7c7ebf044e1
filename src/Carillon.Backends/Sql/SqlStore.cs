using System.Collections.Concurrent;
using System.Reflection;
using Carillon.Core;
using Carillon.Sql;

namespace Carillon.Backends.Sql;

/// <summary>Core's store over a SQL database.</summary>
public sealed class SqlStore : IStore, IDisposable
{
    private readonly SqlDatabase _database;
    private readonly SqlConnection _writing;
    private readonly StoreWriter _writer;
    private readonly StreamCiphers _ciphers;
    private readonly StoreOptions _options;
    private readonly ConcurrentBag<SqlConnection> _readers = [];
    private int _idle;
    private volatile bool _closed;

    private SqlStore(SqlDatabase database, StoreOptions options, TimeProvider time, IBus bus)
    {
        _database = database;
        _options = options;
        _writing = database.OpenWriter();
        try
        {
            Migrator.Migrate(_writing, database.Dialect, Migrations());
            MakeSecrets(_writing);
            _ciphers = new StreamCiphers(MasterKey(_writing));
            _writer = new StoreWriter(_writing, _ciphers, options, time, bus);
        }
        catch
        {
            _writing.Dispose();
            throw;
        }
    }

    /// <summary>Opens the store, bringing its schema up to date.</summary>
    /// <exception cref="SchemaTooNewException">The data was written by a newer version.</exception>
    public static SqlStore Open(SqlDatabase database, StoreOptions options, TimeProvider time, IBus bus) =>
        new(database, options, time, bus);

    /// <summary>Why nothing can be committed any more; null while all is well.</summary>
    public Exception? Broken => _writer.Broken;

    /// <summary>32 random bytes made at first start, from which every key of this installation is derived.</summary>
    public byte[] MasterKey() => ReadRows(MasterKey);

    private static byte[] MasterKey(SqlConnection connection) => connection.First(
        "select value from installation where name = 'master'", static row => row.Blob(0))!;

    private static void MakeSecrets(SqlConnection connection) => connection.Execute(
        "insert into installation(name, value) values ('master', $1) on conflict(name) do nothing",
        System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));

    public Task<T> Write<T>(Func<ILedger, T> change) => _writer.Write(change);

    public T Read<T>(Func<IView, T> query) => ReadRows(connection => query(new SqlView(connection, _writer.Now, _ciphers)));

    /// <summary>Runs a query of the backend's own against one consistent state.</summary>
    /// <exception cref="Refusal">StoreUnavailable: the disk, or what the system gives a process, does not allow it now.</exception>
    internal T ReadRows<T>(Func<SqlConnection, T> query)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        if (_readers.TryTake(out var connection))
        {
            Interlocked.Decrement(ref _idle);
        }
        else
        {
            connection = OpenReader();
        }

        var healthy = false;
        try
        {
            connection.BeginRead();
            var result = query(connection);
            connection.Commit();
            healthy = true;
            return result;
        }
        catch (Refusal)
        {
            connection.Rollback();
            healthy = true;
            throw;
        }
        catch (SqlException e) when (e.Fault is SqlFault.InputOutput or SqlFault.Full or SqlFault.Exhausted)
        {
            throw StoreWriter.Unavailable(e);
        }
        finally
        {
            if (healthy)
            {
                Keep(connection);
            }
            else
            {
                connection.Dispose();
            }
        }
    }

    private SqlConnection OpenReader()
    {
        try
        {
            return _database.OpenReader();
        }
        catch (SqlException e) when (e.Fault is not SqlFault.Corrupt)
        {
            throw StoreWriter.Unavailable(e);
        }
    }

    private void Keep(SqlConnection connection)
    {
        if (Interlocked.Increment(ref _idle) > _options.IdleReaders)
        {
            Interlocked.Decrement(ref _idle);
            connection.Dispose();
            return;
        }

        _readers.Add(connection);
        if (_closed)
        {
            CloseReaders();
        }
    }

    private void CloseReaders()
    {
        while (_readers.TryTake(out var reader))
        {
            reader.Dispose();
        }
    }

    private static List<Migration> Migrations()
    {
        var assembly = typeof(SqlStore).Assembly;
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return new Migration(int.Parse(name[..4], System.Globalization.CultureInfo.InvariantCulture), reader.ReadToEnd());
            })];
    }

    /// <summary>Commits what waits, then closes. Readers go first, so that the writer's checkpoint is the last word.</summary>
    public void Dispose()
    {
        _writer.Dispose();
        _closed = true;
        CloseReaders();
        _ciphers.Dispose();

        // To close the writer copies its log into the database. On a disk that has failed only the next start may do
        // that, from the beginning of the log.
        if (Broken is null)
        {
            _writing.Dispose();
        }
    }
}
