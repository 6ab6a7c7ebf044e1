using System.Globalization;
using System.Text;
using Carillon.Events.Core.Talk;

namespace Carillon.Events.Core.Shows;

/// <param name="Step"><c>event</c>, <c>time</c>, <c>stream</c>, <c>tickets</c> or <c>chat</c>: the form's steps.</param>
/// <param name="Field">The definition's member, such as <c>startsAt</c>.</param>
/// <param name="Why"><c>missing</c>, <c>past</c>, <c>order</c>, <c>unknown</c> or <c>url</c>.</param>
public sealed record Lack(string Step, string Field, string Why);

/// <summary>What a definition must hold: some of it always, the rest before it is published.</summary>
public static class PublishCheck
{
    private const int mostTiers = 20;

    /// <summary>The member that no draft may hold so; null where all is well. A draft may lack anything.</summary>
    public static string? WrongMember(ShowDefinition d)
    {
        if (!IsText(d.Title, 200)) return "title";
        if (!IsText(d.Artist, 200)) return "artist";
        if (!IsText(d.About, 10_000, lines: true)) return "about";
        if (d.PictureUrl is { } picture && !IsAddress(picture)) return "pictureUrl";
        if (d.Zone.Length > 100) return "zone";
        if (!Player.Kinds.Contains(d.Player.Kind)) return "player.kind";
        if (d.Player.Url is { } url && !(d.Player.Kind is "youtube" or "vimeo" or "iframe" ? url.Length <= 2000 && Embeds.IsShown(d.Player.Kind, url)
            : IsAddress(url))) return "player.url";
        if (d.Player.Captions.Count > 20
            || d.Player.Captions.Any(c => c is null || !IsText(c.Lang, 35) || !IsText(c.Label, 100) || !IsAddress(c.Url))) return "player.captions";
        var tiers = d.Tickets.Tiers;
        if (tiers.Count > mostTiers || tiers.Any(t => string.IsNullOrEmpty(t) || !IsText(t, 50)) || tiers.Distinct().Count() != tiers.Count)
            return "tickets.tiers";
        if (d.Tickets.Planned is < 0 or > 1_000_000) return "tickets.planned";
        return WrongMember(d.Chat) is { } member ? $"chat.{member}" : null;
    }

    /// <summary>The member of the rules that cannot be; null where all is well.</summary>
    public static string? WrongMember(ChatRules chat)
    {
        if (chat.Audience is not ("one" or "parts")) return "audience";
        if (chat.SlowSeconds is < 0 or > 120) return "slowSeconds";
        if (chat.Mode is not ("open" or "emoji" or "staff" or "tier")) return "mode";
        if (chat.MaxLength is < 1 or > 1000) return "maxLength";
        if (chat.Reactions.Count > 8 || chat.Reactions.Distinct().Count() != chat.Reactions.Count
            || chat.Reactions.Any(r => r is not { Length: > 0 and <= 32 } || new StringInfo(r).LengthInTextElements != 1)) return "reactions";
        return WordList.Fault(chat.Words) is null ? null : "words";
    }

    /// <summary>What is missing before it can be published, in the order of the form; empty when it can.</summary>
    public static IReadOnlyList<Lack> Of(ShowDefinition d, DateTimeOffset now)
    {
        var lacks = new List<Lack>();
        if (string.IsNullOrWhiteSpace(d.Title)) lacks.Add(new("event", "title", "missing"));
        if (string.IsNullOrWhiteSpace(d.Artist)) lacks.Add(new("event", "artist", "missing"));
        if (d.PictureUrl is { } picture && !IsLoadable(picture)) lacks.Add(new("event", "pictureUrl", "url"));
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(d.Zone, out _)) lacks.Add(new("time", "zone", "unknown"));
        if (d.StartsAt is null) lacks.Add(new("time", "startsAt", "missing"));
        if (d.DoorsAt > d.StartsAt) lacks.Add(new("time", "doorsAt", "order"));
        if (d.EndsAt is null) lacks.Add(new("time", "endsAt", "missing"));
        else if (d.EndsAt <= d.StartsAt) lacks.Add(new("time", "endsAt", "order"));
        else if (d.EndsAt <= now) lacks.Add(new("time", "endsAt", "past"));
        if (d.Player.Kind != "none" && string.IsNullOrEmpty(d.Player.Url)) lacks.Add(new("stream", "player.url", "missing"));
        else if (d.Player is { Kind: "hls", Url: { } stream } && !IsLoadable(stream)) lacks.Add(new("stream", "player.url", "url"));
        if (d.Player.Kind == "hls" && d.Player.Captions.Any(c => !IsLoadable(c.Url)))
            lacks.Add(new("stream", "player.captions", "url"));
        if (d.Tickets.Tiers.Count == 0) lacks.Add(new("tickets", "tickets.tiers", "missing"));
        if (d.Tickets.Planned == 0) lacks.Add(new("tickets", "tickets.planned", "missing"));
        return lacks;
    }

    private static bool IsText(string text, int most, bool lines = false) => text.Length <= most
        && text.EnumerateRunes().All(r => r != Rune.ReplacementChar && (!Rune.IsControl(r) || (lines && r.Value is '\n' or '\t')));

    /// <summary>An http or https URL, or a path of this very server.</summary>
    private static bool IsAddress(string text) => text.Length <= 2000
        && (IsOwnPath(text) || (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            && url.UserInfo.Length == 0));

    /// <summary>Pages load nothing that comes without TLS, but from this very server.</summary>
    private static bool IsLoadable(string text) => IsOwnPath(text) || text.StartsWith("https:", StringComparison.OrdinalIgnoreCase);

    private static bool IsOwnPath(string text) =>
        text.StartsWith('/') && !text.StartsWith("//", StringComparison.Ordinal) && !text.Contains('\\', StringComparison.Ordinal);
}
