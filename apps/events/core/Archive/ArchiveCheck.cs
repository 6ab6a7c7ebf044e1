using System.Text.Json;

namespace Carillon.Events.Core.Archive;

/// <summary>What reading an archive's JSON lines again came to.</summary>
/// <param name="Rows">That are good, from the first on.</param>
/// <param name="Messages">Of them, those that were said.</param>
/// <param name="Head">The hash of the last good row: it has to be the one that was noted down when the archive was closed.</param>
/// <param name="Fault">What is wrong with the row after them; null where the file is whole.</param>
public sealed record ArchiveCheck(long Rows, long Messages, byte[] Head, string? Fault)
{
    /// <summary>Whether rows were changed, added, left out or put elsewhere, and whether every mark of a removal has its row.</summary>
    public static async Task<ArchiveCheck> ReadAsync(Stream input, CancellationToken cancel)
    {
        using var lines = new StreamReader(input, leaveOpen: true);
        var found = new ArchiveCheck(0, 0, ArchiveChain.Beginning, null);
        var removals = new Removals();
        while (await lines.ReadLineAsync(cancel) is { } line)
        {
            try
            {
                using var json = JsonDocument.Parse(line);
                found = found.Read(json.RootElement, removals);
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
            {
                return found with { Fault = "it is no row of an archive" };
            }

            if (found.Fault is not null) return found;
        }

        return found with { Fault = removals.Fault() };
    }

    private ArchiveCheck Read(JsonElement row, Removals removals)
    {
        var entry = row.GetProperty("entry");
        var number = entry.GetProperty("number").GetInt64();
        if (number != Rows + 1) return this with { Fault = $"its number is {number}" };
        var hash = ArchiveChain.Next(Head, entry.GetRawText());
        if (row.GetProperty("hash").GetString() != Convert.ToHexStringLower(hash)) return this with { Fault = "its hash is another" };
        var (kind, message) = (entry.GetProperty("kind").GetString(), entry.GetProperty("messageId").GetString()!);
        var said = kind == ArchiveChain.Word(ArchiveKind.Said);
        if (row.TryGetProperty("removed", out var by)) removals.Marked.Add((message, by.GetInt64()));
        if (kind == ArchiveChain.Word(ArchiveKind.Redacted) || kind == ArchiveChain.Word(ArchiveKind.Deleted))
            removals.First.TryAdd(message, number);
        if (said) removals.Said.Add(message);
        return new(number, Messages + (said ? 1 : 0), hash, null);
    }

    /// <summary>The marks are no part of the hashes; the rows that they name are.</summary>
    private sealed class Removals
    {
        public Dictionary<string, long> First { get; } = [];

        public HashSet<string> Said { get; } = [];

        public HashSet<(string Message, long By)> Marked { get; } = [];

        public string? Fault()
        {
            foreach (var (message, by) in Marked)
                if (!First.TryGetValue(message, out var row) || row != by) return $"message {message} is marked as removed by row {by}, which says nothing of it";
            foreach (var (message, by) in First)
                if (Said.Contains(message) && !Marked.Contains((message, by))) return $"message {message} was removed by row {by} and is not marked";
            return null;
        }
    }
}
