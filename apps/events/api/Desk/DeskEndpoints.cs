using System.Globalization;
using Carillon.Events.Core;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Stage;
using Carillon.Events.Core.Store;
using Carillon.Events.Core.Talk;
using Carillon.Events.Door;
using Carillon.Events.Http;
using Carillon.Events.Organise;
using Carillon.Events.SignIn;

namespace Carillon.Events.Desk;

/// <summary>What artists and moderators do during their show, and organisers during any.</summary>
internal static class DeskEndpoints
{
    private const int pageSize = 50;

    /// <summary>Reports of one ticket in a minute. Our choice.</summary>
    private const int reportsPerMinute = 10;

    /// <summary>The longest text that can be tried, in characters. Our choice: the platform takes no longer one.</summary>
    private const int mostTested = 4096;

    public static void Map(Endpoints api)
    {
        api.Get("/desk/{id}", Page);
        api.Post("/desk/{id}/chat-pass", ChatPass);
        api.Get("/desk/{id}/held", Held);
        api.Post("/desk/{id}/held/{messageId}", Decide);
        api.Post("/desk/{id}/messages/{messageId}/remove", Remove);
        api.Post("/desk/{id}/messages/{messageId}/restore", call => Change(call, (ledger, show, by) =>
            Moderation.Restore(ledger, show, call.Route("messageId"), by)));
        api.Get("/desk/{id}/people", People);
        api.Post("/desk/{id}/people/{number}/timeout", TimeOut);
        api.Post("/desk/{id}/people/{number}/ban", Ban);
        api.Post("/desk/{id}/people/{number}/lift", call => Change(call, (ledger, show, by) =>
            Moderation.Lift(ledger, show, call.RouteNumber("number"), by)));
        api.Put("/desk/{id}/rules", PutRules);
        api.Post("/desk/{id}/rules/test", TestRules);
        api.Get("/desk/{id}/words", CommonWords);
        api.Post("/desk/{id}/words/read", call =>
        {
            StaffGate.MustStaff(call);
            return OrganiseWords.ReadFile(call);
        });
        api.Put("/desk/{id}/pin", PutPin);
        api.Get("/desk/{id}/log", Log);
        api.Post("/desk/{id}/undo", Undo);
        api.Socket("/desk/{id}/socket", asks: true, Socket);
        api.Post("/shows/{slug}/reports", Report);
    }

    private static Answer Page(EventsCall call)
    {
        var (signer, show) = StaffGate.MustStaff(call);
        var (app, pin, staff) = call.Store.Read(view => (
            view.StageOf(show.Key)?.AppInstanceArn, view.PinOf(show.Key) is { } found ? PinAnswer.Of(view, show.Key, found) : null,
            DeviceHub.StaffOf(view, show.Key)));
        return Answer.Json(
            new DeskPageAnswer(
                new DeskShow(
                    show.Id, show.Slug, show.Definition.Title, Words.Of(show.PhaseAt(call.Now)), show.Definition.Tickets.Tiers),
                signer.Member is { } member ? Words.Of(member.Kind) : "organiser", signer.Name,
                signer.Member is null || app is null ? null : $"{app}/user/{signer.Member.UserId}", DeskRules.Of(show.Definition.Chat),
                call.Events.Desk.NumbersOf(show), pin, staff),
            DeskJson.Default.DeskPageAnswer);
    }

    private static async Task<Answer> ChatPass(EventsCall call)
    {
        var (signer, show) = StaffGate.MustStaff(call);
        // An organiser has no user of their own in the room.
        if (signer.Member is not { } member) throw new Refused(Reason.NotYours);
        if (!show.Definition.Chat.Enabled) throw new Refused(Reason.ChatOff);
        var stage = call.Store.Read(view => view.StageOf(show.Key));
        if (stage?.State is StageState.Closed or StageState.Cleared) throw new Refused(Reason.Ended);
        if (stage is not { State: StageState.Ready } || !member.Provisioned)
            throw new Refused(Reason.ChatPreparing, "readyAt", Times.FromMicroseconds(stage?.ReadyAt));
        return DoorEndpoints.PassAnswer(call, await call.Events.Passes.OfStaffAsync(stage, member, call.Cancel));
    }

    private static Answer Held(EventsCall call)
    {
        var (_, show) = StaffGate.MustStaff(call);
        var after = call.QueryNumber("after", 0, 0, long.MaxValue);
        return call.Store.Read(view =>
        {
            var found = view.Waiting(show.Key, after, pageSize + 1);
            return Answer.Json(
                new HeldList(
                    [.. found.Take(pageSize).Select(s => HeldItem.Of(view, s, call.Events.Desk.ClaimedBy(show.Key, s.MessageId)))],
                    view.TalkCountsOf(show.Key).Waiting, Next(found.Count, () => found[pageSize - 1].Key)),
                DeskJson.Default.HeldList);
        });
    }

    private static async Task<Answer> Decide(EventsCall call)
    {
        StaffGate.MustStaff(call);
        var request = await call.BodyAsync(DeskJson.Default.DecisionRequest);
        var approve = request.Decision switch
        {
            "approve" => true,
            "refuse" => false,
            _ => throw new Refused(Reason.BadRequest, "member", "decision"),
        };
        var reason = ReasonOf(request.Reason);
        return await Change(call, (ledger, show, by) =>
            Moderation.Decide(ledger, show, call.Route("messageId"), approve, reason, Window(call), by));
    }

    private static async Task<Answer> Remove(EventsCall call)
    {
        StaffGate.MustStaff(call);
        var request = await call.BodyAsync(DeskJson.Default.RemoveRequest);
        var reason = ReasonOf(request.Reason);
        return await Change(call, (ledger, show, by) =>
            Moderation.Remove(ledger, show, call.Route("messageId"), reason, request.Now ? 0 : Window(call), by));
    }

    private static Answer People(EventsCall call)
    {
        var (_, show) = StaffGate.MustStaff(call);
        PersonState? state = call.Query("state") switch
        {
            null => null,
            "timeout" => PersonState.Timeout,
            "banned" => PersonState.Banned,
            "revoked" => PersonState.Revoked,
            _ => throw new Refused(Reason.BadRequest, "member", "state"),
        };
        var (after, search) = (call.QueryNumber("after", 0, 0, long.MaxValue), call.Query("q"));
        if (search?.Length > 200) throw new Refused(Reason.BadRequest, "member", "q");
        return call.Store.Read(view =>
        {
            var found = call.Query("user") is { } user ? Holder(view, show, user)
                : view.People(show.Key, state, search, after, pageSize + 1);
            var app = view.StageOf(show.Key)?.AppInstanceArn;
            return Answer.Json(
                new PeopleList(
                    [.. found.Take(pageSize).Select(p => PersonLine.Of(p, app))], Next(found.Count, () => found[pageSize - 1].Number)),
                DeskJson.Default.PeopleList);
        });
    }

    /// <summary>Whoever wrote a message, whatever they call themselves since.</summary>
    private static IReadOnlyList<Person> Holder(EventsView view, Show show, string user) =>
        view.TicketByUser(user) is { } ticket && ticket.Show == show.Key && view.PersonOf(show.Key, ticket.Number) is { } person
            ? [person] : [];

    private static async Task<Answer> TimeOut(EventsCall call)
    {
        StaffGate.MustStaff(call);
        var request = await call.BodyAsync(DeskJson.Default.TimeoutRequest);
        var reason = ReasonOf(request.Reason);
        return await Change(call, (ledger, show, by) =>
            Moderation.TimeOut(ledger, show, call.RouteNumber("number"), request.Seconds ?? 0, reason, by));
    }

    private static async Task<Answer> Ban(EventsCall call)
    {
        StaffGate.MustStaff(call);
        var request = await call.BodyAsync(DeskJson.Default.BanRequest);
        var reason = ReasonOf(request.Reason);
        return await Change(call, (ledger, show, by) => Moderation.Ban(
            ledger, show, call.RouteNumber("number"), request.Until?.ToMicroseconds(), reason, request.RemoveMessages, Window(call), by));
    }

    private static async Task<Answer> PutRules(EventsCall call)
    {
        StaffGate.MustStaff(call);
        var request = await call.BodyAsync(DeskJson.Default.RulesRequest, OrganiseWords.MostList);
        var (signer, show) = StaffGate.MustStaff(call);
        var by = new Actor(signer.Name, signer.Member?.Key);
        Moderation.CheckRules(request.SlowSeconds, request.Mode, request.Words);
        var outcome = await call.Store.Write(ledger =>
            Moderation.PutRules(ledger, show, request.SlowSeconds, request.Mode, request.HoldFirst, request.Words, by));
        call.Events.Desk.Announce(show.Key, by, outcome);
        var now = call.Store.Read(view => view.ShowByKey(show.Key)) ?? throw new Refused(Reason.NotFound);
        return Answer.Json(DeskRules.Of(now.Definition.Chat), DeskJson.Default.DeskRules);
    }

    private static async Task<Answer> TestRules(EventsCall call)
    {
        var (_, show) = StaffGate.MustStaff(call);
        var request = await call.BodyAsync(DeskJson.Default.TestRequest, OrganiseWords.MostList);
        var text = request.Text ?? "";
        if (text.Length > mostTested) throw new Refused(Reason.BadRequest, "member", "text");
        Moderation.CheckRules(null, null, request.Words);
        var verdict = (request.Words is { } words ? call.Events.Words.Of(show, words) : call.Events.Words.Of(show)).Judge(text);
        var chat = show.Definition.Chat;
        var (action, why) = verdict.Action switch
        {
            _ when chat.Mode == "emoji" && !Emoji.IsAll(text) => ("refuse", Why.Mode),
            _ when ChatRules.LengthOf(text) > chat.MaxLength => ("refuse", Why.Long),
            WordAction.Refuse => ("refuse", Why.Word),
            WordAction.Hold => ("hold", Why.Word),
            WordAction.Mask => ("mask", Why.Word),
            _ => ("pass", null),
        };
        return Answer.Json(
            new TestAnswer(
                action, why, action is "mask" or "hold" ? verdict.Masked : text,
                [.. verdict.Hits.Select(h => new TestHit(h.Rule.Text, h.Rule.Match, h.Rule.Action, h.Start, h.Length, h.Common ? "common" : "show"))]),
            DeskJson.Default.TestAnswer);
    }

    private static Answer CommonWords(EventsCall call)
    {
        var (_, show) = StaffGate.MustStaff(call);
        var now = call.Store.Read(view => view.CommonWords());
        return Answer.Json(
            new DeskCommonWords(
                show.Definition.Chat.CommonWords, now.Words, now.Updated == 0 ? null : Times.FromMicroseconds(now.Updated),
                now.Updated == 0 ? null : now.By),
            DeskJson.Default.DeskCommonWords);
    }

    private static async Task<Answer> PutPin(EventsCall call)
    {
        StaffGate.MustStaff(call);
        var request = await call.BodyAsync(DeskJson.Default.PinRequest);
        return await Change(call, (ledger, show, by) => Moderation.PutPin(ledger, show, request.MessageId, by));
    }

    private static Answer Log(EventsCall call)
    {
        var (_, show) = StaffGate.MustStaff(call);
        var before = call.QueryNumber("after", 0, 1, long.MaxValue);
        var found = call.Store.Read(view => view.Log(show.Key, before == 0 ? null : before, pageSize + 1));
        return Answer.Json(
            new LogList([.. found.Take(pageSize).Select(e => LogLine.Of(e, Window(call)))], Next(found.Count, () => found[pageSize - 1].Key)),
            DeskJson.Default.LogList);
    }

    private static async Task<Answer> Undo(EventsCall call)
    {
        StaffGate.MustStaff(call);
        var request = await call.BodyAsync(DeskJson.Default.UndoRequest);
        if (request.LogId is not { } id) throw new Refused(Reason.BadRequest, "member", "logId");
        return await Change(call, (ledger, show, by) => Moderation.Undo(ledger, show, id, Window(call), by));
    }

    private static async Task<Answer> Socket(EventsCall call)
    {
        Signer signer;
        Show show;
        try
        {
            (signer, show) = StaffGate.MustStaff(call);
        }
        catch (Refused refused) when (refused.Reason is Reason.SignInNeeded or Reason.NotYours or Reason.NotFound)
        {
            // A browser hides from its page why a socket was not opened, and the page would try for ever: the socket says it.
            using var away = await call.Http.WebSockets.AcceptWebSocketAsync();
            var stranger = new DeviceSocket(away, []);
            stranger.Close(refused.Reason == Reason.SignInNeeded ? DeviceClose.EnterAgain : DeviceClose.Banned);
            await stranger.RunAsync(_ => true, call.Cancel);
            return new Written();
        }

        using var socket = await call.Http.WebSockets.AcceptWebSocketAsync();
        await call.Events.Desk.ServeAsync(socket, call, show, signer);
        return new Written();
    }

    private static async Task<Answer> Report(EventsCall call)
    {
        var (show, ticket) = Devices.MustHaveEntered(call);
        Core.Tickets.Door.MayComeIn(ticket, call.Now.ToMicroseconds());
        var request = await call.BodyAsync(DeskJson.Default.ReportRequest, 4096);
        if (request.MessageId is not { Length: > 0 and <= 128 } id) throw new Refused(Reason.BadRequest, "member", "messageId");
        var reason = ReasonOf(request.Reason);
        var key = $"report:{show.Key}:{ticket.Number}";
        if (call.Events.Gates.Count(key, reportsPerMinute) is > 0 and var wait)
        {
            call.Http.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
            throw new Refused(Reason.TooMany, "retryAfter", wait);
        }

        var outcome = await call.Store.Write(ledger => Moderation.Report(ledger, show, id, ticket.Number, reason));
        call.Events.Desk.Announce(show.Key, null, outcome);
        return Answer.Empty;
    }

    /// <summary>One change by whoever asks, in one transaction; told once it is on disk.</summary>
    private static async Task<Answer> Change(EventsCall call, Func<IDeskLedger, Show, Actor, Outcome> change)
    {
        var (signer, show) = StaffGate.MustStaff(call);
        var by = new Actor(signer.Name, signer.Member?.Key);
        var outcome = await call.Store.Write(ledger => change(ledger, show, by));
        call.Events.Desk.Announce(show.Key, by, outcome);
        return Answer.Json(ChangeAnswer.Of(outcome), DeskJson.Default.ChangeAnswer);
    }

    private static long Window(EventsCall call) => (long)call.Events.Options.UndoWindow.TotalMicroseconds;

    private static string? ReasonOf(string? typed)
    {
        var reason = typed?.Trim();
        if (reason is { Length: > Moderation.MostReason }) throw new Refused(Reason.BadRequest, "member", "reason");
        return reason is { Length: 0 } ? null : reason;
    }

    private static string? Next(int found, Func<long> last) =>
        found > pageSize ? last().ToString(CultureInfo.InvariantCulture) : null;
}
