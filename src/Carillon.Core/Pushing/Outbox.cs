using Carillon.Core.Messages;

namespace Carillon.Core.Pushing;

/// <summary>
/// Pushes on their way. A message that asks for one puts a row here in the transaction that makes it visible; whoever
/// carries pushes then takes its recipients a slice at a time, and each slice that was taken moves the row on. So a restart
/// goes on where it was, a slice whose taking was not written down is handed over again, and nothing else is.
/// </summary>
/// <remarks>Who left, was banned or lost the device before its slice gets nothing; a message that is redacted or deleted has
/// no row any more.</remarks>
public static class Outbox
{
    /// <summary>Recipients handed over at once. Ours.</summary>
    public const int Slice = 100;

    /// <summary>A push that could not be handed over in this time after its message is given up: it is news no more. Ours.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    private static readonly TimeSpan firstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan longestWait = TimeSpan.FromMinutes(5);

    /// <summary>What is to be handed over next. Null where the push is finished, given up or taken back.</summary>
    public static PushBatch? Next(IView view, long position)
    {
        if (view.FindPush(position) is not { } push)
        {
            return null;
        }

        if (push.Address is null)
        {
            return new(push, [], push.After, Last: true);
        }

        var attributes = MessageAttributes.Read(push.Attributes);
        var after = push.After;
        while (true)
        {
            var slice = view.ListRecipients(push, after, Slice);
            after = slice.Count > 0 ? slice[^1].Place : after;
            List<Recipient> wanted = [.. slice.Where(r => Wants(r.Preference, attributes))];
            if (wanted.Count > 0 || slice.Count < Slice)
            {
                return new(push, wanted, after, Last: slice.Count < Slice);
            }
        }
    }

    /// <summary>The batch was taken, or there was nobody in it.</summary>
    /// <param name="invalid">Endpoints of the batch that no push can reach any more.</param>
    public static void Taken(ILedger ledger, PushBatch batch, IReadOnlyList<(UserEndpoint Endpoint, EndpointState State)> invalid)
    {
        foreach (var (endpoint, state) in invalid)
        {
            ledger.DeactivateEndpoint(endpoint, state);
        }

        if (batch.Last)
        {
            ledger.DeletePush(batch.Push.Position);
        }
        else
        {
            ledger.AdvancePush(batch.Push, batch.After);
        }
    }

    /// <summary>A batch was not taken: the next attempt comes after 1, 2, 4, ... seconds, at most 5 minutes.</summary>
    public static void Failed(ILedger ledger, long position)
    {
        if (ledger.FindPush(position) is { } push)
        {
            var wait = firstWait * Math.Pow(2, Math.Min(push.Attempts, 30));
            ledger.PostponePush(push, ledger.Now.Plus(wait < longestWait ? wait : longestWait));
        }
    }

    /// <summary>Gives up what is too old, a slice at a time; how many it were.</summary>
    public static int GiveUp(ILedger ledger)
    {
        var old = ledger.ListPushesFrom(TooOld(ledger.Now), Purging.Slice);
        return old.Count(ledger.DeletePush);
    }

    /// <summary>Messages of this time and earlier are not pushed any more.</summary>
    public static Instant TooOld(Instant now) => now.Plus(-Patience);

    private static bool Wants(Preference? preference, IReadOnlyDictionary<string, IReadOnlyList<string>> attributes) =>
        preference?.Allow switch
        {
            null or Notifications.All => true,
            Notifications.Filtered => FilterRule.Parse(preference.Rule!).Lets(attributes),
            _ => false,
        };
}
