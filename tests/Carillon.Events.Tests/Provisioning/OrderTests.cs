using Carillon.Events.Core.Provisioning;
using Xunit;

namespace Carillon.Events.Tests.Provisioning;

public class OrderTests
{
    private const long hour = 3600L * 1_000_000;
    private const long day = 24 * hour;

    [Fact]
    public void The_show_that_opens_first_comes_first() =>
        Assert.True(Order.Urgency(SeatLine.Presale, 5 * hour, 2, 0) < Order.Urgency(SeatLine.Presale, 6 * hour, 1, 0));

    [Fact]
    public void Tickets_of_the_day_go_before_those_sold_before_and_not_before_a_show_that_opens_much_sooner()
    {
        var now = 10 * day;

        Assert.True(
            Order.Urgency(SeatLine.DayOf, now + 20 * hour, now, 0) < Order.Urgency(SeatLine.Presale, now + 20 * hour, now - day, 0));
        Assert.True(
            Order.Urgency(SeatLine.Presale, now + 2 * hour, now - day, 0) < Order.Urgency(SeatLine.DayOf, now + 20 * hour, now, 0));
    }

    [Fact]
    public void Who_stands_at_the_door_goes_before_all() =>
        Assert.True(Order.Urgency(SeatLine.AtTheDoor, 90 * day, 90 * day, 0) < Order.Urgency(SeatLine.DayOf, 0, 0, 0));

    [Fact]
    public void Who_waited_a_week_goes_before_all_that_is_sold_for_later_doors_from_then_on()
    {
        var starving = Order.Urgency(SeatLine.Presale, 300 * day, 0, 0);

        Assert.All(
            Enumerable.Range(0, 40),
            i => Assert.True(starving < Order.Urgency(SeatLine.Presale, 8 * day + i * hour, 7 * day + 1, 0)));
    }

    [Fact]
    public void The_forecast_counts_what_comes_before_and_not_what_comes_after()
    {
        (SeatGroup, long)[] groups =
        [
            (new(1, SeatStep.User, SeatLine.Presale, 100), 5), (new(2, SeatStep.User, SeatLine.Presale, 1_000), 7),
            (new(3, SeatStep.User, SeatLine.Presale, 50_000), 9), (new(2, SeatStep.Member, SeatLine.Presale, 30), 7),
        ];

        Assert.Equal(new Ahead(1_100, 1_130), Forecast.Of(2, groups));
        Assert.Equal(113_000_000, Forecast.Remaining(new(1_100, 1_130), 10, 10));
        Assert.Null(Forecast.Remaining(new(1, 1), 0, 0));
        Assert.Equal(0, Forecast.Remaining(Forecast.Of(4, groups), 0, 0));
    }
}
