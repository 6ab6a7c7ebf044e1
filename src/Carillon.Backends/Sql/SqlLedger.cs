using System.Diagnostics;
using Carillon.Core;
using Carillon.Core.Access;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Messages;
using Carillon.Core.Streaming;
using Carillon.Sql;

namespace Carillon.Backends.Sql;

/// <summary>
/// Writes inside the writer's transaction. One instance serves a whole batch: it counts positions, sequences and
/// members in memory and writes each channel's head once, at the end of the batch.
/// </summary>
/// <param name="known">What earlier batches have read. Messages and what goes with them are written through it.</param>
internal sealed partial class SqlLedger(
    SqlConnection connection, Known known, StreamCiphers ciphers, long lastPosition, Instant now, StoreOptions options)
    : SqlView(connection, now, ciphers), ILedger
{
    private readonly Dictionary<ChannelKey, ChannelHead> _heads = [];
    private readonly List<Event> _announced = [];
    private readonly long _version = known.Version;

    private long _lastPosition = lastPosition;

    public IReadOnlyList<Event> Announced => _announced;

    /// <summary>Rises with everything a change did: rows, places taken and announcements.</summary>
    public long Effects => Connection.Changes + _lastPosition + _announced.Count + _headEffects;

    private long _headEffects;

    /// <summary>Counts what this batch has given out, unlike the view's, which is what is committed.</summary>
    public long GivenOut => _lastPosition;

    protected override ChannelHead Head(ChannelKey channel)
    {
        if (!_heads.TryGetValue(channel, out var head))
        {
            head = known.Heads.TryGetValue(channel, out var kept) ? kept : ReadHead(channel);
            _heads.Add(channel, head);
        }

        return head;
    }

    public override Person? FindPerson(PersonAddress address)
    {
        if (known.People.TryGetValue(address, out var kept))
        {
            return kept;
        }

        return base.FindPerson(address) is { } person ? known.People[address] = person : null;
    }

    /// <summary>With the last message of this batch, which is not in the table yet.</summary>
    public override Channel? FindChannel(ChannelAddress address)
    {
        var whole = address with { SubChannelId = null };
        if (known.Channels.TryGetValue(whole, out var kept))
        {
            return Said(kept, Head(kept.Key));
        }

        if (base.FindChannel(whole) is not { } channel)
        {
            return null;
        }

        known.Channels[whole] = channel;
        return _heads.TryGetValue(channel.Key, out var head) ? Said(channel, head) : channel;
    }

    private static Channel Said(Channel channel, ChannelHead head) =>
        channel.LastMessage == head.LastMessage ? channel : channel with { LastMessage = head.LastMessage };

    public override SubChannel? FindSubChannel(ChannelKey channel, string id)
    {
        if (known.Parts.TryGetValue((channel, id), out var kept))
        {
            return kept;
        }

        return base.FindSubChannel(channel, id) is { } part ? known.Parts[(channel, id)] = part : null;
    }

    public override Roles FindRoles(Channel channel, UserKey user)
    {
        if (known.Roles.TryGetValue((channel.Key, user), out var kept))
        {
            return kept;
        }

        return known.Roles[(channel.Key, user)] = base.FindRoles(channel, user);
    }

    private ChannelHead ChangedHead(ChannelKey channel)
    {
        _headEffects++;
        var head = Head(channel);
        head.Changed = true;
        return head;
    }

    public Place Next(ChannelKey channel)
    {
        var head = ChangedHead(channel);
        return new(++_lastPosition, ++head.Sequence);
    }

    public void Append(ChannelEvent happened)
    {
        if (happened is MessageCreated created)
        {
            InsertMessage(created.Message, happened.Position);
            if (created.Channel.Sub is not null)
            {
                InsertIntoWhole(ChangedHead(created.Channel.Root), created.Message, happened.Position);
            }
        }
        else
        {
            InsertEvent(happened);
            switch (happened)
            {
                case ChannelCreated:
                    ChangedHead(happened.Channel.Key).Latest = happened.Position;
                    break;
                case SubChannelCreated { Made: var made }:
                    ChangedHead(made.Log).Latest = happened.Position;
                    break;
            }
        }

        _announced.Add(happened);
        if (options.Records is { } records)
        {
            Exporting.Add(this, records, happened);
        }
    }

    public void Announce(Event happened) => _announced.Add(happened with { Position = _lastPosition });

    /// <summary>Writes what was counted in memory; the last thing before the commit.</summary>
    public void Flush()
    {
        SettleRecords();
        known.Log("update log_head set position = $1, at = $2", _lastPosition, Now.Microseconds);

        // A head may be that of a channel that something else in this batch has taken away.
        var keep = known.Version == _version;
        foreach (var (channel, head) in _heads)
        {
            if (keep)
            {
                known.Heads[channel] = head;
            }

            if (!head.Changed)
            {
                continue;
            }

            head.Changed = false;
            known.Log(
                """
                update channel_head set sequence = $2, last_message = $3, members = $4, moderators = $5, messages = $6,
                    hidden = $7, targeted = $8, latest = $9, bots = $10
                where channel = $1
                """,
                channel.Value, head.Sequence, head.LastMessage?.Microseconds, head.Members, head.Moderators, head.Messages,
                head.Hidden, head.Targeted, head.Latest, head.Bots);
        }
    }

    private void InsertEvent(ChannelEvent happened)
    {
        var (subject, message, detail) = Describe(happened);
        Connection.Execute(
            """
            insert into event(position, channel, sequence, kind, at, actor, subject, message_sequence, detail)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            happened.Position, happened.Channel.Key.Value, happened.Sequence, (long)EventDetail.KindOf(happened),
            Now.Microseconds, happened.Actor?.Key.Value, subject, message, detail);
    }

    /// <summary>Whom it befell, the message it is about, and what the tables will not show later.</summary>
    private static (long? Subject, long? Message, string? Detail) Describe(ChannelEvent happened) => happened switch
    {
        MessageUpdated e => (e.Message.Sender.Key.Value, e.Message.Sequence, null),
        MessageRedacted e => (e.Message.Sender.Key.Value, e.Message.Sequence, null),
        MessageDeleted e => (e.Message.Sender.Key.Value, e.Message.Sequence, null),
        MemberJoined e => (e.Member.Person.Key.Value, null, EventDetail.Of(e.Member)),
        MemberLeft e => (e.Member.Person.Key.Value, null, EventDetail.Of(e.Member)),
        ModeratorCreated e => (e.Moderator.Person.Key.Value, null, null),
        ModeratorDeleted e => (e.Moderator.Person.Key.Value, null, null),
        BanCreated e => (e.Ban.Person.Key.Value, null, null),
        BanDeleted e => (e.Ban.Person.Key.Value, null, null),
        SubChannelCreated e => (null, null, EventDetail.Of(e.Made)),
        SubChannelDeleted e => (null, null, EventDetail.Of(e.Gone)),
        MemberMoved e => (e.Member.Person.Key.Value, null, EventDetail.Of(e)),
        ChannelCreated or ChannelUpdated or ChannelExpirationUpdated or ChannelDeleted => (null, null, EventDetail.Of(happened.Channel)),
        _ => throw new UnreachableException($"{happened.GetType().Name} is not kept in the log."),
    };

    public RememberedRequest? FindRequest(byte[] key) => Connection.First(
        """
        select fingerprint, result from request
        where day in ($1, $2) and key = $3 and at > $4
        """,
        static row => new RememberedRequest(row.Blob(0), row.Text(1)),
        DayOf(Now), DayOf(Now) - 1, key, Now.Plus(-Repetition.Window).Microseconds);

    public void RememberRequest(byte[] key, RememberedRequest request) => known.Log(
        "insert into request(day, key, at, fingerprint, result) values ($1, $2, $3, $4, $5)",
        DayOf(Now), key, Now.Microseconds, request.Fingerprint, request.Result);

    /// <summary>Days since 1970.</summary>
    private static long DayOf(Instant time) => time.Microseconds / 86_400_000_000;
}
