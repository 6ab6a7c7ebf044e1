using System.Diagnostics;
using Carillon.Events.Core.Provisioning;
using Xunit;

namespace Carillon.Events.Tests.Provisioning;

public class KillTests(ProvisionerHost host) : IClassFixture<ProvisionerHost>
{
    /// <summary>A provisioner as a process of its own.</summary>
    private Process Start()
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])[
            Path.Combine(AppContext.BaseDirectory, "Carillon.Events.Provisioner.dll"), "--Data", host.EventsFolder,
            "--Endpoint", host.Endpoint.AbsoluteUri, "--Rates", "users=300,batches=10,members=50,others=20",
            "--LeaseSeconds", "4", "--FlowFunction", "pass", "--MembersPerChannel", "1000000"])
            start.ArgumentList.Add(argument);
        start.Environment["AWS_ACCESS_KEY_ID"] = host.Platform.Root.AccessKeyId;
        start.Environment["AWS_SECRET_ACCESS_KEY"] = host.Platform.Root.SecretAccessKey;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    [Fact]
    public async Task Three_processes_that_are_killed_again_and_again_make_everybody_once()
    {
        const int tickets = 3_000;
        var show = await host.NewShow(tickets, staff: 2);
        var dice = new Random(11);
        var running = Enumerable.Range(0, 3).Select(_ => Start()).ToList();
        var kills = 0;
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
            while (host.Events.Store.Read(view => view.ProgressOf(show.Key)) is not { State: ProgressState.Ready, Made: tickets })
            {
                await Task.Delay(dice.Next(300, 1_500), patience.Token);
                if (kills >= 12) continue;
                var unlucky = dice.Next(3);
                running[unlucky].Kill();
                await running[unlucky].WaitForExitAsync(patience.Token);
                running[unlucky].Dispose();
                running[unlucky] = Start();
                kills++;
            }

            await ProvisionerHost.Until(() => host.Events.Store.Read(view => view.StaffMade(show.Key)).Count == 2, 30);
            var stage = host.StageOf(show);
            Assert.True(kills > 3, "Nothing was killed, so nothing was shown.");
            Assert.Equal(tickets + 2 + 1, await host.Users(stage));
            Assert.Equal(tickets + 2 + 1, (await host.Counts(stage)).Members);
            Assert.Equal(tickets, host.Events.Store.Read(view => view.CountSeats(show.Key, SeatStep.Ready)));
            Assert.Equal(tickets, host.Events.Store.Read(view => view.CountsOf(show.Key)).Provisioned);
            Assert.Empty(host.Events.Store.Read(view => view.Failures(show.Key, 10)));
        }
        finally
        {
            foreach (var process in running)
            {
                if (!process.HasExited) process.Kill();
                await process.WaitForExitAsync();
                process.Dispose();
            }
        }
    }
}
