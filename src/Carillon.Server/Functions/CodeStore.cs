using System.IO.Compression;
using System.Security.Cryptography;
using Carillon.Core.Functions;
using Carillon.Functions;
using Carillon.Server.Hosting;

namespace Carillon.Server.Functions;

/// <summary>A zip that cannot be a function's; the message is Lambda's.</summary>
internal sealed class CodeException(string message) : Exception(message);

/// <summary>The zips of functions, in the data folder under their hash, and what they hold, where functions may read it.</summary>
/// <param name="zips">Folder of the zips.</param>
internal sealed class CodeStore(string zips, TimeProvider time)
{
    /// <summary>Bytes of everything in a zip (Lambda quotas, "Deployment package size").</summary>
    public const long MostUnzipped = 262_144_000;

    /// <summary>Bytes of a zip in a request (the same page).</summary>
    public const int MostZipped = 50 * 1024 * 1024;

    /// <summary>Ours: a file has a header of its own, however small it is.</summary>
    private const int MostEntries = 50_000;

    private const string Unreadable = "Could not unzip uploaded file. Please check your file, then try to upload again.";

    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Runnable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>How long a folder stays when nothing refers to it: whoever has read where the code lies may be about to start it. Ours.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();

    /// <summary>Folders that nothing refers to, and since when.</summary>
    private readonly Dictionary<string, long> _left = new(StringComparer.Ordinal);

    /// <summary>Where zips are unpacked; known once the host of functions has its folder.</summary>
    public string Unpacked { get; set; } = "";

    /// <summary>Checks a zip by unpacking it, and keeps it; it is on disk when this returns.</summary>
    /// <exception cref="CodeException">It is none, or holds what no function may have.</exception>
    public FunctionCode Keep(byte[] zip)
    {
        var hash = SHA256.HashData(zip);
        var code = new FunctionCode(Convert.ToBase64String(hash), zip.Length);
        lock (_lock)
        {
            var path = PathOf(code);
            _ = Unpack(code, zip);
            if (!File.Exists(path))
            {
                DataFolder.WritePrivate(path, zip);
            }
        }

        return code;
    }

    /// <summary>The folder that a zip is unpacked in.</summary>
    /// <exception cref="IOException">The zip is not there, or cannot be read.</exception>
    public string FolderOf(FunctionCode code)
    {
        lock (_lock)
        {
            return Unpack(code, null);
        }
    }

    /// <summary>Removes what no function has any more; what it was unpacked to goes with <see cref="Tidy"/>.</summary>
    public void Forget(FunctionCode code)
    {
        lock (_lock)
        {
            File.Delete(PathOf(code));
        }

        Leave(UnpackedTo(code));
    }

    /// <summary>Nothing refers to a folder of code any more.</summary>
    public void Leave(string folder)
    {
        lock (_lock)
        {
            if (Directory.Exists(folder))
            {
                _left[folder] = time.GetTimestamp();
            }
        }
    }

    /// <summary>Removes folders that nothing refers to.</summary>
    /// <param name="used">Those that processes are still in.</param>
    /// <exception cref="IOException">One of them cannot be removed.</exception>
    public void Tidy(IReadOnlySet<string> used)
    {
        var gone = new List<string>();
        lock (_lock)
        {
            foreach (var folder in _left.Where(l => time.GetElapsedTime(l.Value) >= Rest && !used.Contains(l.Key)).Select(l => l.Key).ToList())
            {
                // The same code may come again while this is removed.
                var away = $"{folder}.{Guid.NewGuid():n}";
                Directory.Move(folder, away);
                _left.Remove(folder);
                gone.Add(away);
            }
        }

        gone.ForEach(FolderRemoval.Remove);
    }

    /// <summary>The hashes of all zips.</summary>
    public IEnumerable<FunctionCode> All() => Directory.EnumerateFiles(zips, "*.zip").Select(path =>
        new FunctionCode(Convert.ToBase64String(Convert.FromHexString(Path.GetFileNameWithoutExtension(path))), 0)).ToList();

    private string PathOf(FunctionCode code) => Path.Combine(zips, Hex(code) + ".zip");

    private static string Hex(FunctionCode code) => Convert.ToHexStringLower(Convert.FromBase64String(code.Sha256));

    private string UnpackedTo(FunctionCode code) => Path.Combine(Unpacked, Hex(code));

    private string Unpack(FunctionCode code, byte[]? zip)
    {
        var folder = UnpackedTo(code);
        _left.Remove(folder);
        if (Directory.Exists(folder))
        {
            return folder;
        }

        var half = folder + ".half";
        FolderRemoval.Remove(half);
        MakeFolder(half);
        try
        {
            using var stream = zip is null ? (Stream)File.OpenRead(PathOf(code)) : new MemoryStream(zip, writable: false);
            using var archive = new ZipArchive(stream, ZipArchiveMode.Read);
            Unpack(archive, half);
            Directory.Move(half, folder);
            return folder;
        }
        catch (InvalidDataException)
        {
            throw new CodeException(Unreadable);
        }
        finally
        {
            FolderRemoval.Remove(half);
        }
    }

    private static void Unpack(ZipArchive archive, string folder)
    {
        if (archive.Entries.Count is 0 or > MostEntries)
        {
            throw new CodeException(archive.Entries.Count == 0 ? "Uploaded file must be a non-empty zip" : Unreadable);
        }

        var left = MostUnzipped;
        var buffer = new byte[81_920];
        foreach (var entry in archive.Entries)
        {
            var parts = entry.FullName.Split('/');
            var isFolder = parts[^1].Length == 0;
            RequireSafe(entry, isFolder ? parts[..^1] : parts);
            var path = Path.Combine([folder, .. parts]);
            try
            {
                MakeFolder(isFolder ? path : Path.GetDirectoryName(path)!);
                if (isFolder)
                {
                    continue;
                }

                using (var from = entry.Open())
                using (var to = new FileStream(path, FileMode.CreateNew, FileAccess.Write))
                {
                    while (from.Read(buffer) is var read and > 0)
                    {
                        // What the header says of the length may be a lie.
                        left -= read;
                        if (left < 0)
                        {
                            throw new CodeException($"Unzipped size must be smaller than {MostUnzipped} bytes");
                        }

                        to.Write(buffer.AsSpan(0, read));
                    }
                }

                if (!OperatingSystem.IsWindows())
                {
                    var runs = ((entry.ExternalAttributes >> 16) & (int)Runnable) != 0;
                    File.SetUnixFileMode(path, runs ? Readable | Runnable : Readable);
                }
            }
            catch (IOException)
            {
                // Two entries of one name, or a file where a folder is.
                throw new CodeException(Unreadable);
            }
        }
    }

    /// <summary>No entry may lead out of the folder, be a link, or be anything but a file or a folder.</summary>
    private static void RequireSafe(ZipArchiveEntry entry, string[] parts)
    {
        const int typeMask = 0xF000;
        const int regular = 0x8000;
        const int directory = 0x4000;
        var type = (entry.ExternalAttributes >> 16) & typeMask;
        if (type is not (0 or regular or directory) || parts.Length == 0 || parts.Length > 64
            || parts.Any(p => p is "" or "." or ".." || p.Length > 255 || p.AsSpan().ContainsAny('\\', '\0')))
        {
            throw new CodeException(Unreadable);
        }
    }

    /// <summary>Copies a folder of a developer's, so that whoever runs functions can read it.</summary>
    /// <exception cref="IOException">It cannot be read, or is too large.</exception>
    public static long Copy(string from, string to)
    {
        var left = MostUnzipped;
        Copy(new DirectoryInfo(from), to);
        return MostUnzipped - left;

        void Copy(DirectoryInfo source, string target)
        {
            MakeFolder(target);
            foreach (var item in source.EnumerateFileSystemInfos())
            {
                var path = Path.Combine(target, item.Name);
                if (item.LinkTarget is { } link)
                {
                    // Package managers link inside the folder; a link that leads out of it is not followed.
                    var end = Path.GetFullPath(Path.Combine(source.FullName, link));
                    if (!Path.IsPathRooted(link) && end.StartsWith(Path.GetFullPath(from) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                    {
                        File.CreateSymbolicLink(path, link);
                        continue;
                    }

                    throw new IOException($"{item.FullName} is a link that leads out of the folder.");
                }

                if (item is DirectoryInfo folder)
                {
                    Copy(folder, path);
                    continue;
                }

                left -= ((FileInfo)item).Length;
                if (left < 0)
                {
                    throw new IOException($"{from} holds more than {MostUnzipped} bytes.");
                }

                File.Copy(item.FullName, path);
                if (!OperatingSystem.IsWindows())
                {
                    var runs = (File.GetUnixFileMode(item.FullName) & Runnable) != 0;
                    File.SetUnixFileMode(path, runs ? Readable | Runnable : Readable);
                }
            }
        }
    }

    private static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        if (!Directory.Exists(path))
        {
            MakeFolder(Path.GetDirectoryName(path)!);
            Directory.CreateDirectory(path);
            File.SetUnixFileMode(path, Readable | Runnable);
        }
    }
}
