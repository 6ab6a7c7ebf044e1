using Carillon.Load.Chime;
using Carillon.Load.Net;
using Carillon.Load.Servers;
using Carillon.Load.Store;
using Carillon.Sql.Sqlite;

namespace Carillon.Load.Scenarios;

/// <summary>How long a server with a past takes until it can serve.</summary>
internal sealed record Ready(int Messages)
{
    private const int Channels = 100;

    public async Task<Figures> Run(Setting setting)
    {
        var small = Path.Combine(setting.Places.Temporary, "ready-small");
        var large = Path.Combine(setting.Places.Temporary, "ready-large");
        if (!Directory.Exists(large))
        {
            await Fill(setting, small);
            Copy(small, large);
            using var store = new SqliteDatabase(Path.Combine(large, "carillon.db")).OpenWriter();
            Past.Fill(store, Messages);
        }

        return new Figures()
            .Put("ready_ms", await Time(setting, large)).Put("small_ms", await Time(setting, small))
            .Put("messages", Messages)
            .Put("store_mib", new FileInfo(Path.Combine(large, "carillon.db")).Length / 1048576.0);
    }

    /// <summary>A message in each channel, sent as usual; the others are like them.</summary>
    private static async Task Fill(Setting setting, string folder)
    {
        using var server = await CarillonServer.Start(setting, Directory.CreateDirectory(folder).FullName);
        var population = await server.Populate([.. Enumerable.Range(0, Channels * 2).Select(i => i % Channels)]);
        using var poller = new Poller();
        var pool = new SendPool(poller, population, 1);
        for (var room = 0; room < Channels; room++)
        {
            pool.Send(room, 0, [.. Enumerable.Repeat((byte)'x', setting.Content)]);
            while (pool.Acknowledged <= room)
            {
                poller.Turn(10);
            }
        }
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private static async Task<double> Time(Setting setting, string data)
    {
        using var server = await CarillonServer.Start(setting, data);
        return server.ReadyAfter.TotalMilliseconds;
    }
}
