using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Messages;
using Carillon.Server.Http;
using Carillon.Server.Sessions;
using Carillon.Sockets;
using Carillon.Tests.Server;
using Carillon.Tests.Server.Sessions;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Carillon.Tests.Regressions;

/// <summary>What a session is told whose view is ahead of the hub, or that joins after a delivery that failed.</summary>
public sealed class HubJoinTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly Person _ann = new(new(1), new(1), "app", PersonKind.User, "ann", "Ann");
    private readonly Channel _channel;
    private readonly SocketLoop _loop;
    private readonly Hub _hub;

    public HubJoinTests()
    {
        _channel = new(
            new(7), new(1), "app", "general", "general", ChannelMode.Restricted, ChannelPrivacy.Private, null, _ann, null,
            default, default, null);
        _loop = new(_time, NullLogger.Instance);
        _loop.Start();
        _hub = new Hub(
            _loop, new Frames(new Arns("us-east-1", "123456789012"), _time), new Quotas(), new Carillon.Server.Sessions.SessionOptions(),
            _time, NullLogger<Hub>.Instance);
    }

    public void Dispose()
    {
        _hub.Dispose();
        _loop.Dispose();
    }

    private Session NewSession(HeldSocket? socket = null) => new(socket ?? new(_loop), _ann, null);

    private MessageCreated Said(long position, long sequence, Message? message = null) => new(
        _channel, _ann, sequence, message ?? new(
            $"{position:x32}", _channel.Key, sequence, MessageType.Standard, sequence > 0, _ann, "hello", null, null, null,
            null, default, default, null, MessageState.Sent))
    {
        Position = position,
    };

    [Fact]
    public async Task What_is_not_kept_and_was_said_before_the_view_is_not_told()
    {
        var socket = new HeldSocket(_loop);
        socket.Release();
        var session = NewSession(socket);
        Assert.Equal(JoinResult.Joined, await _hub.Join(session, [new(_channel.Key, _channel.Key)], position: 5));

        // The hub is behind the log: at 4, the user was no member yet.
        _hub.Publish([Said(4, sequence: 0), Said(5, sequence: 0), Said(6, sequence: 2), Said(6, sequence: 0)]);
        session.Start(_hub);
        await _hub.Drain();
        await socket.Over.Task.WaitAsync(SessionClient.Deadline);

        Assert.Equal(3, socket.Sent.Count);
    }

    [Fact]
    public async Task After_a_delivery_that_failed_nobody_joins_with_a_view_from_before_it()
    {
        Assert.Equal(JoinResult.Joined, await _hub.Join(NewSession(), [new(_channel.Key, _channel.Key)], position: 1));

        // No frame can be made of the first, so the second is never reached.
        var broken = Said(2, sequence: 2, new(
            "2", _channel.Key, 2, MessageType.Standard, true, null!, "hello", null, null, null, null, default, default, null,
            MessageState.Sent));
        _hub.Publish([broken, Said(3, sequence: 3)]);

        Assert.Equal(JoinResult.Missed, await _hub.Join(NewSession(), [new(_channel.Key, _channel.Key)], position: 1));
        Assert.Equal(JoinResult.Joined, await _hub.Join(NewSession(), [new(_channel.Key, _channel.Key)], position: 3));
    }
}
