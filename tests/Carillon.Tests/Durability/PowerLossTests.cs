using Xunit;

namespace Carillon.Tests.Durability;

/// <summary>E3: what was acknowledged is on the disk when the power goes, and not only in the memory of the system.</summary>
[Collection(nameof(Processes))]
public sealed class PowerLossTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("carillon-power-").FullName;

    [Fact]
    public async Task What_was_acknowledged_is_on_the_disk_when_the_power_goes()
    {
        var faults = await Experiment(sabotage: null, Size.Of("E3_CUTS", usual: 10, full: 100));

        Assert.Empty(faults);
    }

    [Fact]
    public async Task Control_a_server_that_leaves_syncing_to_the_system_loses_messages()
    {
        var faults = await Experiment("sync-normal", cuts: 2);

        Assert.Contains(faults, fault => fault.StartsWith("lost", StringComparison.Ordinal));
    }

    private async Task<List<string>> Experiment(string? sabotage, int cuts)
    {
        var random = new Random(Size.Seed);
        var disk = LoopDisk.Make(Path.Combine(_folder, "0"), mebibytes: 256);
        ServerProcess? server = null;
        Storm? storm = null;
        try
        {
            (server, _) = await ServerProcess.Start(disk.Data, sabotage);
            storm = await Storm.Prepare(server);
            if (sabotage is not null)
            {
                // Messages are what it is to lose, and not the channels that they are in.
                Tool.Run("sync", "-f", disk.Folder);
            }

            await storm.Begin(senders: 16, listeners: 2);
            for (var i = 1; i <= cuts; i++)
            {
                await storm.Flow(random.Next(10, 600));
                await server.Freeze();
                var after = disk.AfterPowerLoss(Path.Combine(_folder, $"{i}"));
                server.Kill();
                await server.Gone();
                server.Dispose();
                disk.Dispose();
                disk = after;
                (server, _) = await ServerProcess.Start(disk.Data, sabotage);
                storm.MoveTo(server.Address);
            }

            await storm.Flow(100);
            await storm.Finish();
            await storm.StopListening();
            TestContext.Current.SendDiagnosticMessage($"{storm.Acked} acknowledged over {cuts} losses of power, {storm.Unknown} unknown.");
            return await storm.Judge();
        }
        finally
        {
            storm?.Dispose();
            server?.Dispose();
            disk.Dispose();
        }
    }

    public void Dispose() => ServerProcess.EndAllIn(_folder);
}
