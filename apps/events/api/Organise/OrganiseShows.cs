using System.Globalization;
using System.Text.Json.Serialization;
using Carillon.Events.Core;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Staff;
using Carillon.Events.Core.Store;
using Carillon.Events.Door;
using Carillon.Events.Http;
using Carillon.Events.SignIn;

namespace Carillon.Events.Organise;

/// <summary>The organiser's shows and their staff.</summary>
internal static class OrganiseShows
{
    private const int pageSize = 50;

    /// <summary>Artists and moderators of one show. Our choice.</summary>
    private const int mostStaff = 200;

    public static void Map(Endpoints api)
    {
        api.Get("/organise/shows", List);
        api.Post("/organise/shows", Create);
        api.Get("/organise/shows/{id}", call => Of(StaffGate.MustOrganiseShow(call), call));
        api.Put("/organise/shows/{id}", Save);
        api.Delete("/organise/shows/{id}", call => Change(call, (ledger, id) => Organising.Delete(ledger, id)));
        api.Post("/organise/shows/{id}/publish", Publish);
        api.Post("/organise/shows/{id}/unpublish", call => Change(call, (ledger, id) => Organising.Unpublish(ledger, id)));
        api.Post("/organise/shows/{id}/end", End);
        api.Post("/organise/shows/{id}/duplicate", Duplicate);
        api.Get("/organise/shows/{id}/staff", Staff);
        api.Post("/organise/shows/{id}/staff", Invite);
        api.Post("/organise/shows/{id}/staff/{sid}/link", InviteAgain);
        api.Delete("/organise/shows/{id}/staff/{sid}", RemoveStaff);
    }

    private static Answer List(EventsCall call)
    {
        StaffGate.MustOrganise(call);
        var title = call.Query("q") is { } q ? Folding.Search(q) : null;
        var after = call.QueryNumber("after", 0, 1, long.MaxValue);
        var (shows, counts) = call.Store.Read(view =>
        {
            var found = view.Shows(title is { Length: > 0 } ? title : null, after == 0 ? null : after, pageSize + 1);
            return (found, found.Select(s => view.CountsOf(s.Key)).ToArray());
        });
        var lines = shows.Take(pageSize).Select((s, i) => new OrganisedLine(
            s.Id, s.Slug, s.Definition.Title, s.Definition.Artist, s.Definition.StartsAt, s.Definition.DoorsAt, s.Definition.EndsAt,
            s.Definition.Zone, Words.Of(s.State), Words.Of(s.PhaseAt(call.Now)), counts[i].All, counts[i].Entered));
        return Answer.Json(
            new OrganisedList(
                [.. lines], shows.Count > pageSize ? shows[pageSize - 1].Key.ToString(CultureInfo.InvariantCulture) : null),
            OrganiseJson.Default.OrganisedList);
    }

    private static async Task<Answer> Create(EventsCall call)
    {
        StaffGate.MustOrganise(call);
        var request = await call.BodyAsync(OrganiseJson.Default.NewShow);
        var show = await call.Store.Write(ledger => Organising.Create(ledger, request.Title ?? "", zone: request.Zone));
        return Of(show, call, StatusCodes.Status201Created);
    }

    private static async Task<Answer> Save(EventsCall call)
    {
        StaffGate.MustOrganise(call);
        var request = await call.BodyAsync(OrganiseJson.Default.SavedShow, OrganiseWords.MostList);
        if (request.Version is not { } version) throw new Refused(Reason.BadRequest, "member", "version");
        var definition = request.Definition;
        Organising.Check(definition);
        var show = await call.Store.Write(ledger => Organising.Save(ledger, call.Route("id"), definition, version));
        call.Events.Devices.Changed(show.Key);
        return Of(show, call);
    }

    private static async Task<Answer> Publish(EventsCall call)
    {
        StaffGate.MustOrganise(call);
        var lacks = await call.Store.Write(ledger => Organising.Publish(ledger, call.Route("id")));
        return lacks.Count == 0 ? Of(StaffGate.MustOrganiseShow(call), call)
            : Answer.Json(new NotPublished("Incomplete", [.. lacks]), OrganiseJson.Default.NotPublished, StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<Answer> End(EventsCall call)
    {
        StaffGate.MustOrganise(call);
        await call.Store.Write(ledger => Organising.End(ledger, call.Route("id")));
        var show = StaffGate.MustOrganiseShow(call);
        call.Events.Devices.Changed(show.Key);
        return Of(show, call);
    }

    private static async Task<Answer> Duplicate(EventsCall call)
    {
        StaffGate.MustOrganise(call);
        var copy = await call.Store.Write(ledger => Organising.Duplicate(ledger, call.Route("id")));
        return Of(copy, call, StatusCodes.Status201Created);
    }

    private static async Task<Answer> Change(EventsCall call, Action<EventsLedger, string> change)
    {
        StaffGate.MustOrganise(call);
        await call.Store.Write(ledger => change(ledger, call.Route("id")));
        return Answer.Empty;
    }

    private static Answer Staff(EventsCall call)
    {
        var show = StaffGate.MustOrganiseShow(call);
        return Answer.Json(
            new StaffList([.. call.Store.Read(view => view.StaffOf(show.Key)).Select(s => new StaffLine(s.Id, s.Name, Words.Of(s.Kind)))]),
            OrganiseJson.Default.StaffList);
    }

    private static async Task<Answer> Invite(EventsCall call)
    {
        var show = StaffGate.MustOrganiseShow(call);
        var request = await call.BodyAsync(OrganiseJson.Default.NewStaff);
        var kind = request.Kind switch
        {
            "artist" => StaffKind.Artist,
            "moderator" => StaffKind.Moderator,
            _ => throw new Refused(Reason.BadRequest, "member", "kind"),
        };
        var name = request.Name?.Trim() ?? "";
        if (name.Length is 0 or > 100 || Folding.LookKeys(name).Any(k => k.Length == 0)
            || Core.Tickets.TicketFile.WhyNot(name) is "letters") throw new Refused(Reason.BadRequest, "member", "name");
        var (member, secret) = await call.Store.Write(ledger =>
        {
            if (ledger.StaffOf(show.Key).Count >= mostStaff) throw new Refused(Reason.BadRequest, "why", "many");
            var user = Ids.NewUser(kind == StaffKind.Artist ? "artist-" : "mod-");
            var added = ledger.AddStaff(show.Key, name, Folding.Search(name), kind, user);
            return (added, SignIns.Invite(ledger, new SignedIn(null, added.Key), ledger.Now));
        });
        call.Events.Devices.Changed(show.Key);
        return Answer.Json(new Invited(member.Id, LinkOf(call, secret)), OrganiseJson.Default.Invited, StatusCodes.Status201Created);
    }

    /// <summary>Another link for somebody who has lost theirs, or sits at another device.</summary>
    private static async Task<Answer> InviteAgain(EventsCall call)
    {
        var show = StaffGate.MustOrganiseShow(call);
        var secret = await call.Store.Write(ledger =>
        {
            var member = MemberOf(ledger, show, call);
            return SignIns.Invite(ledger, new SignedIn(null, member.Key), ledger.Now);
        });
        return Answer.Json(new Invited(call.Route("sid"), LinkOf(call, secret)), OrganiseJson.Default.Invited);
    }

    private static async Task<Answer> RemoveStaff(EventsCall call)
    {
        var show = StaffGate.MustOrganiseShow(call);
        await call.Store.Write(ledger => ledger.RemoveStaff(MemberOf(ledger, show, call).Key));
        call.Events.Devices.Changed(show.Key);
        return Answer.Empty;
    }

    private static StaffMember MemberOf(EventsLedger view, Show show, EventsCall call) =>
        view.StaffById(call.Route("sid")) is { } member && member.Show == show.Key ? member : throw new Refused(Reason.NotFound);

    private static string LinkOf(EventsCall call, string secret) => $"{call.AddressOf("/events/sign-in")}#{secret}";

    private static Answer Of(Show show, EventsCall call, int status = StatusCodes.Status200OK)
    {
        var d = show.Definition;
        return Answer.Json(
            new OrganisedShow(
                show.Id, show.Slug, show.Version, Words.Of(show.State), Words.Of(show.PhaseAt(call.Now)), d.Title, d.Artist, d.About,
                d.PictureUrl, d.Zone, d.StartsAt, d.DoorsAt, d.EndsAt, d.Player, d.Tickets, d.Chat,
                Times.FromMicroseconds(show.Updated)),
            OrganiseJson.Default.OrganisedShow, status);
    }
}

/// <param name="State">draft, published, ended, archived or cleared.</param>
internal sealed record OrganisedShow(
    string Id, string Slug, long Version, string State, string Phase, string Title, string Artist, string About, string? PictureUrl,
    string Zone, DateTimeOffset? StartsAt, DateTimeOffset? DoorsAt, DateTimeOffset? EndsAt, Player Player, TicketPlan Tickets,
    ChatRules Chat, DateTimeOffset Updated);

internal sealed record OrganisedLine(
    string Id, string Slug, string Title, string Artist, DateTimeOffset? StartsAt, DateTimeOffset? DoorsAt, DateTimeOffset? EndsAt,
    string Zone, string State, string Phase, long Tickets, long Entered);

/// <param name="Next">For <c>after</c>; null on the last page.</param>
internal sealed record OrganisedList(OrganisedLine[] Shows, string? Next);

/// <param name="Zone">Of the event, an IANA name; null is UTC.</param>
internal sealed record NewShow(string? Title, string? Zone);

/// <summary>A definition with the version that its form began with. Members of the answer that are no definition are passed over.</summary>
internal sealed record SavedShow
{
    public long? Version { get; init; }

    public string? Title { get; init; }

    public string? Artist { get; init; }

    public string? About { get; init; }

    public string? PictureUrl { get; init; }

    public string? Zone { get; init; }

    public DateTimeOffset? StartsAt { get; init; }

    public DateTimeOffset? DoorsAt { get; init; }

    public DateTimeOffset? EndsAt { get; init; }

    public Player? Player { get; init; }

    public TicketPlan? Tickets { get; init; }

    public ChatRules? Chat { get; init; }

    [JsonIgnore]
    public ShowDefinition Definition => new()
    {
        Title = Title ?? "",
        Artist = Artist ?? "",
        About = About ?? "",
        PictureUrl = string.IsNullOrEmpty(PictureUrl) ? null : PictureUrl,
        Zone = Zone ?? "UTC",
        StartsAt = StartsAt?.ToUniversalTime(),
        DoorsAt = DoorsAt?.ToUniversalTime(),
        EndsAt = EndsAt?.ToUniversalTime(),
        Player = Player is null ? new Player() : Player with { Url = string.IsNullOrEmpty(Player.Url) ? null : Player.Url },
        Tickets = Tickets ?? new TicketPlan(),
        Chat = Chat ?? new ChatRules(),
    };
}

internal sealed record NotPublished(string Code, Lack[] Missing);

internal sealed record NewStaff(string? Name, string? Kind);

internal sealed record StaffLine(string Id, string Name, string Kind);

internal sealed record StaffList(StaffLine[] Staff);

/// <param name="Link">Signs in once, within 30 days. It is not shown again.</param>
internal sealed record Invited(string Id, string Link);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(OrganisedShow))]
[JsonSerializable(typeof(OrganisedList))]
[JsonSerializable(typeof(NewShow))]
[JsonSerializable(typeof(SavedShow))]
[JsonSerializable(typeof(NotPublished))]
[JsonSerializable(typeof(NewStaff))]
[JsonSerializable(typeof(StaffList))]
[JsonSerializable(typeof(Invited))]
[JsonSerializable(typeof(TicketList))]
[JsonSerializable(typeof(NewTickets))]
[JsonSerializable(typeof(MadeTickets))]
[JsonSerializable(typeof(ImportedTickets))]
[JsonSerializable(typeof(RevokeRequest))]
[JsonSerializable(typeof(OneCode))]
[JsonSerializable(typeof(SellRequest))]
[JsonSerializable(typeof(Sold))]
internal sealed partial class OrganiseJson : JsonSerializerContext;
