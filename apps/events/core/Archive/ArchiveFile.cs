using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Store;

namespace Carillon.Events.Core.Archive;

/// <summary>
/// An archive as a file, for staff and lawyers: JSON lines to check by machine, or a page to read, which holds text alone
/// and asks nothing of anybody.
/// </summary>
public static class ArchiveFile
{
    private const int page = 500;

    private const string style =
        "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}"
        + "table{border-collapse:collapse;width:100%}th,td{text-align:start;vertical-align:top;padding:.35rem .6rem;"
        + "border-bottom:1px solid #ddd}td.text{overflow-wrap:anywhere;white-space:pre-wrap}code{font-size:.8rem;overflow-wrap:anywhere}"
        + "tr.removed td.text{background:#fdecea}tr.withheld td.text{background:#fdf3d8}.mark{font-weight:600}"
        + "@media(prefers-color-scheme:dark){body{color:#eee;background:#111}th,td{border-color:#444}tr.removed td.text{background:#4a1512}"
        + "tr.withheld td.text{background:#3d3110}}";

    /// <summary>
    /// A line a row: <c>{"entry":{...},"hash":"...","removed":12}</c>. The hash is SHA-256 over the 32 bytes of the hash
    /// before and the bytes of <c>entry</c> as they stand; <c>removed</c> is not part of it.
    /// </summary>
    public static async Task WriteJsonLinesAsync(EventsStore store, Show show, Stream output, CancellationToken cancel)
    {
        await foreach (var row in RowsAsync(store, show.Key, store.Read(view => view.ArchiveOf(show.Key))))
        {
            var line = new StringBuilder("{\"entry\":").Append(row.Entry).Append(",\"hash\":\"")
                .Append(Convert.ToHexStringLower(row.Hash)).Append('"');
            if (row.Removed is { } removed) line.Append(CultureInfo.InvariantCulture, $",\"removed\":{removed}");
            line.Append("}\n");
            await output.WriteAsync(Encoding.UTF8.GetBytes(line.ToString()), cancel);
        }
    }

    /// <summary>A page of its own: no scripts, no links, nothing to load.</summary>
    public static async Task WriteHtmlAsync(EventsStore store, Show show, Stream output, CancellationToken cancel)
    {
        var head = store.Read(view => view.ArchiveOf(show.Key));
        await using var text = new StreamWriter(output, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        var policy = $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)))}'; "
            + "base-uri 'none'; form-action 'none'";
        var title = Safe(show.Definition.Title);
        await text.WriteLineAsync(
            $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="{policy}">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Archive: {title}</title><style>{style}</style></head><body>
            <h1>Archive: <bdi>{title}</bdi></h1>
            <p>{head?.Messages ?? 0} messages, {head?.Removed ?? 0} of them removed. {head?.Withheld ?? 0} more were never shown.
            {(head is { Closed: true } ? "Closed, and verified against the platform." : "Still growing.")}</p>
            <p>Last hash: <code>{(head?.Head is { } hash ? Convert.ToHexStringLower(hash) : "none")}</code></p>
            <table><thead><tr><th scope="col">No.</th><th scope="col">Time (UTC)</th><th scope="col">Who</th><th scope="col">Text</th></tr></thead><tbody>
            """);
        await foreach (var row in RowsAsync(store, show.Key, head))
        {
            cancel.ThrowIfCancellationRequested();
            using var json = JsonDocument.Parse(row.Entry);
            await text.WriteLineAsync(RowOf(row, json.RootElement));
        }

        await text.WriteLineAsync("</tbody></table></body></html>");
        await text.FlushAsync(cancel);
    }

    private static string RowOf(ArchiveRow row, JsonElement entry)
    {
        var what = row.Kind switch
        {
            ArchiveKind.Said or ArchiveKind.Edited or ArchiveKind.Withheld =>
                $"<bdi>{(Text(entry, "content") is { } content ? Safe(content) : "(text not known)")}</bdi>",
            _ => "",
        };
        var mark = row switch
        {
            { Kind: ArchiveKind.Edited } => "Edited to: ",
            { Kind: ArchiveKind.Redacted } => $"A message was removed{By(entry)}.",
            { Kind: ArchiveKind.Deleted } => $"A message was deleted{By(entry)}.",
            { Kind: ArchiveKind.Withheld } => $"Not shown, {Outcome(entry)}: ",
            { Kind: ArchiveKind.Missing } => "The platform held this message no more when the archive was closed.",
            { Removed: { } by } => $"Removed (row {by}): ",
            _ => "",
        };
        var who = Text(entry, "name") is { } name ? $"<bdi>{Safe(name)}</bdi> ({Safe(Text(entry, "role") ?? "")}" : "";
        if (who.Length > 0)
            who += entry.TryGetProperty("ticket", out var ticket) ? $", ticket {ticket.GetInt64()})" : ")";
        if (Text(entry, "written") is { } written) what += $" <span>written as <bdi>{Safe(written)}</bdi></span>";
        if (row.Kind == ArchiveKind.Said && Text(entry, "held") is { } held)
            what += $" <span>held ({Safe(held)}), let pass{By(entry)}</span>";
        if (Text(entry, "inReplyTo") is { } answered) what += $" <span>in reply to <code>{Safe(answered)}</code></span>";
        var kind = row.Removed is not null ? " class=\"removed\"" : row.Kind == ArchiveKind.Withheld ? " class=\"withheld\"" : "";
        var marked = mark.Length == 0 ? "" : $"<span class=\"mark\">{mark}</span>";
        return $"<tr{kind}><td>{row.Number}</td><td>{Safe(Text(entry, "at") ?? "")}</td><td>{who}</td>"
            + $"<td class=\"text\">{marked}{what} <code>{Safe(row.MessageId)}</code></td></tr>";
    }

    private static string Outcome(JsonElement entry)
    {
        var held = Text(entry, "held") is { } why ? $"held ({Safe(why)}), " : "";
        return Text(entry, "outcome") switch
        {
            "waiting" => held + "nobody has decided",
            "lost" => held + "lost",
            _ => $"{held}refused ({Safe(Text(entry, "why") ?? "")}){By(entry)}",
        };
    }

    private static string By(JsonElement entry)
    {
        if (Text(entry, "by") is not { } by) return "";
        var reason = Text(entry, "reason") is { Length: > 0 } why ? $": <bdi>{Safe(why)}</bdi>" : "";
        return $" by <bdi>{Safe(by)}</bdi>{reason}";
    }

    private static string? Text(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // Marks that turn the direction of what follows stay within their bdi.
    private static string Safe(string text) => WebUtility.HtmlEncode(text);

    /// <summary>The archive as it was at one moment, though it may grow while it is read.</summary>
    private static async IAsyncEnumerable<ArchiveRow> RowsAsync(EventsStore store, long show, ArchiveHead? head)
    {
        var (after, last) = (0L, head?.Rows ?? 0);
        while (after < last)
        {
            var rows = await Task.Run(() => store.Read(view => view.ArchiveRows(show, after, (int)Math.Min(page, last - after))));
            // What took a message away since is no row of it.
            foreach (var row in rows) yield return row.Removed > last ? row with { Removed = null } : row;
            if (rows.Count == 0) yield break;
            after = rows[^1].Number;
        }
    }
}
