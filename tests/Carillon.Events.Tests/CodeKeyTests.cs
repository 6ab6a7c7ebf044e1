using Carillon.Events.Core.Store;
using Carillon.Events.Core.Tickets;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Carillon.Events.Tests;

public sealed class CodeKeyTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("carillon-key-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void What_a_start_that_was_cut_off_left_is_no_key()
    {
        var path = Path.Combine(folder, "codes.key");
        File.WriteAllBytes(path + ".new", []);
        File.WriteAllBytes(path + ".abc.new", [1, 2]);

        var first = CodeKey.ReadOrMake(path);

        Assert.Equal(32, new FileInfo(path).Length);
        Assert.Equal(first.HashOf("X"), CodeKey.ReadOrMake(path).HashOf("X"));
    }

    [Fact]
    public void Of_many_who_make_it_at_once_all_have_the_same()
    {
        var path = Path.Combine(folder, "codes.key");

        var hashes = Enumerable.Range(0, 16).AsParallel().WithDegreeOfParallelism(16).Select(_ => Convert.ToHexString(CodeKey.ReadOrMake(path).HashOf("X"))).ToList();

        Assert.Single(hashes.Distinct());
        Assert.Single(Directory.GetFiles(folder));
    }

    [Fact]
    public async Task A_key_that_is_gone_is_not_made_anew_where_tickets_are()
    {
        await using var host = new EventsHost();
        await host.InitializeAsync();
        await (await TestShow.Make(host)).Tickets(1);
        var killed = host.Snapshot();
        File.Delete(Path.Combine(killed, "codes.key"));

        var failed = Assert.Throws<IOException>(() => EventsService.Open(
            host.Events.Options with { DataFolder = killed }, TimeProvider.System, NullLoggerFactory.Instance));

        Assert.Contains("codes.key", failed.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(killed, "codes.key")));
        Directory.Delete(killed, recursive: true);
    }
}
