using System.Text.Json;
using System.Text.Json.Nodes;

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
