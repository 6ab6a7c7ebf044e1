using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Messages;
using Carillon.Core.Pushing;

namespace Carillon.Backends.Sql;

internal sealed partial class SqlLedger
{
    public UserEndpoint AddEndpoint(Person user, string id, NewEndpoint device)
    {
        var key = Connection.Number(
            """
            insert into endpoint(app, person, id, type, resource, name, token, voip_token, allow, state, created, updated)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $10) returning key
            """,
            user.App.Value, user.Key.Value, id, (long)device.Type, device.Resource, device.Name, device.Token,
            device.VoipToken, device.AllowMessages, Now.Microseconds)!.Value;
        return new(key, id, device, EndpointState.Active, Now, Now);
    }

    public void RenewEndpoint(UserEndpoint endpoint, NewEndpoint device) => Connection.Execute(
        "update endpoint set name = $2, voip_token = $3, allow = $4, state = 0, updated = $5 where key = $1",
        endpoint.Key, device.Name, device.VoipToken, device.AllowMessages, Now.Microseconds);

    public void UpdateEndpoint(UserEndpoint endpoint, string? name, bool allowMessages) => Connection.Execute(
        "update endpoint set name = $2, allow = $3, updated = $4 where key = $1",
        endpoint.Key, name, allowMessages, Now.Microseconds);

    public void DeactivateEndpoint(UserEndpoint endpoint, EndpointState state) => Connection.Execute(
        "update endpoint set state = $2, updated = $3 where key = $1", endpoint.Key, (long)state, Now.Microseconds);

    public void DeleteEndpoint(UserEndpoint endpoint) =>
        Connection.Execute("delete from endpoint where key = $1", endpoint.Key);

    private void DeleteEndpoints(UserKey user)
    {
        Connection.Execute("delete from endpoint where person = $1", user.Value);
        Connection.Execute("delete from reaching where person = $1", user.Value);
    }

    public void BeginReaching(UserKey user) => Connection.Execute(
        "insert into reaching(person, channel) values ($1, 0) on conflict(person) do update set channel = 0", user.Value);

    public UserKey? NextToReach() =>
        Connection.Number("select q.person from reaching q order by q.person limit 1") is { } person ? new UserKey(person) : null;

    public void Reach(UserKey user, int most)
    {
        var channels = Connection.Query(
            """
            select distinct root from member
            where person = $1 and root > (select channel from reaching where person = $1) order by root limit $2
            """,
            static row => row.Integer(0), user.Value, most);
        foreach (var channel in channels)
        {
            Connection.Execute(
                """
                insert into reachable(channel, person) select channel, person from member where root = $1 and person = $2
                on conflict(channel, person) do nothing
                """,
                channel, user.Value);
        }

        if (channels.Count < most)
        {
            Connection.Execute("delete from reaching where person = $1", user.Value);
        }
        else
        {
            Connection.Execute("update reaching set channel = $2 where person = $1", user.Value, channels[^1]);
        }
    }

    /// <summary>A member who joins with a device.</summary>
    private void ReachMember(ChannelKey channel, UserKey user) => Connection.Execute(
        "insert into reachable(channel, person) select $1, $2 where exists(select 1 from endpoint where person = $2)",
        channel.Value, user.Value);

    private void ForgetReachable(ChannelKey channel, UserKey user) => Connection.Execute(
        "delete from reachable where channel = $1 and person = $2", channel.Value, user.Value);

    public void SetPreference(ChannelKey channel, UserKey user, Preference? preference) => Connection.Execute(
        "update member set notify = $3, filter = $4 where channel = $1 and person = $2",
        channel.Value, user.Value, (long?)preference?.Allow, preference?.Rule);

    public void AddPush(Channel channel, Message message, Push push)
    {
        if (!options.Pushes)
        {
            return;
        }

        known.Log(
            """
            insert into push(channel, message, sender, target, title, body, voip, attributes, created, due, attempts,
                after_person, after_endpoint)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, 0, 0, 0)
            """,
            channel.Key.Value, Convert.FromHexString(message.Id), message.Sender.Key.Value, message.Target?.Key.Value,
            push.Title, push.Body, push.Voip, message.Attributes, Now.Microseconds);
    }

    /// <summary>What is erased is not pushed any more.</summary>
    private void TakeBackPush(Message message) => Connection.Execute(
        "delete from push where channel = $1 and message = $2", message.Channel.Value, Convert.FromHexString(message.Id));

    public void AdvancePush(WaitingPush push, Progress after) => Connection.Execute(
        "update push set after_person = $2, after_endpoint = $3, attempts = 0, due = $4 where position = $1",
        push.Position, after.Person.Value, after.Endpoint, Now.Microseconds);

    public void PostponePush(WaitingPush push, Instant due) => Connection.Execute(
        "update push set attempts = attempts + 1, due = $2 where position = $1", push.Position, due.Microseconds);

    public bool DeletePush(long position) => Connection.Execute("delete from push where position = $1", position) > 0;
}
