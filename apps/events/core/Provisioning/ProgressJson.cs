using System.Text.Json;
using Carillon.Events.Core.Archive;

namespace Carillon.Events.Core.Provisioning;

/// <summary>How progress and archives are spelled on the wire. Times are ISO 8601, UTC; what is not known is null.</summary>
public static class ProgressJson
{
    public static byte[] Write(Progress progress) => Write(json =>
    {
        json.WriteNumber("planned", progress.Planned);
        json.WriteNumber("made", progress.Made);
        json.WriteNumber("failed", progress.Failed);
        json.WriteNumber("retrying", progress.Retrying);
        json.WriteNumber("removing", progress.Removing);
        json.WriteNumber("perSecond", Math.Round(progress.PerSecond, 1));
        if (progress.LimitPerSecond is { } limit) json.WriteNumber("limitPerSecond", Math.Round(limit, 1));
        else json.WriteNull("limitPerSecond");
        json.WriteNumber("throttled", progress.Throttled);
        Time(json, "readyAt", progress.ReadyAt);
        Time(json, "doorsAt", progress.DoorsAt);
        json.WriteBoolean("inTime", progress.InTime);
        json.WriteString("state", Word(progress.State));
        json.WriteString("why", progress.Why);
        json.WriteStartArray("failures");
        foreach (var failure in progress.Failures)
        {
            json.WriteStartObject();
            json.WriteNumber("number", failure.Number);
            json.WriteString("why", failure.Why);
            Time(json, "at", failure.At);
            json.WriteNumber("tries", failure.Tries);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <param name="head">Null while nothing of the show was streamed.</param>
    public static byte[] Write(ArchiveHead? head) => Write(json =>
    {
        json.WriteString("state", head switch { null => "none", { Closed: true } => "closed", _ => "growing" });
        json.WriteNumber("messages", head?.Messages ?? 0);
        json.WriteNumber("removed", head?.Removed ?? 0);
        json.WriteNumber("withheld", head?.Withheld ?? 0);
        Time(json, "firstAt", head?.FirstAt);
        Time(json, "lastAt", head?.LastAt);
        json.WriteString("head", head?.Head is { } hash ? Convert.ToHexStringLower(hash) : null);
        json.WriteBoolean("verified", head?.Verified ?? false);
    });

    private static string Word(ProgressState state) => state switch
    {
        ProgressState.Idle => "idle",
        ProgressState.Working => "working",
        ProgressState.Ready => "ready",
        ProgressState.Paused => "paused",
        ProgressState.Clearing => "clearing",
        _ => "cleared",
    };

    private static void Time(Utf8JsonWriter json, string name, long? at)
    {
        if (at is { } known) json.WriteString(name, Times.FromMicroseconds(known));
        else json.WriteNull(name);
    }

    private static byte[] Write(Action<Utf8JsonWriter> members)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }
}
