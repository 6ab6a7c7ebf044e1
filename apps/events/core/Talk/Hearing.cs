using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Staff;
using Carillon.Events.Core.Stage;
using Carillon.Events.Core.Tickets;

namespace Carillon.Events.Core.Talk;

/// <summary>What the platform asks about.</summary>
/// <param name="Edit">Of a message that was sent before.</param>
/// <param name="Plain">To all, kept, and nothing but text and what it answers.</param>
/// <param name="Sent">When the platform took it, microseconds.</param>
public sealed record Asked(
    string MessageId, string CallbackId, string SenderArn, string? SubChannelId, string Text, bool Edit, bool Plain, long Sent);

/// <summary>What was decided, and what is to be told.</summary>
/// <param name="Said">Null for an edit, which is no message of its own.</param>
/// <param name="Answer">Null while it is held, and where it was answered before.</param>
/// <param name="Judgement">Null for what staff says.</param>
public sealed record Heard(Said? Said, Errand? Answer, Judgement? Judgement);

/// <summary>What becomes of a message that the channel's processor is asked about; in one transaction, and once.</summary>
public static class Hearing
{
    /// <param name="verdict">Of the show's words on the text.</param>
    /// <returns>Null where it was decided before: the platform asks again after a restart of its own.</returns>
    public static Heard? Hear(IDeskLedger ledger, Show show, Asked asked, WordVerdict verdict)
    {
        if (!asked.Edit && ledger.Said(show.Key, asked.MessageId) is not null) return null;
        var user = UserIdOf(asked.SenderArn);
        var ticket = ledger.TicketByUser(user) is { } found && found.Show == show.Key ? found : null;
        var house = ticket is null && (ledger.StaffByUser(user)?.Show == show.Key || ledger.StageOf(show.Key)?.AdminArn == asked.SenderArn);
        Judgement? judgement = null;
        if (ticket is not null)
        {
            // What was said may not become something else behind the moderators' backs.
            judgement = ChatJudge.Judge(
                new Utterance(asked.Text, asked.Sent, asked.Plain && !asked.Edit), ticket, ledger.TalkerOf(show.Key, ticket.Number),
                show.Definition.Chat, show.Definition.Tickets.Tiers is [var first, ..] ? first : "", verdict,
                ledger.HeldOf(show.Key, ticket.Number, ChatJudge.MostHeld).Count, show.PhaseAt(ledger.Now) == Phase.Ended, ledger.Now);
        }

        var ruling = judgement?.Ruling ?? (house ? Ruling.Pass : Ruling.Refuse);
        var why = judgement is not null ? judgement.Why : house ? null : Why.Off;
        Said? said = null;
        if (!asked.Edit)
        {
            said = new Said(
                0, show.Key, asked.MessageId, asked.CallbackId, ticket?.Number, user, asked.SubChannelId, asked.Text, judgement?.Masked,
                asked.Sent, ledger.Now, StateOf(ruling), why, Waits: ruling == Ruling.Hold, 0, Kept: false, Held: ruling == Ruling.Hold ? why : null);
            said = said with { Key = ledger.AddSaid(said) };
        }

        if (judgement is not null && ruling != Ruling.Refuse) ledger.PutTalker(judgement.Talker);
        var answer = ruling == Ruling.Hold ? null : ledger.AddErrand(new Errand(
            0, show.Key, ErrandKind.Answer, ticket?.Number, asked.MessageId, asked.CallbackId, asked.SubChannelId,
            Deny: ruling == Ruling.Refuse, judgement?.Masked, ledger.Now));
        return new Heard(said, answer, judgement);
    }

    /// <summary>The last part of a user's ARN.</summary>
    public static string UserIdOf(string arn) => arn[(arn.LastIndexOf('/') + 1)..];

    private static SaidState StateOf(Ruling ruling) => ruling switch
    {
        Ruling.Pass => SaidState.Sent,
        Ruling.Hold => SaidState.Held,
        _ => SaidState.Refused,
    };
}
