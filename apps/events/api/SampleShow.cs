using Carillon.Events.Core;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Staff;
using Carillon.Events.Core.Stage;
using Carillon.Events.Core.Tickets;
using Carillon.Events.TestCard;

namespace Carillon.Events;

/// <param name="Codes">Working codes, as they are shown; new ones at each start.</param>
/// <param name="ModeratorToken">Signs in once as the show's moderator, below <c>/events/sign-in#</c>.</param>
public sealed record Sample(string Id, string Slug, IReadOnlyList<string> Codes, string ModeratorToken, string ArtistToken);

/// <summary>A show that is on the air, so that a newcomer is in the chat within a minute. For loopback only.</summary>
public static class SampleShow
{
    private const string title = "First light, live";
    private const int tickets = 4;

    /// <summary>How long it is on the air from each start on. Our choice: longer than anybody looks at a sample.</summary>
    private static readonly TimeSpan length = TimeSpan.FromDays(7);

    /// <summary>Makes the sample, or finds it again, with working codes and links.</summary>
    public static async Task<Sample> PrepareAsync(EventsService events, CancellationToken cancel)
    {
        var now = events.Time.GetUtcNow();
        var (sample, show) = await events.Store.Write(ledger =>
        {
            var found = ledger.Shows(Folding.Search(title), null, 50).FirstOrDefault(s => s.Sample && s.State == ShowState.Published);
            var show = found ?? Organising.Create(ledger, title, sample: true);
            ledger.PutDefinition(show.Key, show.Definition with
            {
                Artist = "Amalia Lind",
                About = "A sample event. Come in with one of the codes on the start page, in two browsers, and talk to yourself.",
                StartsAt = now.AddMinutes(-20),
                DoorsAt = now.AddHours(-1),
                EndsAt = now + length,
                Player = show.Definition.Player.Kind == "none" ? new Player("hls", TestCardStream.Address) : show.Definition.Player,
                Tickets = new TicketPlan(tickets) { Tiers = ["standard"] },
            });
            if (found is null) ledger.PutState(show.Key, ShowState.Published);
            show = ledger.ShowByKey(show.Key)!;

            // Codes are kept as hashes only, so that a start makes new ones.
            var there = ledger.Tickets(show.Key, TicketFilter.Valid, null, 0, tickets);
            var codes = there.Select(t => Issuing.Reissue(ledger, show, t.Number, events.Codes)).ToList();
            codes.AddRange(Issuing.Issue(
                ledger, show, [.. Enumerable.Repeat(new NewTicket("standard"), tickets - there.Count)], events.Codes)
                .Select(t => t.Code));
            return (new Sample(
                show.Id, show.Slug, codes, Invite(StaffKind.Moderator, "Mo", "mod-"), Invite(StaffKind.Artist, "Amalia Lind", "artist-")), show);

            string Invite(StaffKind kind, string name, string prefix)
            {
                var member = ledger.StaffOf(show.Key).FirstOrDefault(s => s.Kind == kind)
                    ?? ledger.AddStaff(show.Key, name, Folding.Search(name), kind, Ids.NewUser(prefix));
                return SignIns.Invite(ledger, new SignedIn(null, member.Key), ledger.Now);
            }
        });
        if (events.Options.StageHands is { } hands) await hands.HurryAsync(show.Key, cancel);
        return sample;
    }
}
