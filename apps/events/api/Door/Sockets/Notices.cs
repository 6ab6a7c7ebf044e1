using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Events.Core;

namespace Carillon.Events.Door;

/// <summary>What the server says on device sockets: text frames of JSON, <c>t</c> says which.</summary>
internal static class Notices
{
    public static byte[] Moved { get; } = """{"t":"moved"}"""u8.ToArray();

    public static byte[] Banned(string? reason, DateTimeOffset? until) => Of(BannedNotice(reason, until));

    public static JsonObject BannedNotice(string? reason, DateTimeOffset? until) => new()
    {
        ["t"] = "banned",
        ["reason"] = reason,
        ["until"] = until,
    };

    /// <summary>What a page is told before its socket is closed for a refusal; null for nothing.</summary>
    public static byte[]? Of(Refused refused) => refused.Reason switch
    {
        Reason.OnAnotherDevice => Moved,
        Reason.Banned or Reason.Revoked => Banned(
            (string?)refused.Details["reason"], (DateTimeOffset?)refused.Details["until"]),
        _ => null,
    };

    /// <summary>What all may know of the show has changed: pages ask for it again.</summary>
    public static byte[] Show { get; } = """{"t":"show"}"""u8.ToArray();

    public static byte[] Present(int count) => Of(new JsonObject { ["t"] = "present", ["n"] = count });

    public static byte[] Phase(string phase) => Of(new JsonObject { ["t"] = "phase", ["phase"] = phase });

    public static byte[] Room(int slowSeconds, string mode) =>
        Of(new JsonObject { ["t"] = "room", ["slowSeconds"] = slowSeconds, ["mode"] = mode });

    public static byte[] Reactions(ReadOnlySpan<int> counts)
    {
        var array = new JsonArray();
        foreach (var count in counts) array.Add(count);
        return Of(new JsonObject { ["t"] = "reactions", ["counts"] = array });
    }

    public static byte[] Of(JsonObject notice) => JsonSerializer.SerializeToUtf8Bytes(notice);
}
