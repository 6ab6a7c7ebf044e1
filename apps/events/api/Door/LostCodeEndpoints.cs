using System.Globalization;
using System.Text.Json.Serialization;
using Carillon.Events.Core;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Tickets;
using Carillon.Events.Http;
using Carillon.Events.Letters;

namespace Carillon.Events.Door;

/// <summary>A lost code, helped by oneself: a letter, its link, a new code.</summary>
internal static class LostCodeEndpoints
{
    /// <summary>What a page calls itself, in characters.</summary>
    private const int leastPage = 16, mostPage = 100;

    public static void Map(Endpoints api)
    {
        api.Post("/shows/{slug}/lost", Ask);
        api.Post("/shows/{slug}/lost/open", Open);
        api.Post("/shows/{slug}/lost/reissue", Reissue);
    }

    /// <summary>Takes the wish and says so. Everything that depends on whether the address is known happens after the answer.</summary>
    private static async Task<Answer> Ask(EventsCall call)
    {
        var request = await call.BodyAsync(LostJson.Default.LostRequest, 4096);
        var show = ShowOf(call);
        if (call.Events.Letters is not { } letters) throw new Refused(Reason.LettersOff);
        var address = EmailAddress.Parse(request.Email) ?? throw new Refused(Reason.BadRequest, "member", "email");
        var network = Gates.Of(call.Http.Connection.RemoteIpAddress);
        var (rates, codes) = (call.Events.Options.LostCodes, call.Events.Codes);
        try
        {
            // Whoever is over a limit does not come as far as the writer.
            call.Store.Read<object?>(view =>
            {
                LostCodes.MayAsk(view, show, address, network, rates, codes);
                return null;
            });
            await call.Store.Write(ledger => LostCodes.Ask(ledger, show, address, LetterText.LanguageOf(request.Language), network, rates, codes));
        }
        catch (Refused refused) when (refused.Reason == Reason.TooMany)
        {
            call.Http.Response.Headers.RetryAfter = Convert.ToString(refused.Details["retryAfter"], CultureInfo.InvariantCulture);
            throw;
        }

        letters.Wake();
        return Answer.Json(new LostAnswer(true), LostJson.Default.LostAnswer, StatusCodes.Status202Accepted);
    }

    private static async Task<Answer> Open(EventsCall call)
    {
        var request = await call.BodyAsync(LostJson.Default.LostLinkRequest, 4096);
        var show = ShowOf(call);
        var (secret, page) = (Must(request.Token, "token"), PageOf(request));
        var tickets = call.Store.Read(view => LostCodes.Open(view, show, secret, page));
        var now = call.Now.ToMicroseconds();
        return Answer.Json(
            new LostTickets([.. tickets.Select(t => new LostTicket(
                t.Number, t.Tier, t.Holder, Words.Of(t.StateAt(now)), t.StateAt(now) == TicketState.Valid ? null : t.Reason,
                t.StateAt(now) == TicketState.Valid ? null : Times.FromMicroseconds(t.Until)))]),
            LostJson.Default.LostTickets);
    }

    private static async Task<Answer> Reissue(EventsCall call)
    {
        var request = await call.BodyAsync(LostJson.Default.LostLinkRequest, 4096);
        var show = ShowOf(call);
        var (secret, page) = (Must(request.Token, "token"), PageOf(request));
        var number = request.Number ?? throw new Refused(Reason.BadRequest, "member", "number");
        var code = await call.Store.Write(ledger => LostCodes.Reissue(
            ledger, ledger.ShowByKey(show.Key) ?? throw new Refused(Reason.NotFound), secret, page, number, call.Events.Codes));
        call.Events.Reissued(show.Key, number);
        return Answer.Json(new LostCode(code), LostJson.Default.LostCode);
    }

    private static Show ShowOf(EventsCall call) =>
        call.Store.Read(view => view.ShowBySlug(call.Route("slug"))) ?? throw new Refused(Reason.NotFound);

    private static string PageOf(LostLinkRequest request) =>
        Must(request.Page, "page") is { Length: >= leastPage } page ? page : throw new Refused(Reason.BadRequest, "member", "page");

    private static string Must(string? text, string member) =>
        text is { Length: > 0 and <= mostPage } ? text : throw new Refused(Reason.BadRequest, "member", member);
}

/// <param name="Language">Of the letter, such as <c>en</c>.</param>
internal sealed record LostRequest(string? Email, string? Language);

/// <param name="Asked">The same for every address.</param>
internal sealed record LostAnswer(bool Asked);

/// <param name="Page">A secret that the page made for itself.</param>
/// <param name="Number">Of the ticket that is to have a new code.</param>
internal sealed record LostLinkRequest(string? Token, string? Page, long? Number);

internal sealed record LostTickets(LostTicket[] Tickets);

/// <param name="Reason">Why it is revoked or banned; null while it is valid, and where nobody said.</param>
internal sealed record LostTicket(long Number, string Tier, string? Holder, string State, string? Reason, DateTimeOffset? Until);

/// <param name="Code">Shown this once.</param>
internal sealed record LostCode(string Code);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LostRequest))]
[JsonSerializable(typeof(LostAnswer))]
[JsonSerializable(typeof(LostLinkRequest))]
[JsonSerializable(typeof(LostTickets))]
[JsonSerializable(typeof(LostCode))]
internal sealed partial class LostJson : JsonSerializerContext;
