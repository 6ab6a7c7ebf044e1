using System.IO.Compression;
using Carillon.Server.Functions;
using Xunit;

namespace Carillon.Tests.Server.Functions;

/// <summary>Zips of strangers.</summary>
public sealed class CodeStoreTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("carillon-code-").FullName;

    private CodeStore Store()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "zips"));
        return new CodeStore(Path.Combine(_folder, "zips"), _time) { Unpacked = Path.Combine(_folder, "unpacked") };
    }

    [Fact]
    public void Three_hundred_broken_archives_are_refused_or_stay_in_their_folder()
    {
        var store = Store();
        var random = new Random(7);
        var kept = 0;
        for (var i = 0; i < 300; i++)
        {
            var zip = FunctionServer.Zip(("index.mjs", new string('x', 2_000)), ("a/b.txt", "y"), ("../c".PadRight(random.Next(4, 20), 'c'), "z"));
            if (i % 2 == 0)
            {
                zip = FunctionServer.Zip(("index.mjs", new string('x', 2_000)), ("a/b.txt", "y"));
                for (var turn = random.Next(1, 6); turn > 0; turn--)
                {
                    zip[random.Next(zip.Length)] = (byte)random.Next(256);
                }
            }
            else if (i % 5 == 0)
            {
                zip = zip[..random.Next(zip.Length)];
            }

            try
            {
                store.Keep(zip);
                kept++;
            }
            catch (CodeException)
            {
                // Refused, as its sender is told.
            }
        }

        Assert.InRange(kept, 1, 150);
        Assert.Equal(["unpacked", "zips"], Directory.EnumerateFileSystemEntries(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(
            Directory.EnumerateFileSystemEntries(Path.Combine(_folder, "unpacked")), f => Assert.Matches("^[0-9a-f]{64}$", Path.GetFileName(f)));
    }

    [Fact]
    public void A_bomb_is_refused_and_leaves_nothing()
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            var nothing = new byte[1 << 20];
            for (var file = 0; file < 3; file++)
            {
                using var entry = zip.CreateEntry($"{file}", CompressionLevel.Fastest).Open();
                for (var i = 0; i < 100; i++)
                {
                    entry.Write(nothing);
                }
            }
        }

        var store = Store();
        var refused = Assert.Throws<CodeException>(() => store.Keep(stream.ToArray()));

        Assert.Equal($"Unzipped size must be smaller than {CodeStore.MostUnzipped} bytes", refused.Message);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_folder, "zips")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_folder, "unpacked")));
    }

    [Fact]
    public void Code_that_nothing_refers_to_goes_when_no_process_is_in_it_any_more()
    {
        var store = Store();
        var code = store.Keep(FunctionServer.Zip(("index.mjs", "x"), ("deep/er/b.txt", "y")));
        var folder = store.FolderOf(code);
        store.Forget(code);

        store.Tidy(new HashSet<string>());
        Assert.True(Directory.Exists(folder));
        _time.Pass(CodeStore.Rest);
        store.Tidy(new HashSet<string> { folder });
        Assert.True(Directory.Exists(folder));
        store.Tidy(new HashSet<string>());

        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_folder, "unpacked")));
    }

    [Fact]
    public void Code_that_comes_again_stays()
    {
        var store = Store();
        var zip = FunctionServer.Zip(("index.mjs", "x"));
        var code = store.Keep(zip);
        store.Forget(code);
        Assert.Equal(code, store.Keep(zip));

        _time.Pass(CodeStore.Rest);
        store.Tidy(new HashSet<string>());

        Assert.True(File.Exists(Path.Combine(store.FolderOf(code), "index.mjs")));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
