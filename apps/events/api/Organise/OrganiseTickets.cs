using System.Globalization;
using Carillon.Events.Core;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Store;
using Carillon.Events.Core.Tickets;
using Carillon.Events.Door;
using Carillon.Events.Http;
using Carillon.Events.SignIn;
using Microsoft.Net.Http.Headers;

namespace Carillon.Events.Organise;

/// <summary>Tickets: made, brought in, sold by a shop, replaced, ended.</summary>
internal static class OrganiseTickets
{
    /// <summary>A file of tickets, in bytes.</summary>
    private const int mostFile = 8 * 1024 * 1024;

    /// <summary>What a caller may call a batch, in characters. Our choice: a UUID has 36.</summary>
    private const int mostBatchName = 64;

    public static void Map(Endpoints api)
    {
        api.Get("/organise/shows/{id}/tickets", List);
        api.Post("/organise/shows/{id}/tickets", Make);
        api.Post("/organise/shows/{id}/tickets/import", Import);
        api.Post("/organise/shows/{id}/tickets/{number}/reissue", Reissue);
        api.Post("/organise/shows/{id}/tickets/{number}/revoke", Revoke);
        api.PostByKey("/shop/tickets", Sell);
    }

    private static Answer List(EventsCall call)
    {
        var show = StaffGate.MustOrganiseShow(call);
        var filter = call.Query("state") switch
        {
            null => TicketFilter.All,
            "valid" => TicketFilter.Valid,
            "revoked" => TicketFilter.Revoked,
            "banned" => TicketFilter.Banned,
            "entered" => TicketFilter.Entered,
            _ => throw new Refused(Reason.BadRequest, "member", "state"),
        };
        var limit = (int)call.QueryNumber("limit", 50, 1, 500);
        var (after, search) = (call.QueryNumber("after", 0, 0, long.MaxValue), call.Query("q"));
        if (search?.Length > 200) throw new Refused(Reason.BadRequest, "member", "q");
        var (tickets, counts, letters) = call.Store.Read(
            view => (view.Tickets(show.Key, filter, search, after, limit + 1), view.CountsOf(show.Key), view.LettersOf(show.Key)));
        var now = call.Now.ToMicroseconds();
        return Answer.Json(
            new TicketList(
                [.. tickets.Take(limit).Select(t => new TicketLine(
                    t.Number, t.Tier, t.Holder, t.Email, t.Reference, Words.Of(t.StateAt(now)), t.Reason, Times.FromMicroseconds(t.Entered),
                    t.Nickname, t.Provisioned))],
                tickets.Count > limit ? tickets[limit - 1].Number.ToString(CultureInfo.InvariantCulture) : null,
                new CountsAnswer(counts.Valid, counts.Revoked, counts.Banned, counts.Entered, counts.Provisioned),
                call.Events.Letters is null && letters is { Sent: 0, Failed: 0 } ? null
                    : new LettersAnswer(letters.Sent, letters.Waiting, letters.Failed, Times.FromMicroseconds(letters.FailedAt), letters.Why)),
            OrganiseJson.Default.TicketList);
    }

    private static async Task<Answer> Make(EventsCall call)
    {
        var show = StaffGate.MustOrganiseShow(call);
        var request = await call.BodyAsync(OrganiseJson.Default.NewTickets);
        if (request.Count is not (>= 1 and <= Issuing.MostAtOnce)) throw new Refused(Reason.BadRequest, "member", "count");
        var batch = BatchOf(request.Batch);
        var ticket = new NewTicket(request.Tier ?? show.Definition.Tickets.UsualTier);
        var made = await call.Store.Write(ledger => Issuing.Issue(
            ledger, Current(ledger, show), ticket, request.Count.Value, batch, call.Events.Codes));
        return Answer.Json(new MadeTickets([.. made]), OrganiseJson.Default.MadeTickets, StatusCodes.Status201Created);
    }

    private static async Task<Answer> Import(EventsCall call)
    {
        var show = StaffGate.MustOrganiseShow(call);
        if (!MediaTypeHeaderValue.TryParse(call.Http.Request.ContentType, out var type) || type.MediaType != "text/csv")
            throw new Refused(Reason.BadRequest, "why", "Content-Type");
        var batch = BatchOf(call.Query("batch"));
        var bytes = await call.BytesAsync(mostFile);
        var file = TicketFile.Read(bytes.Span, show.Definition.Tickets.UsualTier);
        var imported = await call.Store.Write(ledger => Issuing.Import(ledger, Current(ledger, show), file, call.Events.Codes, batch));
        return Answer.Json(
            new ImportedTickets(imported.Made.Count, imported.Known, [.. imported.Refused], [.. imported.Made]),
            OrganiseJson.Default.ImportedTickets);
    }

    private static async Task<Answer> Reissue(EventsCall call)
    {
        var show = StaffGate.MustOrganiseShow(call);
        var number = call.RouteNumber("number");
        var code = await call.Store.Write(ledger => Issuing.Reissue(ledger, show, number, call.Events.Codes));
        call.Events.Reissued(show.Key, number);
        return Answer.Json(new OneCode(code), OrganiseJson.Default.OneCode);
    }

    private static async Task<Answer> Revoke(EventsCall call)
    {
        var show = StaffGate.MustOrganiseShow(call);
        var request = await call.BodyAsync(OrganiseJson.Default.RevokeRequest);
        if (request.Reason?.Length > 500) throw new Refused(Reason.BadRequest, "member", "reason");
        var number = call.RouteNumber("number");
        await call.Store.Write(ledger => Issuing.Revoke(ledger, show, number, request.Reason));
        call.Events.Devices.Drop(show.Key, number, DeviceClose.Banned, Notices.Banned(request.Reason, null));
        call.Events.Users.Wake();
        return Answer.Empty;
    }

    private static async Task<Answer> Sell(EventsCall call)
    {
        const string scheme = "Bearer ";
        var authorization = call.Http.Request.Headers.Authorization.ToString();
        var hash = authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            ? Ids.HashOf(authorization[scheme.Length..].Trim()) : null;
        var show = hash is null ? null
            : call.Store.Read(view => view.ShowOfShopKey(hash) is { } key ? view.ShowByKey(key) : null);
        if (hash is null || show is null)
        {
            call.Http.Response.Headers.WWWAuthenticate = "Bearer";
            throw new Refused(Reason.SignInNeeded);
        }

        var request = await call.BodyAsync(OrganiseJson.Default.SellRequest);
        if (string.IsNullOrEmpty(request.Reference)) throw new Refused(Reason.BadRequest, "member", "reference");
        foreach (var (member, value) in new[] { ("reference", request.Reference), ("holder", request.Holder), ("email", request.Email) })
            if (value is not null && TicketFile.WhyNot(value) is not null) throw new Refused(Reason.BadRequest, "member", member);
        var ticket = new NewTicket(
            request.Tier ?? show.Definition.Tickets.UsualTier, request.Holder, request.Email, request.Reference);
        var (number, code) = await call.Store.Write(ledger =>
        {
            // Taken back since it was looked at: it sells nothing any more.
            if (ledger.ShowOfShopKey(hash) is null) throw new Refused(Reason.SignInNeeded);
            ledger.PutShopKeyUsed(hash);
            return Issuing.Sell(ledger, Current(ledger, show), ticket, request.Reissue, call.Events.Codes);
        });
        if (request.Reissue && code is not null) call.Events.Reissued(show.Key, number);
        var address = call.AddressOf($"/events/{show.Slug}");
        return Answer.Json(
            // After the hash: what stands there is sent to no server and lands in no log.
            new Sold(number, code, code is null ? address : $"{address}#{code}"), OrganiseJson.Default.Sold);
    }

    private static string? BatchOf(string? name) =>
        name is null ? null
        : name.Length is > 0 and <= mostBatchName && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? name
        : throw new Refused(Reason.BadRequest, "member", "batch");

    private static Show Current(EventsLedger view, Show show) => view.ShowByKey(show.Key) ?? throw new Refused(Reason.NotFound);
}

/// <param name="Letters">To whoever lost a code; null where none leave.</param>
internal sealed record TicketList(TicketLine[] Tickets, string? Next, CountsAnswer Counts, LettersAnswer? Letters);

/// <param name="Waiting">Tried, and to be tried again.</param>
/// <param name="Why">Of the last that could not be delivered.</param>
internal sealed record LettersAnswer(long Sent, long Waiting, long Failed, DateTimeOffset? FailedAt, string? Why);

internal sealed record TicketLine(
    long Number, string Tier, string? Holder, string? Email, string? Reference, string State, string? Reason,
    DateTimeOffset? EnteredAt, string? Nickname, bool Provisioned);

internal sealed record CountsAnswer(long Valid, long Revoked, long Banned, long Entered, long Provisioned);

/// <param name="Batch">A name of the caller's own: the same once more makes nothing twice, and answers with codes again.</param>
internal sealed record NewTickets(int? Count, string? Tier, string? Batch);

internal sealed record MadeTickets(Issued[] Codes);

internal sealed record ImportedTickets(int Made, int Known, RefusedLine[] Refused, Issued[] Codes);

internal sealed record RevokeRequest(string? Reason);

/// <param name="Code">Shown this once.</param>
internal sealed record OneCode(string Code);

internal sealed record SellRequest(string? Reference, string? Tier, string? Holder, string? Email, bool Reissue);

internal sealed record Sold(long Number, string? Code, string Url);
