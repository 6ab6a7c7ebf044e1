using System.Diagnostics;
using Xunit;

namespace Carillon.Tests.Durability;

/// <summary>
/// A small disk of its own: ext4 in an image file. It can fill up, fail, and lose its power. Its file system writes nothing
/// back by itself within a test, so what was not synced is not in the image.
/// </summary>
internal sealed class LoopDisk : IDisposable
{
    private readonly string _image;
    private bool _mounted;

    private LoopDisk(string image)
    {
        _image = image;
        Folder = Directory.CreateDirectory(image + ".mounted").FullName;
        Mount();
    }

    /// <summary>Where it is mounted.</summary>
    public string Folder { get; }

    /// <summary>Where a server on it keeps its data.</summary>
    public string Data => Directory.CreateDirectory(Path.Combine(Folder, "data")).FullName;

    private string Filling => Path.Combine(Folder, "filling");

    /// <param name="image">A file that is not there yet.</param>
    public static LoopDisk Make(string image, int mebibytes)
    {
        using (var file = new FileStream(image, FileMode.CreateNew))
        {
            file.SetLength(mebibytes * 1024L * 1024);
        }

        Tool.Run("mkfs.ext4", "-q", "-F", image);
        return new(image);
    }

    /// <summary>The disk as it would be found had the power gone now.</summary>
    /// <param name="image">A file that is not there yet.</param>
    public LoopDisk AfterPowerLoss(string image)
    {
        // The copy sees what has reached the image, and nothing of what waits in the memory of the file system above it.
        Tool.Run("cp", "--sparse=always", _image, image);
        return new(image);
    }

    public void Mount()
    {
        var (code, _, errors) = Tool.Try("mount", "-o", "loop,errors=remount-ro,commit=600", _image, Folder);
        Assert.True(
            code == 0,
            $"This test mounts a disk image, which needs root, loop devices and ext4 (in a container: --privileged). {errors.Trim()}");
        _mounted = true;
    }

    public void Unmount()
    {
        // Programs that were killed may hold it for a moment.
        var watch = Stopwatch.StartNew();
        (int Code, string Output, string Errors) tried;
        while ((tried = Tool.Try("umount", Folder)).Code != 0)
        {
            if (watch.Elapsed > TimeSpan.FromSeconds(10))
            {
                Tool.Try("umount", "-l", Folder);
                Assert.Fail($"The disk could not be unmounted: {tried.Errors}");
            }

            Thread.Sleep(20);
        }

        _mounted = false;
    }

    /// <summary>Takes every byte there is.</summary>
    public void Fill()
    {
        using var file = new FileStream(Filling, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 0);
        file.Seek(0, SeekOrigin.End);
        foreach (var block in new[] { 1 << 20, 4096, 1 })
        {
            try
            {
                while (true)
                {
                    file.Write(new byte[block]);
                    file.Flush(flushToDisk: true);
                }
            }
            catch (IOException)
            {
                // Full for blocks of this size.
            }
        }
    }

    public void Free() => File.Delete(Filling);

    /// <summary>What ext4 does when it meets an error: from here on nothing can be written, whoever has a file open.</summary>
    public void BecomeReadOnly()
    {
        var device = Path.GetFileName(File.ReadLines("/proc/mounts").Select(l => l.Split(' ')).Single(m => m[1] == Folder)[0]);
        using (var trigger = new FileStream($"/sys/fs/ext4/{device}/trigger_fs_error", FileMode.Open, FileAccess.Write))
        {
            trigger.Write("1"u8);
        }

        Assert.ThrowsAny<IOException>(() => File.WriteAllText(Path.Combine(Folder, "probe"), "x"));
    }

    public void Dispose()
    {
        if (_mounted)
        {
            ServerProcess.EndAllOn(Folder);
            Unmount();
        }

        File.Delete(_image);
        Directory.Delete(Folder);
    }
}
