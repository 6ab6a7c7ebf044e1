using Carillon.Functions;
using Carillon.Server.Hosting;

namespace Carillon.Server.Functions;

/// <summary>Runs functions from the start of the server to its end, and looks after their settings file.</summary>
internal sealed partial class FunctionService(
    FunctionRoom room, CarillonOptions options, DataFolder data, TimeProvider time, ILoggerFactory logs) : IHostedService, IAsyncDisposable
{
    /// <summary>Between looks at the settings file. Ours.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    /// <summary>Processes of all functions at a time, of which one function may have <c>FunctionProcesses</c>. Ours.</summary>
    private const int MostProcesses = 64;

    private readonly ILogger<FunctionService> _log = logs.CreateLogger<FunctionService>();
    private FunctionHost? _host;
    private string? _folder;
    private ITimer? _look;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!room.Enabled)
        {
            return;
        }

        _folder = NewFolder();
        var user = options.FunctionUser ?? (Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows() ? "nobody" : null);
        if (user is null)
        {
            SameUser();
        }

        _host = await FunctionHost.Start(
            new(
                _folder, data.FunctionLogs, options.Region, user, options.FunctionModules is { } modules ? Path.GetFullPath(modules) : null,
                options.FunctionPackages is { } packages ? Path.GetFullPath(packages) : null, options.FunctionProcesses,
                Math.Max(MostProcesses, options.FunctionProcesses)),
            time, logs.CreateLogger<FunctionHost>());
        room.Begin(_host, _folder);
        var file = new FunctionFile(options.FunctionsFile ?? Path.Combine(data.Path, "functions.json"), Path.Combine(_folder, "folders"));
        Look(file);
        _look = time.CreateTimer(
            _ =>
            {
                Look(file);
                Tidy();
            },
            null, LookEvery, LookEvery);
    }

    /// <summary>A folder that nobody else has made; what a process that was killed has left is taken away.</summary>
    private string NewFolder()
    {
        var note = Path.Combine(data.Functions, "folder");
        if (File.Exists(note) && File.ReadAllText(note) is { } left && Path.GetFileName(left).StartsWith(Prefix, StringComparison.Ordinal))
        {
            FolderRemoval.Remove(left);
        }

        var folder = Directory.CreateTempSubdirectory(Prefix).FullName;
        File.WriteAllText(note, folder);
        return folder;
    }

    private const string Prefix = "carillon-functions-";

    private readonly Lock _looking = new();

    private void Look(FunctionFile file)
    {
        if (!_looking.TryEnter())
        {
            return;
        }

        try
        {
            if (file.Read(time.GetUtcNow()) is not { } now)
            {
                return;
            }

            var before = room.OfFile;
            room.OfFile = now;
            foreach (var gone in before.Values.Where(b => now.GetValueOrDefault(b.Function.Name)?.Function.Revision != b.Function.Revision))
            {
                room.Forget(gone.Function.Name);
                room.Code.Leave(gone.Folder!);
            }

            FileRead(now.Count);
        }
        catch (InvalidDataException e)
        {
            FileUnusable(e.Message);
        }
#pragma warning disable CA1031 // A timer has nobody to throw to; the next turn looks again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            FileUnusable(e.Message);
        }
        finally
        {
            _looking.Exit();
        }
    }

    private void Tidy()
    {
        if (!_looking.TryEnter())
        {
            return;
        }

        try
        {
            room.Code.Tidy(room.Host.FoldersInUse());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            NotTidied(e.Message);
        }
        finally
        {
            _looking.Exit();
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken) => await DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        if (_look is not null)
        {
            await _look.DisposeAsync();
        }

        if (_host is not null)
        {
            await _host.DisposeAsync();
            _host = null;
        }

        if (_folder is not null)
        {
            FolderRemoval.Remove(_folder);
        }
    }

    [LoggerMessage(9006, LogLevel.Warning, "Functions run as the server's own user and can read what it can; set FunctionUser, with the server started as root.")]
    private partial void SameUser();

    [LoggerMessage(9007, LogLevel.Error, "The functions' settings file is not taken over: {Why}")]
    private partial void FileUnusable(string why);

    [LoggerMessage(9010, LogLevel.Warning, "Code that no function has any more cannot be removed before the server starts anew: {Why}")]
    private partial void NotTidied(string why);

    [LoggerMessage(9008, LogLevel.Information, "The functions' settings file was read; it names {Count} functions.")]
    private partial void FileRead(int count);
}
