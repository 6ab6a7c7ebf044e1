using Carillon.Core.Flows;

namespace Carillon.Core.Channels;

/// <summary>
/// Keeps the members of elastic channels well divided. A join that finds everything full makes a sub-channel more and
/// the fullest gives it half of its members; a sub-channel that has become too empty is merged into one that has room.
/// Members move in slices, the first beside the change that caused it and the others in the background; the list of
/// what is to do is in the store, one transfer a channel, so a restart goes on where it was.
/// </summary>
/// <remarks>
/// It ends: without joins no sub-channel is made, every slice of a merger makes its source smaller, and every merger
/// leaves one sub-channel less. It does not swing: what is made holds half its target, above any minimum there can be
/// (40 %), and what is merged leaves a tenth of the target free (AWS names no such margin; it is ours).
/// </remarks>
public static class Balancing
{
    // AWS leaves open how many members a new sub-channel takes over; we make it level with the fullest.
    /// <summary>Members moved in one transaction; small beside a full batch of sends.</summary>
    public const int Slice = 100;

    /// <summary>The part of the target that a merger leaves free: one in so many, rounded down.</summary>
    private const int Margin = 10;

    /// <summary>The emptiest sub-channel with room; a new one where all are full.</summary>
    /// <exception cref="Refusal">QuotaReached: there may be no more. Nothing is written.</exception>
    internal static SubChannel Place(ILedger ledger, Channel channel)
    {
        var transfer = ledger.FindTransfer(channel.Key);
        var ending = transfer is { Ends: true } ? ledger.FindFilled(transfer.From) : null;

        // What is on its way into a sub-channel has its room there already. At most two of the three are special.
        long Taken(Filled one) => one.Placed + (ending is not null && one.Sub.Log == transfer!.Into ? ending.Placed : 0);
        var emptiest = ledger.ListEmptiest(channel.Key, 3).Where(one => one.Sub != ending?.Sub).MinBy(Taken);
        if (emptiest is not null && Taken(emptiest) < channel.Elastic!.Target)
        {
            return emptiest.Sub;
        }

        if (ending is not null)
        {
            // So many have come that it is needed after all.
            ledger.SetTransfer(channel.Key, null);
            return ending.Sub;
        }

        return ScaleOut(ledger, channel);
    }

    private static SubChannel ScaleOut(ILedger ledger, Channel channel)
    {
        if (ledger.CountSubChannels(channel.Key) >= channel.Elastic!.MostSubChannels)
        {
            throw new Refusal(Reason.QuotaReached, "Every sub-channel of the channel is full, and there may be no more of them.");
        }

        // A transfer that made an earlier newcomer level is over: that one is full by now.
        var fullest = ledger.FindFullest(channel.Key, long.MaxValue, except: null)!;
        var made = SubChannels.Begin(ledger, channel, actor: null);
        var transfer = new Transfer(fullest.Sub.Log, made.Log, Ends: false);
        ledger.SetTransfer(channel.Key, transfer);
        Level(ledger, channel, transfer);
        return made;
    }

    /// <summary>Does the next slice of work in some elastic channel. False when none has any.</summary>
    public static bool Step(ILedger ledger)
    {
        if (ledger.NextToBalance() is not { } channel)
        {
            return false;
        }

        switch (ledger.FindTransfer(channel.Key))
        {
            case { Ends: true } transfer:
                Merge(ledger, channel, transfer);
                break;
            case { } transfer:
                Level(ledger, channel, transfer);
                break;
            default:
                ScaleIn(ledger, channel);
                break;
        }

        return true;
    }

    private static void ScaleIn(ILedger ledger, Channel channel)
    {
        var elastic = channel.Elastic!;

        // Whatever could take a fuller one could take the emptiest, so it is enough to look at that.
        if (ledger.ListEmptiest(channel.Key, 1) is not [var emptiest]
            || emptiest.Placed >= elastic.Least
            || ledger.FindFullest(
                channel.Key, elastic.Target - (elastic.Target / Margin) - emptiest.Placed, except: emptiest.Sub.Log) is not { } into)
        {
            ledger.FinishBalancing(channel.Key);
            return;
        }

        var transfer = new Transfer(emptiest.Sub.Log, into.Sub.Log, Ends: true);
        ledger.SetTransfer(channel.Key, transfer);
        Merge(ledger, channel, transfer);
    }

    /// <summary>Moves members until both hold as many, give or take one.</summary>
    private static void Level(ILedger ledger, Channel channel, Transfer transfer)
    {
        var (from, into) = (ledger.FindFilled(transfer.From)!, ledger.FindFilled(transfer.Into)!);
        var missing = (from.Placed - into.Placed) / 2;
        if (missing > 0)
        {
            Move(ledger, channel, from.Sub, into.Sub, (int)Math.Min(missing, Slice));
        }

        if (missing <= Slice)
        {
            ledger.SetTransfer(channel.Key, null);
        }
    }

    /// <summary>Empties a sub-channel, regular members first, then ends the memberships of moderators and what a flow holds for it, then deletes it.</summary>
    private static void Merge(ILedger ledger, Channel channel, Transfer transfer)
    {
        var (from, into) = (ledger.FindFilled(transfer.From)!.Sub, ledger.FindFilled(transfer.Into)!.Sub);
        var left = Slice - Move(ledger, channel, from, into, Slice);
        if (left == 0)
        {
            return;
        }

        // Moderators chose the place, so they are not taken elsewhere.
        var moderators = ledger.ListEveryone(from.Log, left);
        foreach (var member in moderators)
        {
            Memberships.End(ledger, channel.In(from), actor: null, member, withSubChannel: true);
        }

        left -= moderators.Count;
        if (left > 0 && Processing.EndAll(ledger, channel.In(from), left) < left)
        {
            var place = ledger.Next(channel.Key);
            ledger.Append(new SubChannelDeleted(channel, place.Sequence, from) { Position = place.Position });
            ledger.DeleteSubChannel(from);
            ledger.SetTransfer(channel.Key, null);
        }
    }

    private static int Move(ILedger ledger, Channel channel, SubChannel from, SubChannel into, int most)
    {
        var moved = ledger.MoveMembers(from, into, most);
        foreach (var member in moved)
        {
            var place = ledger.Next(channel.Key);
            ledger.Append(new MemberMoved(channel, place.Sequence, member, from) { Position = place.Position });
        }

        return moved.Count;
    }
}
