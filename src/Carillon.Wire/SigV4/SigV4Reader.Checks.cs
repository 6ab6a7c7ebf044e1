using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Carillon.Wire.SigV4;

// Time and scope.
public static partial class SigV4Reader
{
    // A week, as SigV4 allows; AWS General Reference, read 2026-11.
    private const int MostExpiresSeconds = 604_800;

    private static SigV4Fault? CheckTime(
        DateTimeOffset timestamp, TimeSpan? expires, TimeSpan window, DateTimeOffset now)
    {
        // Differences, because a timestamp at the end of the calendar has no later moment.
        var age = now - timestamp;
        if (age > (expires ?? window))
        {
            // A presigned request dies at a moment of its own choosing, so there is no allowance to name.
            return new(SigV4Reason.Expired, expires is { } life
                ? $"Signature expired: {SigV4Time.Text(timestamp + life)} is now earlier than {SigV4Time.Text(now)}"
                : $"Signature expired: {SigV4Time.Text(timestamp)} is now earlier than {SigV4Time.Text(now - window)}"
                    + $" ({SigV4Time.Text(now)} - {Minutes(window)} min.)");
        }

        if (age < -window)
        {
            return new(SigV4Reason.NotYetCurrent,
                $"Signature not yet current: {SigV4Time.Text(timestamp)} is still later than"
                + $" {SigV4Time.Text(now + window)} ({SigV4Time.Text(now)} + {Minutes(window)} min.)");
        }

        return null;
    }

    private static string Minutes(TimeSpan window) => window.TotalMinutes.ToString("0.##", CultureInfo.InvariantCulture);

    private static bool TryExpires(string text, out TimeSpan? expires, [NotNullWhen(false)] out SigV4Fault? fault)
    {
        expires = null;
        fault = null;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            fault = new(SigV4Reason.MalformedExpires, $"{SigV4Names.Expires} should be a number");
            return false;
        }

        if (seconds is < 1 or > MostExpiresSeconds)
        {
            fault = new(SigV4Reason.MalformedExpires,
                $"{SigV4Names.Expires} must be between 1 and {MostExpiresSeconds} seconds");
            return false;
        }

        expires = TimeSpan.FromSeconds(seconds);
        return true;
    }

    private static SigV4Fault? CheckScope(
        ReadOnlySpan<char> date, ReadOnlySpan<char> region, ReadOnlySpan<char> service, ReadOnlySpan<char> terminator,
        string timestamp, SigV4Policy policy)
    {
        var wrong = "";
        if (region.Length == 0 || policy.Regions?.Contains(region.ToString()) == false)
            wrong += $"Credential should be scoped to a valid region, not '{region}'. ";
        if (!policy.Accepts(service))
            wrong += $"Credential should be scoped to correct service: '{policy.Services[0]}'. ";
        if (terminator is not SigV4Names.Terminator)
        {
            wrong += $"Credential should be scoped with a valid terminator: '{SigV4Names.Terminator}',"
                + $" not '{terminator}'. ";
        }

        if (!timestamp.AsSpan(0, 8).SequenceEqual(date))
        {
            wrong += "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP:"
                + $" '{date}' != '{timestamp[..8]}', from '{timestamp}'. ";
        }

        return wrong.Length == 0 ? null : new(SigV4Reason.WrongScope, wrong.TrimEnd());
    }
}
