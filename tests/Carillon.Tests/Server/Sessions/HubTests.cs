using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Messages;
using Carillon.Server.Http;
using Carillon.Server.Sessions;
using Carillon.Sockets;
using Carillon.Wire.Session;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Carillon.Tests.Server.Sessions;

/// <summary>The hub's bounds and costs, which need sockets that stand still on cue.</summary>
public sealed class HubTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly Person _ann = new(new(1), new(1), "app", PersonKind.User, "ann", "Ann");
    private readonly Channel _channel;
    private readonly Frames _frames;
    private readonly SocketLoop _loop;
    private Hub? _hub;
    private long _position;

    public HubTests()
    {
        _channel = new(
            new(7), new(1), "app", "general", "general", ChannelMode.Restricted, ChannelPrivacy.Private, null, _ann, null, default, default, null);
        _frames = new(new Arns("us-east-1", "123456789012"), _time);
        _loop = new(_time, NullLogger.Instance);
        _loop.Start();
    }

    private Hub Open(SessionOptions? options = null) => _hub = new Hub(
        _loop, _frames,
        new Quotas(new Dictionary<string, long> { ["SessionsPerUser"] = 1000 }), options ?? new SessionOptions(), _time, NullLogger<Hub>.Instance);

    private async Task<(Session Session, HeldSocket Socket)> Join(SessionOptions? options = null, DateTimeOffset? expires = null, long at = 0)
    {
        var socket = new HeldSocket(_loop, options);
        var session = new Session(socket, _ann, expires);
        Assert.Equal(JoinResult.Joined, await _hub!.Join(session, [new(_channel.Key, _channel.Key)], at));
        return (session, socket);
    }

    private void Say(string content = "hello", int times = 1) => _hub!.Publish([.. Enumerable.Range(0, times).Select(_ =>
    {
        var place = ++_position;
        var message = new Message(
            $"{place:x32}", _channel.Key, place, MessageType.Standard, true, _ann, content, null, null, null, null, default, default, null,
            MessageState.Sent);
        return new MessageCreated(_channel, _ann, place, message) { Position = place };
    })]);

    /// <summary>Returns when the hub has done all that was asked of it before.</summary>
    private Task<List<Session>> Settle() => _hub!.Sessions(0, 1);

    [Fact]
    public async Task A_broadcast_is_encoded_once_and_all_sessions_send_the_same_bytes()
    {
        Open();
        var joined = new List<(Session Session, HeldSocket Socket)>();
        for (var i = 0; i < 50; i++)
        {
            joined.Add(await Join());
        }

        Say();
        await Settle();
        joined.ForEach(j => j.Session.Start(_hub!));
        joined.ForEach(j => j.Socket.Release());
        await Settle();
        await Settle();

        Assert.All(joined, j => Assert.Same(joined[0].Socket.Sent[0], j.Socket.Sent[0]));
    }

    [Fact]
    public async Task A_message_that_a_thousand_sessions_hear_is_one_frame_and_one_that_nobody_hears_is_none()
    {
        Open();
        Say();
        await Settle();
        Assert.Equal(0, _frames.Made);
        for (var i = 0; i < 1_000; i++)
        {
            await Join(at: _position);
        }

        Say();
        await Settle();
        Assert.Equal(1, _frames.Made);
        Say(times: 5);
        await Settle();
        Assert.Equal(6, _frames.Made);
    }

    [Fact]
    public async Task Who_is_ended_by_the_frame_that_tells_of_its_move_is_in_no_room_any_more()
    {
        var options = new SessionOptions { MostWaitingFrames = 3 };
        Open(options);
        var (session, _) = await Join(options);
        Say(times: 3);
        var from = new SubChannel(new(-8), _channel.Key, "from");
        var to = new SubChannel(new(-9), _channel.Key, "to");
        var member = new Member(_ann, to.Log, Hidden: false, _ann, default, default) { Sub = to };
        _hub!.Publish([new MemberMoved(_channel, ++_position, member, from) { Position = _position }]);
        await Settle();

        Assert.True(session.IsClosing);
        Assert.Equal((0, 0), (_hub.Count, session.Seats.Count));
    }

    [Fact]
    public async Task Who_could_not_catch_up_for_a_fault_counts_for_nothing()
    {
        Open();
        using var expected = await _hub!.Expect();
        _hub.Publish([new ChannelUpdated(_channel with { CreatedBy = null! }, _ann, ++_position) { Position = _position }]);
        await Settle();
        var session = new Session(new HeldSocket(_loop, null), _ann, expires: null);
        await Assert.ThrowsAsync<NullReferenceException>(() => _hub.Join(session, [new(_channel.Key, _channel.Key)], 0));

        Assert.Equal((0, 0), (_hub.Count, session.Seats.Count));
    }

    [Fact]
    public async Task A_session_holds_as_many_frames_as_it_may_and_is_ended_at_one_more()
    {
        var options = new SessionOptions { MostWaitingFrames = 10 };
        Open(options);
        var (session, socket) = await Join(options);

        Say(times: 10);
        await Settle();
        Assert.False(session.IsClosing);
        Assert.Equal(1, _hub!.Count);

        Say();
        await Settle();
        Assert.Equal(0, _hub.Count);
        session.Start(_hub);
        await socket.Over.Task.WaitAsync(SessionClient.Deadline);
        Assert.Equal(CloseCodes.TryAgainLater, (int)socket.CloseStatus!);
        Assert.Empty(socket.Sent);
    }

    [Fact]
    public async Task A_session_holds_as_many_bytes_as_it_may()
    {
        var options = new SessionOptions { MostWaitingBytes = 20_000 };
        Open(options);
        var (session, _) = await Join(options);

        Say(new string('x', 4000), times: 4);
        await Settle();
        Assert.False(session.IsClosing);

        Say(new string('x', 4000));
        await Settle();
        Assert.True(session.IsClosing);
    }

    [Fact]
    public async Task What_was_sent_makes_room_again()
    {
        var options = new SessionOptions { MostWaitingBytes = 20_000, MostWaitingFrames = 4 };
        Open(options);
        var (session, socket) = await Join(options);
        socket.Release();
        session.Start(_hub!);

        for (var i = 1; i <= 100; i++)
        {
            Say(new string('x', 4000));
            await Settle();
            while (socket.Sent.Count < i)
            {
                await Task.Yield();
            }
        }

        Assert.False(session.IsClosing);
    }

    [Fact]
    public async Task A_frame_that_is_stuck_too_long_ends_its_session()
    {
        Open();
        var (session, socket) = await Join();
        session.Start(_hub!);
        Say();
        await socket.Sending.Task.WaitAsync(SessionClient.Deadline);

        _time.Pass(TimeSpan.FromSeconds(10));
        await Settle();
        Assert.False(session.IsClosing);

        _time.Pass(TimeSpan.FromSeconds(1));
        await Settle();
        await socket.Over.Task.WaitAsync(SessionClient.Deadline);
        Assert.Equal(CloseCodes.TryAgainLater, (int)socket.CloseStatus!);
    }

    [Fact]
    public async Task Credentials_that_end_together_end_their_sessions_spread_over_time()
    {
        Open();
        var sessions = new List<Session>();
        for (var i = 0; i < 200; i++)
        {
            sessions.Add((await Join(expires: _time.GetUtcNow().AddMinutes(1))).Session);
        }

        var ended = new List<int>();
        _time.Pass(TimeSpan.FromSeconds(59));
        await Settle();
        Assert.All(sessions, s => Assert.False(s.IsClosing));
        for (var second = 0; second <= 11; second++)
        {
            _time.Pass(TimeSpan.FromSeconds(1));
            await Settle();
            ended.Add(sessions.Count(s => s.IsClosing));
        }

        Assert.Equal(200, ended[^1]);
        Assert.InRange(ended[5], 40, 160);
    }

    [Fact]
    public async Task A_session_that_joins_with_an_older_view_catches_up_and_one_with_a_too_old_view_reads_again()
    {
        Open(new SessionOptions { Remembered = 5 });
        using var expected = await _hub!.Expect();
        Say(times: 8);
        await Settle();

        var (session, socket) = await Join(at: 3);
        session.Start(_hub!);
        socket.Release();
        while (socket.Sent.Count < 5)
        {
            await Task.Yield();
        }

        Assert.Equal(JoinResult.Missed, await _hub!.Join(new Session(new HeldSocket(_loop), _ann, null), [new(_channel.Key, _channel.Key)], 2));
        Assert.Equal([4L, 5, 6, 7, 8], socket.Sent.Select(f => Frame.Parse(f.Payload.ToArray(), System.Net.WebSockets.WebSocketMessageType.Text).Sequence!.Value));
    }

    public void Dispose()
    {
        _hub?.Dispose();
        _loop.Dispose();
    }
}
