using System.Text.Json;
using System.Text.RegularExpressions;

namespace Carillon.Events.Core.Shows;

/// <summary>
/// Whose players may be shown in a frame: one list, <c>web/src/shared/embed-hosts.json</c>, which the fans' page, the
/// organiser's form, this check and the pages' content security policy read.
/// </summary>
public static partial class Embeds
{
    /// <summary>Hosts; a name with a dot in front stands for all below it.</summary>
    public static IReadOnlyList<string> Hosts { get; } = Read();

    /// <summary>The list as a content security policy spells it.</summary>
    public static string FrameSources { get; } =
        string.Join(' ', Hosts.Select(h => h.StartsWith('.') ? $"https://*{h}" : $"https://{h}"));

    /// <summary>Whether the fans' page shows a player of this kind at this address.</summary>
    public static bool IsShown(string kind, string url) => kind switch
    {
        "youtube" => IsYouTube(url),
        "vimeo" => IsVimeo(url),
        "iframe" => Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme == "https" && address.UserInfo.Length == 0
            && address.IsDefaultPort
            && Hosts.Any(h => h.StartsWith('.') ? address.IdnHost.EndsWith(h, StringComparison.Ordinal) : address.IdnHost == h),
        _ => true,
    };

    private static bool IsYouTube(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")) return YouTubeId().IsMatch(text);
        if (url.Host == "youtu.be") return YouTubeId().IsMatch(url.AbsolutePath[1..]);
        if (!YouTubeHost().IsMatch(url.Host)) return false;
        return YouTubeId().IsMatch(QueryOf(url, "v") ?? YouTubePath().Match(url.AbsolutePath).Groups[1].Value);
    }

    private static bool IsVimeo(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")) return VimeoPath().IsMatch(text);
        return VimeoHost().IsMatch(url.Host) && VimeoPath().IsMatch(url.AbsolutePath);
    }

    private static string? QueryOf(Uri url, string name) => url.Query.TrimStart('?').Split('&')
        .Select(p => p.Split('=', 2)).FirstOrDefault(p => p.Length == 2 && p[0] == name)?[1];

    private static IReadOnlyList<string> Read()
    {
        using var list = typeof(Embeds).Assembly.GetManifestResourceStream("embed-hosts.json")
            ?? throw new InvalidOperationException("The list of players is not in the build.");
        using var json = JsonDocument.Parse(list);
        return [.. json.RootElement.EnumerateArray().Select(h => h.GetString()!)];
    }

    [GeneratedRegex(@"^[\w-]{11}\z", RegexOptions.ECMAScript)]
    private static partial Regex YouTubeId();

    [GeneratedRegex(@"^(www\.|m\.)?youtube(-nocookie)?\.com\z")]
    private static partial Regex YouTubeHost();

    [GeneratedRegex("^/(?:embed|live|shorts)/([^/]+)")]
    private static partial Regex YouTubePath();

    [GeneratedRegex(@"^(player\.|www\.)?vimeo\.com\z")]
    private static partial Regex VimeoHost();

    /// <summary>An unlisted video has a second part, its hash.</summary>
    [GeneratedRegex(@"(?:^|/)\d{5,12}(?:/\w{6,20})?/?\z", RegexOptions.ECMAScript)]
    private static partial Regex VimeoPath();
}
