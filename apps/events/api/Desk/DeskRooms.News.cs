using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Events.Core;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Talk;
using Carillon.Events.Door;

namespace Carillon.Events.Desk;

// What pages of fans and staff are told once something was decided.
internal sealed partial class DeskRooms
{
    /// <summary>The processor has decided: the sender is told where it did not pass, the desk where it waits.</summary>
    public void Heard(Show show, Heard heard)
    {
        RoomOf(show.Key).Count(events.Time.GetUtcNow());
        if (heard is not { Said: { } said, Judgement: { Ruling: not Ruling.Pass } judgement }) return;
        if (judgement.Ruling == Ruling.Hold)
        {
            Notice(said, "held", judgement.Why, null);
            TellWaiting(said);
        }
        else
        {
            Notice(said, judgement.Why == Why.Timeout ? "timeout" : "refused", judgement.Why, judgement.Until);
        }
    }

    /// <summary>Tells fans and desks what a change came to, and has the platform told.</summary>
    /// <param name="by">Null where nobody did it.</param>
    public void Announce(long show, Actor? by, Outcome outcome)
    {
        foreach (var errand in outcome.Errands) events.Errands.Do(errand);
        foreach (var told in outcome.Told) Announce(show, by, told);
        if (outcome.Entry is { } entry)
            Tell(show, new JsonObject { ["t"] = "log", ["entry"] = JsonSerializer.SerializeToNode(LogLine.Of(entry, (long)events.Options.UndoWindow.TotalMicroseconds), DeskJson.Default.LogLine) });
    }

    /// <summary>The words that hold for every show are others: open pages read them anew.</summary>
    public void CommonChanged()
    {
        foreach (var show in rooms.Keys) Tell(show, new JsonObject { ["t"] = "common" });
    }

    private void Announce(long show, Actor? by, Told told)
    {
        switch (told)
        {
            case Told.Waits(var said):
                if (said.State == SaidState.Held) Notice(said, "held", said.Why, null);
                TellWaiting(said);
                break;
            case Told.Reported(var said):
                TellReports(said);
                break;
            case Told.Decided(var said, var decision):
                if (said.State == SaidState.Sent && decision == Acts.Approve && !said.Kept) Notice(said, "approved", null, null);
                else if (said.State is SaidState.Refused or SaidState.Lost) Notice(said, "refused", said.Why, null);
                RoomOf(show).Release(said.MessageId);
                Tell(show, new JsonObject
                {
                    ["t"] = "decided",
                    ["messageId"] = said.MessageId,
                    ["by"] = by?.Name,
                    ["decision"] = decision,
                });
                break;
            case Told.Removed(var said):
                events.Devices.TellAll(show, Notices.Of(new JsonObject { ["t"] = "removed", ["messageId"] = said.MessageId }));
                Tell(show, new JsonObject { ["t"] = "removed", ["messageId"] = said.MessageId, ["by"] = by?.Name });
                break;
            case Told.Restored(var said):
                events.Devices.TellAll(show, Notices.Of(new JsonObject { ["t"] = "restored", ["messageId"] = said.MessageId }));
                Tell(show, new JsonObject { ["t"] = "restored", ["messageId"] = said.MessageId, ["by"] = by?.Name });
                break;
            case Told.Standing(var person):
                TellPerson(show, person);
                Tell(show, new JsonObject
                {
                    ["t"] = "person",
                    ["number"] = person.Number,
                    ["state"] = Words.Of(person.State),
                    ["by"] = by?.Name,
                    ["until"] = Times.FromMicroseconds(person.Until),
                    ["reason"] = person.Reason,
                });
                break;
            case Told.Pinned(var pin):
                var shown = pin is null ? null : PinNode(events.Store.Read(view => PinAnswer.Of(view, show, pin)));
                var notice = new JsonObject { ["t"] = "pin", ["pin"] = shown };
                events.Devices.TellAll(show, Notices.Of(notice));
                Tell(show, notice);
                break;
            case Told.Rules(var chat):
                events.Devices.Changed(show);
                Tell(show, RulesOf(chat));
                break;
        }
    }

    private void TellPerson(long show, Person person)
    {
        var until = Times.FromMicroseconds(person.Until);
        switch (person.State)
        {
            case PersonState.Banned:
                events.Devices.Drop(show, person.Number, DeviceClose.Banned, Notices.Banned(person.Reason, until));
                break;
            case PersonState.Timeout:
                events.Devices.Tell(show, person.Number, Notices.Of(NoticeOf("timeout", null, person.Reason, until)));
                break;
            case PersonState.Valid:
                // A time-out that ended early.
                events.Devices.Tell(
                    show, person.Number, Notices.Of(NoticeOf("timeout", null, null, events.Time.GetUtcNow())));
                break;
        }
    }

    private void Notice(Said said, string kind, string? why, long? until)
    {
        if (said.Number is { } number)
        {
            events.Devices.Tell(
                said.Show, number, Notices.Of(NoticeOf(kind, said.MessageId, why, Times.FromMicroseconds(until))));
        }
    }

    private static JsonObject NoticeOf(string kind, string? messageId, string? reason, DateTimeOffset? until) => new()
    {
        ["t"] = "notice",
        ["kind"] = kind,
        ["messageId"] = messageId,
        ["reason"] = reason,
        ["until"] = until,
    };

    private void TellWaiting(Said said)
    {
        if (!RoomOf(said.Show).HasPages) return;
        var item = events.Store.Read(view => HeldItem.Of(view, said, ClaimedBy(said.Show, said.MessageId)));
        Tell(said.Show, new JsonObject { ["t"] = "held", ["item"] = JsonSerializer.SerializeToNode(item, DeskJson.Default.HeldItem) });
    }

    private void TellReports(Said said)
    {
        if (!RoomOf(said.Show).HasPages) return;
        var reasons = events.Store.Read(view => HeldItem.ReasonsOf(view, said));
        Tell(said.Show, new JsonObject
        {
            ["t"] = "reports",
            ["messageId"] = said.MessageId,
            ["reports"] = said.Reports,
            ["reasons"] = JsonSerializer.SerializeToNode(reasons, DeskJson.Default.IReadOnlyListReportReason),
        });
    }
}
