using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Carillon.Functions;

/// <summary>
/// Removes folders that somebody else may be writing in. What a link leads to stays, also where a link takes the place of a folder
/// meanwhile; and no depth is too deep.
/// </summary>
/// <remarks>On Linux alone; elsewhere functions run as the server's own user, who gains nothing by it.</remarks>
public static partial class FolderRemoval
{
    private const int Here = -100;
    private const int AsFolder = 0x200;
    private const int CloseOnExec = 0x80000;
    private const int NotFound = 2;

    /// <summary>Turns after which whoever fills the folder as fast as it is emptied has won. Ours.</summary>
    private const int MostTurns = 10_000;

    /// <summary>Only a folder, and not one that a link leads to: bits that differ from one architecture to another.</summary>
    private static readonly int FolderItself = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm
        ? 0x4000 | 0x8000
        : 0x10000 | 0x20000;

    /// <param name="path">Nobody else may write in the folder that it is in. It may be absent.</param>
    /// <exception cref="IOException">Something cannot be removed.</exception>
    public static void Remove(string path)
    {
        if (!Directory.Exists(path))
        {
            return;
        }

        if (!OperatingSystem.IsLinux())
        {
            Directory.Delete(path, recursive: true);
            return;
        }

        using (var root = Open(Here, path) ?? throw new IOException($"{path} cannot be opened."))
        {
            Empty(root, path);
        }

        Directory.Delete(path);
    }

    /// <summary>
    /// What lies in a folder goes; folders in it are emptied by moving theirs beside them. So each step names one thing in a folder that
    /// is open, which no link can lead away from.
    /// </summary>
    private static void Empty(SafeFileHandle root, string path)
    {
        var moved = 0;
        for (var turn = 0; turn < MostTurns; turn++)
        {
            var names = NamesIn(root);
            if (names.Count == 0)
            {
                return;
            }

            foreach (var name in names)
            {
                if (IsRemoved(root, name))
                {
                    continue;
                }

                using var folder = Open(Number(root), name);
                foreach (var inner in folder is null ? [] : NamesIn(folder))
                {
                    if (!IsRemoved(folder!, inner))
                    {
                        // Where it has gone meanwhile, the next turn sees what is there.
                        _ = Rename(Number(folder!), inner, Number(root), $".{Guid.NewGuid():n}-{moved++}");
                    }
                }

                _ = Unlink(Number(root), name, AsFolder);
            }
        }

        throw new IOException($"{path} cannot be emptied.");
    }

    /// <returns>False for a folder that is not empty.</returns>
    private static bool IsRemoved(SafeFileHandle folder, string name) =>
        Unlink(Number(folder), name, 0) == 0 || Marshal.GetLastPInvokeError() == NotFound
        || Unlink(Number(folder), name, AsFolder) == 0 || Marshal.GetLastPInvokeError() == NotFound;

    /// <summary>The folder that is open, wherever it has been moved to.</summary>
    private static List<string> NamesIn(SafeFileHandle folder) =>
        [.. Directory.EnumerateFileSystemEntries($"/proc/self/fd/{Number(folder)}/").Select(entry => Path.GetFileName(entry))];

    /// <returns>Null for what is no folder.</returns>
    private static SafeFileHandle? Open(int folder, string name) =>
        OpenAt(folder, name, FolderItself | CloseOnExec) is var file and >= 0 ? new(file, ownsHandle: true) : null;

    private static int Number(SafeFileHandle file) => (int)file.DangerousGetHandle();

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenAt(int folder, string name, int flags);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Unlink(int folder, string name, int flags);

    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Rename(int fromFolder, string from, int toFolder, string to);
}
