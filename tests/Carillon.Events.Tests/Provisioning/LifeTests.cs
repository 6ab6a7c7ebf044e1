using System.Text.Json.Nodes;
using Carillon.Events.Core;
using Carillon.Events.Core.Provisioning;
using Carillon.Events.Core.Shows;
using Carillon.Events.Provisioner;
using Carillon.Kit;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Carillon.Events.Tests.Provisioning;

/// <summary>Short lives of provisioners, one after another.</summary>
public class LifeTests(ProvisionerHost host) : IClassFixture<ProvisionerHost>
{
    private readonly Random dice = new(31);
    private readonly HashSet<(HandJob Job, int Step)> diedIn = [];
    private int deaths;

    [Fact]
    public async Task Shows_are_made_archived_and_removed_by_provisioners_none_of_which_lives_for_more_than_a_few_calls()
    {
        for (var i = 0; i < 5; i++) await MakeArchiveAndRemove();
        TestContext.Current.SendDiagnosticMessage($"{deaths} deaths, in {diedIn.Count} different steps.");
        // Of all that call the platform: six of making, standing, closing, six of clearing.
        Assert.True(diedIn.Count >= 10, $"{deaths} deaths, in {string.Join(", ", diedIn)}");
    }

    [Fact]
    public async Task A_show_that_ends_before_its_stage_stands_leaves_nothing_wherever_its_making_was_broken_off()
    {
        var broken = new HashSet<int>();
        for (var calls = 1; calls <= 24; calls++)
        {
            var show = await host.NewShow(3, staff: 1);
            using (var unlucky = Hire(calls))
            {
                try
                {
                    for (var turn = 0; turn < 20; turn++) await unlucky.Works[0].StepAsync(default);
                }
                catch (DiedException)
                {
                    // As meant.
                }
            }

            var hand = host.Events.Store.Read(view => view.HandOf(show.Key))!;
            var stage = host.Events.Store.Read(view => view.StageOf(show.Key));
            if (stage?.ChannelArn is null && hand.Owner is not null) broken.Add(hand.Step);
            // What may be there already is not forgotten with the draft.
            if (calls == 3)
            {
                await host.Events.Store.Write(ledger => Organising.Unpublish(ledger, show.Id));
                Assert.Equal(
                    Reason.WrongState,
                    (await Assert.ThrowsAsync<Refused>(() => host.Events.Store.Write(ledger => Organising.Delete(ledger, show.Id)))).Reason);
            }

            await host.Events.Store.Write(ledger => ledger.PutState(show.Key, ShowState.Ended));
            host.Clock.Skip(host.Options.Lease);
            using var next = Hire(int.MaxValue);
            for (var turn = 0; host.Events.Store.Read(view => view.HandOf(show.Key))!.Job != HandJob.Cleared; turn++)
            {
                Assert.True(turn < 400, $"After {calls} calls: {host.Events.Store.Read(view => view.HandOf(show.Key))}");
                if (host.Events.Store.Read(view => view.ShowByKey(show.Key))!.State == ShowState.Archived)
                    await host.Events.Store.Write(ledger => ledger.Clear(show.Key));
                foreach (var work in next.Works)
                {
                    await work.StepAsync(default);
                    await Task.WhenAll(work.Running);
                }

                host.Clock.Skip(TimeSpan.FromMilliseconds(500));
            }

            Assert.DoesNotContain(
                await host.All("/app-instances?max-results=50", "AppInstances", null), a => a.Text("Name") == $"events-{show.Id}");
            var roles = (await host.Root.IamAsync("ListRoles", new Dictionary<string, string> { ["MaxItems"] = "1000" }, default)).ToString();
            Assert.DoesNotContain(show.Id, roles, StringComparison.Ordinal);
            var streams = (await host.Root.KinesisAsync("ListStreams", new JsonObject { ["Limit"] = 10_000 }, default)).ToString();
            Assert.DoesNotContain(show.Id, streams, StringComparison.Ordinal);
        }

        Assert.Equal([0, 1, 2, 3, 4, 5], broken.Order());
    }

    private ProvisionerService Hire(int calls) =>
        new(host.Events.Store, host.Options, host.Clock, NullLoggerFactory.Instance, new Dying(calls));

    private async Task MakeArchiveAndRemove()
    {
        var show = await host.NewShow(60, staff: 2);
        await Live(show, () => host.Events.Store.Read(view =>
            view.ProgressOf(show.Key).State == ProgressState.Ready && view.StaffMade(show.Key).Count == 2));
        var stage = host.StageOf(show);
        Assert.Equal(60 + 2 + 1, await host.Users(stage));
        Assert.Equal(60 + 2 + 1, (await host.Counts(stage)).Members);

        var ids = new List<string>();
        for (var i = 0; i < 12; i++)
        {
            ids.Add(await host.Say(stage.ChannelArn!, host.UserOf(show, i + 1), $"message {i}"));
            while ((await host.Counts(stage)).Messages < ids.Count) await Task.Delay(10);
        }

        await host.Root.ChimeAsync(
            HttpMethod.Post, $"/channels/{Uri.EscapeDataString(stage.ChannelArn!)}/messages/{ids[3]}?operation=redact", null, stage.AdminArn,
            default);
        await host.Events.Store.Write(ledger => ledger.PutState(show.Key, ShowState.Ended));
        await Live(show, () => host.Events.Store.Read(view => view.ShowByKey(show.Key))!.State == ShowState.Archived);
        var head = host.Events.Store.Read(view => view.ArchiveOf(show.Key))!;
        Assert.Equal((12, 1, 12, 12, true), (head.Messages, head.Removed, head.Standing, head.Counted, head.Verified));

        await host.Events.Store.Write(ledger => ledger.Clear(show.Key));
        await Live(show, () => host.Events.Store.Read(view => view.ShowByKey(show.Key))!.State == ShowState.Cleared);
        await host.NothingRemains(show, stage);
        Assert.Equal(0, host.Events.Store.Read(view => view.CountsOf(show.Key)).Provisioned);
    }

    /// <summary>Each dies right after a call was answered, before anything of that is written down.</summary>
    private async Task Live(Show show, Func<bool> isDone)
    {
        for (var lives = 0; !isDone(); lives++)
        {
            Assert.True(lives < 400, $"Not after {lives} lives: {host.Events.Store.Read(view => view.HandOf(show.Key))}");
            using var service = new ProvisionerService(
                host.Events.Store, host.Options, host.Clock, NullLoggerFactory.Instance, new Dying(dice.Next(2, 10)));
            try
            {
                for (var turn = 0; turn < 100 && !isDone(); turn++)
                {
                    foreach (var work in service.Works)
                    {
                        await work.StepAsync(default);
                        await Task.WhenAll(work.Running);
                    }

                    host.Clock.Skip(TimeSpan.FromMilliseconds(500));
                }
            }
            catch (DiedException)
            {
                deaths++;
                if (host.Events.Store.Read(view => view.HandOf(show.Key)) is { Owner: not null } hand) diedIn.Add((hand.Job, hand.Step));
            }

            // Until what it had taken is anybody's.
            host.Clock.Skip(host.Options.Lease);
        }
    }

    private sealed class DiedException : Exception;

    private sealed class Dying(int calls) : DelegatingHandler(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
    {
        private int left = calls;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = await base.SendAsync(request, cancellationToken);
            await answer.Content.LoadIntoBufferAsync(cancellationToken);
            if (Interlocked.Decrement(ref left) > 0) return answer;
            answer.Dispose();
            throw new DiedException();
        }
    }
}
