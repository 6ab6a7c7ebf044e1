namespace Carillon.Server.Hosting;

/// <summary>
/// The folder that holds everything that lasts. Only its owner may look inside, and one process at a time may use it.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private readonly FileStream _lock;

    private DataFolder(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    public string Path { get; }

    public string Database => In("carillon.db");

    public string Credentials => In("credentials");

    public string WebhookSecret => In("webhook-secret");

    /// <summary>Definitions of WebSocket APIs, where the operator has put them there.</summary>
    public string GatewayDefinitions => In("gateway.json");

    public string Tls => In("tls");

    /// <summary>Code and logs of functions.</summary>
    public string Functions => In("functions");

    public string FunctionCode => System.IO.Path.Combine(Functions, "code");

    public string FunctionLogs => System.IO.Path.Combine(Functions, "logs");

    /// <summary>Bodies of requests that are being taken in; nothing in it lasts.</summary>
    public string Spool => In("spool");

    /// <summary>What clients trust.</summary>
    public string CaPem => System.IO.Path.Combine(Tls, "ca.pem");

    /// <exception cref="SettingException">Another process uses it, or it cannot be made.</exception>
    public static DataFolder Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            Make(path);
            Make(System.IO.Path.Combine(path, "tls"));
            Make(System.IO.Path.Combine(path, "spool"));
            Make(System.IO.Path.Combine(path, "functions"));
            Make(System.IO.Path.Combine(path, "functions", "code"));
            Make(System.IO.Path.Combine(path, "functions", "logs"));
            return new(path, Hold(System.IO.Path.Combine(path, "lock")));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new SettingException($"The data folder {path} cannot be used: {e.Message}");
        }
        catch (IOException e)
        {
            throw new SettingException(
                $"The data folder {path} is in use by another Carillon, or cannot be written ({e.Message}) "
                + "Stop the other one, or choose another folder with --data.");
        }
    }

    private static void Make(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>The lock goes with the process, however it ends, so nothing is left to clean up.</summary>
    private static FileStream Hold(string path) => new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    private string In(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file that only its owner may read, whole or not at all.</summary>
    public static void WritePrivate(string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        File.Delete(temporary);
        using (var file = new FileStream(temporary, options))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    public void Dispose() => _lock.Dispose();
}
