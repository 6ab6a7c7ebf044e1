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
internal sealed partial class DeskRooms : IDisposable
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
            var (now, staff, pin) = events.Store.Read(view => (
                view.ShowByKey(show) ?? was, DeviceHub.StaffOf(view, show),
                view.PinOf(show) is { } found ? PinNode(PinAnswer.Of(view, show, found)) : null));
            events.Streams.Look(now);
            page.Socket.Tell(Notices.Of(RulesOf(now.Definition.Chat)));
            page.Socket.Tell(Notices.Of(new JsonObject { ["t"] = "pin", ["pin"] = pin }));
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
            // An organiser's form changes rules too, and may be served by another process.
            if (room.ShowChanged(now.Version)) room.Tell(Notices.Of(RulesOf(now.Definition.Chat)));
            if (room.PhaseChanged(phase)) room.Tell(Notices.Phase(Words.Of(phase)));
            var numbers = NumbersOf(now);
            if (room.Changed(numbers)) room.Tell(Notices.Of(NumbersNotice(numbers)));
        }
    }
}
