using System.Globalization;

namespace Carillon.Wire.SigV4;

/// <summary>ISO-8601 basic format, in UTC, whole seconds: <c>20260102T030405Z</c>.</summary>
internal static class SigV4Time
{
    /// <summary>Characters.</summary>
    public const int Length = 16;

    private const string Format = "yyyyMMdd'T'HHmmss'Z'";

    public static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    /// <param name="to">Room for <see cref="Length"/> characters.</param>
    public static void Write(DateTimeOffset time, Span<char> to) =>
        time.UtcDateTime.TryFormat(to, out _, Format, CultureInfo.InvariantCulture);

    public static bool TryParse(string text, out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        text, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
        out time);
}
