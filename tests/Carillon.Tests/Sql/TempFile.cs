namespace Carillon.Tests.Sql;

/// <summary>A path in a folder of its own, which goes with it.</summary>
internal sealed class TempFile : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("carillon-sql-").FullName;

    public string Path => System.IO.Path.Combine(_folder, "data.db");

    public string Log => Path + "-wal";

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
