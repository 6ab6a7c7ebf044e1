using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Events.Core;
using Carillon.Events.Core.Archive;
using Carillon.Events.Core.Store;
using Carillon.Events.Core.Talk;
using Xunit;

namespace Carillon.Events.Tests.Desk;

/// <summary>What was said and never shown is in the archive, marked.</summary>
public class WithheldTests(DeskHost host) : IClassFixture<DeskHost>
{
    private const string reader = "a provisioner";

    [Fact]
    public async Task The_archive_holds_what_was_held_and_refused_with_who_decided_and_why()
    {
        var show = await DeskShow.Make(host, 3, rules => rules with
        {
            Words = [new("spoiler", "word", "hold"), new("scam", "word", "refuse"), new("durian", "word", "mask")],
        });
        await Take(show);
        var refused = await Held(show, 0, "spoiler <b>one</b>");
        var approved = await Held(show, 1, "spoiler with durian");
        var banned = await Held(show, 2, "spoiler three");
        var byRule = await Refuse(show, 0, "scam");
        var covered = await show.Sent(show.Fans[1], "durian");
        await Decide(show, refused, "refuse", "not <i>here</i>");
        await Decide(show, approved, "approve", null);
        await show.Moderator.Post($"{show.Desk}/people/3/ban", new JsonObject { ["reason"] = "enough" });
        await show.Seen(approved);

        // As long as it can be taken back it is not final; what the rules refused is.
        await Add(show);
        Assert.Equal([(byRule, "refused word  ")], Withheld(await Rows(show)).Where(r => r.Id == byRule));
        Assert.DoesNotContain(Withheld(await Rows(show)), r => r.Id == refused);
        host.Clock.Pass(TimeSpan.FromSeconds(6));
        await DeskHost.Eventually(
            () => Task.FromResult(host.Events.Store.Read(view => view.DueErrands(100)).All(e => e.Show != show.Show.Key)), "all is told");
        await Add(show);
        await Add(show);
        // The stream tells what the channel showed.
        await Stream(show, approved, "spoiler with ******");
        await Stream(show, covered, "******");
        var waiting = await Held(show, 1, "spoiler at the end");
        await Add(show);
        Assert.DoesNotContain(Withheld(await Rows(show)), r => r.Id == waiting);
        Assert.False(await Close(show, 7));
        Assert.True(await Close(show, 2));

        var rows = await Rows(show);
        Assert.Equal(
            [
                (byRule, "refused word  "), (refused, "refused not <i>here</i> word Mo"), (banned, "refused banned word Mo"),
                (waiting, "waiting  word "),
            ],
            Withheld(rows).OrderBy(r => Array.IndexOf(new[] { byRule, refused, banned, waiting }, r.Id)));
        var said = rows.Where(r => r.GetProperty("kind").GetString() == "said").ToDictionary(r => r.GetProperty("messageId").GetString()!);
        Assert.Equal(("word", "Mo", "spoiler with durian"), (
            Text(said[approved], "held"), Text(said[approved], "by"), Text(said[approved], "written")));
        Assert.Equal((null, null, "durian"), (Text(said[covered], "held"), Text(said[covered], "by"), Text(said[covered], "written")));
        var first = rows.Single(r => Text(r, "messageId") == refused);
        Assert.Equal(("spoiler <b>one</b>", "Fan 1", 1, show.Fans[0].UserArn), (
            Text(first, "content"), Text(first, "name"), first.GetProperty("ticket").GetInt32(), Text(first, "sender")));

        var head = host.Events.Store.Read(view => view.ArchiveOf(show.Show.Key))!;
        Assert.Equal((true, 2, 2, 4, 6), (head.Closed, head.Messages, head.Standing, head.Withheld, head.Rows));
        var check = await ArchiveCheck.ReadAsync(await Lines(show), default);
        Assert.Equal((6, 2, null), (check.Rows, check.Messages, check.Fault));
        Assert.Equal(head.Head, check.Head);
        using var page = new MemoryStream();
        await ArchiveFile.WriteHtmlAsync(host.Events.Store, show.Show.Now, page, default);
        var html = Encoding.UTF8.GetString(page.ToArray());
        Assert.Contains("refused (not &lt;i&gt;here&lt;/i&gt;) by <bdi>Mo</bdi>", html, StringComparison.Ordinal);
        Assert.Contains("spoiler &lt;b&gt;one&lt;/b&gt;", html, StringComparison.Ordinal);
        Assert.Contains("held (word), let pass by <bdi>Mo</bdi>", html, StringComparison.Ordinal);
        Assert.Contains("4 more were never shown", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", html, StringComparison.Ordinal);

        // Whoever decides later opens it again: the chain goes on.
        await Decide(show, waiting, "approve", null);
        await host.Events.Store.Write(ledger => ledger.ReopenArchive(show.Show.Key));
        await Take(show);
        await Stream(show, waiting, "spoiler at the end");
        Assert.True(await Close(show, 3));
        Assert.Null((await ArchiveCheck.ReadAsync(await Lines(show), default)).Fault);
    }

    [Fact]
    public async Task Nobody_adds_to_an_archive_that_is_closed_or_that_another_reads()
    {
        var show = await DeskShow.Make(host, 1, rules => rules with { Mode = "staff" });
        await Take(show);
        await Refuse(show, 0, "one");

        Assert.False(await host.Events.Store.Write(ledger => ledger.AddWithheldToArchive(show.Show.Now, "another", 10)));
        Assert.False(await host.Events.Store.Write(ledger => ledger.CloseArchive(show.Show.Now, "another", 0)));
        Assert.True(await Close(show, 0));
        host.Clock.Pass(TimeSpan.FromSeconds(2));
        await Refuse(show, 0, "two");
        Assert.False(await host.Events.Store.Write(ledger => ledger.AddWithheldToArchive(show.Show.Now, reader, 10)));

        Assert.Equal("one", Text(Assert.Single(await Rows(show)), "content"));
    }

    private static async Task<string> Held(DeskShow show, int fan, string text)
    {
        var id = await show.Fans[fan].Say(text);
        Assert.Equal(SaidState.Held, (await show.Judged(id)).State);
        return id;
    }

    private static async Task<string> Refuse(DeskShow show, int fan, string text)
    {
        var id = await show.Fans[fan].Say(text);
        Assert.Equal(SaidState.Refused, (await show.Judged(id)).State);
        return id;
    }

    private static async Task Decide(DeskShow show, string id, string decision, string? reason) => Assert.Equal(
        200, (await show.Moderator.Post($"{show.Desk}/held/{id}", new JsonObject { ["decision"] = decision, ["reason"] = reason })).Status);

    private Task Take(DeskShow show) => host.Events.Store.Write(ledger =>
        Assert.True(ledger.TakeArchive(show.Show.Key, reader, ledger.Now + 3_600_000_000)));

    private Task<bool> Add(DeskShow show) =>
        host.Events.Store.Write(ledger => ledger.AddWithheldToArchive(show.Show.Now, reader, 10));

    private Task<bool> Close(DeskShow show, long counted) =>
        host.Events.Store.Write(ledger => ledger.CloseArchive(show.Show.Now, reader, counted));

    private Task<bool> Stream(DeskShow show, string id, string content) => host.Events.Store.Write(ledger => ledger.AddToArchive(
        ledger.ShowByKey(show.Show.Key)!, reader, "shard", id, false,
        [new ArchiveEvent(ArchiveKind.Said, id, ledger.Now, show.Fans[1].UserArn, "Fan 2", "STANDARD", content, null, false)]));

    private async Task<MemoryStream> Lines(DeskShow show)
    {
        var lines = new MemoryStream();
        await ArchiveFile.WriteJsonLinesAsync(host.Events.Store, show.Show.Now, lines, default);
        lines.Position = 0;
        return lines;
    }

    private async Task<List<JsonElement>> Rows(DeskShow show)
    {
        using var lines = new StreamReader(await Lines(show));
        var rows = new List<JsonElement>();
        while (await lines.ReadLineAsync() is { } line) rows.Add(JsonDocument.Parse(line).RootElement.GetProperty("entry"));
        return rows;
    }

    private static IEnumerable<(string Id, string What)> Withheld(IEnumerable<JsonElement> rows) =>
        rows.Where(r => Text(r, "kind") == "withheld").Select(r => (
            Text(r, "messageId")!, $"{Text(r, "outcome")} {Text(r, "why")} {Text(r, "held")} {Text(r, "by")}"));

    private static string? Text(JsonElement row, string name) =>
        row.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
