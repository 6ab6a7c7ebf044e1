using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;

namespace Carillon.Backends.Sql;

internal sealed partial class SqlLedger
{
    public Channel AddChannel(NewChannel channel)
    {
        var expires = channel.Expiration?.After(Now).Microseconds;
        var key = new ChannelKey(Connection.Number(
            """
            insert into channel(app, id, name, mode, privacy, metadata, created_by, expire_days, expire_from, expires, created, updated,
                elastic_most, elastic_target, elastic_least)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12, $13, $14) returning key
            """,
            channel.App.Key.Value, channel.Id, channel.Name, (long)channel.Mode, (long)channel.Privacy, channel.Metadata,
            channel.CreatedBy.Key.Value, channel.Expiration?.Days, (long?)channel.Expiration?.Criterion, expires,
            Now.Microseconds, channel.Elastic?.MostSubChannels, channel.Elastic?.Target, channel.Elastic?.LeastPercent)!.Value);
        Connection.Execute(
            """
            insert into channel_head(channel, sequence, members, moderators, messages, app, privacy)
            values ($1, 0, 0, 0, 0, $2, $3)
            """,
            key.Value, channel.App.Key.Value, (long)channel.Privacy);
        Connection.Execute("update app_instance set channels = channels + 1 where key = $1", channel.App.Key.Value);
        return new(
            key, channel.App.Key, channel.App.Id, channel.Id, channel.Name, channel.Mode, channel.Privacy,
            channel.Metadata, channel.CreatedBy, channel.Expiration, Now, Now, null)
        {
            Elastic = channel.Elastic,
        };
    }

    public Channel UpdateChannel(Channel channel, string name, ChannelMode mode, string? metadata)
    {
        Connection.Execute(
            "update channel set name = $2, mode = $3, metadata = $4, updated = $5 where key = $1",
            channel.Key.Value, name, (long)mode, metadata, Now.Microseconds);
        return channel with { Name = name, Mode = mode, Metadata = metadata, Updated = Now };
    }

    public Channel SetExpiration(Channel channel, Expiration? expiration, Instant? end)
    {
        Connection.Execute(
            "update channel set expire_days = $2, expire_from = $3, expires = $4 where key = $1",
            channel.Key.Value, expiration?.Days, (long?)expiration?.Criterion, end?.Microseconds);
        return channel with { Expiration = expiration };
    }

    public void DeleteChannel(Channel channel)
    {
        Connection.Execute("update channel set deleted = $2 where key = $1", channel.Key.Value, Now.Microseconds);
        Connection.Execute(
            """
            update channel_head set app = null
            where channel = $1 or channel in (select -key from sub_channel where channel = $1)
            """,
            channel.Key.Value);
        FinishBalancing(channel.Key);
        Connection.Execute("update app_instance set channels = channels - 1 where key = $1", channel.App.Value);
        DeleteTags($"app-instance/{channel.AppId}/channel/{channel.Id}");
        AddPurge(PurgeKind.Channel, channel.Key.Value);
    }

    public Member AddMember(Channel channel, Person person, bool hidden, Person invitedBy, bool placed = false)
    {
        Connection.Execute(
            """
            insert into member(channel, person, hidden, invited_by, created, updated, root, placed)
            values ($1, $2, $3, $4, $5, $5, $6, $7)
            """,
            channel.Key.Value, person.Key.Value, hidden, invitedBy.Key.Value, Now.Microseconds, channel.Root.Value, placed);
        Connection.Execute("update person set memberships = memberships + 1 where key = $1", person.Key.Value);
        ReachMember(channel.Key, person.Key);
        var head = ChangedHead(channel.Key);
        head.Members++;
        head.Hidden += hidden ? 1 : 0;
        if (channel.Sub is not null)
        {
            ChangedHead(channel.Root).Members++;
        }

        if (person.Kind == PersonKind.Bot && !hidden)
        {
            AddBotMember(channel.Key, person.Key);
        }

        if (placed)
        {
            ChangePlaced(channel.Key, 1);
        }

        return new(person, channel.Key, hidden, invitedBy, Now, Now) { Sub = channel.Sub };
    }

    public void DeleteMember(ChannelKey channel, UserKey user)
    {
        if (Connection.Number(
            "delete from member where channel = $1 and person = $2 returning placed + 2 * hidden",
            channel.Value, user.Value) is { } traits)
        {
            Connection.Execute("update person set memberships = memberships - 1 where key = $1", user.Value);
            ForgetReachable(channel, user);
            var head = ChangedHead(channel);
            head.Members--;
            head.Hidden -= traits >> 1;
            if (RootOf(channel) is { } root)
            {
                ChangedHead(root).Members--;
            }

            if (head.Bots > 0)
            {
                DeleteBotMember(channel, user);
            }

            if ((traits & 1) == 1)
            {
                ChangePlaced(channel, -1);
            }
        }
    }

    public void SetReadMarker(ChannelKey channel, UserKey user) => Connection.Execute(
        "update member set read_marker = $3 where channel = $1 and person = $2",
        channel.Value, user.Value, Now.Microseconds);

    public Moderator AddModerator(ChannelKey channel, Person person, Person createdBy)
    {
        Connection.Execute(
            "insert into moderator(channel, person, created_by, created) values ($1, $2, $3, $4)",
            channel.Value, person.Key.Value, createdBy.Key.Value, Now.Microseconds);
        ChangedHead(channel).Moderators++;
        return new(person, createdBy, Now);
    }

    public bool DeleteModerator(ChannelKey channel, UserKey user)
    {
        var deleted = Connection.Execute(
            "delete from moderator where channel = $1 and person = $2", channel.Value, user.Value) > 0;
        if (deleted)
        {
            ChangedHead(channel).Moderators--;
        }

        return deleted;
    }

    public Ban AddBan(ChannelKey channel, Person person, Person createdBy)
    {
        Connection.Execute(
            "insert into ban(channel, person, created_by, created) values ($1, $2, $3, $4)",
            channel.Value, person.Key.Value, createdBy.Key.Value, Now.Microseconds);
        return new(person, createdBy, Now);
    }

    public bool DeleteBan(ChannelKey channel, UserKey user) =>
        Connection.Execute("delete from ban where channel = $1 and person = $2", channel.Value, user.Value) > 0;
}
