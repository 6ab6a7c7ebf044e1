using System.Text.Json;
using Carillon.Events.Core;
using Carillon.Events.Core.Provisioning;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Tickets;
using Carillon.Events.Provisioner;
using Xunit;

namespace Carillon.Events.Tests.Provisioning;

public class RehearsalTests
{
    private static readonly Rates aws = Rates.AwsIn("us-east-1");

    private static void NoSecondHoldsMoreThan(int perSecond, IReadOnlyList<DateTimeOffset> calls)
    {
        var sorted = calls.Order().ToList();
        foreach (var seconds in (int[])[1, 2, 5, 60])
        {
            for (var i = 0; i + perSecond * seconds < sorted.Count; i++)
            {
                Assert.True(
                    sorted[i + perSecond * seconds] - sorted[i] >= TimeSpan.FromSeconds(seconds),
                    $"More than {perSecond * seconds} calls within {seconds} s of {sorted[i]:O}.");
            }
        }
    }

    [Fact]
    public async Task A_hundred_thousand_tickets_at_ten_a_second_are_made_once_when_it_was_said_whoever_is_killed_meanwhile()
    {
        const int tickets = 100_000;
        using var stage = new Rehearsal();
        stage.Platform.UsersPerSecond = 10;
        var show = await stage.NewShow(TimeSpan.FromHours(3));
        await stage.Sell(show, tickets);
        var hired = Enumerable.Range(0, 3).Select(_ => stage.Hire(aws)).ToList();
        var dice = new Random(23);
        var (begin, kills) = (stage.Now, 0);
        var said = new List<(long At, long Ready)>();
        while (stage.Ready(show) < tickets)
        {
            await stage.For(TimeSpan.FromSeconds(dice.Next(30, 300)));
            if (stage.ProgressOf(show) is { Made: < 99_000, ReadyAt: { } ready }) said.Add((stage.Now, ready));
            // With whatever it has in its hands: calls that were answered, and nobody wrote down.
            var unlucky = dice.Next(hired.Count);
            stage.Kill(hired[unlucky]);
            hired[unlucky] = stage.Hire(aws);
            kills++;
        }

        var platform = stage.Platform;
        var end = platform.Calls["BatchCreateChannelMembership"].Max().ToMicroseconds();
        Assert.InRange(kills, 40, 400);
        Assert.InRange((end - begin) / 1e6, 10_000, 10_600);
        Assert.True(said.Count >= 30);
        Assert.All(said, s => Assert.InRange((double)(s.Ready - s.At) / (end - s.At), 0.9, 1.1));
        Assert.Empty(platform.Refusals);
        NoSecondHoldsMoreThan(10, platform.Calls["CreateAppInstanceUser"]);
        NoSecondHoldsMoreThan(1, platform.Calls["BatchCreateChannelMembership"]);
        Assert.Equal((tickets, tickets, tickets), (platform.Users.Count, platform.Members.Count, platform.Created.Count));
        // Made again is only what died unwritten, a second's worth at most, and the platform says that it is there.
        Assert.InRange(platform.Created.Values.Sum() - tickets, 1, kills * 11);
        Assert.Equal(tickets, stage.Store.Read(view => view.CountSeats(show, SeatStep.Ready)));
        Assert.Equal(tickets, stage.Store.Read(view => view.CountsOf(show)).Provisioned);
        Assert.True(stage.ProgressOf(show).InTime);
    }

    [Fact]
    public async Task Two_shows_are_ready_in_the_order_of_their_doors_and_a_ticket_of_the_day_does_not_wait()
    {
        using var stage = new Rehearsal();
        var later = await stage.NewShow(TimeSpan.FromHours(40));
        await stage.Sell(later, 2_000);
        var sooner = await stage.NewShow(TimeSpan.FromHours(30));
        await stage.Sell(sooner, 2_000);
        stage.Hire(aws);
        stage.Hire(aws);
        await stage.For(TimeSpan.FromSeconds(60));
        Assert.Equal(0, stage.Ready(later));
        var forecast = stage.ProgressOf(later).ReadyAt!.Value - stage.Now;
        var asked = stage.Now;

        // Its doors are within a day once six hours have passed; nothing was made meanwhile.
        await stage.Until(() => stage.Ready(sooner) == 2_000, TimeSpan.FromMinutes(10));
        Assert.InRange(stage.Ready(later), 0, 110);
        await stage.Until(() => stage.Ready(later) == 2_000, TimeSpan.FromMinutes(10));
        Assert.InRange((double)forecast / (stage.Now - asked), 0.9, 1.1);

        var big = await stage.NewShow(TimeSpan.FromHours(20));
        await stage.Sell(big, 1);
        await stage.Store.Write(ledger => ledger.PutWanted(big, 1));
        await stage.Until(() => stage.Ready(big) == 1, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_ticket_sold_on_the_day_and_one_whose_holder_has_come_go_before_thousands_sold_before()
    {
        using var stage = new Rehearsal();
        var show = await stage.NewShow(TimeSpan.FromHours(30));
        await stage.Sell(show, 5_000);
        stage.Clock.Pass(TimeSpan.FromHours(7));
        stage.Hire(aws);
        await stage.For(TimeSpan.FromSeconds(10));
        await stage.Sell(show, 1);
        await stage.Until(() => stage.Store.Read(v => v.Ticket(show, 5_001))!.Provisioned, TimeSpan.FromSeconds(6));
        Assert.False(stage.Store.Read(v => v.Ticket(show, 4_000))!.Provisioned);
        await stage.Store.Write(ledger => ledger.PutWanted(show, 4_000));
        await stage.Until(() => stage.Store.Read(v => v.Ticket(show, 4_000))!.Provisioned, TimeSpan.FromSeconds(6));
        Assert.InRange(stage.Ready(show), 2, 300);
    }

    [Fact]
    public async Task What_the_platform_asks_for_is_obeyed_and_nobody_is_lost_by_it()
    {
        using var stage = new Rehearsal();
        stage.Platform.UsersPerSecond = 4;
        stage.Platform.RetryAfter = TimeSpan.FromSeconds(3);
        var show = await stage.NewShow(TimeSpan.FromHours(30));
        await stage.Sell(show, 1_500);
        stage.Hire(aws);
        await stage.Until(() => stage.Ready(show) == 1_500, TimeSpan.FromMinutes(30));

        var calls = stage.Platform.Calls["CreateAppInstanceUser"];
        Assert.NotEmpty(stage.Platform.Refusals);
        Assert.All(stage.Platform.Refusals, refusal =>
            Assert.DoesNotContain(calls, at => at > refusal && at < refusal.AddSeconds(3)));
        // What it may is found out within a minute or so, and then kept to for five.
        Assert.InRange(stage.Platform.Refusals.Count, 1, 12);
        var first = stage.Platform.Refusals.Min();
        Assert.DoesNotContain(stage.Platform.Refusals, at => at > first.AddSeconds(90) && at < first.AddSeconds(300));
        Assert.Equal(stage.Platform.Refusals.Count, stage.ProgressOf(show).Throttled);
        Assert.Equal(1_500, stage.Platform.Members.Count);
    }

    [Fact]
    public async Task A_platform_that_is_down_costs_no_ticket_its_tries()
    {
        using var stage = new Rehearsal();
        var show = await stage.NewShow(TimeSpan.FromHours(30));
        await stage.Sell(show, 200);
        stage.Hire(aws);
        stage.Platform.IsDown = true;
        await stage.For(TimeSpan.FromMinutes(30));
        Assert.InRange(stage.Platform.Calls["CreateAppInstanceUser"].Count, 10, 400);
        stage.Platform.IsDown = false;
        await stage.Until(() => stage.Ready(show) == 200, TimeSpan.FromMinutes(3));
        Assert.Equal(0, stage.ProgressOf(show).Failed);
    }

    [Fact]
    public async Task A_ticket_that_is_refused_is_tried_again_given_up_shown_and_made_when_it_is_asked_for()
    {
        using var stage = new Rehearsal();
        var show = await stage.NewShow(TimeSpan.FromHours(30));
        await stage.Sell(show, 20);
        var hated = stage.Store.Read(view => view.Ticket(show, 7))!.UserId;
        stage.Platform.Hated.Add(hated);
        stage.Hire(aws);
        await stage.For(TimeSpan.FromSeconds(10));
        Assert.Equal(1, stage.ProgressOf(show).Retrying);
        await stage.Until(() => stage.ProgressOf(show).Failed == 1, TimeSpan.FromMinutes(5));
        var progress = stage.ProgressOf(show);
        Assert.Equal((19, 20), (progress.Made, progress.Planned));
        var failure = Assert.Single(progress.Failures);
        Assert.Equal((7, Order.MostTries), (failure.Number, failure.Tries));
        Assert.Contains("BadRequestException", failure.Why, StringComparison.Ordinal);
        var spelled = JsonDocument.Parse(ProgressJson.Write(progress)).RootElement;
        Assert.Equal("ready", spelled.GetProperty("state").GetString());
        Assert.Equal(7, spelled.GetProperty("failures")[0].GetProperty("number").GetInt64());

        stage.Platform.Hated.Clear();
        await stage.Store.Write(ledger => ledger.Retry(show));
        await stage.Until(() => stage.Ready(show) == 20, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_show_that_is_paused_stands_still_and_goes_on()
    {
        using var stage = new Rehearsal();
        var show = await stage.NewShow(TimeSpan.FromHours(30));
        await stage.Sell(show, 300);
        stage.Hire(aws);
        await stage.For(TimeSpan.FromSeconds(10));
        await stage.Store.Write(ledger => ledger.Pause(show, true));
        await stage.For(TimeSpan.FromSeconds(3));
        var made = stage.Platform.Users.Count;
        await stage.For(TimeSpan.FromMinutes(2));
        Assert.Equal(made, stage.Platform.Users.Count);
        Assert.Equal(ProgressState.Paused, stage.ProgressOf(show).State);
        await stage.Store.Write(ledger => ledger.Pause(show, false));
        await stage.Until(() => stage.Ready(show) == 300, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Revoked_tickets_leave_nobody_behind_wherever_they_stood()
    {
        using var stage = new Rehearsal();
        var show = await stage.NewShow(TimeSpan.FromHours(30));
        await stage.Sell(show, 200);
        stage.Hire(aws);
        await stage.For(TimeSpan.FromSeconds(10));
        Assert.InRange(stage.Ready(show), 50, 150);
        await stage.Store.Write(ledger =>
        {
            foreach (var ticket in ledger.Tickets(show, TicketFilter.All, null, 0, 200).Where(t => t.Number % 2 == 0))
                ledger.PutTicketState(ticket, TicketState.Revoked, "test", null);
        });
        await stage.Until(
            () => stage.ProgressOf(show) is { Made: 100, Removing: 0, State: ProgressState.Ready }, TimeSpan.FromMinutes(5));
        Assert.Equal(100, stage.Platform.Users.Count);
        Assert.Equal(100, stage.Platform.Members.Count);
        Assert.Equal(100, stage.Store.Read(view => view.CountsOf(show)).Provisioned);

        // Restored, under the same id.
        await stage.Store.Write(ledger => ledger.PutTicketState(ledger.Ticket(show, 2)!, TicketState.Valid, null, null));
        await stage.Until(() => stage.Ready(show) == 101, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Provisioners_that_die_with_their_hands_full_leave_no_duplicate_and_nobody_out()
    {
        using var stage = new Rehearsal(bulk: true);
        var show = await stage.NewShow(TimeSpan.FromHours(30));
        await stage.Sell(show, 3_000);
        var dice = new Random(7);
        var rates = new Rates(50, 5, 10, 10);
        var hired = Enumerable.Range(0, 3).Select(_ => stage.Hire(rates)).ToList();
        for (var i = 0; i < 20; i++)
        {
            await stage.For(TimeSpan.FromMilliseconds(dice.Next(200, 2_000)));
            var unlucky = dice.Next(3);
            stage.Kill(hired[unlucky]);
            hired[unlucky] = stage.Hire(rates);
        }

        await stage.Until(() => stage.Ready(show) == 3_000, TimeSpan.FromMinutes(10));
        Assert.Equal(3_000, stage.Platform.Users.Count);
        Assert.Equal(3_000, stage.Platform.Members.Count);
        NoSecondHoldsMoreThan(50, stage.Platform.Calls["CreateAppInstanceUser"]);
        Assert.Equal(3_000, stage.Store.Read(view => view.CountSeats(show, SeatStep.Ready)));
    }

    [Fact]
    public async Task Of_two_shows_that_open_at_the_same_time_each_is_ready_when_it_was_said()
    {
        using var stage = new Rehearsal();
        var shows = new[] { await stage.NewShow(TimeSpan.FromHours(30)), await stage.NewShow(TimeSpan.FromHours(30)) };
        foreach (var show in shows) await stage.Sell(show, 2_000);
        stage.Hire(aws);
        await stage.For(TimeSpan.FromSeconds(5));
        var asked = stage.Now;
        var said = shows.Select(show => stage.ProgressOf(show).ReadyAt!.Value - asked).ToList();
        var took = new long[2];
        for (var i = 0; i < 2; i++)
        {
            await stage.Until(() => stage.Ready(shows[i]) == 2_000, TimeSpan.FromMinutes(10));
            took[i] = stage.Now - asked;
        }

        Assert.InRange((double)said[0] / took[0], 0.9, 1.1);
        Assert.InRange((double)said[1] / took[1], 0.9, 1.1);
    }

    [Fact]
    public async Task A_show_whose_doors_are_moved_earlier_goes_first_and_one_that_is_taken_back_waits_until_it_is_published_again()
    {
        using var stage = new Rehearsal();
        var first = await stage.NewShow(TimeSpan.FromHours(30));
        var second = await stage.NewShow(TimeSpan.FromHours(40));
        foreach (var show in (long[])[first, second]) await stage.Sell(show, 1_000);
        stage.Hire(aws);
        await stage.For(TimeSpan.FromSeconds(20));
        Assert.Equal(0, stage.Ready(second));
        var definition = stage.Store.Read(view => view.ShowByKey(second))!.Definition;
        await stage.Store.Write(ledger => ledger.PutDefinition(second, definition with { DoorsAt = definition.DoorsAt!.Value.AddHours(-12) }));
        var made = stage.Ready(first);
        await stage.For(TimeSpan.FromSeconds(30));
        Assert.InRange(stage.Ready(second), 200, 300);
        Assert.InRange(stage.Ready(first) - made, 0, 40);

        await stage.Store.Write(ledger => ledger.PutState(second, ShowState.Draft));
        await stage.For(TimeSpan.FromSeconds(5));
        made = stage.Ready(second);
        await stage.Until(() => stage.Ready(first) == 1_000, TimeSpan.FromMinutes(3));
        Assert.Equal(made, stage.Ready(second));
        await stage.Store.Write(ledger => ledger.PutState(second, ShowState.Published));
        await stage.Until(() => stage.Ready(second) == 1_000, TimeSpan.FromMinutes(3));
        Assert.Equal(2_000, stage.Platform.Members.Count);
    }

    [Fact]
    public async Task Tickets_that_were_sold_one_by_one_do_not_tell_how_long_many_take()
    {
        using var stage = new Rehearsal();
        var show = await stage.NewShow(TimeSpan.FromHours(30));
        stage.Hire(aws);
        for (var i = 0; i < 12; i++)
        {
            await stage.Sell(show, 1);
            await stage.For(TimeSpan.FromSeconds(10));
        }

        Assert.Equal(12, stage.Ready(show));
        await stage.Sell(show, 3_000);
        var asked = stage.Now;
        var said = new List<(long At, long Ready)>();
        while (stage.Ready(show) < 2_700)
        {
            said.Add((stage.Now, stage.ProgressOf(show).ReadyAt!.Value));
            await stage.For(TimeSpan.FromSeconds(5));
        }

        await stage.Until(() => stage.Ready(show) == 3_012, TimeSpan.FromMinutes(3));
        Assert.All(said, s => Assert.InRange((double)(s.Ready - s.At) / (stage.Now - s.At), 0.88, 1.12));
    }

    [Fact]
    public async Task What_is_over_is_removed_beside_what_is_to_come_and_hardly_delays_it()
    {
        using var stage = new Rehearsal();
        var over = await stage.NewShow(TimeSpan.FromHours(1));
        await stage.Sell(over, 600);
        stage.Hire(aws);
        stage.Hire(aws);
        await stage.Until(() => stage.Ready(over) == 600, TimeSpan.FromMinutes(3));
        await stage.Store.Write(ledger =>
        {
            ledger.PutState(over, ShowState.Ended);
            var hand = ledger.HandOf(over)!;
            ledger.TakeHand(hand, "test", ledger.Now);
            ledger.PutHand(hand, HandJob.Clearing, 3, long.MaxValue, "test");
            ledger.RemoveSeats(over, 600);
        });
        var next = await stage.NewShow(TimeSpan.FromHours(30));
        await stage.Sell(next, 3_000);
        var begin = stage.Now;
        await stage.Until(() => stage.Ready(next) == 3_000, TimeSpan.FromMinutes(10));

        Assert.InRange((stage.Now - begin) / 1e6, 300, 340);
        var left = stage.ProgressOf(over).Removing;
        Assert.InRange(left, 300, 590);
        await stage.For(TimeSpan.FromSeconds(5));
        var gone = stage.ProgressOf(over).ReadyAt!.Value - stage.Now;
        begin = stage.Now;
        await stage.Until(() => stage.ProgressOf(over).Removing == 0, TimeSpan.FromMinutes(2));
        Assert.InRange((stage.Now - begin) / (double)gone, 0.8, 1.2);
        Assert.Equal(3_000, stage.Platform.Users.Count);
        NoSecondHoldsMoreThan(
            10, [.. stage.Platform.Calls["CreateAppInstanceUser"], .. stage.Platform.Calls["DeleteAppInstanceUser"]]);
    }

    [Fact]
    public async Task Where_bulk_is_taken_and_the_platform_throttles_one_small_burst_tells_and_then_it_is_kept_to()
    {
        using var stage = new Rehearsal(bulk: true);
        stage.Platform.UsersPerSecond = 10;
        var show = await stage.NewShow(TimeSpan.FromHours(30));
        await stage.Sell(show, 1_500);
        stage.Hire(null);
        var begin = stage.Now;
        await stage.Until(() => stage.Ready(show) == 1_500, TimeSpan.FromMinutes(30));

        Assert.InRange(stage.Platform.Refusals.Count(at => at.ToMicroseconds() - begin < 5_000_000), 1, 95);
        Assert.InRange(stage.Platform.Refusals.Count, 1, 120);
        Assert.InRange((stage.Now - begin) / 1e6, 150, 240);
    }

    [Fact]
    public async Task Members_that_the_platform_had_no_time_for_cost_no_try_and_are_waited_for()
    {
        using var stage = new Rehearsal();
        stage.Platform.MemberError = "Throttling";
        var show = await stage.NewShow(TimeSpan.FromHours(30));
        await stage.Sell(show, 150);
        stage.Hire(aws);
        await stage.For(TimeSpan.FromMinutes(3));
        Assert.InRange(stage.Platform.Calls["BatchCreateChannelMembership"].Count, 5, 20);
        Assert.Equal((0, 0, 0), (stage.ProgressOf(show).Made, stage.ProgressOf(show).Failed, stage.ProgressOf(show).Retrying));

        stage.Platform.MemberError = null;
        await stage.Until(() => stage.Ready(show) == 150, TimeSpan.FromMinutes(3));
    }

    [Fact]
    public async Task A_user_that_the_platform_lost_is_made_again_and_one_that_it_loses_always_is_shown()
    {
        using var stage = new Rehearsal();
        var show = await stage.NewShow(TimeSpan.FromHours(30));
        await stage.Sell(show, 20);
        stage.Platform.Lost.Add(stage.Store.Read(view => view.Ticket(show, 7))!.UserId);
        stage.Hire(aws);
        await stage.Until(() => stage.Ready(show) == 20, TimeSpan.FromMinutes(1));
        Assert.Equal(20, stage.Platform.Members.Count);

        stage.Platform.MemberError = "NotFound";
        await stage.Sell(show, 1);
        await stage.Until(() => stage.ProgressOf(show).Failed == 1, TimeSpan.FromMinutes(5));
        Assert.Equal(Order.MostTries, stage.ProgressOf(show).Failures[0].Tries);
        stage.Platform.MemberError = null;
        await stage.Store.Write(ledger => ledger.Retry(show));
        await stage.Until(() => stage.Ready(show) == 21, TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nonsense_and_faults_that_nobody_expected_stop_nobody(bool bulk)
    {
        using var stage = new Rehearsal(bulk);
        var show = await stage.NewShow(TimeSpan.FromHours(30));
        await stage.Sell(show, 30);
        stage.Hire(null);
        await stage.Until(() => stage.Ready(show) == 30, TimeSpan.FromMinutes(1));

        stage.Platform.Fault = new InvalidDataException("of the test");
        await stage.Sell(show, 30);
        await stage.Until(() => stage.Ready(show) == 60, TimeSpan.FromMinutes(3));
        stage.Platform.Babbles = bulk;
        await stage.Sell(show, 30);
        await stage.Until(() => stage.Ready(show) == 90, TimeSpan.FromMinutes(3));
        Assert.Equal((90, 90), (stage.Platform.Users.Count, stage.Platform.Members.Count));
    }

    [Fact]
    public async Task Where_bulk_is_taken_and_nothing_limits_it_ten_thousand_are_made_at_once()
    {
        using var stage = new Rehearsal(bulk: true);
        var show = await stage.NewShow(TimeSpan.FromHours(30));
        await stage.Sell(show, 10_000);
        stage.Hire(null);
        await stage.Until(() => stage.Ready(show) == 10_000, TimeSpan.FromMinutes(1));
        Assert.Equal(10_000, stage.Platform.Members.Count);
        Assert.Null(stage.ProgressOf(show).LimitPerSecond);
    }
}
