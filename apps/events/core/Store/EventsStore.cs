using System.Collections.Concurrent;
using System.Globalization;
using Carillon.Sql;
using Carillon.Sql.Sqlite;

namespace Carillon.Events.Core.Store;

/// <summary>
/// The app's database, <c>events.db</c>. Several processes may have it open (the API and provisioners); each has one
/// of these, and shares it between all that it hosts.
/// </summary>
public sealed class EventsStore : IDisposable
{
    /// <summary>Read connections kept open for the next reader. Our choice.</summary>
    private const int mostIdle = 8;

    private readonly SqlDatabase database;
    private readonly TimeProvider time;
    private readonly FileLock fileLock;
    private readonly SqlConnection writing;
    private readonly EventsWriter writer;
    private readonly ConcurrentBag<SqlConnection> readers = [];
    private volatile bool closed;

    private EventsStore(string path, TimeProvider time)
    {
        this.time = time;
        database = new SqliteDatabase(path);
        fileLock = new FileLock(path + ".lock");
        try
        {
            using (fileLock.Take())
            {
                writing = database.OpenWriter();
                Migrator.Migrate(writing, database.Dialect, Migrations());
            }

            writer = new EventsWriter(writing, fileLock, time);
        }
        catch
        {
            writing?.Dispose();
            fileLock.Dispose();
            throw;
        }
    }

    /// <summary>Opens the store, making it or bringing its schema up to date.</summary>
    /// <exception cref="SchemaTooNewException">The data was written by a newer version.</exception>
    /// <exception cref="SqlException">The file cannot be used.</exception>
    public static EventsStore Open(string path, TimeProvider time) => new(path, time);

    /// <summary>Runs the change in a transaction of the writer's; the result comes once it is on disk.</summary>
    /// <exception cref="Refused">By the change itself, which then changed nothing; or Unavailable: the disk, or too much waits.</exception>
    public Task<T> Write<T>(Func<EventsLedger, T> change) => writer.Write(change);

    /// <summary>Runs a change that answers with nothing.</summary>
    public Task Write(Action<EventsLedger> change) => writer.Write(ledger =>
    {
        change(ledger);
        return true;
    });

    /// <summary>Runs a query against one consistent state, on the calling thread.</summary>
    public T Read<T>(Func<EventsView, T> query)
    {
        ObjectDisposedException.ThrowIf(closed, this);
        var connection = readers.TryTake(out var idle) ? idle : OpenReader();
        var healthy = false;
        try
        {
            connection.BeginRead();
            var result = query(new EventsView(connection, time.GetUtcNow().ToMicroseconds()));
            connection.Commit();
            healthy = true;
            return result;
        }
        catch (Refused)
        {
            connection.Rollback();
            healthy = true;
            throw;
        }
        catch (SqlException fault) when (fault.Fault is SqlFault.InputOutput or SqlFault.Full or SqlFault.Exhausted)
        {
            throw new Refused(Reason.Unavailable);
        }
        finally
        {
            if (healthy && readers.Count < mostIdle && !closed) readers.Add(connection);
            else connection.Dispose();
        }
    }

    // A file that was just written to cannot be opened only for want of descriptors or memory, or because its disk is gone.
    private SqlConnection OpenReader()
    {
        try
        {
            return database.OpenReader();
        }
        catch (SqlException)
        {
            throw new Refused(Reason.Unavailable);
        }
    }

    /// <summary>Commits what waits, then closes.</summary>
    public void Dispose()
    {
        if (closed) return;
        writer.Dispose();
        closed = true;
        while (readers.TryTake(out var reader)) reader.Dispose();
        using (fileLock.Take()) writing.Dispose();
        fileLock.Dispose();
    }

    private static List<Migration> Migrations()
    {
        var assembly = typeof(EventsStore).Assembly;
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return new Migration(int.Parse(name[..4], CultureInfo.InvariantCulture), reader.ReadToEnd());
            })];
    }
}
