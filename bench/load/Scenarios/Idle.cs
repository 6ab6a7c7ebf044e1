using Carillon.Load.Counting;

namespace Carillon.Load.Scenarios;

/// <summary>Memory of sessions in which nothing happens.</summary>
/// <param name="First">Sessions that are opened before memory is looked at: they pay for what is made once.</param>
/// <param name="Sessions">Sessions that are opened then, and counted.</param>
internal sealed record Idle(int First, int Sessions)
{
    public async Task<Figures> Run(Setting setting, string server)
    {
        using var stand = await Stand.Start(setting, server, [.. Enumerable.Repeat(0, First + Sessions)], 2);
        var audience = new Audience(1, 1, static _ => 0);
        using var crowd = stand.Invite(audience);
        crowd.Open(TimeSpan.FromMinutes(3), First);
        crowd.Idle(setting.Warm);
        var (before, cpu) = (stand.Process.Resident(), stand.Process.Cpu());
        crowd.Open(TimeSpan.FromMinutes(5), First + Sessions);
        var opening = stand.Process.Cpu() - cpu;
        crowd.Idle(setting.Measured * 2);
        cpu = stand.Process.Cpu();
        crowd.Idle(setting.Measured);
        var (after, idle) = (stand.Process.Resident(), stand.Process.Cpu() - cpu);

        // One message to everybody proves that all of them are there.
        stand.Drive(crowd, 1).Run([new(0, 1, 2)], TimeSpan.Zero, TimeSpan.FromSeconds(1));
        return new Figures()
            .Put("bytes_a_session", (double)(after - before) / Sessions)
            .Put("sessions", Sessions)
            .Put("resident_mib", after / 1048576.0)
            .Put("opening_cpu_us", opening / Sessions * 1e6)
            .Put("idle_cpu", idle / setting.Measured.TotalSeconds)
            .Put(audience);
    }
}
