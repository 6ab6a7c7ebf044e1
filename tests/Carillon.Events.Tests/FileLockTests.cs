using Carillon.Events.Core.Store;
using Xunit;

namespace Carillon.Events.Tests;

public sealed class FileLockTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("carillon-events-lock-").FullName;

    [Fact]
    public async Task Who_starts_while_another_commits_waits_for_it()
    {
        var path = Path.Combine(_folder, "events.db.lock");
        using var first = new FileLock(path);
        var held = first.Take();

        var opening = Task.Run(() => new FileLock(path), TestContext.Current.CancellationToken);
        var waits = Task.Delay(TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken);
        var sooner = await Task.WhenAny(opening, waits);
        held.Dispose();

        Assert.Same(waits, sooner);
        using var second = await opening;
        second.Take().Dispose();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
