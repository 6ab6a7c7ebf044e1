using Xunit;

namespace Carillon.Tests.Durability;

/// <summary>A checker that cannot fail proves nothing: each kind of damage must be seen, and for what it is.</summary>
public class CheckerTests
{
    private const string Channel = "channel";
    private readonly List<Sent> _sent = [];
    private readonly List<Stored> _history = [];
    private readonly List<Received> _session = [];

    public CheckerTests()
    {
        // Two senders, one after the other each, overlapping; message 17 was never heard of again, 23 never arrived.
        for (var i = 0; i < 50; i++)
        {
            long? acked = i is 17 or 23 ? null : (i * 10) + 15;
            _sent.Add(new(Channel, $"content {i}", i * 10, acked, acked is null ? null : $"id {i}"));
            if (i != 23)
            {
                _history.Add(new($"id {i}", $"content {i}"));
            }
        }

        _session.AddRange(_history.Skip(5).Take(30).Select((s, i) => new Received(Channel, s.MessageId, i + 40)));
    }

    private List<string> Faults() => Checker.Check(
        _sent, new Dictionary<string, List<Stored>> { [Channel] = _history, ["empty"] = [] }, [_session, []]);

    [Fact]
    public void A_log_that_is_whole_passes() => Assert.Empty(Faults());

    [Fact]
    public void A_lost_message_is_seen()
    {
        _history.RemoveAt(44);

        Assert.StartsWith("lost", Assert.Single(Faults()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_doubled_message_is_seen()
    {
        _history.Insert(45, _history[44] with { MessageId = "another id" });

        Assert.StartsWith("repeated", Assert.Single(Faults()), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_message_that_is_there_twice_is_seen()
    {
        _history.Add(new("another id", "content 17"));

        Assert.Contains(Faults(), fault => fault.StartsWith("repeated", StringComparison.Ordinal));
    }

    [Fact]
    public void A_swapped_pair_is_seen()
    {
        (_history[40], _history[43]) = (_history[43], _history[40]);

        Assert.All(Faults(), fault => Assert.StartsWith("out of order", fault, StringComparison.Ordinal));
        Assert.NotEmpty(Faults());
    }

    [Fact]
    public void Neighbours_that_overlapped_may_stand_either_way()
    {
        (_history[40], _history[41]) = (_history[41], _history[40]);

        Assert.Empty(Faults());
    }

    [Fact]
    public void A_message_that_nobody_sent_is_seen()
    {
        _history.Insert(48, new("id x", "content x"));

        Assert.StartsWith("never sent", Assert.Single(Faults()), StringComparison.Ordinal);
    }

    [Fact]
    public void An_acknowledgement_with_another_id_is_seen()
    {
        _sent[44] = _sent[44] with { MessageId = "id y" };

        Assert.StartsWith("lost", Assert.Single(Faults()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lost")]
    [InlineData("doubled")]
    [InlineData("swapped")]
    public void A_session_with_a_hole_a_repetition_or_a_swap_is_seen(string damage)
    {
        switch (damage)
        {
            case "lost":
                _session.RemoveAt(10);
                break;
            case "doubled":
                _session.Insert(10, _session[10]);
                break;
            default:
                (_session[10], _session[11]) = (_session[11], _session[10]);
                break;
        }

        Assert.NotEmpty(Faults());
        Assert.All(Faults(), fault => Assert.StartsWith("gap", fault, StringComparison.Ordinal));
    }
}
