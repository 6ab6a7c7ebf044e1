using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Events.Core.Archive;
using Carillon.Events.Core.Provisioning;
using Carillon.Events.Core.Shows;
using Carillon.Kit;
using Xunit;

namespace Carillon.Events.Tests.Provisioning;

public class StormTests
{
    /// <summary>After the death of whoever read it; ArchiveLease, and starting.</summary>
    private const int pickedUpWithin = 20;

    [Fact]
    public async Task Whatever_is_killed_during_the_show_the_archive_holds_what_was_said_in_order_and_then_nothing_remains()
    {
        const int fans = 15;
        await using var town = await Installation.Open();
        await town.App.Start();
        Installation.Program[] provisioners = [town.Provisioner("--LeaseSeconds", "10"), town.Provisioner("--LeaseSeconds", "10")];
        foreach (var provisioner in provisioners) await provisioner.Start();
        var show = await town.NewShow(fans, staff: 2);
        await Installation.Until(
            () => town.Store.Read(v => v.ProgressOf(show.Key).State == ProgressState.Ready && v.StaffMade(show.Key).Count == 2), 60,
            () => $"ready; {town.Store.Read(v => v.ProgressOf(show.Key))}; {provisioners[0].Said}");
        var stage = town.StageOf(show);

        using var over = new CancellationTokenSource();
        var talking = Enumerable.Range(1, fans).Select(n => Talk(town, stage, UserOf(town, show, n), n, over.Token)).ToList();
        var removing = Remove(town, show, stage, over.Token);
        var dice = new Random(5);
        Installation.Program[] all = [town.Platform, town.App, .. provisioners];
        for (var kill = 0; kill < 12; kill++)
        {
            await Task.Delay(dice.Next(500, 2_500));
            // Each at least twice.
            await all[kill < 8 ? kill % 4 : dice.Next(4)].KillAndStart();
        }

        await Task.Delay(2_000);
        await over.CancelAsync();
        var accepted = (await Task.WhenAll(talking)).Sum();
        var removed = await removing;

        // The archive comes up to the platform while the show goes on.
        var watch = Stopwatch.StartNew();
        while (town.Store.Read(v => v.ArchiveOf(show.Key))?.Messages != (await town.Messages(show)).Count)
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(pickedUpWithin), "The archive stands still.");
            await Task.Delay(100);
        }

        await town.Store.Write(ledger => ledger.PutState(show.Key, ShowState.Ended));
        await Installation.Until(() => town.Store.Read(v => v.ShowByKey(show.Key))!.State == ShowState.Archived, 60, () => "archived");
        var truth = await town.Messages(show);
        var head = town.Store.Read(v => v.ArchiveOf(show.Key))!;
        TestContext.Current.SendDiagnosticMessage(
            $"{accepted} taken, {truth.Count} in the channel, {removed.Count} removed; the archive was level after {watch.Elapsed.TotalSeconds:0.0} s.");
        Assert.InRange(truth.Count, 50, accepted);
        Assert.InRange(removed.Count, 3, int.MaxValue);
        Assert.True(head is { Closed: true, Verified: true });
        Assert.Equal((truth.Count, removed.Count), (head.Messages, head.Removed));
        await IsJustWhatWasSaid(town, show, truth, removed);

        await town.Store.Write(ledger => ledger.Clear(show.Key));
        while (town.Store.Read(v => v.ShowByKey(show.Key))!.State != ShowState.Cleared)
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(180), "It is not cleared.");
            await Task.Delay(dice.Next(300, 1_000));
            await provisioners[dice.Next(2)].KillAndStart();
        }

        Assert.Empty(await town.AppInstances());
        Assert.Empty((await town.Root.KinesisAsync("ListStreams", [], default)).GetProperty("StreamNames").EnumerateArray());
        Assert.DoesNotContain(
            (await town.Root.IamAsync("ListRoles", new Dictionary<string, string>(), default)).Descendants(), e => e.Name.LocalName == "RoleName");
    }

    private static async Task IsJustWhatWasSaid(
        Installation town, Show show, IReadOnlyList<(string Id, bool Redacted)> truth, HashSet<string> removed)
    {
        using var file = new MemoryStream();
        await ArchiveFile.WriteJsonLinesAsync(town.Store, show, file, default);
        var lines = Encoding.UTF8.GetString(file.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var rows = lines.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var said = rows.Where(r => r.GetProperty("entry").Text("kind") == "said").ToList();
        Assert.Equal(truth.Select(m => m.Id), said.Select(r => r.GetProperty("entry").Text("messageId")));
        Assert.Equal(truth.Select(m => m.Redacted), said.Select(r => r.TryGetProperty("removed", out _)));
        Assert.Equal(removed.Order(), truth.Where(m => m.Redacted).Select(m => m.Id).Order());
        // What was removed is kept, though the platform tells it no more.
        Assert.All(said, r => Assert.Matches("^[0-9]+ of ticket [0-9]+$", r.GetProperty("entry").Text("content")));

        var head = town.Store.Read(v => v.ArchiveOf(show.Key))!;
        var check = await Check(string.Join('\n', lines));
        Assert.Equal((head.Rows, head.Messages, null), (check.Rows, check.Messages, check.Fault));
        Assert.Equal(head.Head, check.Head);
    }

    private static Task<ArchiveCheck> Check(string text) =>
        ArchiveCheck.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), default);

    private static string UserOf(Installation town, Show show, long ticket) =>
        $"{town.StageOf(show).AppInstanceArn}/user/{town.Store.Read(view => view.Ticket(show.Key, ticket))!.UserId}";

    /// <summary>Says one thing after another; with one token each, so that what was taken is not said again.</summary>
    /// <returns>How much was taken.</returns>
    private static async Task<int> Talk(
        Installation town, Core.Stage.Stage stage, string user, int ticket, CancellationToken over)
    {
        var path = $"/channels/{Uri.EscapeDataString(stage.ChannelArn!)}/messages";
        var taken = 0;
        while (!over.IsCancellationRequested)
        {
            var message = new JsonObject
            {
                ["Content"] = $"{taken} of ticket {ticket}",
                ["Type"] = "STANDARD",
                ["Persistence"] = "PERSISTENT",
                ["ClientRequestToken"] = Guid.NewGuid().ToString(),
            };
            while (!await IsTaken(town, HttpMethod.Post, path, message, user) && !over.IsCancellationRequested) await Task.Delay(100, CancellationToken.None);
            taken++;
            await Task.Delay(1_100, CancellationToken.None);
        }

        return taken;
    }

    /// <summary>Redacts the newest message once a second.</summary>
    private static async Task<HashSet<string>> Remove(
        Installation town, Show show, Core.Stage.Stage stage, CancellationToken over)
    {
        var removed = new HashSet<string>();
        while (!over.IsCancellationRequested)
        {
            await Task.Delay(1_000, CancellationToken.None);
            try
            {
                if ((await town.Messages(show)).LastOrDefault(m => !m.Redacted).Id is not { } id) continue;
                var path = $"/channels/{Uri.EscapeDataString(stage.ChannelArn!)}/messages/{id}?operation=redact";
                // Where the answer is lost it is done again: it may have been done.
                while (!await IsTaken(town, HttpMethod.Post, path, null, stage.AdminArn!)) await Task.Delay(100, CancellationToken.None);
                removed.Add(id);
            }
            catch (Exception e) when (e is HttpRequestException or PlatformException or OperationCanceledException)
            {
                // Nobody was there to be asked.
            }
        }

        return removed;
    }

    private static async Task<bool> IsTaken(Installation town, HttpMethod method, string path, JsonObject? body, string bearer)
    {
        try
        {
            await town.Root.ChimeAsync(method, path, body, bearer, default);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or PlatformException or OperationCanceledException)
        {
            return false;
        }
    }
}
