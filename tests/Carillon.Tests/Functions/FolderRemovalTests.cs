using Carillon.Functions;
using Xunit;

namespace Carillon.Tests.Functions;

/// <summary>Folders that a function has written in, removed by a server that may do more than the function.</summary>
public sealed class FolderRemovalTests : IDisposable
{
    private readonly string _outside = Directory.CreateTempSubdirectory("carillon-outside-").FullName;
    private readonly string _folder = Directory.CreateTempSubdirectory("carillon-removal-").FullName;

    public FolderRemovalTests() => File.WriteAllText(Path.Combine(_outside, "kept"), "");

    [Fact]
    public void Everything_in_a_folder_goes_and_nothing_that_its_links_lead_to()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "a/b/c"));
        File.WriteAllText(Path.Combine(_folder, "a/b/file"), "x");
        File.WriteAllText(Path.Combine(_folder, "a/b/c/.hidden"), "x");
        File.CreateSymbolicLink(Path.Combine(_folder, "a/folder"), _outside);
        File.CreateSymbolicLink(Path.Combine(_folder, "file"), Path.Combine(_outside, "kept"));
        File.CreateSymbolicLink(Path.Combine(_folder, "nowhere"), Path.Combine(_folder, "absent"));

        FolderRemoval.Remove(_folder);
        FolderRemoval.Remove(_folder);

        Assert.False(Directory.Exists(_folder));
        Assert.Equal(["kept"], Directory.EnumerateFileSystemEntries(_outside).Select(Path.GetFileName));
    }

    [Fact]
    public void No_depth_is_too_deep()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere the framework's own removal serves.");
        var (deep, next) = (Path.Combine(_folder, "deep"), Path.Combine(_folder, "next"));
        Directory.CreateDirectory(deep);
        for (var i = 0; i < 2_000; i++)
        {
            Directory.CreateDirectory(next);
            Directory.Move(deep, Path.Combine(next, "folder"));
            Directory.Move(next, deep);
        }

        FolderRemoval.Remove(_folder);

        Assert.False(Directory.Exists(_folder));
    }

    [Fact]
    public async Task A_link_that_takes_the_place_of_a_folder_meanwhile_leads_nowhere()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere the framework's own removal serves.");
        var (folder, aside, link) = (Path.Combine(_folder, "x/folder"), Path.Combine(_folder, "x/aside"), Path.Combine(_folder, "x/link"));
        for (var i = 0; i < 100; i++)
        {
            Directory.CreateDirectory(folder);
            for (var file = 0; file < 20; file++)
            {
                File.WriteAllText(Path.Combine(folder, $"{file}"), "");
            }

            File.CreateSymbolicLink(link, _outside);
            var swaps = Task.Run(() =>
            {
                try
                {
                    while (true)
                    {
                        Directory.Move(folder, aside);
                        File.Move(link, folder);
                        File.Move(folder, link);
                        Directory.Move(aside, folder);
                    }
                }
                catch (IOException)
                {
                    // What it swaps has been removed.
                }
            });

            FolderRemoval.Remove(Path.Combine(_folder, "x"));
            await swaps;
        }

        Assert.True(File.Exists(Path.Combine(_outside, "kept")));
    }

    public void Dispose()
    {
        Directory.Delete(_outside, recursive: true);
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }
}
