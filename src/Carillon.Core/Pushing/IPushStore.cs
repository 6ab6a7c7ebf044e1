using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Messages;

namespace Carillon.Core.Pushing;

public interface IPushView
{
    UserEndpoint? FindEndpoint(UserKey user, string id);

    /// <summary>The one that was registered with this type, resource and token.</summary>
    UserEndpoint? FindEndpoint(UserKey user, EndpointType type, string resource, string token);

    Page<UserEndpoint> ListEndpoints(UserKey user, int size, long? after);

    long CountEndpoints(UserKey user);

    /// <summary>Null where the member never said.</summary>
    Preference? FindPreference(ChannelKey channel, UserKey user);

    WaitingPush? FindPush(long position);

    /// <summary>Positions of pushes whose time has come, the longest due first.</summary>
    IReadOnlyList<long> ListDuePushes(Instant now, int most);

    /// <summary>Positions of pushes whose message was sent at or before <paramref name="time"/>, the oldest first.</summary>
    IReadOnlyList<long> ListPushesFrom(Instant time, int most);

    /// <summary>
    /// Active devices that allow messages, of members who were there when the message was sent, without its sender and
    /// without members who want no push; of the target alone where there is one. In the order of <see cref="Progress"/>.
    /// </summary>
    IReadOnlyList<Recipient> ListRecipients(WaitingPush push, Progress after, int most);
}

public interface IPushLedger
{
    UserEndpoint AddEndpoint(Person user, string id, NewEndpoint device);

    /// <summary>Takes everything from <paramref name="device"/>, and is active again.</summary>
    void RenewEndpoint(UserEndpoint endpoint, NewEndpoint device);

    void UpdateEndpoint(UserEndpoint endpoint, string? name, bool allowMessages);

    /// <summary>Changes nothing where the endpoint is gone.</summary>
    void DeactivateEndpoint(UserEndpoint endpoint, EndpointState state);

    void DeleteEndpoint(UserEndpoint endpoint);

    /// <summary>Puts a user whose first device it is on the list of those whose memberships are to be marked.</summary>
    void BeginReaching(UserKey user);

    /// <summary>The next user on that list.</summary>
    UserKey? NextToReach();

    /// <summary>Marks up to <paramref name="most"/> memberships of the user, from where it stopped, and takes it off the list at the end.</summary>
    void Reach(UserKey user, int most);

    /// <param name="preference">Null forgets what was said before.</param>
    void SetPreference(ChannelKey channel, UserKey user, Preference? preference);

    /// <summary>Puts the push of a message into the outbox, where there is somebody who carries pushes.</summary>
    void AddPush(Channel channel, Message message, Push push);

    void AdvancePush(WaitingPush push, Progress after);

    void PostponePush(WaitingPush push, Instant due);

    /// <summary>False where it is gone already.</summary>
    bool DeletePush(long position);
}
