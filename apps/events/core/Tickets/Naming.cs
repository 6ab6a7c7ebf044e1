using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Staff;
using Carillon.Events.Core.Talk;

namespace Carillon.Events.Core.Tickets;

/// <summary>How a fan comes by a nickname: unique by its look within the show.</summary>
public static class Naming
{
    /// <exception cref="Refused">NicknameRefused with <c>why</c>; NicknameTaken with <c>suggestions</c>.</exception>
    public static Ticket Take<TLedger>(TLedger ledger, Show show, Ticket ticket, string? typed, WordList words, Func<int, int> dice)
        where TLedger : ITicketLedger, IStaffView
    {
        var staff = ledger.StaffOf(show.Key).Select(s => s.Name).Append(show.Definition.Artist);
        var check = Nickname.Check(typed, staff, words);
        if (check.Fault is { } fault)
            throw new Refused(Reason.NicknameRefused, "why", fault.ToString().ToLowerInvariant());
        if (!IsFree(check))
            throw new Refused(Reason.NicknameTaken, "suggestions", Nickname.Suggest(check.Text, IsFree, dice));
        ledger.PutNickname(show.Key, ticket.Number, check.Text, check.LookKeys);
        return Door.Synced(ledger, ticket);

        bool IsFree(NicknameCheck name) => !name.LookKeys.Any(key => ledger.NicknameTaken(show.Key, key, ticket.Number));
    }
}
