using System.Runtime.InteropServices;
using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Messages;
using Carillon.Sockets;
using Carillon.Wire.Session;

namespace Carillon.Server.Sessions;

internal sealed partial class Hub
{
    private void Deliver(Event happened)
    {
        Deliver(happened, only: null);
        Remember(happened);
    }

    /// <param name="only">Null for everyone; a session that is joining and catches up.</param>
    private void Deliver(Event happened, Session? only)
    {
        switch (happened)
        {
            case MessageCreated e:
                Tell(SessionEvents.CreateChannelMessage, e, e.Message, only);
                break;
            case MessageUpdated e:
                Tell(SessionEvents.UpdateChannelMessage, e, e.Message, only);
                break;
            case MessageRedacted e:
                Tell(SessionEvents.RedactChannelMessage, e, e.Message, only);
                break;
            case MessageDeleted e:
                Tell(SessionEvents.DeleteChannelMessage, e, e.Message, only);
                break;
            case MessageStatusChanged e:
                // Also where the sender was moved to another part of the channel meanwhile, but not where it is outside: a
                // ban ends everything, and what the processor made of the message is for those inside.
                Send(
                    Span(SessionsOf(e.Message.Sender.Key, only)), e, () => _frames.Of(EventTypeOf(e), e, e.Message),
                    session => Hears(session, e.Channel.Root));
                break;
            case ChannelUpdated e:
                Send(Audience(e, only), e, () => _frames.Of(SessionEvents.UpdateChannel, e));
                break;
            case ChannelDeleted e:
                var hearers = Audience(e, only).ToArray();
                Send(hearers, e, () => _frames.Of(SessionEvents.DeleteChannel, e));
                Array.ForEach(hearers, session => StopHearingAll(session, e.Channel.Key));
                break;
            case MemberJoined e:
                TellJoined(e, only);
                break;
            case MemberLeft e:
                TellLeft(e, only);
                break;
            case MemberMoved e:
                TellMoved(e, only);
                break;
            case UserDeleted e:
                EndSessions(SessionsOf(e.User, only));
                break;
            case AppInstanceDeleted e:
                EndSessions((only is not null ? [only] : Open()).FindAll(session => session.App == e.App));
                break;
            case ChannelCreated or ChannelExpirationUpdated or ModeratorCreated or ModeratorDeleted or BanCreated or BanDeleted
                or SubChannelCreated or SubChannelDeleted:
                // The stream's alone: clients are not told.
                break;
        }
    }

    private static string EventTypeOf(MessageStatusChanged happened) => (happened.Message.Status, happened.Edits) switch
    {
        (MessageStatus.Pending, false) => SessionEvents.PendingCreateChannelMessage,
        (MessageStatus.Pending, true) => SessionEvents.PendingUpdateChannelMessage,
        (MessageStatus.Denied, false) => SessionEvents.DeniedCreateChannelMessage,
        (MessageStatus.Denied, true) => SessionEvents.DeniedUpdateChannelMessage,
        (_, false) => SessionEvents.FailedCreateChannelMessage,
        (_, true) => SessionEvents.FailedUpdateChannelMessage,
    };

    private void Tell(string eventType, ChannelEvent happened, Message message, Session? only) => Send(
        Audience(happened, only), happened, () => _frames.Of(eventType, happened, message),
        message.Target is null ? null : session => message.IsFor(session.User));

    private void TellJoined(MemberJoined happened, Session? only)
    {
        var joined = SessionsOf(happened.Member.Person.Key, only);
        joined.ForEach(session =>
        {
            if (happened.Position > session.From)
            {
                Hear(session, new(happened.Channel.Key, happened.Channel.Root));
            }
        });
        if (happened.Member.Hidden)
        {
            // That someone observes is told to nobody but the observer.
            Send(Span(joined), happened, () => _frames.Of(SessionEvents.CreateChannelMembership, happened, happened.Member));
        }
        else if (happened.Batch is null)
        {
            Send(
                Audience(happened, only), happened,
                () => _frames.Of(SessionEvents.CreateChannelMembership, happened, happened.Member));
        }
        else if (happened.Sequence == happened.Batch.LastSequence)
        {
            Send(Audience(happened, only), happened, () => _frames.Of(happened, happened.Batch));
        }
    }

    private void TellLeft(MemberLeft happened, Session? only)
    {
        var left = SessionsOf(happened.Member.Person.Key, only);
        Send(
            happened.Member.Hidden ? Span(left) : Audience(happened, only), happened,
            () => _frames.Of(SessionEvents.DeleteChannelMembership, happened, happened.Member),
            happened.Member.Hidden ? session => Hears(session, happened.Channel.Key) : null);
        left.ForEach(session =>
        {
            if (happened.Position > session.From)
            {
                StopHearing(session, happened.Channel.Key);
            }
        });
    }

    /// <summary>
    /// Whoever was moved hears the new sub-channel from this position on and the old one up to it; nobody else is told.
    /// </summary>
    private void TellMoved(MemberMoved happened, Session? only)
    {
        var moved = SessionsOf(happened.Member.Person.Key, only);
        Send(Span(moved), happened, () => _frames.Of(SessionEvents.UpdateChannelMembership, happened, happened.Member));
        foreach (var session in moved.Where(session => happened.Position > session.From))
        {
            Hear(session, new(happened.Member.Channel, happened.Channel.Key));
            StopHearing(session, happened.From.Log);
        }
    }

    private ReadOnlySpan<Session> Audience(ChannelEvent happened, Session? only) =>
        !_rooms.TryGetValue(happened.Channel.Key, out var room) ? []
        : only is null ? room.Members
        : only.Seats.Find(room) >= 0 ? new[] { only }
        : [];

    private static ReadOnlySpan<Session> Span(List<Session> sessions) => CollectionsMarshal.AsSpan(sessions);

    private void EndSessions(List<Session> sessions)
    {
        foreach (var session in sessions)
        {
            End(session, CloseCodes.Forbidden, "The app instance user was deleted.");
        }
    }

    /// <summary>Offers one frame to all of an audience; it is made when the first is found that gets it.</summary>
    private void Send(
        ReadOnlySpan<Session> audience, ChannelEvent happened, Func<SharedFrame> encode, Func<Session, bool>? isFor = null)
    {
        SharedFrame? frame = null;
        List<Session>? slow = null;
        var lane = Lanes.Of(audience.Length);
        foreach (var session in audience)
        {
            // A session's view starts at From: it knows everything up to there from what it read. What is not kept stands
            // behind the last event before it, and may have been meant for other members than those of the view.
            if ((happened.Sequence > 0 ? happened.Position <= session.From : happened.Position < session.From)
                || (isFor is not null && !isFor(session)))
            {
                continue;
            }

            frame ??= encode();
            if (!session.Socket.Offer(frame, lane))
            {
                (slow ??= []).Add(session);
            }
        }

        foreach (var session in slow ?? [])
        {
            Forget(session);
            session.Socket.CloseAsSlow("queue");
        }
    }
}
