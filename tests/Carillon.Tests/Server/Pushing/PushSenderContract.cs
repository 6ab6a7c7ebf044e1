using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Messages;
using Carillon.Core.Pushing;
using Carillon.Server.Pushing;
using Xunit;

namespace Carillon.Tests.Server.Pushing;

/// <summary>What everybody who carries pushes must hold to. An implementation says how the other side behaves.</summary>
public abstract class PushSenderContract
{
    private protected enum OtherSide
    {
        /// <summary>Takes all, and names the endpoints whose token is <c>bad</c> or <c>lost</c> as invalid.</summary>
        Works,
        RefusesTheBatch,
        Fails,
        IsOverloaded,
        IsNotThere,
        NeverAnswers,
    }

    private protected abstract IPushSender Open(OtherSide side);

    /// <summary>The tokens that the other side was given, in order.</summary>
    private protected abstract IReadOnlyList<string> Given { get; }

    private protected static PushBatch Batch(params string[] tokens) => Batch(new Push("title", "body", false), [.. tokens.Select(Device)]);

    private protected static NewEndpoint Device(string token) => new(EndpointType.Gcm, "arn:aws:mobiletargeting:::apps/a", null, token, null, true);

    private protected static PushBatch Batch(Push push, params NewEndpoint[] devices)
    {
        var waiting = new WaitingPush(
            1, new(1), new ChannelAddress("app", "room"), new string('a', 32), new(9), null, push, null, new(0), 0, default);
        var to = devices.Select((device, i) => new Recipient(
            new Person(new(i), new(1), "app", PersonKind.User, $"user-{i}", "x"),
            new UserEndpoint(i, $"endpoint-{i}", device, EndpointState.Active, new(0), new(0)), null));
        return new(waiting, [.. to], default, Last: true);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_batch_is_taken_whole_and_in_order()
    {
        var sender = Open(OtherSide.Works);

        var answer = await sender.Send(Batch("1", "2", "3"), Stop);

        Assert.Equal(PushOutcome.Taken, answer.Outcome);
        Assert.Empty(answer.Invalid);
        Assert.Equal(["1", "2", "3"], Given);
    }

    [Fact]
    public async Task What_the_other_side_knows_to_be_invalid_is_learned()
    {
        var answer = await Open(OtherSide.Works).Send(Batch("1", "bad", "3", "lost"), Stop);

        Assert.Equal(PushOutcome.Taken, answer.Outcome);
        Assert.Equal(
            [("endpoint-1", EndpointState.InvalidDeviceToken), ("endpoint-3", EndpointState.InvalidResource)],
            answer.Invalid.Select(i => (i.Endpoint.Id, i.State)));
    }

    [Fact]
    public async Task A_batch_that_is_refused_says_nothing_about_others() =>
        Assert.Equal(PushOutcome.Refused, (await Open(OtherSide.RefusesTheBatch).Send(Batch("1"), Stop)).Outcome);

    [Fact]
    public async Task Who_fails_is_down() => await IsDown(OtherSide.Fails);

    [Fact]
    public async Task Who_is_overloaded_is_down() => await IsDown(OtherSide.IsOverloaded);

    [Fact]
    public async Task Who_is_not_there_is_down() => await IsDown(OtherSide.IsNotThere);

    [Fact]
    public async Task Who_never_answers_is_down() => await IsDown(OtherSide.NeverAnswers);

    private async Task IsDown(OtherSide side)
    {
        var answer = await Open(side).Send(Batch("t0ken"), Stop);

        Assert.Equal(PushOutcome.Down, answer.Outcome);
        Assert.NotEqual("", answer.Why);
        Assert.DoesNotContain("t0ken", answer.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_send_ends_with_its_caller()
    {
        using var cut = new CancellationTokenSource();
        var sent = Open(OtherSide.NeverAnswers).Send(Batch("1"), cut.Token);
        await cut.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sent);
    }
}
