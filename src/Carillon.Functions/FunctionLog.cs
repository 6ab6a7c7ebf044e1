using System.Text;

namespace Carillon.Functions;

/// <summary>What one function has printed: the latest lines in memory, and more of them in a file that starts anew when it is full.</summary>
public sealed class FunctionLog : IDisposable
{
    /// <summary>Characters in memory. Ours, like the next.</summary>
    public const int MostHeld = 256 * 1024;

    /// <summary>Bytes of the file; the one before it is kept beside it.</summary>
    public const long MostInFile = 4 * 1024 * 1024;

    private readonly string _path;
    private readonly Lock _lock = new();
    private readonly Queue<string> _lines = new();
    private int _held;
    private FileStream? _file;
    private bool _closed;

    internal FunctionLog(string path) => _path = path;

    /// <summary>The latest lines, the oldest first.</summary>
    public IReadOnlyList<string> Latest()
    {
        lock (_lock)
        {
            return [.. _lines];
        }
    }

    internal void Add(string line)
    {
        lock (_lock)
        {
            _lines.Enqueue(line);
            _held += line.Length;
            while (_held > MostHeld)
            {
                _held -= _lines.Dequeue().Length;
            }

            if (!_closed)
            {
                Write(line);
            }
        }
    }

    private void Write(string line)
    {
        _file ??= Open();
        if (_file.Length > MostInFile)
        {
            _file.Dispose();
            File.Move(_path, _path + ".1", overwrite: true);
            _file = Open();
        }

        _file.Write(Encoding.UTF8.GetBytes(line + "\n"));
        _file.Flush();
    }

    // Whoever may read the data folder may read it, and nobody else: functions print what they like.
    private FileStream Open()
    {
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(_path, options);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _closed = true;
            _file?.Dispose();
            _file = null;
        }
    }
}
