using Carillon.Core;
using Carillon.Server.Access;
using Carillon.Tests.Server.Access;
using Xunit;

namespace Carillon.Tests.Regressions;

/// <summary>A role that was read before a change and kept after it must not be given out.</summary>
public sealed class AccessCatalogRaceTests : IDisposable
{
    private readonly AccessHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task A_change_that_overtakes_a_reader_holds_for_everyone_after_it()
    {
        await _host.MakeRole("worker", AccessHost.Allow("chime:*", "*"));
        var store = new Overtaken(_host.Room.Store);
        var catalog = new AccessCatalog(store, _host.Clock);
        store.AfterRead = () => catalog.Change(ledger =>
        {
            ledger.DeleteRolePolicy(ledger.FindRole("worker")!.Key, "p");
            return true;
        });

        Assert.Single(catalog.FindRole("worker")!.Policies);
        Assert.Empty(catalog.FindRole("worker")!.Policies);
    }

    /// <summary>Lets a change pass between what a reader reads and what it does with it.</summary>
    private sealed class Overtaken(IStore store) : IStore
    {
        public Func<Task>? AfterRead { get; set; }

        public T Read<T>(Func<IView, T> query)
        {
            var read = store.Read(query);
            var after = AfterRead;
            AfterRead = null;
            after?.Invoke().GetAwaiter().GetResult();
            return read;
        }

        public Task<T> Write<T>(Func<ILedger, T> change) => store.Write(change);
    }
}
