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
            insert into channel(app, id, name, mode, privacy, metadata, created_by, expire_days, expire_from, expires, created, updated)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11) returning key
            """,
            channel.App.Key.Value, channel.Id, channel.Name, (long)channel.Mode, (long)channel.Privacy, channel.Metadata,
            channel.CreatedBy.Key.Value, channel.Expiration?.Days, (long?)channel.Expiration?.Criterion, expires,
            Now.Microseconds)!.Value);
        Connection.Execute(
            "insert into channel_head(channel, sequence, members, moderators, messages) values ($1, 0, 0, 0, 0)", key.Value);
        Connection.Execute("update app_instance set channels = channels + 1 where key = $1", channel.App.Key.Value);
        return new(
            key, channel.App.Key, channel.App.Id, channel.Id, channel.Name, channel.Mode, channel.Privacy,
            channel.Metadata, channel.CreatedBy, channel.Expiration, Now, Now, null);
    }

    public Channel UpdateChannel(Channel channel, string name, ChannelMode mode, string? metadata)
    {
        Connection.Execute(
            "update channel set name = $2, mode = $3, metadata = $4, updated = $5 where key = $1",
            channel.Key.Value, name, (long)mode, metadata, Now.Microseconds);
        return channel with { Name = name, Mode = mode, Metadata = metadata, Updated = Now };
    }

    public void DeleteChannel(Channel channel)
    {
        Connection.Execute("update channel set deleted = $2 where key = $1", channel.Key.Value, Now.Microseconds);
        Connection.Execute("update app_instance set channels = channels - 1 where key = $1", channel.App.Value);
        DeleteTags($"app-instance/{channel.AppId}/channel/{channel.Id}");
        AddPurge(PurgeKind.Channel, channel.Key.Value);
    }

    public Member AddMember(ChannelKey channel, Person person, bool hidden, Person invitedBy)
    {
        Connection.Execute(
            """
            insert into member(channel, person, hidden, invited_by, created, updated) values ($1, $2, $3, $4, $5, $5)
            """,
            channel.Value, person.Key.Value, hidden, invitedBy.Key.Value, Now.Microseconds);
        Connection.Execute("update person set memberships = memberships + 1 where key = $1", person.Key.Value);
        ReachMember(channel, person.Key);
        ChangedHead(channel).Members++;
        return new(person, channel, hidden, invitedBy, Now, Now);
    }

    public void DeleteMember(ChannelKey channel, UserKey user)
    {
        if (Connection.Execute("delete from member where channel = $1 and person = $2", channel.Value, user.Value) > 0)
        {
            Connection.Execute("update person set memberships = memberships - 1 where key = $1", user.Value);
            ForgetReachable(channel, user);
            ChangedHead(channel).Members--;
        }
    }

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
