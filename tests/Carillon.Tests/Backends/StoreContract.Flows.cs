using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Flows;
using Carillon.Core.Identity;
using Carillon.Core.Messages;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Carillon.Tests.Backends;

public abstract partial class StoreContract
{
    /// <summary>Something that befalls held messages. <c>Which</c> chooses one, or whom.</summary>
    internal sealed record FlowMove(FlowAct Act, int Who, int Which);

    internal enum FlowAct
    {
        Send, SendUnkept, SendTargeted, Update, Claim, HandedOver, Unreachable, Allow, Change, Deny, AnswerAgain, Redact, Delete, Ban, Unban,
        Leave, Join, Disassociate, Associate, TurnFallback, SixHours, Sweep, Restart,
    }

    private static readonly Gen<FlowMove[]> flowScript =
        (from act in Gen.Frequency((2, Gen.Constant(FlowAct.Send)), (5, Gen.Elements(Enum.GetValues<FlowAct>())))
         from who in Gen.Choose(1, 2)
         from which in Gen.Choose(0, 1000)
         select new FlowMove(act, who, which)).ArrayOf(40);

    [Fact]
    public void Whatever_befalls_held_messages_each_ends_once_and_none_is_seen_before_it_is_sent() =>
        Prop.ForAll(flowScript.ToArbitrary(), script => PlayFlows(script).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    private async Task<bool> PlayFlows(FlowMove[] script)
    {
        var world = await FlowWorld.Make(this);
        foreach (var move in script)
        {
            await world.Try(move);
            world.Check();
        }

        // Whatever is still open ends with its time.
        await world.PassTime(TimeSpan.FromHours(48));
        await world.SweepAll();
        world.Check();
        Assert.Equal(0, world.Stage.Look(sql => sql.Number("select count(*) from pending_message where state < 2")));
        Assert.All(world.Held, held => Assert.Single(world.EndsOf(held)));
        world.Stage.Look(Checked);

        await world.PassTime(TimeSpan.FromHours(48));
        await world.SweepAll();
        Assert.Equal(0, world.Stage.Look(sql => sql.Number("select count(*) from pending_message")));
        return true;
    }

    /// <summary>A row that a flow holds or held, as the test knows it.</summary>
    internal sealed record HeldRow(string Callback, string Message, bool Edits, int Sender);

    private sealed class FlowWorld(StoreContract contract, Stage stage, Person[] people, Channel channel, Flow flow)
    {
        private readonly List<Event> _heard = [];
        private int _taken;

        public Stage Stage { get; private set; } = stage;

        public List<HeldRow> Held { get; } = [];

        public static async Task<FlowWorld> Make(StoreContract contract)
        {
            var stage = contract.Begin();
            var app = await stage.MakeApp();
            Person[] people = [await stage.MakeUser(app, "owner"), await stage.MakeUser(app, "ann"), await stage.MakeUser(app, "bob")];
            await stage.Write(ledger => ledger.AddAdmin(app.Key, people[0]));
            var channel = await stage.MakeChannel(people[0], "room", people[1], people[2]);
            var id = await stage.Write(l => ChannelFlows.Create(
                l, new Quotas(), new Repetition("t", [], []), app.Id, "flow", Processors(FallbackAction.Abort), []));
            await stage.Write(l => ChannelFlows.Associate(l, people[0].Address, channel.Address, new(app.Id, id)));
            return new(contract, stage, people, channel, stage.Read(v => v.FindFlow(new(app.Id, id))!));
        }

        private static FlowProcessor[] Processors(FallbackAction fallback) => [new("p", "arn:f", 1, fallback)];

        public async Task Try(FlowMove move)
        {
            try
            {
                await Do(move);
            }
            catch (Refusal refusal) when (refusal.Reason is not (Reason.Busy or Reason.StoreUnavailable))
            {
                // Many of these cannot succeed; what counts is what they leave behind.
            }

            var from = _heard.Count;
            Listen();

            // No move both changes a role and sends: whoever was banned or removed before says nothing more.
            Assert.All(
                _heard.Skip(from).OfType<MessageCreated>(),
                sent => Assert.True(Stage.Read(v => v.FindRoles(channel, sent.Message.Sender.Key)) is { Hidden: false, Banned: false }));
        }

        private async Task Do(FlowMove move)
        {
            var (owner, who) = (people[0], people[move.Who]);
            var held = Held.Count == 0 ? null : Held[move.Which % Held.Count];
            switch (move.Act)
            {
                case FlowAct.Send:
                    Hold(await Stage.Send(channel, who, "said"), move.Who, edits: false);
                    break;
                case FlowAct.SendUnkept:
                    Hold(
                        await Stage.Write(l => Stage.Say(l, channel, who, "unkept", persistent: false)), move.Who, edits: false);
                    break;
                case FlowAct.SendTargeted:
                    Hold(await Stage.Send(channel, who, "psst", target: people[3 - move.Who]), move.Who, edits: false);
                    break;
                case FlowAct.Update when held is not null:
                    var updated = await Stage.Write(l => Editing.Update(
                        l, people[held.Sender].Address, channel.Address, held.Message, "edited", null, null));
                    if (updated.Status == MessageStatus.Sent)
                    {
                        Listen();
                        _direct.Add(_heard.OfType<MessageUpdated>().Last().Position);
                    }

                    Hold(held.Message, held.Sender, edits: true);
                    break;
                case FlowAct.Claim:
                    await Stage.Write(l => l.ClaimPending(1 + (move.Which % 5), l.Now.Plus(TimeSpan.FromSeconds(15))));
                    break;
                case FlowAct.HandedOver when KeyOf(held) is { } key:
                    await Stage.Write(l => Processing.HandedOver(l, key));
                    break;
                case FlowAct.Unreachable when KeyOf(held) is { } key:
                    await Stage.Write(l => Processing.Unreachable(l, key));
                    break;
                case FlowAct.Allow when held is not null:
                    await Answer(held, new(false, null, null, null, null, null));
                    break;
                case FlowAct.Change when held is not null:
                    await Answer(held, new(false, "changed", "m", null, "t", null));
                    break;
                case FlowAct.Deny when held is not null:
                    await Answer(held, new(true, null, null, null, null, null));
                    break;
                case FlowAct.AnswerAgain when Held.Find(h => EndsOf(h).Count > 0) is { } ended:
                    var before = Stage.Look(Audit.Dump);
                    var reason = await Refused(Answer(ended, new(move.Which % 2 == 0, "again", null, null, null, null)));
                    Assert.True(reason is Reason.CallbackAnswered or Reason.CallbackUnknown, $"{reason}");
                    Assert.Equal(before, Stage.Look(Audit.Dump));
                    break;
                case FlowAct.Redact when held is not null:
                    await Stage.Write(l => Editing.Redact(l, owner.Address, channel.Address, held.Message));
                    break;
                case FlowAct.Delete when held is not null:
                    await Stage.Write(l => Editing.Delete(l, owner.Address, channel.Address, held.Message));
                    break;
                case FlowAct.Ban:
                    await Stage.Write(l => Bans.Create(l, owner.Address, channel.Address, who.Address));
                    break;
                case FlowAct.Unban:
                    await Stage.Write(l => Bans.Delete(l, owner.Address, channel.Address, who.Address));
                    break;
                case FlowAct.Leave:
                    await Stage.Write(l => Memberships.Delete(l, who.Address, channel.Address, who.Address));
                    break;
                case FlowAct.Join:
                    await Stage.Join(channel, owner, who, hidden: move.Which % 5 == 0);
                    break;
                case FlowAct.Disassociate:
                    await Stage.Write(l => ChannelFlows.Disassociate(l, owner.Address, channel.Address, flow.Address));
                    break;
                case FlowAct.Associate:
                    await Stage.Write(l => ChannelFlows.Associate(l, owner.Address, channel.Address, flow.Address));
                    break;
                case FlowAct.TurnFallback:
                    await Stage.Write(l => ChannelFlows.Update(
                        l, flow.Address, "flow", Processors(move.Which % 2 == 0 ? FallbackAction.Abort : FallbackAction.Continue)));
                    break;
                case FlowAct.SixHours:
                    await PassTime(TimeSpan.FromHours(6));
                    break;
                case FlowAct.Sweep:
                    await Stage.Write(Processing.Step);
                    break;
                case FlowAct.Restart:
                    Listen();
                    Stage = contract.Restart(Stage);
                    _taken = 0;
                    break;
            }
        }

        private Task Answer(HeldRow held, Verdict verdict) => Stage.Write(
            l => Processing.Callback(l, channel.Address, held.Callback, held.Message, verdict));

        /// <summary>Remembers what the flow holds now of this message, if anything.</summary>
        private void Hold(string id, int sender, bool edits)
        {
            if (Stage.Read(v => v.FindPending(channel.Key, id)) is { Open: true } pending && pending.Edits == edits)
            {
                Held.Add(new(pending.CallbackId, id, edits, sender));
            }
        }

        private long? KeyOf(HeldRow? held) =>
            held is null ? null : Stage.Read(v => v.FindCallback(channel.Key, held.Callback))?.Key;

        private void Listen()
        {
            var all = Stage.Bus.All;
            _heard.AddRange(all.Skip(_taken));
            _taken = all.Count;
        }

        public async Task PassTime(TimeSpan span)
        {
            Stage.Clock.Pass(span);
            await Stage.Write(_ => true);
        }

        public async Task SweepAll()
        {
            while (await Stage.Write(Processing.Step))
            {
            }

            Listen();
        }

        /// <summary>The final states that were announced of it.</summary>
        public List<string> EndsOf(HeldRow held)
        {
            // Updates of one message are held one after the other, so the nth end is that of the nth update.
            if (held.Edits)
            {
                var nth = Held.Where(h => h.Edits && h.Message == held.Message).ToList().IndexOf(held);
                return [.. Ends(held.Message, edits: true).Skip(nth).Take(1)];
            }

            return Ends(held.Message, edits: false);
        }

        private List<string> Ends(string message, bool edits) =>
        [
            .. _heard.Select(e => e switch
            {
                MessageCreated created when !edits && created.Message.Id == message => "SENT",
                MessageUpdated updated when edits && updated.Message.Id == message && !_direct.Contains(updated.Position) => "SENT",
                MessageStatusChanged { Message.Status: not MessageStatus.Pending } ended
                    when ended.Edits == edits && ended.Message.Id == message => ended.Message.Status.ToString(),
                _ => null,
            }).Where(end => end is not null).Select(end => end!),
        ];

        /// <summary>Updates that no flow held.</summary>
        private readonly HashSet<long> _direct = [];

        public void Check()
        {
            foreach (var group in Held.GroupBy(h => (h.Message, h.Edits)))
            {
                var ends = Ends(group.Key.Message, group.Key.Edits);
                Assert.True(ends.Count <= group.Count(), $"{group.Count()} held, ended {string.Join(',', ends)}");
            }

            var seen = people.SelectMany(p => Stage.History(channel, p)).Select(m => m.Id).ToHashSet();
            foreach (var held in Held.Where(h => !h.Edits))
            {
                var ends = EndsOf(held);
                var visible = Stage.Read(v => v.FindMessage(channel.Key, held.Message)) is not null;
                Assert.False((visible || seen.Contains(held.Message)) && ends is not ["SENT"], $"seen, and {string.Join(',', ends)}");
                var state = Stage.Read(v => v.FindCallback(channel.Key, held.Callback))?.State;
                Assert.Equal(ends.Count == 0, state is PendingState.Waiting or PendingState.HandedOver);
                foreach (var other in people.Where(p => p.Id != people[held.Sender].Id))
                {
                    try
                    {
                        Stage.Read(v => History.Get(v, other.Address, channel.Address, held.Message));
                        Assert.Equal(["SENT"], ends);
                    }
                    catch (Refusal)
                    {
                        // Not there, not there for this one, or banned.
                    }
                }
            }
        }
    }

    [Fact]
    public async Task What_a_flow_holds_goes_with_its_channel_and_flows_with_their_app_instance()
    {
        var world = await FlowWorld.Make(this);
        await world.Try(new(FlowAct.Send, 1, 0));
        var stage = world.Stage;
        var (app, channel) = stage.Look(sql => (
            sql.First("select id from app_instance", static r => r.Text(0))!, sql.First("select id from channel", static r => r.Text(0))!));
        await stage.Write(l => Channels.Delete(l, new(app, PersonKind.User, "owner"), new(app, channel)));
        Assert.Empty(await stage.Write(l => l.ClaimPending(10, l.Now)));
        stage.Clock.Pass(TimeSpan.FromHours(49));
        Assert.True(await stage.Write(Processing.Step));
        while (await stage.Write(Purging.Step))
        {
        }

        Assert.Equal(0, stage.Look(sql => sql.Number("select count(*) from pending_message")));
        await stage.Write(l => AppInstances.Delete(l, app));
        while (await stage.Write(Purging.Step))
        {
        }

        Assert.Equal(0, stage.Look(sql => sql.Number("select count(*) from channel_flow")));
    }

    [Fact]
    public async Task What_was_claimed_and_not_finished_is_claimed_again_after_a_restart()
    {
        var world = await FlowWorld.Make(this);
        await world.Try(new(FlowAct.Send, 1, 0));
        var first = Assert.Single(await world.Stage.Write(l => l.ClaimPending(64, l.Now.Plus(TimeSpan.FromSeconds(15)))));
        await world.Try(new(FlowAct.Restart, 0, 0));
        Assert.Empty(await world.Stage.Write(l => l.ClaimPending(64, l.Now)));
        world.Stage.Clock.Pass(TimeSpan.FromSeconds(15));
        var again = Assert.Single(await world.Stage.Write(l => l.ClaimPending(64, l.Now.Plus(TimeSpan.FromSeconds(15)))));

        Assert.Equal(first, again);
        await world.Stage.Write(l => Processing.HandedOver(l, again.Key));
        world.Stage.Clock.Pass(TimeSpan.FromHours(1));
        Assert.Empty(await world.Stage.Write(l => l.ClaimPending(64, l.Now)));
    }
}
