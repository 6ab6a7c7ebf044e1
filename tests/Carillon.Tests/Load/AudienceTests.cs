using Carillon.Load;
using Carillon.Load.Counting;
using Xunit;

namespace Carillon.Tests.Load;

public class AudienceTests
{
    private readonly Audience _audience = new(2, 1, static _ => 0);
    private Heard _heard;
    private long _last;

    public AudienceTests()
    {
        _audience.Join(0);
        _audience.Join(1);
    }

    private void Hear(Stamp stamp, long place) => _audience.Hear(ref _heard, ref _last, 0, stamp, place, 0);

    [Fact]
    public void What_was_sent_and_heard_is_not_wrong()
    {
        Hear(_audience.Next(0, 0), 1);
        Hear(_audience.Next(0, 0), 2);

        Assert.Equal(2, _audience.Delivered);
        Assert.Equal(0, new Figures().Put(_audience).Wrong);
    }

    [Fact]
    public void What_was_not_heard_is_lost()
    {
        Hear(_audience.Next(0, 0), 1);
        _audience.Next(0, 0);

        Assert.Equal(1, new Figures().Put(_audience).Of(Figures.Lost));
        Assert.Equal(1, new Figures().Put(_audience).Wrong);
    }

    [Fact]
    public void What_comes_twice_does_not_make_up_for_what_is_lost()
    {
        var first = _audience.Next(0, 0);
        _audience.Next(0, 0);
        Hear(first, 1);
        Hear(first, 1);

        Assert.Equal(1, _audience.Repeated);
        Assert.Equal(2, new Figures().Put(_audience).Wrong);
    }

    [Fact]
    public void A_message_of_another_room_is_wrong()
    {
        Hear(_audience.Next(1, 0), 1);

        Assert.Equal(1, _audience.Strayed);
        Assert.Equal(0, _audience.Delivered);
    }

    [Fact]
    public void A_message_that_nobody_sent_is_wrong()
    {
        Hear(new Stamp(0, 5, 0), 1);

        Assert.Equal(1, _audience.Strayed);
    }

    [Fact]
    public void A_place_that_goes_back_is_out_of_order()
    {
        var (first, second) = (_audience.Next(0, 0), _audience.Next(0, 0));
        Hear(second, 2);
        Hear(first, 1);

        Assert.Equal(1, _audience.OutOfOrder);
    }
}
