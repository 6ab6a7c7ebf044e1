using Carillon.Sockets;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Carillon.Tests.Sockets;

public class FrameQueueTests
{
    private enum Step
    {
        Add,
        AddFirst,
        RemoveFirst,
        Keep,
        Clear,
    }

    private static readonly Gen<(Step Step, int Queue, int Count)[]> _steps =
        (from step in Gen.Frequency(
            (60, Gen.Constant(Step.Add)), (20, Gen.Constant(Step.AddFirst)), (40, Gen.Constant(Step.RemoveFirst)),
            (3, Gen.Constant(Step.Keep)), (1, Gen.Constant(Step.Clear)))
         from queue in Gen.Choose(0, 2)
         from count in Gen.Choose(0, 6)
         select (step, queue, count)).ArrayOf(300);

    [Fact]
    public void Queues_that_share_their_places_hold_what_lists_hold() => Prop.ForAll(_steps.ToArbitrary(), steps =>
    {
        var places = new FramePlaces();
        var queues = new FrameQueue[3];
        var lists = new List<SharedFrame>[] { [], [], [] };
        foreach (var (step, at, count) in steps)
        {
            ref var queue = ref queues[at];
            var list = lists[at];
            switch (step)
            {
                case Step.Add:
                    list.Add(new([], 0));
                    queue.Add(list[^1], places);
                    break;
                case Step.AddFirst:
                    list.Insert(0, new([], 0));
                    queue.AddFirst(list[0], places);
                    break;
                case Step.RemoveFirst when list.Count >= count:
                    list.RemoveRange(0, count);
                    queue.RemoveFirst(count, places);
                    break;
                case Step.Keep when list.Count >= count:
                    list.RemoveRange(count, list.Count - count);
                    queue.Keep(count, places);
                    break;
                case Step.Clear:
                    list.Clear();
                    queue.Clear(places);
                    break;
            }

            for (var i = 0; i < queues.Length; i++)
            {
                if (queues[i].Count != lists[i].Count || lists[i].Where((frame, at) => queues[i][at] != frame).Any())
                {
                    return false;
                }
            }
        }

        return true;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void A_place_that_was_given_back_holds_nothing()
    {
        var places = new FramePlaces();
        var queue = default(FrameQueue);
        for (var i = 0; i < 9; i++)
        {
            queue.Add(new([], 0), places);
        }

        queue.Clear(places);

        Assert.All(places.Rent(16), Assert.Null);
        Assert.All(places.Rent(4), Assert.Null);
    }
}
