using Carillon.Core.Channels;
using Carillon.Core.Identity;

namespace Carillon.Core;

/// <summary>
/// Deletes users and channels whose ExpirationSettings have run out, one a transaction, as if somebody had asked for it.
/// Until then they are fully usable. (AWS does it within hours; here it is a matter of seconds.)
/// </summary>
public static class Expiring
{
    /// <summary>Deletes the next that is due. False when none is.</summary>
    public static bool Step(ILedger ledger)
    {
        if (ledger.NextExpiredUser() is { } user)
        {
            Users.End(ledger, user);
            return true;
        }

        if (ledger.NextExpiredChannel() is not { } channel)
        {
            return false;
        }

        var end = EndOf(ledger, channel, channel.Expiration!);
        if (end > ledger.Now)
        {
            // Somebody has spoken since the end was last worked out.
            ledger.PostponeExpiry(channel.Key, end);
        }
        else
        {
            Channels.Channels.End(ledger, channel, actor: null);
        }

        return true;
    }

    /// <summary>
    /// Counts from the last message where the settings say so, whoever may see it, and from creation where nobody has spoken.
    /// </summary>
    internal static Instant EndOf(ILedger ledger, Channel channel, Expiration expiration)
    {
        var start = expiration.Criterion == ExpirationCriterion.LastMessageTimestamp ? ledger.LastSaid(channel) : null;
        return expiration.After(start ?? channel.Created);
    }
}

public interface IExpiryLedger
{
    Person? NextExpiredUser();

    /// <summary>A channel that may be due: its end was worked out before its latest messages.</summary>
    Channel? NextExpiredChannel();

    /// <summary>
    /// When the last message was created, also one that only two can see or that retention has deleted; null where there
    /// never was one.
    /// </summary>
    Instant? LastSaid(Channel channel);

    void PostponeExpiry(ChannelKey channel, Instant end);
}
