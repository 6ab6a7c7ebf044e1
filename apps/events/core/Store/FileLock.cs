using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Carillon.Events.Core.Store;

/// <summary>
/// A lock between processes, held by a file beside the database. SQLite has locks of its own; this one is wider, because
/// SQLite builds in wide use can corrupt the log when one connection copies it while another writes (the WAL-reset bug).
/// With it a process writes, copies and closes while no other does, and readers are free as ever.
/// </summary>
internal sealed partial class FileLock(string path) : IDisposable
{
    private const int exclusive = 2;
    private const int release = 8;
    private const int interrupted = 4;
    private const int wouldBlock = 11;
    private const int wouldBlockOnMac = 35;

    private static readonly TimeSpan pause = TimeSpan.FromMilliseconds(5);

    private readonly ManualResetEventSlim never = new();
    private readonly FileStream file = Open(path);

    /// <summary>Blocks the calling thread until no other process holds it. The system lets go of it when a process dies.</summary>
    public Held Take()
    {
        if (OperatingSystem.IsWindows())
        {
            while (!TryLockRange()) never.Wait(pause);
        }
        else
        {
            while (flock(file.SafeFileHandle, exclusive) != 0)
            {
                var error = Marshal.GetLastPInvokeError();
                if (error != interrupted) throw new IOException($"The lock {path} cannot be taken: error {error}.");
            }
        }

        return new Held(this);
    }

    public void Dispose()
    {
        file.Dispose();
        never.Dispose();
    }

    /// <summary>.NET asks for a shared lock of its own as it opens a file, and does not wait for it: another process holds ours just now.</summary>
    private static FileStream Open(string path)
    {
        using var never = new ManualResetEventSlim();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
            }
            catch (IOException taken) when (taken.HResult is wouldBlock or wouldBlockOnMac)
            {
                never.Wait(pause);
            }
        }
    }

    private bool TryLockRange()
    {
        try
        {
            if (OperatingSystem.IsWindows()) file.Lock(0, 1);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private void Release()
    {
        if (OperatingSystem.IsWindows()) file.Unlock(0, 1);
        else _ = flock(file.SafeFileHandle, release);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(SafeFileHandle file, int operation);

    /// <summary>Ends the hold.</summary>
    public readonly struct Held(FileLock held) : IDisposable
    {
        public void Dispose() => held.Release();
    }
}
