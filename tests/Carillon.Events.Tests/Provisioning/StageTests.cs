using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Events.Core.Archive;
using Carillon.Events.Core.Provisioning;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Stage;
using Carillon.Events.Core.Talk;
using Carillon.Kit;
using Carillon.Wire.SigV4;
using Xunit;

namespace Carillon.Events.Tests.Provisioning;

public class StageTests(ProvisionerHost host) : IClassFixture<ProvisionerHost>
{
    private Progress ProgressOf(Show show) => host.Events.Store.Read(view => view.ProgressOf(show.Key));

    private bool IsReady(Show show, int staff = 0) => ProgressOf(show) is { State: ProgressState.Ready }
        && host.Events.Store.Read(view => view.StaffMade(show.Key)).Count == staff;

    [Fact]
    public async Task A_published_show_gets_its_stage_its_staff_and_two_thousand_fans()
    {
        using var provisioner = await host.Hire();
        var show = await host.NewShow(2_000, staff: 2);
        await ProvisionerHost.Until(() => IsReady(show, 2));
        var stage = host.StageOf(show);

        Assert.Equal(StageState.Ready, stage.State);
        // The admin made the channel, so it is one of its members.
        Assert.Equal(2_000 + 2 + 1, (await host.Counts(stage)).Members);
        Assert.Equal(2_000 + 2 + 1, await host.Users(stage));
        Assert.Equal(2_000, host.Events.Store.Read(view => view.CountsOf(show.Key)).Provisioned);
        Assert.Equal(2_000, host.Events.Store.Read(view => view.CountSeats(show.Key, SeatStep.Ready)));
        var channel = (await host.Root.ChimeAsync(
            HttpMethod.Get, $"/channels/{Uri.EscapeDataString(stage.ChannelArn!)}", null, stage.AdminArn, default)).GetProperty("Channel");
        Assert.Equal(("RESTRICTED", "PRIVATE", stage.FlowArn), (channel.Text("Mode"), channel.Text("Privacy"), channel.Text("ChannelFlowArn")));
        var moderators = await host.Root.ChimeAsync(
            HttpMethod.Get, $"/channels/{Uri.EscapeDataString(stage.ChannelArn!)}/moderators", null, stage.AdminArn, default);
        Assert.Contains(moderators.GetProperty("ChannelModerators").EnumerateArray(), m => m.GetProperty("Moderator").Text("Name") == "Staff 1");

        // The stage is not made a second time by whoever comes next.
        await host.Events.Store.Write(ledger => ledger.Retry(show.Key));
        using var second = await host.Hire();
        await host.Sell(show.Key, 5);
        await ProvisionerHost.Until(() => ProgressOf(show) is { Made: 2_005, State: ProgressState.Ready });
        Assert.Equal(2_000 + 5 + 2 + 1, await host.Users(host.StageOf(show)));
        await provisioner.StopAsync(default);
        await second.StopAsync(default);
    }

    [Fact]
    public async Task A_fan_may_speak_with_the_device_that_holds_the_ticket_and_with_no_other()
    {
        using var provisioner = await host.Hire();
        var show = await host.NewShow(1);
        await ProvisionerHost.Until(() => IsReady(show));
        var stage = host.StageOf(show);
        var user = host.UserOf(show, 1);
        async Task Tag(string device) => await host.Root.ChimeAsync(
            HttpMethod.Post, "/tags?operation=tag-resource",
            new JsonObject
            {
                ["ResourceARN"] = user,
                ["Tags"] = new JsonArray(new JsonObject { ["Key"] = FanPolicy.DeviceTag, ["Value"] = device }),
            },
            null, default);
        await Tag("first");
        var pass = await host.Root.StsAsync(
            "AssumeRole",
            new Dictionary<string, string>
            {
                ["RoleArn"] = stage.FanRoleArn!,
                ["RoleSessionName"] = "fan",
                ["Tags.member.1.Key"] = FanPolicy.UserTag,
                ["Tags.member.1.Value"] = user[(user.LastIndexOf('/') + 1)..],
                ["Tags.member.2.Key"] = FanPolicy.DeviceTag,
                ["Tags.member.2.Value"] = "first",
            },
            default);
        var fan = host.As(new AwsCredentials(pass.Text("AccessKeyId")!, pass.Text("SecretAccessKey")!, pass.Text("SessionToken")!));
        Task<JsonElement> List() => fan.ChimeAsync(
            HttpMethod.Get, $"/channels/{Uri.EscapeDataString(stage.ChannelArn!)}/messages", null, user, default);
        await List();
        await Tag("second");
        Assert.Equal("AccessDeniedException", (await Assert.ThrowsAsync<PlatformException>(List)).Code);
        await provisioner.StopAsync(default);
    }

    [Fact]
    public async Task The_archive_holds_everything_in_order_with_what_was_removed_marked_and_then_nothing_remains()
    {
        string[] hostile =
        [
            "<script>alert(1)</script>", "https://example.org/?a=1&b=<b>", "\u202Egnirts desrever", "\"'`${7*7}{{7*7}}", "=CMD()|'/c calc'!A0",
            "line\nbreak\ttab", "\u0000nul?", "emoji 👩‍👩‍👧‍👦", "]]><!--", "&lt;already&gt;",
        ];
        using var provisioner = await host.Hire();
        var show = await host.NewShow(5, title: "A <b>& B", staff: 2);
        await ProvisionerHost.Until(() => IsReady(show, 2));
        var stage = host.StageOf(show);
        var (channel, fan) = (stage.ChannelArn!, host.UserOf(show, 3));
        var ids = new List<string>();
        foreach (var text in hostile.Where(t => !t.Contains('\0', StringComparison.Ordinal)))
        {
            ids.Add(await host.Say(channel, fan, text));
            await UntilMessages(stage, ids.Count);
        }

        ids.Add(await host.Say(channel, fan, "an answer", metadata: $$"""{"inReplyTo":"{{ids[0]}}"}"""));
        await UntilMessages(stage, ids.Count);

        // One edited, one redacted, one deleted; and one that is gone before anybody reads the stream.
        await Message(HttpMethod.Put, channel, ids[0], "", new JsonObject { ["Content"] = "edited <i>" }, fan);
        await host.Events.Store.Write(ledger => ledger.AddLog(new LogEntry(
            0, show.Key, 0, "Tom <i>", null, Acts.Remove, 3, ids[1], "rude <b>", null, null, null)));
        await Message(HttpMethod.Post, channel, ids[1], "?operation=redact", null, stage.AdminArn!);
        await Message(HttpMethod.Delete, channel, ids[2], "", null, stage.AdminArn!);
        await provisioner.StopAsync(default);
        ids.Add(await host.Say(channel, fan, "gone at once"));
        await UntilMessages(stage, ids.Count - 1);
        await Message(HttpMethod.Post, channel, ids[^1], "?operation=redact", null, stage.AdminArn!);

        // What the processor never let pass is in no stream, and in the archive all the same.
        await host.Events.Store.Write(ledger =>
        {
            foreach (var (state, i) in new[] { SaidState.Refused, SaidState.Held, SaidState.Lost }.Select((s, i) => (s, i)))
            {
                ledger.AddSaid(new Said(
                    0, show.Key, $"never-{i}", $"callback-{i}", 3, fan.Split('/')[^1], null, $"never shown {i}", null, ledger.Now, ledger.Now,
                    state, Why.Word, Waits: false, 0, Kept: false, Held: state == SaidState.Held ? Why.First : null));
            }
        });
        using var next = await host.Hire();
        await host.Events.Store.Write(ledger => ledger.PutState(show.Key, ShowState.Ended));
        await ProvisionerHost.Until(() => host.Events.Store.Read(view => view.ShowByKey(show.Key))!.State == ShowState.Archived);
        var head = host.Events.Store.Read(view => view.ArchiveOf(show.Key))!;
        Assert.True(head is { Closed: true, Verified: true });
        Assert.Equal((ids.Count, 3, ids.Count - 1, ids.Count - 1), (head.Messages, head.Removed, head.Standing, head.Counted));
        Assert.Equal(3, head.Withheld);

        using var lines = new MemoryStream();
        await ArchiveFile.WriteJsonLinesAsync(host.Events.Store, show, lines, default);
        var hash = ArchiveChain.Beginning;
        var said = new List<string>();
        var removed = new List<string>();
        var acts = new List<(string? By, string? Reason)>();
        var withheld = new List<(string? Outcome, string? Text)>();
        string? answered = null;
        foreach (var line in Encoding.UTF8.GetString(lines.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var json = JsonDocument.Parse(line).RootElement;
            hash = ArchiveChain.Next(hash, json.GetProperty("entry").GetRawText());
            Assert.Equal(Convert.ToHexStringLower(hash), json.Text("hash"));
            var entry = json.GetProperty("entry");
            if (entry.Text("kind") == "said") said.Add(entry.Text("messageId")!);
            if (entry.Text("kind") == "withheld") withheld.Add((entry.Text("outcome"), entry.Text("content")));
            if (entry.Text("content") == "an answer") answered = entry.Text("inReplyTo");
            if (entry.Text("kind") is "redacted" or "deleted") acts.Add((entry.Text("by"), entry.Text("reason")));
            if (json.TryGetProperty("removed", out _)) removed.Add(entry.Text("content")!);
            if (entry.Text("kind") == "said") Assert.Equal((3L, "fan"), (entry.GetProperty("ticket").GetInt64(), entry.Text("role")));
        }

        Assert.Equal(hash, head.Head);
        Assert.Equal(ids, said);
        Assert.Equal([("refused", "never shown 0"), ("lost", "never shown 2"), ("waiting", "never shown 1")], withheld);
        Assert.Equal([hostile[1], hostile[2], "gone at once"], removed);
        // Who took it away and why, where that was done at the desk.
        Assert.Equal([("Tom <i>", "rude <b>"), (null, null), (null, null)], acts);
        Assert.Equal(ids[0], answered);

        using var page = new MemoryStream();
        await ArchiveFile.WriteHtmlAsync(host.Events.Store, show, page, default);
        var html = Encoding.UTF8.GetString(page.ToArray());
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<a ", html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;script&gt;alert(1)", html, StringComparison.Ordinal);
        Assert.Contains("Removed (row", html, StringComparison.Ordinal);
        Assert.Contains("by <bdi>Tom &lt;i&gt;</bdi>: <bdi>rude &lt;b&gt;</bdi>", html, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", html, StringComparison.Ordinal);

        // The rows outlive the platform's side.
        await host.Events.Store.Write(ledger => ledger.Clear(show.Key));
        await ProvisionerHost.Until(() => ProgressOf(show).State == ProgressState.Cleared);
        await host.NothingRemains(show, stage);
        Assert.Equal(ShowState.Cleared, host.Events.Store.Read(view => view.ShowByKey(show.Key))!.State);
        Assert.Equal(StageState.Cleared, host.StageOf(show).State);
        Assert.Equal(head.Rows, host.Events.Store.Read(view => view.ArchiveRows(show.Key, 0, 1000)).Count);
        Assert.Equal(0, host.Events.Store.Read(view => view.CountsOf(show.Key)).Provisioned);
        await next.StopAsync(default);
    }

    private ArchiveHead? ArchiveOf(Show show) => host.Events.Store.Read(view => view.ArchiveOf(show.Key));

    private bool IsArchived(Show show) =>
        host.Events.Store.Read(view => view.ShowByKey(show.Key))!.State == ShowState.Archived && ArchiveOf(show) is { Closed: true };

    private bool IsCleared(Show show) => host.Events.Store.Read(view => view.ShowByKey(show.Key))!.State == ShowState.Cleared;

    private Task End(Show show) => host.Events.Store.Write(ledger => ledger.PutState(show.Key, ShowState.Ended));

    private Task Clear(Show show) => host.Events.Store.Write(ledger => ledger.Clear(show.Key));

    private async Task<List<JsonElement>> Lines(Show show)
    {
        using var file = new MemoryStream();
        await ArchiveFile.WriteJsonLinesAsync(host.Events.Store, show, file, default);
        file.Position = 0;
        Assert.Null((await ArchiveCheck.ReadAsync(file, default)).Fault);
        return [.. Encoding.UTF8.GetString(file.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)];
    }

    /// <summary>A show with fans, of whom the third says this.</summary>
    private async Task<(Show Show, Stage Stage, List<string> Ids)> Talk(params string[] texts)
    {
        var show = await host.NewShow(5, title: "Über 🎸 all", staff: 1);
        await ProvisionerHost.Until(() => IsReady(show, 1));
        var stage = host.StageOf(show);
        var ids = new List<string>();
        foreach (var text in texts) await Say(show, stage, ids, text);
        return (show, stage, ids);
    }

    private async Task Say(Show show, Stage stage, List<string> ids, string text)
    {
        ids.Add(await host.Say(stage.ChannelArn!, host.UserOf(show, 3), text));
        await UntilMessages(stage, ids.Count);
    }

    [Fact]
    public async Task What_is_removed_once_the_archive_was_closed_opens_it_again_and_is_marked_in_it()
    {
        using var provisioner = await host.Hire();
        var (show, stage, ids) = await Talk("first", "second", "third");
        await End(show);
        await ProvisionerHost.Until(() => IsArchived(show));
        Assert.Equal((3, 0), (ArchiveOf(show)!.Messages, ArchiveOf(show)!.Removed));

        await host.Events.Store.Write(ledger => Moderation.Remove(ledger, show, ids[1], "too late", 0, new Actor("Tom", null)));
        Assert.False(ArchiveOf(show)!.Closed);
        await ProvisionerHost.Until(() => IsArchived(show));
        Assert.Equal((3, 1, true), (ArchiveOf(show)!.Messages, ArchiveOf(show)!.Removed, ArchiveOf(show)!.Verified));
        Assert.Equal([true], (await Lines(show)).Where(l => l.GetProperty("entry").Text("content") == "second").Select(l => l.TryGetProperty("removed", out _)));

        await Clear(show);
        await Clear(show);
        await ProvisionerHost.Until(() => IsCleared(show));
        await host.NothingRemains(show, stage);
        await provisioner.StopAsync(default);
    }

    [Fact]
    public async Task An_archive_is_not_closed_while_the_platform_has_yet_to_be_told_of_a_removal()
    {
        using var provisioner = await host.Hire();
        var (show, _, ids) = await Talk("first", "second");
        await host.Events.Store.Write(ledger =>
            Moderation.Remove(ledger, show, ids[0], null, (long)TimeSpan.FromHours(1).TotalMicroseconds, new Actor("Tom", null)));
        await End(show);
        await ProvisionerHost.Until(() => host.Events.Store.Read(view => view.HandOf(show.Key)) is { Job: HandJob.Closing, Step: 1 });
        await Task.Delay(host.Options.ArchiveQuiet * 4, TestContext.Current.CancellationToken);
        Assert.False(ArchiveOf(show)!.Closed);

        await host.Events.Store.Write(ledger => ledger.HastenRedactions());
        await ProvisionerHost.Until(() => IsArchived(show));
        Assert.Equal((2, 1, true), (ArchiveOf(show)!.Messages, ArchiveOf(show)!.Removed, ArchiveOf(show)!.Verified));
        await provisioner.StopAsync(default);
    }

    [Fact]
    public async Task What_no_stream_told_of_is_found_when_the_archive_is_held_against_the_platform()
    {
        using var provisioner = await host.Hire();
        var (show, stage, ids) = await Talk("first", "second");
        await ProvisionerHost.Until(() => ArchiveOf(show) is { Messages: 2 });
        var streaming = $"/app-instances/{Uri.EscapeDataString(stage.AppInstanceArn!)}/streaming-configurations";
        var before = await host.Root.ChimeAsync(HttpMethod.Get, streaming, null, null, default);
        await host.Root.ChimeAsync(HttpMethod.Delete, streaming, null, null, default);
        await Say(show, stage, ids, "untold");
        await Message(HttpMethod.Post, stage.ChannelArn!, ids[0], "?operation=redact", null, stage.AdminArn!);
        await Say(show, stage, ids, "untold and removed");
        await Message(HttpMethod.Post, stage.ChannelArn!, ids[3], "?operation=redact", null, stage.AdminArn!);
        await host.Root.ChimeAsync(
            HttpMethod.Put, streaming,
            new JsonObject { ["StreamingConfigurations"] = JsonNode.Parse(before.GetProperty("StreamingConfigurations").GetRawText()) }, null, default);
        await Say(show, stage, ids, "told again");

        await End(show);
        await ProvisionerHost.Until(() => IsArchived(show));
        var head = ArchiveOf(show)!;
        Assert.Equal((5, 2, 5, 5, true), (head.Messages, head.Removed, head.Standing, head.Counted, head.Verified));
        var said = (await Lines(show)).Select(l => (Line: l, Entry: l.GetProperty("entry"))).Where(l => l.Entry.Text("kind") == "said").ToList();
        Assert.Equal(ids.Order(), said.Select(l => l.Entry.Text("messageId")).Order());
        Assert.Equal(
            ["untold", "untold and removed"],
            said.Where(l => l.Entry.TryGetProperty("found", out _)).Select(l => l.Entry.Text("content")).Order());
        Assert.Equal(
            ["first", "untold and removed"], said.Where(l => l.Line.TryGetProperty("removed", out _)).Select(l => l.Entry.Text("content")).Order());
        // When it was said, though it comes late.
        Assert.All(said, l => Assert.InRange(
            host.Clock.GetUtcNow() - DateTimeOffset.Parse(l.Entry.Text("at")!, System.Globalization.CultureInfo.InvariantCulture),
            TimeSpan.Zero, TimeSpan.FromMinutes(2)));
        await Clear(show);
        await ProvisionerHost.Until(() => IsCleared(show));
        await host.NothingRemains(show, stage);
        await provisioner.StopAsync(default);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_show_whose_channel_or_all_was_deleted_by_hand_is_archived_with_a_note_and_cleared(bool all)
    {
        using var provisioner = await host.Hire();
        var (show, stage, ids) = await Talk("first", "second");
        await ProvisionerHost.Until(() => ArchiveOf(show) is { Messages: 2 });
        await provisioner.StopAsync(default);
        if (all)
        {
            await host.Root.ChimeAsync(HttpMethod.Delete, $"/app-instances/{Uri.EscapeDataString(stage.AppInstanceArn!)}", null, null, default);
            await host.Root.KinesisAsync("DeleteStream", new JsonObject { ["StreamName"] = $"chime-messaging-events-{show.Id}" }, default);
        }
        else
        {
            await host.Root.ChimeAsync(
                HttpMethod.Delete, $"/channels/{Uri.EscapeDataString(stage.ChannelArn!)}", null, stage.AdminArn, default);
        }

        using var next = await host.Hire();
        await End(show);
        await ProvisionerHost.Until(() => IsArchived(show));
        Assert.Equal((2, 0), (ArchiveOf(show)!.Messages, ArchiveOf(show)!.Standing));
        Assert.Equal(
            ids, (await Lines(show)).Select(l => l.GetProperty("entry")).Where(e => e.Text("kind") == "missing").Select(e => e.Text("messageId")!));
        await Clear(show);
        await ProvisionerHost.Until(() => IsCleared(show));
        await host.NothingRemains(show, stage);
        await next.StopAsync(default);
    }

    [Fact]
    public async Task A_key_of_another_account_finds_nothing_and_so_removes_nothing()
    {
        using var provisioner = await host.Hire();
        var (show, stage, _) = await Talk("first");
        await End(show);
        await ProvisionerHost.Until(() => IsArchived(show));
        string Foreign(string arn) => arn.Replace(":123456789012:", ":999999999999:", StringComparison.Ordinal);
        await host.Events.Store.Write(ledger => ledger.PutStage(stage with
        {
            State = StageState.Closed,
            AppInstanceArn = Foreign(stage.AppInstanceArn!),
            AdminArn = Foreign(stage.AdminArn!),
            ChannelArn = Foreign(stage.ChannelArn!),
        }));
        await Clear(show);
        await ProvisionerHost.Until(() => ProgressOf(show).Why is not null);
        Assert.Contains("999999999999", ProgressOf(show).Why, StringComparison.Ordinal);
        Assert.Equal(5 + 1 + 1, await host.Users(stage));

        await host.Events.Store.Write(ledger => ledger.PutStage(stage with { State = StageState.Closed }));
        await host.Events.Store.Write(ledger => ledger.Retry(show.Key));
        await ProvisionerHost.Until(() => IsCleared(show));
        await host.NothingRemains(show, stage);
        await provisioner.StopAsync(default);
    }

    private async Task UntilMessages(Stage stage, long count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while ((await host.Counts(stage)).Messages < count) await Task.Delay(10, patience.Token);
    }

    private async Task Message(HttpMethod method, string channel, string id, string query, JsonObject? body, string bearer)
    {
        await host.Root.ChimeAsync(
            method, $"/channels/{Uri.EscapeDataString(channel)}/messages/{id}{query}", body, bearer, default);
        if (method != HttpMethod.Put) return;
        // An update passes the processor too.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            var message = await host.Root.ChimeAsync(
                HttpMethod.Get, $"/channels/{Uri.EscapeDataString(channel)}/messages/{id}", null, bearer, default);
            if (message.GetProperty("ChannelMessage").Text("Content") == (string?)body!["Content"]) return;
            await Task.Delay(10, patience.Token);
        }
    }
}
