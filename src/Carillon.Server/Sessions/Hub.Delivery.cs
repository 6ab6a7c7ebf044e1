using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Messages;
using Carillon.Wire.Session;

namespace Carillon.Server.Sessions;

internal sealed partial class Hub
{
    private void Deliver(Event happened)
    {
        Deliver(happened, only: null);
        if (happened is not (MessageCreated { Sequence: 0 } or MessageStatusChanged))
        {
            // What is not kept is not owed to a session that was not there yet.
            _recent.Enqueue(happened);
            if (_recent.Count > _options.Remembered)
            {
                _forgotten = _recent.Dequeue().Position;
            }
        }
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
                    SessionsOf(e.Message.Sender.Key, only).Where(session => session.Channels.Contains(e.Channel.Root)), e,
                    () => _frames.Of(EventTypeOf(e), e, e.Message));
                break;
            case ChannelUpdated e:
                Send(Audience(e, only), e, () => _frames.Of(SessionEvents.UpdateChannel, e));
                break;
            case ChannelDeleted e:
                var hearers = Audience(e, only).ToList();
                Send(hearers, e, () => _frames.Of(SessionEvents.DeleteChannel, e));
                hearers.ForEach(session => StopHearingAll(session, e.Channel.Key));
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
                EndSessionsOf(session => session.User.Key == e.User, SessionsOf(e.User, only));
                break;
            case AppInstanceDeleted e:
                EndSessionsOf(session => session.User.App == e.App, only is not null ? [only] : Open());
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

    private void Tell(string eventType, ChannelEvent happened, Message message, Session? only)
    {
        var audience = message.Target is null
            ? Audience(happened, only)
            : Audience(happened, only).Where(session => message.IsFor(session.User.Key));
        Send(audience, happened, () => _frames.Of(eventType, happened, message));
    }

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
            Send(joined, happened, () => _frames.Of(SessionEvents.CreateChannelMembership, happened, happened.Member));
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
            happened.Member.Hidden ? left.Where(s => s.Channels.Contains(happened.Channel.Key)) : Audience(happened, only),
            happened,
            () => _frames.Of(SessionEvents.DeleteChannelMembership, happened, happened.Member));
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
        Send(moved, happened, () => _frames.Of(SessionEvents.UpdateChannelMembership, happened, happened.Member));
        foreach (var session in moved.Where(session => happened.Position > session.From))
        {
            Hear(session, new(happened.Member.Channel, happened.Channel.Key));
            StopHearing(session, happened.From.Log);
        }
    }

    private static readonly HashSet<Session> Nobody = [];

    private HashSet<Session> Audience(ChannelEvent happened, Session? only) =>
        only is not null ? (only.Channels.Contains(happened.Channel.Key) ? [only] : Nobody)
        : _rooms.GetValueOrDefault(happened.Channel.Key, Nobody);

    private List<Session> SessionsOf(UserKey user, Session? only) =>
        only is not null ? (only.User.Key == user ? [only] : [])
        : _byUser.TryGetValue(user, out var sessions) ? sessions
        : [];

    private void EndSessionsOf(Func<Session, bool> ends, IEnumerable<Session> among)
    {
        foreach (var session in among.Where(ends).ToList())
        {
            End(session, CloseCodes.Forbidden, "The app instance user was deleted.");
        }
    }

    private void Send(IEnumerable<Session> audience, ChannelEvent happened, Func<byte[]> encode)
    {
        byte[]? frame = null;
        List<Session>? slow = null;
        foreach (var session in audience)
        {
            // A session's view starts at From: it knows everything up to there from what it read. What is not kept stands
            // behind the last event before it, and may have been meant for other members than those of the view.
            if (happened.Sequence > 0 ? happened.Position <= session.From : happened.Position < session.From)
            {
                continue;
            }

            frame ??= encode();
            if (!session.Offer(frame))
            {
                (slow ??= []).Add(session);
            }
        }

        foreach (var session in slow ?? [])
        {
            SlowReader("queue");
            End(session, CloseCodes.TryAgainLater, "The session reads too slowly.");
        }
    }
}
