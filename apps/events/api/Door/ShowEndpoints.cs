using System.Text.Json.Serialization;
using Carillon.Events.Core;
using Carillon.Events.Core.Shows;
using Carillon.Events.Http;

namespace Carillon.Events.Door;

/// <summary>What anybody may know of shows.</summary>
internal static class ShowEndpoints
{
    /// <summary>Shows on one page. Our choice: more than that are found by their address.</summary>
    private const int most = 100;

    public static void Map(Endpoints api)
    {
        api.Get("/shows", List);
        api.Get("/shows/{slug}", One);
    }

    private static Answer List(EventsCall call)
    {
        var shows = call.Store.Read(view => view.ShowsOn(most));
        return Answer.Json(
            [.. shows.Select(show => new ShowLine(
                show.Slug, show.Definition.Title, show.Definition.Artist, show.Definition.StartsAt, show.Definition.DoorsAt,
                show.Definition.EndsAt, show.Definition.Zone, Words.Of(show.PhaseAt(call.Now))))],
            DoorJson.Default.ShowLineArray);
    }

    private static Answer One(EventsCall call)
    {
        var show = call.Store.Read(view => view.ShowBySlug(call.Route("slug"))) ?? throw new Refused(Reason.NotFound);
        var about = show.Definition;
        return Answer.Json(
            new ShowPage(
                show.Id, show.Slug, about.Title, about.Artist, about.About, about.PictureUrl, about.StartsAt, about.DoorsAt,
                about.EndsAt, about.Zone, Words.Of(show.PhaseAt(call.Now)), call.Now, about.Chat.Enabled, about.Chat.Reactions,
                about.Tickets.Tiers, call.Events.Letters is not null),
            DoorJson.Default.ShowPage);
    }
}

/// <summary>How enums are spelled on the wire.</summary>
internal static class Words
{
    public static string Of<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}

internal sealed record ShowLine(
    string Slug, string Title, string Artist, DateTimeOffset? StartsAt, DateTimeOffset? DoorsAt, DateTimeOffset? EndsAt,
    string Zone, string Phase);

/// <param name="LostCodes">Whoever lost a code can ask for a letter.</param>
internal sealed record ShowPage(
    string Id, string Slug, string Title, string Artist, string About, string? PictureUrl, DateTimeOffset? StartsAt,
    DateTimeOffset? DoorsAt, DateTimeOffset? EndsAt, string Zone, string Phase, DateTimeOffset Now, bool Chat,
    IReadOnlyList<string> Reactions, IReadOnlyList<string> Tiers, bool LostCodes);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ShowLine[]))]
[JsonSerializable(typeof(ShowPage))]
[JsonSerializable(typeof(EnterRequest))]
[JsonSerializable(typeof(NicknameBody))]
[JsonSerializable(typeof(Entry))]
[JsonSerializable(typeof(ChatPassAnswer))]
internal sealed partial class DoorJson : JsonSerializerContext;
