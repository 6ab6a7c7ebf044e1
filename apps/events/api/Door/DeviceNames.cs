namespace Carillon.Events.Door;

/// <summary>What to call a browser, so that somebody recognises their own.</summary>
internal static class DeviceNames
{
    // The order matters: each names itself after those it came from.
    private static readonly (string Mark, string Name)[] browsers =
    [
        ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
    ];

    private static readonly (string Mark, string Name)[] systems =
    [
        ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "Mac"), ("CrOS", "Chromebook"),
        ("Linux", "Linux"),
    ];

    /// <summary>Such as <c>Chrome on Android</c>.</summary>
    public static string Of(string? userAgent) =>
        $"{Find(browsers, userAgent) ?? "Browser"}{(Find(systems, userAgent) is { } system ? $" on {system}" : "")}";

    private static string? Find((string Mark, string Name)[] known, string? userAgent) =>
        known.FirstOrDefault(k => userAgent?.Contains(k.Mark, StringComparison.Ordinal) == true).Name;
}
