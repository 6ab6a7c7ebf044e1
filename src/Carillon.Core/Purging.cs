using Carillon.Core.Channels;
using Carillon.Core.Identity;

namespace Carillon.Core;

/// <summary>
/// Removes what deleted things have left behind, a slice a transaction, so that deleting a channel with millions of
/// messages never keeps a sender waiting. The list of what is to do is in the store: a restart goes on where it was.
/// </summary>
public static class Purging
{
    /// <summary>Rows a transaction; small beside a full batch of sends.</summary>
    public const int Slice = 200;

    /// <summary>Does the next slice. False when nothing is left to do.</summary>
    public static bool Step(ILedger ledger)
    {
        switch (ledger.NextPurge())
        {
            case null:
                return ledger.ForgetRequests(Slice);
            case { User: { } user } task:
                if (EndTies(ledger, user, Slice) < Slice)
                {
                    ledger.FinishPurge(task);
                }

                return true;
            case { } task:
                if (ledger.Purge(task, Slice))
                {
                    ledger.FinishPurge(task);
                }

                return true;
        }
    }

    /// <summary>
    /// Ends up to <paramref name="most"/> of a deleted user's memberships, moderator roles and bans, each an event of its
    /// channel, and returns how many it ended.
    /// </summary>
    internal static int EndTies(ILedger ledger, Person user, int most)
    {
        var ended = 0;
        foreach (var membership in ledger.ListMemberships(user.Key, most, null).Items)
        {
            var member = ledger.FindMember(membership.Channel.Key, user.Key)!;
            Memberships.End(ledger, membership.Channel, actor: null, member);
            ended++;
        }

        foreach (var channel in ledger.ListModerated(user.Key, most - ended))
        {
            Moderators.End(ledger, channel, actor: null, user);
            ended++;
        }

        foreach (var channel in ledger.ListBanning(user.Key, most - ended))
        {
            Bans.End(ledger, channel, actor: null, user);
            ended++;
        }

        return ended;
    }
}

/// <summary>A deleted thing whose remains are to be removed. <c>User</c> is set for a user alone.</summary>
/// <param name="Position">Its place in the list of what is to do.</param>
public sealed record PurgeTask(long Position, PurgeKind Kind, long Key, Person? User);

public enum PurgeKind
{
    AppInstance = 0,
    User = 1,
    Channel = 2,

    /// <summary>The key is that of its log.</summary>
    SubChannel = 3,
    Stream = 4,
}

public interface IPurgeLedger
{
    PurgeTask? NextPurge();

    /// <summary>Removes up to <paramref name="most"/> rows; true when none is left.</summary>
    bool Purge(PurgeTask task, int most);

    void FinishPurge(PurgeTask task);

    /// <summary>Removes up to <paramref name="most"/> remembered requests that are too old; false when none is left.</summary>
    bool ForgetRequests(int most);
}
