using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Events.Core;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Store;
using Carillon.Events.Core.Talk;
using Carillon.Events.Door;
using Carillon.Events.Http;
using Carillon.Events.SignIn;

namespace Carillon.Events.Desk;

/// <summary>
/// The live side of the desk: whose page is open, who looks at what, and what pages are told when something was decided.
/// Nothing of it must outlive the process; what was decided is in the store before anybody hears of it here.
/// </summary>
internal sealed class DeskRooms : IDisposable
{
    /// <summary>How often numbers are told, where they changed.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromSeconds(2);

    /// <summary>How long somebody who looks at a message keeps others from it. Our choice.</summary>
    private static readonly TimeSpan claim = TimeSpan.FromSeconds(60);

    /// <summary>Pages of one desk, after which more are refused. Our choice.</summary>
    private const int mostPages = 100;

    /// <summary>Removals that a page is told of when it comes; more are not under way at a time. Our choice.</summary>
    private const int mostHidden = 200;

    private readonly EventsService events;
    private readonly ConcurrentDictionary<long, DeskRoom> rooms = [];
    private readonly ConcurrentDictionary<long, (long Version, long Updated, Show Show)> shows = [];
    private readonly CancellationTokenSource ending = new();
    private readonly ITimer timer;
    private int closed;

    public DeskRooms(EventsService events)
    {
        this.events = events;
        events.Devices.Extras = Extras;
        var log = events.Logs.CreateLogger("Carillon.Events");
        timer = events.Time.CreateTimer(_ => Turns.Try(log, "Telling desks their numbers", OnTick), null, Tick, Tick);
    }

    /// <summary>The show of a channel, read anew only where it changed. Null where it is none of ours.</summary>
    public Show? ShowOfChannel(string channelArn) => events.Store.Read(view =>
    {
        if (view.ShowOfChannel(channelArn) is not var (key, version, updated)) return null;
        if (shows.TryGetValue(key, out var known) && known.Version == version && known.Updated == updated) return known.Show;
        if (view.ShowByKey(key) is not { } show) return null;
        // Shows that are on at the same time are few; those that were are not kept for ever.
        if (shows.Count > 1000) shows.Clear();
        shows[key] = (version, updated, show);
        return show;
    });

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

    /// <summary>Who looks at the message now; null for nobody.</summary>
    public string? ClaimedBy(long show, string messageId) =>
        rooms.TryGetValue(show, out var room) ? room.ClaimedBy(messageId, events.Time.GetUtcNow()) : null;

    public DeskNumbers NumbersOf(Show show)
    {
        var counts = events.Store.Read(view => view.TalkCountsOf(show.Key));
        var (present, reacted) = events.Devices.NumbersOf(show.Key);
        var (messages, reactions) = rooms.TryGetValue(show.Key, out var room) ? room.Rates(events.Time.GetUtcNow(), reacted) : (0, 0);
        return new DeskNumbers(present, messages, counts.Waiting, counts.Removed, reactions, events.Streams.Of(show));
    }

    /// <summary>Runs a staff page's socket until it ends.</summary>
    public async Task ServeAsync(WebSocket accepted, EventsCall call, Show was, Signer signer)
    {
        // One of several signs in and out while the page is open: who it is was settled when it came.
        var page = new DeskPage(new DeviceSocket(accepted, []), signer, () => IsStill(call, signer));
        var show = was.Key;
        var room = RoomOf(show);
        if (!room.Join(page, mostPages)) page.Socket.Close(DeviceClose.TryLater);
        try
        {
            // Read once it is in the room, so that no change falls between.
            var (now, staff) = events.Store.Read(view => (view.ShowByKey(show) ?? was, DeviceHub.StaffOf(view, show)));
            events.Streams.Look(now);
            page.Socket.Tell(Notices.Of(RulesOf(now.Definition.Chat)));
            page.Socket.Tell(StaffNotice(staff));
            page.Socket.Tell(Notices.Phase(Words.Of(now.PhaseAt(events.Time.GetUtcNow()))));
            page.Socket.Tell(Notices.Of(NumbersNotice(NumbersOf(now))));
            await page.Socket.RunAsync(said => HeardFrom(show, room, page, said), ending.Token);
        }
        finally
        {
            foreach (var id in room.Leave(page)) TellClaim(show, id, null);
        }
    }

    /// <summary>Closes all pages, for good: the process ends.</summary>
    public void Close()
    {
        if (Interlocked.Exchange(ref closed, 1) == 1) return;
        timer.Dispose();
        foreach (var room in rooms.Values) room.Close(DeviceClose.GoingAway);
        ending.CancelAfter(TimeSpan.FromSeconds(2));
    }

    /// <summary>After the server has stopped.</summary>
    public void Dispose()
    {
        Close();
        ending.Dispose();
    }

    private static bool IsStill(EventsCall call, Signer signer)
    {
        try
        {
            return StaffGate.Of(call).Any(s => s.Organiser == signer.Organiser && s.Member?.Key == signer.Member?.Key);
        }
        catch (Refused)
        {
            // The store does not answer: that is no reason to send anybody away.
            return true;
        }
    }

    private DeskRoom RoomOf(long show) => rooms.GetOrAdd(show, _ => new DeskRoom(claim));

    private static RoomExtras Extras(EventsView view, Show show) => new(
        view.PinOf(show.Key) is { } pin ? PinNode(PinAnswer.Of(view, show.Key, pin)) : null, view.Hidden(show.Key, mostHidden));

    private static JsonNode? PinNode(PinAnswer pin) => JsonSerializer.SerializeToNode(pin, DeskJson.Default.PinAnswer);

    private void Announce(long show, Actor? by, Told told)
    {
        switch (told)
        {
            case Told.Waits(var said):
                if (said.State == SaidState.Held) Notice(said, "held", said.Why, null);
                TellWaiting(said);
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
        var item = events.Store.Read(view => HeldItem.Of(view, said, null));
        Tell(said.Show, new JsonObject { ["t"] = "held", ["item"] = JsonSerializer.SerializeToNode(item, DeskJson.Default.HeldItem) });
    }

    private void TellClaim(long show, string messageId, string? by) =>
        Tell(show, new JsonObject { ["t"] = "claim", ["messageId"] = messageId, ["by"] = by });

    private void Tell(long show, JsonObject notice)
    {
        if (rooms.TryGetValue(show, out var room) && room.HasPages) room.Tell(Notices.Of(notice));
    }

    private static JsonObject RulesOf(ChatRules chat)
    {
        var rules = JsonSerializer.SerializeToNode(DeskRules.Of(chat), DeskJson.Default.DeskRules)!.AsObject();
        rules["t"] = "rules";
        return rules;
    }

    private static JsonObject NumbersNotice(DeskNumbers numbers)
    {
        var notice = JsonSerializer.SerializeToNode(numbers, DeskJson.Default.DeskNumbers)!.AsObject();
        notice["t"] = "numbers";
        return notice;
    }

    private static byte[] StaffNotice(JsonArray staff) => Notices.Of(new JsonObject { ["t"] = "staff", ["staff"] = staff });

    private bool HeardFrom(long show, DeskRoom room, DeskPage page, JsonElement said)
    {
        if (!said.TryGetProperty("t", out var kind) || kind.ValueKind != JsonValueKind.String) return false;
        switch (kind.GetString())
        {
            case "ping":
                return true;
            case "claim":
                if (!said.TryGetProperty("messageId", out var id) || id.ValueKind != JsonValueKind.String) return false;
                var message = id.GetString()!;
                if (events.Store.Read(view => view.Said(show, message)) is not { Waits: true }) return true;
                TellClaim(show, message, room.Claim(page, message, events.Time.GetUtcNow()));
                return true;
            default:
                return false;
        }
    }

    private void OnTick()
    {
        foreach (var (show, room) in rooms)
        {
            if (!room.HasPages)
            {
                events.Streams.Forget(show);
                continue;
            }

            room.CloseStrangers();
            var (now, roster) = events.Store.Read(view => (view.ShowByKey(show), DeviceHub.StaffOf(view, show)));
            if (now is null) continue;
            events.Streams.Look(now);
            // The roster has addresses once the stage is made, which another process does: it is compared, not told of.
            var staff = StaffNotice(roster);
            if (room.StaffChanged(staff)) room.Tell(staff);
            var phase = now.PhaseAt(events.Time.GetUtcNow());
            if (room.PhaseChanged(phase)) room.Tell(Notices.Phase(Words.Of(phase)));
            var numbers = NumbersOf(now);
            if (room.Changed(numbers)) room.Tell(Notices.Of(NumbersNotice(numbers)));
        }
    }
}

/// <param name="Stays">Whether whoever has the page open may still.</param>
internal sealed record DeskPage(DeviceSocket Socket, Signer Signer, Func<bool> Stays);

/// <summary>The open pages of one desk. All of it happens under its own lock, and none of it waits.</summary>
internal sealed class DeskRoom(TimeSpan claim)
{
    /// <summary>Messages whose times are remembered for the rate. Our choice: beyond it the rate is as good as this.</summary>
    private const int mostTimes = 100_000;

    private static readonly TimeSpan minute = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly List<DeskPage> pages = [];
    private readonly Dictionary<string, (DeskPage Page, DateTimeOffset Until)> claims = [];
    private readonly Queue<DateTimeOffset> times = [];
    private readonly Queue<(DateTimeOffset At, long Reacted)> reactions = [];
    private DeskNumbers? told;
    private byte[]? toldStaff;
    private Phase? toldPhase;

    public bool HasPages
    {
        get
        {
            lock (gate) return pages.Count > 0;
        }
    }

    public bool Join(DeskPage page, int most)
    {
        lock (gate)
        {
            if (pages.Count >= most) return false;
            pages.Add(page);
            return true;
        }
    }

    /// <returns>What the page had claimed.</returns>
    public IReadOnlyList<string> Leave(DeskPage page)
    {
        lock (gate)
        {
            pages.Remove(page);
            var left = claims.Where(c => ReferenceEquals(c.Value.Page, page)).Select(c => c.Key).ToList();
            foreach (var id in left) claims.Remove(id);
            return left;
        }
    }

    public void Tell(byte[] notice)
    {
        lock (gate)
            foreach (var page in pages) page.Socket.Tell(notice);
    }

    public void Close(int code)
    {
        lock (gate)
            foreach (var page in pages) page.Socket.Close(code);
    }

    /// <summary>Whoever was sent away meanwhile hears nothing more.</summary>
    public void CloseStrangers()
    {
        DeskPage[] open;
        lock (gate) open = [.. pages];
        foreach (var page in open)
        {
            if (!page.Stays()) page.Socket.Close(DeviceClose.EnterAgain);
            page.Socket.AbortIfStuck(silent: false);
        }
    }

    /// <summary>The first who looks at a message has it, for a while.</summary>
    /// <returns>Who has it now.</returns>
    public string Claim(DeskPage page, string messageId, DateTimeOffset now)
    {
        lock (gate)
        {
            if (claims.TryGetValue(messageId, out var held) && held.Until > now && !ReferenceEquals(held.Page, page)) return held.Page.Signer.Name;
            // A page looks at one message at a time.
            foreach (var (id, _) in claims.Where(c => c.Value.Until <= now || ReferenceEquals(c.Value.Page, page)).ToList()) claims.Remove(id);
            claims[messageId] = (page, now + claim);
            return page.Signer.Name;
        }
    }

    public string? ClaimedBy(string messageId, DateTimeOffset now)
    {
        lock (gate) return claims.TryGetValue(messageId, out var held) && held.Until > now ? held.Page.Signer.Name : null;
    }

    public void Release(string messageId)
    {
        lock (gate) claims.Remove(messageId);
    }

    /// <summary>Another message was heard.</summary>
    public void Count(DateTimeOffset now)
    {
        lock (gate)
        {
            Forget(now);
            if (times.Count < mostTimes) times.Enqueue(now);
        }
    }

    /// <summary>Messages and reactions of the last minute.</summary>
    /// <param name="reacted">Reactions in all, as of now.</param>
    public (int Messages, long Reactions) Rates(DateTimeOffset now, long reacted)
    {
        lock (gate)
        {
            Forget(now);
            // The count begins again when the last page of the show was closed.
            if (reactions.Count > 0 && reactions.Last().Reacted > reacted) reactions.Clear();
            while (reactions.TryPeek(out var old) && old.At + minute < now && reactions.Count > 1) reactions.Dequeue();
            reactions.Enqueue((now, reacted));
            return (times.Count, reacted - reactions.Peek().Reacted);
        }
    }

    /// <summary>Whether they are others than were told last.</summary>
    public bool Changed(DeskNumbers numbers)
    {
        lock (gate)
        {
            if (numbers == told) return false;
            told = numbers;
            return true;
        }
    }

    /// <summary>Whether they are others than were told last.</summary>
    public bool StaffChanged(byte[] staff)
    {
        lock (gate)
        {
            if (toldStaff is not null && staff.AsSpan().SequenceEqual(toldStaff)) return false;
            toldStaff = staff;
            return true;
        }
    }

    public bool PhaseChanged(Phase phase)
    {
        lock (gate)
        {
            if (toldPhase == phase) return false;
            toldPhase = phase;
            return true;
        }
    }

    private void Forget(DateTimeOffset now)
    {
        while (times.TryPeek(out var old) && old + minute <= now) times.Dequeue();
    }
}
