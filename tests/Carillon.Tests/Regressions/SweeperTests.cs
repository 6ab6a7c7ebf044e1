using Carillon.Backends.Sql;
using Carillon.Core;
using Carillon.Server.Hosting;
using Carillon.Sql.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Carillon.Tests.Regressions;

/// <summary>A change of the sweeper's that failed for any reason but a refusal used to stop the whole server.</summary>
public sealed class SweeperTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("carillon-sweeper-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_cannot_be_swept_is_tried_again_and_stops_nothing()
    {
        var time = new ManualTime();
        var store = new Failing();
        using var real = SqlStore.Open(new SqliteDatabase(Path.Combine(_folder, "data.db")), new StoreOptions(), time, store);
        using var sweeper = new Sweeper(store, new Health(real), new Host(), time, NullLogger<Sweeper>.Instance);

        await sweeper.StartAsync(CancellationToken.None);
        await Patience.Until(time, TimeSpan.FromSeconds(2), () => store.Writes >= 3, "It gave up.");

        Assert.False(sweeper.ExecuteTask!.IsCompleted);
        await sweeper.StopAsync(CancellationToken.None);
    }

    /// <summary>A row that one step cannot get past used to keep every later step from being done, for good.</summary>
    [Fact]
    public async Task What_one_step_cannot_sweep_keeps_no_other_from_being_done()
    {
        var time = new ManualTime();
        var bus = new Failing();
        using var real = SqlStore.Open(new SqliteDatabase(Path.Combine(_folder, "data.db")), new StoreOptions(), time, bus);
        await real.Write(ledger =>
        {
            var app = ledger.AddApp("id", "app", null);
            ledger.DeleteApp(app.Key);
            return true;
        });
        var store = new Poisoned(real);
        using var sweeper = new Sweeper(store, new Health(real), new Host(), time, NullLogger<Sweeper>.Instance);

        await sweeper.StartAsync(CancellationToken.None);
        await Patience.Until(
            time, TimeSpan.FromSeconds(2), () => store.Failed >= 3 && Purges() == 0, "What was deleted is never purged.");

        await sweeper.StopAsync(CancellationToken.None);
    }

    private long? Purges()
    {
        using var sql = new SqliteDatabase(Path.Combine(_folder, "data.db")).OpenReader();
        return sql.Number("select count(*) from purge");
    }

    private sealed class Poisoned(IStore real) : IStore
    {
        public int Failed { get; private set; }

        public T Read<T>(Func<IView, T> query) => real.Read(query);

        public Task<T> Write<T>(Func<ILedger, T> change)
        {
            if (change.Method.DeclaringType == typeof(Retaining))
            {
                Failed++;
                throw new InvalidOperationException("A row that nobody expected.");
            }

            return real.Write(change);
        }
    }

    private sealed class Failing : IStore, IBus
    {
        public int Writes { get; private set; }

        public T Read<T>(Func<IView, T> query) => throw new NotSupportedException();

        public Task<T> Write<T>(Func<ILedger, T> change)
        {
            Writes++;
            throw new InvalidOperationException("A row that nobody expected.");
        }

        public void Publish(IReadOnlyList<Event> events)
        {
        }
    }

    private sealed class Host : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => default;

        public CancellationToken ApplicationStopping => default;

        public CancellationToken ApplicationStopped => default;

        public void StopApplication() => throw new InvalidOperationException("The sweeper stopped the server.");
    }
}
