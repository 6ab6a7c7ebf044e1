using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Carillon.Events.Core;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Stage;
using Carillon.Events.Core.Talk;
using Carillon.Events.Core.Tickets;
using Carillon.Events.Http;
using Rules = Carillon.Events.Core.Tickets.Door;

namespace Carillon.Events.Door;

/// <summary>A fan's way in: code, device, nickname, chat.</summary>
internal static class DoorEndpoints
{
    /// <summary>Nicknames tried by one ticket in a minute. Our choice.</summary>
    private const int namesPerMinute = 20;

    // Of what can be no code: looked for like any, so that the answer takes as long.
    private const string noCode = "-------------";

    public static void Map(Endpoints api)
    {
        api.Post("/shows/{slug}/enter", Enter);
        api.Get("/shows/{slug}/me", Me);
        api.Post("/shows/{slug}/leave", Leave);
        api.Put("/shows/{slug}/nickname", PutNickname);
        api.Post("/shows/{slug}/chat-pass", ChatPass);
        api.Socket("/shows/{slug}/socket", asks: false, Socket);
    }

    private static async Task<Answer> Enter(EventsCall call)
    {
        var request = await call.BodyAsync(DoorJson.Default.EnterRequest, 4096);
        var show = call.Store.Read(view => view.ShowBySlug(call.Route("slug"))) ?? throw new Refused(Reason.NotFound);
        var hash = call.Events.Codes.HashOf(TicketCode.Parse(request.Code) ?? noCode);
        MayTry(call, show, hash);
        var (known, secret) = (Devices.HashOf(call), Ids.NewSecret());
        var fresh = Ids.HashOf(secret);
        var name = DeviceNames.Of(call.Http.Request.Headers.UserAgent);
        var entered = await call.Store.Write(ledger => Rules.Enter(
            ledger, ledger.ShowByKey(show.Key) ?? throw new Refused(Reason.NotFound), hash, known, fresh, name, request.Move));
        if (entered.Fresh) Devices.Keep(call, secret);
        if (entered.Moved) call.Events.Devices.DropOthers(show.Key, entered.Ticket.Number, fresh);
        if (entered.Left is { } left) call.Events.Devices.Drop(show.Key, left.Number, DeviceClose.EnterAgain, null);
        if (entered.Moved || entered.Left is not null) call.Events.Users.Wake();
        return EntryOf(call, show, entered.Ticket);
    }

    /// <summary>
    /// Counts wrong codes, and those alone: many fans with right ones come from one address at once. Where its tries are used up all of
    /// that address wait, for the rest of the minute; a right code that still worked would tell whoever guesses.
    /// </summary>
    /// <exception cref="Refused">UnknownCode, TooMany.</exception>
    private static void MayTry(EventsCall call, Show show, byte[] codeHash)
    {
        var (gates, options) = (call.Events.Gates, call.Events.Options);
        var (address, breaker) = ($"code:{Gates.Of(call.Http.Connection.RemoteIpAddress)}", $"show:{show.Key}");
        // Past the show's limit an address has one try, and a right code is no try: whoever guesses from many addresses
        // does not keep fans out, and 60 random bits make that guessing hopeless.
        var limit = gates.Wait(breaker, options.ShowFailuresPerMinute) > 0 ? 1 : options.FailuresPerMinute;
        if (gates.Wait(address, limit) is > 0 and var blocked) throw TooMany(call, blocked);
        if (call.Store.Read(view => view.TicketByCode(show.Key, codeHash)) is not null)
        {
            // Others of the address may have been wrong meanwhile.
            if (gates.Wait(address, limit) is > 0 and var late) throw TooMany(call, late);
            return;
        }

        if (gates.Count(address, limit) is > 0 and var wait) throw TooMany(call, wait);
        gates.Count(breaker, int.MaxValue);
        throw new Refused(Reason.UnknownCode);
    }

    private static Answer Me(EventsCall call)
    {
        var (show, ticket) = Devices.MustHaveEntered(call);
        return EntryOf(call, show, ticket);
    }

    private static async Task<Answer> Leave(EventsCall call)
    {
        var (show, ticket) = Devices.MustHaveEntered(call);
        var device = Devices.HashOf(call)!;
        await call.Store.Write(ledger => Rules.Leave(ledger, show, device));
        call.Events.Devices.Drop(show.Key, ticket.Number, DeviceClose.EnterAgain, null);
        call.Events.Users.Wake();
        return Answer.Empty;
    }

    private static async Task<Answer> PutNickname(EventsCall call)
    {
        var (show, ticket) = Devices.MustHaveEntered(call);
        Rules.MayComeIn(ticket, call.Now.ToMicroseconds());
        var request = await call.BodyAsync(DoorJson.Default.NicknameBody, 4096);
        var key = $"name:{show.Key}:{ticket.Number}";
        if (call.Events.Gates.Count(key, namesPerMinute) is > 0 and var wait) throw TooMany(call, wait);
        var words = call.Events.Words.Of(show);
        var named = await call.Store.Write(
            ledger => Naming.Take(ledger, show, ticket, request.Nickname, words, RandomNumberGenerator.GetInt32));
        call.Events.Users.Wake();
        return Answer.Json(new NicknameBody(named.Nickname), DoorJson.Default.NicknameBody);
    }

    private static async Task<Answer> ChatPass(EventsCall call)
    {
        var (show, ticket) = Devices.MustHaveEntered(call);
        Rules.MayComeIn(ticket, call.Now.ToMicroseconds());
        if (!show.Definition.Chat.Enabled) throw new Refused(Reason.ChatOff);
        if (show.PhaseAt(call.Now) == Phase.Ended) throw new Refused(Reason.Ended);
        if (ticket.Nickname is null) throw new Refused(Reason.NicknameNeeded);
        var stage = call.Store.Read(view => view.StageOf(show.Key));
        if (stage?.State is StageState.Closed or StageState.Cleared) throw new Refused(Reason.Ended);
        if (stage is not { State: StageState.Ready } || !ticket.Provisioned)
        {
            if (!ticket.Provisioned) await call.Store.Write(ledger => ledger.PutWanted(show.Key, ticket.Number));
            throw new Refused(Reason.ChatPreparing, "readyAt", Times.FromMicroseconds(stage?.ReadyAt));
        }

        var pass = await call.Events.Passes.OfFanAsync(stage, ticket, call.Cancel);
        return PassAnswer(call, pass);
    }

    /// <summary>A chat pass as pages get it, for fans and staff alike.</summary>
    public static Answer PassAnswer(EventsCall call, ChatPass pass)
    {
        var endpoint = call.Events.Options.ClientEndpoint?.Invoke().AbsoluteUri.TrimEnd('/')
            ?? $"{call.Http.Request.Scheme}://{call.Http.Request.Host}";
        return Answer.Json(
            new ChatPassAnswer(
                pass.Credentials, pass.Expiration, call.Events.Options.Region, endpoint, pass.UserArn, pass.ChannelArn,
                pass.SubChannelId),
            DoorJson.Default.ChatPassAnswer);
    }

    private static async Task<Answer> Socket(EventsCall call)
    {
        var (socket, serving) = await OpenAsync(call);
        using (socket) await serving;
        return new Written();
    }

    /// <summary>Apart, so that a page which is open for hours does not hold what was read to open it.</summary>
    private static async Task<(WebSocket Socket, Task Serving)> OpenAsync(EventsCall call)
    {
        var hub = call.Events.Devices;
        if (!hub.HasRoom) throw new Refused(Reason.Unavailable);
        Show show;
        Ticket ticket;
        try
        {
            (show, ticket) = Devices.MustHaveEntered(call);
            Rules.MayComeIn(ticket, call.Now.ToMicroseconds());
        }
        catch (Refused refused) when (hub.MayTurnAway && DeviceClose.Of(refused.Reason) is not null)
        {
            // A browser hides from its page why a socket was not opened, and the page would try for ever: the socket says it.
            var away = await call.Http.WebSockets.AcceptWebSocketAsync();
            return (away, hub.TurnAwayAsync(away, DeviceClose.Of(refused.Reason)!.Value, Notices.Of(refused)));
        }

        var socket = await call.Http.WebSockets.AcceptWebSocketAsync();
        return (socket, hub.ServeAsync(socket, show, ticket.Number, Devices.HashOf(call)!));
    }

    private static Answer EntryOf(EventsCall call, Show show, Ticket ticket)
    {
        var (stage, timeout) = call.Store.Read(view => (
            view.StageOf(show.Key), view.TalkerOf(show.Key, ticket.Number).TimeoutAt(view.Now)));
        var (d, now) = (show.Definition, call.Now);
        var banned = ticket.StateAt(now.ToMicroseconds()) == TicketState.Banned
            ? new BannedAnswer(ticket.Reason, Times.FromMicroseconds(ticket.Until)) : null;
        var state = !d.Chat.Enabled ? "off"
            : show.PhaseAt(now) == Phase.Ended || stage?.State is StageState.Closed or StageState.Cleared ? "closed"
            : stage?.State == StageState.Ready && ticket.Provisioned ? "ready" : "preparing";
        var userArn = stage?.AppInstanceArn is { } app ? $"{app}/user/{ticket.UserId}" : null;
        // Whoever is banned learns that, and not where the stream is.
        var player = banned is null ? new PlayerAnswer(d.Player.Kind, d.Player.Url, d.Player.Captions, d.StartsAt)
            : new PlayerAnswer("none", null, [], d.StartsAt);
        return Answer.Json(
            new Entry(
                ticket.Nickname, ticket.Tier, userArn, player,
                new ChatAnswer(state, d.Chat.SlowSeconds, d.Chat.Mode, d.Chat.MaxLength), banned,
                timeout is var (until, reason) ? new TimeoutAnswer(reason, Times.FromMicroseconds(until)) : null),
            DoorJson.Default.Entry);
    }

    private static Refused TooMany(EventsCall call, int seconds)
    {
        call.Http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return new Refused(Reason.TooMany, "retryAfter", seconds);
    }
}

internal sealed record EnterRequest(string? Code, bool Move);

internal sealed record NicknameBody(string? Nickname);

/// <param name="UserArn">Null until the show's app instance is made.</param>
/// <param name="Timeout">That is running now; null for none.</param>
internal sealed record Entry(
    string? Nickname, string Tier, string? UserArn, PlayerAnswer Player, ChatAnswer Chat, BannedAnswer? Banned, TimeoutAnswer? Timeout);

internal sealed record PlayerAnswer(string Kind, string? Url, IReadOnlyList<Caption> Captions, DateTimeOffset? StartsAt);

/// <param name="State"><c>ready</c>, <c>preparing</c>, <c>off</c> or <c>closed</c>.</param>
internal sealed record ChatAnswer(string State, int SlowSeconds, string Mode, int MaxLength);

internal sealed record BannedAnswer(string? Reason, DateTimeOffset? Until);

internal sealed record TimeoutAnswer(string? Reason, DateTimeOffset Until);

internal sealed record ChatPassAnswer(
    ChatCredentials Credentials, DateTimeOffset Expiration, string Region, string Endpoint, string UserArn, string ChannelArn,
    string? SubChannelId);
