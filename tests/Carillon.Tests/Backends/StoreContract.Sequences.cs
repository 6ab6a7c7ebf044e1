using System.Collections.Concurrent;
using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Messages;
using Carillon.Sql;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Carillon.Tests.Backends;

public abstract partial class StoreContract
{
    private const int Writers = 4;

    /// <summary>Something a writer tries. The numbers choose who, whom, where and which message.</summary>
    internal sealed record Attempt(Act Act, int Who, int Whom, int Where, int Which);

    internal enum Act
    {
        Send, SendAgain, SendUnkept, Edit, Redact, Delete, Join, JoinMany, Leave, Ban, Unban, Promote, Demote, Rename,
        MakeAdmin, RemoveAdmin, RefuseAfterWriting, ThrowAfterWriting, BreakConstraint, StepBack,
    }

    private static readonly Gen<Attempt[]> script =
        (from act in Gen.Frequency(
                (6, Gen.Constant(Act.Send)),
                (1, Gen.Elements(Enum.GetValues<Act>())),
                (4, Gen.Elements(Enum.GetValues<Act>())))
         from who in Gen.Choose(0, 4)
         from whom in Gen.Choose(0, 4)
         from @where in Gen.Choose(0, 2)
         from which in Gen.Choose(0, 1000)
         select new Attempt(act, who, whom, @where, which)).ArrayOf(30);

    [Fact]
    public void Whatever_writers_do_at_once_the_log_has_no_hole_and_every_counter_is_right() =>
        Prop.ForAll(script.ArrayOf(Writers).ToArbitrary(), scripts => Play(scripts).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(12));

    private async Task<bool> Play(Attempt[][] scripts)
    {
        var stage = Begin();
        var app = await stage.MakeApp();
        var people = new Person[5];
        for (var i = 0; i < people.Length; i++)
        {
            people[i] = await stage.MakeUser(app, $"u{i}");
        }

        await stage.Write(ledger => ledger.AddAdmin(app.Key, people[0]));
        var channels = new Channel[3];
        for (var i = 0; i < channels.Length; i++)
        {
            channels[i] = await stage.MakeChannel(people[0], $"c{i}", people[1], people[2]);
        }

        var world = new World(stage, app, people, channels);
        await Task.WhenAll(scripts.Select(attempts => Task.Run(async () =>
        {
            foreach (var attempt in attempts)
            {
                await world.Try(attempt);
            }
        })));

        stage.Look(Checked);
        var kept = stage.Bus.All.OfType<ChannelEvent>().Where(e => e.Sequence > 0).Select(Audit.EntryOf).ToList();
        Assert.Equal(stage.Look(Audit.Log), kept);
        Assert.Equal(stage.Bus.All.Select(e => e.Position).Order(), stage.Bus.All.Select(e => e.Position));
        Assert.Equal(kept.Select(e => e.Position).Distinct(), kept.Select(e => e.Position));
        Assert.Equal(
            world.Acknowledged.Order(), stage.Bus.All.OfType<MessageCreated>().Select(e => e.Message.Id).Order());

        var histories = channels.Select(c => stage.History(c, people[0]).ToList()).ToList();
        var dump = stage.Look(Audit.Dump);
        stage = Restart(stage);
        Assert.Equal(histories, channels.Select(c => stage.History(c, people[0]).ToList()));
        Assert.Equal(dump, stage.Look(Audit.Dump));
        stage.Look(Checked);
        return true;
    }

    private sealed class World(Stage stage, AppInstance app, Person[] people, Channel[] channels)
    {
        private static readonly Quotas quotas = new();
        private readonly ConcurrentQueue<(int Channel, string Id)> _sent = new();

        /// <summary>Ids of every message whose sender was told so, kept or not.</summary>
        public ConcurrentBag<string> Acknowledged { get; } = [];

        public async Task Try(Attempt attempt)
        {
            try
            {
                await Do(attempt);
            }
            catch (Refusal refusal) when (refusal.Reason is not (Reason.Busy or Reason.StoreUnavailable))
            {
                // Many of these cannot succeed; what counts is what they leave behind.
            }
            catch (SqlException fault) when (attempt.Act == Act.BreakConstraint && fault.Fault == SqlFault.Constraint)
            {
            }
            catch (FormatException) when (attempt.Act == Act.ThrowAfterWriting)
            {
            }
        }

        private Task Do(Attempt attempt)
        {
            var who = people[attempt.Who];
            var whom = people[attempt.Whom];
            var channel = channels[attempt.Where];
            var (at, id) = Some(attempt.Which);
            return attempt.Act switch
            {
                Act.Send => Send(attempt, null),
                Act.SendAgain => Send(attempt, $"token-{attempt.Which % 5}"),
                Act.SendUnkept => Unkept(channel, who),
                Act.Edit => stage.Write(l => Editing.Update(l, who.Address, channels[at].Address, id, "edited", null, null)),
                Act.Redact => stage.Write(l => Editing.Redact(l, people[0].Address, channels[at].Address, id)),
                Act.Delete => stage.Write(l => Editing.Delete(l, people[0].Address, channels[at].Address, id)),
                Act.Join => stage.Join(channel, who, whom, hidden: attempt.Which % 7 == 0),
                Act.JoinMany => stage.Write(l => Memberships.CreateBatch(
                    l, quotas, who.Address, channel.Address, [.. people.Select(p => p.Address)], hidden: false, out _)),
                Act.Leave => stage.Write(l => Memberships.Delete(l, who.Address, channel.Address, whom.Address)),
                Act.Ban => stage.Write(l => Bans.Create(l, people[0].Address, channel.Address, whom.Address)),
                Act.Unban => stage.Write(l => Bans.Delete(l, people[0].Address, channel.Address, whom.Address)),
                Act.Promote => stage.Write(l => Moderators.Create(l, quotas, people[0].Address, channel.Address, whom.Address)),
                Act.Demote => stage.Write(l => Moderators.Delete(l, people[0].Address, channel.Address, whom.Address)),
                Act.Rename => stage.Write(l => Channels.Update(
                    l, people[0].Address, channel.Address, $"name {attempt.Which}", null, null)),
                Act.MakeAdmin => stage.Write(l => AppInstances.AddAdmin(l, quotas, app.Id, whom.Address)),
                Act.RemoveAdmin => attempt.Whom == 0
                    ? Task.CompletedTask
                    : stage.Write(l => AppInstances.RemoveAdmin(l, app.Id, whom.Address)),
                Act.RefuseAfterWriting => stage.Write<string>(l =>
                {
                    stage.Say(l, channel, people[1], "refused");
                    Bans.Create(l, people[0].Address, channel.Address, people[4].Address);
                    throw new Refusal(Reason.NotAllowed);
                }),
                Act.ThrowAfterWriting => stage.Write<string>(l =>
                {
                    l.Next(channel.Key);
                    throw new FormatException();
                }),
                Act.BreakConstraint => stage.Write(l =>
                {
                    l.AddModerator(channel.Key, whom, who);
                    l.AddModerator(channel.Key, whom, who);
                }),
                _ => StepBack(),
            };
        }

        private async Task Send(Attempt attempt, string? token)
        {
            var id = await stage.Send(channels[attempt.Where], people[attempt.Who], "hello", token);
            _sent.Enqueue((attempt.Where, id));
            if (token is null || !Acknowledged.Contains(id))
            {
                Acknowledged.Add(id);
            }
        }

        private async Task Unkept(Channel channel, Person who) =>
            Acknowledged.Add(await stage.Write(l => stage.Say(l, channel, who, "unkept", persistent: false)));

        private Task StepBack()
        {
            stage.Clock.Pass(TimeSpan.FromMinutes(-7));
            return stage.Write(_ => stage.Clock.Pass(TimeSpan.FromMinutes(7) + TimeSpan.FromMilliseconds(1)));
        }

        private (int Channel, string Id) Some(int which)
        {
            var sent = _sent.ToArray();
            return sent.Length == 0 ? (0, new string('0', 32)) : sent[which % sent.Length];
        }
    }
}
