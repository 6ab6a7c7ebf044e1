using Carillon.Events.Core.Provisioning;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Tickets;
using Xunit;

namespace Carillon.Events.Tests.Provisioning;

public class KillTests
{
    /// <summary>AWS's rates, six times as fast; those who look are not held to any.</summary>
    private const string platformRates = "UserChanges=60,Batch=6,Bearer=60,MemberChanges=90,Identity=300,ListAppInstanceUsers=0,MemberLists=0";

    private static readonly string[] provisionerFlags = ["--Rates", "users=60,batches=6,members=40,others=12", "--LeaseSeconds", "6"];

    [Fact]
    public async Task Two_provisioners_that_are_killed_again_and_again_leave_on_a_platform_that_throttles_just_what_the_tickets_say()
    {
        const int tickets = 300, staff = 2;
        await using var town = await Installation.Open("--throttling", "aws", "--rates", platformRates);
        Installation.Program[] provisioners = [town.Provisioner(provisionerFlags), town.Provisioner(provisionerFlags)];
        var dice = new Random(11);
        foreach (var provisioner in provisioners) await provisioner.Start();
        for (var round = 1; round <= 2; round++)
        {
            var show = await town.NewShow(tickets, staff);
            var kills = await KillUntil(() => IsReady(town, show, tickets, staff));
            await IsJustWhatIsSold(town, show, tickets);
            Assert.InRange(kills, 3, int.MaxValue);
            Assert.Equal(round, (await town.AppInstances()).Count);

            // Some are taken back, by whoever lives.
            await town.Store.Write(ledger =>
            {
                foreach (var ticket in ledger.Tickets(show.Key, TicketFilter.All, null, 0, tickets).Where(t => t.Number % 5 == 0))
                    ledger.PutTicketState(ticket, TicketState.Revoked, "test", null);
            });
            await KillUntil(() => IsReady(town, show, tickets * 4 / 5, staff));
            await IsJustWhatIsSold(town, show, tickets * 4 / 5);
        }

        async Task<int> KillUntil(Func<bool> isSo)
        {
            var kills = 0;
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
            while (!isSo())
            {
                await Task.Delay(dice.Next(300, 2_000), patience.Token);
                await provisioners[dice.Next(2)].KillAndStart();
                kills++;
            }

            return kills;
        }
    }

    private static bool IsReady(Installation town, Show show, long made, int staff) => town.Store.Read(view =>
        view.ProgressOf(show.Key) is { State: ProgressState.Ready, Removing: 0 } progress && progress.Made == made
        && view.StaffMade(show.Key).Count == staff);

    private static async Task IsJustWhatIsSold(Installation town, Show show, long tickets)
    {
        var expected = town.Expected(show);
        Assert.Equal(expected, await town.Users(show));
        Assert.Equal(expected, await town.Members(show));
        town.Store.Read(view =>
        {
            Assert.Equal(tickets, view.CountSeats(show.Key, SeatStep.Ready));
            Assert.Equal(tickets, view.CountsOf(show.Key).Provisioned);
            Assert.Empty(view.Failures(show.Key, 10));
            return true;
        });
    }
}
