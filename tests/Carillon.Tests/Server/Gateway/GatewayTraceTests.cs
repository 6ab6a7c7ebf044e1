using Carillon.Server.Gateway;
using Xunit;

namespace Carillon.Tests.Server.Gateway;

/// <summary>The memory of a stage's last events.</summary>
public class GatewayTraceTests
{
    private static GatewayTrace Filled(int count)
    {
        var trace = new GatewayTrace();
        for (var i = 0; i < count; i++)
        {
            trace.Add(new(TracedKind.Message, i, "connection", "request"));
        }

        return trace;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(GatewayTrace.Most)]
    public void All_are_kept_as_long_as_there_is_room(int count)
    {
        var (events, next, missed) = Filled(count).Read(0, 1000);

        Assert.Equal(Enumerable.Range(0, count).Select(i => (long)i), events.Select(e => e.At));
        Assert.Equal((count, 0), (next, missed));
    }

    [Fact]
    public void Then_the_oldest_give_way_and_whoever_asks_for_them_hears_how_many()
    {
        var (events, next, missed) = Filled(GatewayTrace.Most + 10).Read(4, 1000);

        Assert.Equal((10, GatewayTrace.Most), (events[0].At, events.Count));
        Assert.Equal((GatewayTrace.Most + 10, 6), (next, missed));
    }

    [Fact]
    public void Without_a_place_the_latest_are_told_and_reading_goes_on_from_there()
    {
        var trace = Filled(20);
        var (latest, next, missed) = trace.Read(null, 5);
        trace.Add(new(TracedKind.Message, 20, "connection", "request"));
        var (more, _, _) = trace.Read(next, 5);

        Assert.Equal([15L, 16, 17, 18, 19], latest.Select(e => e.At));
        Assert.Equal((20L, 0L), (Assert.Single(more).At, missed));
        Assert.Empty(trace.Read(1000, 5).Events);
    }

    [Fact]
    public void Keeping_one_more_allocates_nothing()
    {
        var trace = Filled(GatewayTrace.Most);
        var what = new TracedEvent(TracedKind.Message, 1, "connection", "request") { RouteKey = "join", Status = 200 };
        trace.Add(what);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            trace.Add(what with { Took = TimeSpan.FromTicks(i) });
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
