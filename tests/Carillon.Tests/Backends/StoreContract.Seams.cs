using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Flows;
using Carillon.Core.Identity;
using Carillon.Core.Messages;
using Carillon.Core.Pushing;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Carillon.Tests.Backends;

public abstract partial class StoreContract
{
    /// <summary>Anything that befalls an app instance. The numbers choose who, where and which.</summary>
    internal sealed record Deed(What What, int Who, int Where, int Which);

    internal enum What
    {
        Join, JoinMany, ModeratorJoins, Leave, LeaveMany, Ban, Unban, Promote, Demote,
        Say, Whisper, SayUnkept, Edit, Redact, Delete,
        Flow, NoFlow, Claim, HandOver, Unreachable, Allow, Deny,
        BotAnswers, BotFails, BotEnds,
        Device, NoDevice, PushTaken, PushFails,
        Keep, KeepForever, EndUser, ExpireUser, EndChannel, ExpireChannel,
        HourPasses, DayPasses, MonthPasses, Sweep, SweepAll, Restart,
    }

    private static readonly Gen<Deed> oneDeed =
        from what in Gen.Frequency(
            (8, Gen.Constant(What.Join)), (4, Gen.Constant(What.JoinMany)), (12, Gen.Constant(What.Say)), (5, Gen.Constant(What.Whisper)),
            (5, Gen.Constant(What.Leave)), (6, Gen.Constant(What.Sweep)), (2, Gen.Constant(What.SweepAll)), (5, Gen.Constant(What.Allow)),
            (3, Gen.Constant(What.BotAnswers)), (3, Gen.Constant(What.PushTaken)), (4, Gen.Constant(What.Edit)),
            (16, Gen.Elements(Enum.GetValues<What>())))
        from who in Gen.Choose(0, 7)
        from @where in Gen.Choose(0, 2)
        from which in Gen.Choose(0, 1000)
        select new Deed(what, who, @where, which);

    [Fact]
    public void Whatever_befalls_an_app_instance_every_counter_is_right_and_nothing_is_left_of_it_in_the_end() =>
        Prop.ForAll(oneDeed.ArrayOf(120).ToArbitrary(), deeds => Play(deeds).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(10));

    private async Task<bool> Play(Deed[] deeds)
    {
        var world = await SeamWorld.Make(this);
        foreach (var deed in deeds)
        {
            await world.Try(deed);
        }

        await world.End();
        return true;
    }

    /// <summary>One channel as any, one elastic, one elastic in which everything passes a flow.</summary>
    private sealed class SeamWorld(StoreContract contract, Stage stage, AppInstance app, FlowAddress flow)
    {
        private const int Users = 7;

        private static readonly Func<ILedger, bool>[] sweeps =
            [Expiring.Step, Retaining.Step, Balancing.Step, Purging.Step, Processing.Step, Endpoints.Step, l => Outbox.GiveUp(l) > 0];

        private readonly MessageIds _ids = new();
        private readonly List<(ChannelAddress Channel, string Id)> _said = [];
        private Stage _stage = stage;
        private PersonAddress? _bot;

        public static async Task<SeamWorld> Make(StoreContract contract)
        {
            var stage = contract.Begin(pushing);
            var app = await stage.MakeApp();
            var admin = await stage.MakeUser(app, "admin");
            await stage.Write(l => l.AddAdmin(app.Key, admin));
            var flow = await stage.Write(l => ChannelFlows.Create(
                l, plenty, new Repetition("flow", [], []), app.Id, "flow", [new("p", "arn:f", 1, FallbackAction.Continue)], []));
            return new(contract, stage, app, new(app.Id, flow));
        }

        private PersonAddress Admin => Stage.Address(app, "admin");

        public async Task Try(Deed deed)
        {
            try
            {
                await Do(deed, await ChannelOf(deed.Where), await PersonOf(deed.Who));
            }
            catch (Refusal)
            {
                // Many of these cannot succeed; what counts is what they leave behind.
            }

            _stage.Look(Checked);
        }

        private async Task<Channel> ChannelOf(int number)
        {
            var address = new ChannelAddress(app.Id, $"c{number}");
            if (_stage.Read(v => v.FindChannel(address)) is null)
            {
                var wish = new ChannelWish(
                    address.Id, address.Id, number == 0 ? ChannelMode.Unrestricted : ChannelMode.Restricted, ChannelPrivacy.Public, null,
                    null, [], [], [new("k", "v")])
                {
                    Elastic = number == 0 ? null : new(3, 3, 40),
                };
                await _stage.Write(l => Channels.Create(l, plenty, Once(), Admin, app.Id, wish));
                if (number == 2)
                {
                    await _stage.Write(l => ChannelFlows.Associate(l, Admin, address, flow));
                }
            }

            return _stage.Read(v => v.FindChannel(address))!;
        }

        private async Task<Person> PersonOf(int number)
        {
            if (number == Users)
            {
                if (_bot is null || _stage.Read(v => v.FindPerson(_bot.Value)) is null)
                {
                    _bot = (await MakeBot(_stage, app, "bot", new(StandardTrigger.All, Targeted: true))).Person.Address;
                }

                return _stage.Read(v => v.FindPerson(_bot.Value))!;
            }

            var address = Stage.Address(app, $"u{number}");
            return _stage.Read(v => v.FindPerson(address)) ?? await _stage.MakeUser(app, address.Id);
        }

        private static Repetition Once() => new(Guid.NewGuid().ToString("n"), [], []);

        /// <summary>The log that the person is in, of those it is in, or any.</summary>
        private ChannelAddress LogOf(Channel channel, Person who, int which)
        {
            if (channel.Elastic is null)
            {
                return channel.Address;
            }

            var mine = _stage.Read(v => v.FindMembers(channel.Key, who.Key)).Select(m => m.Sub!).ToList();
            var all = mine.Count > 0 ? mine : [.. SubChannelsOf(_stage, channel).Select(s => s.Sub)];
            return channel.Address with { SubChannelId = all[which % all.Count].Id };
        }

        private async Task Send(Deed deed, Channel channel, Person who, bool targeted, bool persistent)
        {
            var log = LogOf(channel, who, deed.Which);
            var part = channel.Elastic is null
                ? channel.Key
                : _stage.Read(v => v.FindSubChannel(channel.Key, log.SubChannelId!))!.Log;
            var members = _stage.Read(v => v.ListMembers(part, false, 20, null)).Items;

            // Whoever is no member is refused; most are told by one who is, and of targeted ones to another.
            if (deed.Which % 9 > 0 && members.Count > 0)
            {
                who = members[deed.Who % members.Count].Person;
            }

            PersonAddress? target = !targeted ? null
                : members.Count > 0 ? members[deed.Which % members.Count].Person.Address
                : (await PersonOf(deed.Which % (Users + 1))).Address;
            var sent = await _stage.Write(l => Sending.Do(l, _ids, new NewMessage(
                who.Address, log, MessageType.Standard, persistent, "said", null, null, null, target, Once())
            {
                Push = deed.Which % 2 == 0 ? new Push("title", "body", false) : null,
            }));
            _said.Add((log, sent.Id));
        }

        private Task Do(Deed deed, Channel channel, Person who)
        {
            var address = channel.Address;
            var (log, id) = _said.Count == 0 ? (address, "") : _said[^(1 + (deed.Which % Math.Min(_said.Count, 20)))];
            return deed.What switch
            {
                What.Join => _stage.Write(l => Memberships.Create(
                    l, plenty, Admin, address, who.Address, hidden: channel.Elastic is null && deed.Which % 5 == 0)),
                What.JoinMany => _stage.Write(l => Memberships.CreateBatch(
                    l, plenty, Admin, address, [.. Enumerable.Range(0, Users).Select(i => Stage.Address(app, $"u{i}"))], false, out _)),
                What.ModeratorJoins => _stage.Write(l => Memberships.Create(
                    l, plenty, Admin, LogOf(channel, who, deed.Which), who.Address, hidden: false)),
                What.Leave => _stage.Write(l => Memberships.Delete(l, Admin, address, who.Address)),
                What.LeaveMany => _stage.Write(l =>
                {
                    for (var i = 0; i < deed.Who; i++)
                    {
                        Memberships.Delete(l, Admin, address, Stage.Address(app, $"u{i}"));
                    }
                }),
                What.Ban => _stage.Write(l => Bans.Create(l, Admin, address, who.Address)),
                What.Unban => _stage.Write(l => Bans.Delete(l, Admin, address, who.Address)),
                What.Promote => _stage.Write(l => Moderators.Create(l, plenty, Admin, address, who.Address)),
                What.Demote => _stage.Write(l => Moderators.Delete(l, Admin, address, who.Address)),
                What.Say => Send(deed, channel, who, targeted: false, persistent: true),
                What.Whisper => Send(deed, channel, who, targeted: true, persistent: true),
                What.SayUnkept => Send(deed, channel, who, targeted: false, persistent: false),
                What.Edit => _stage.Write(l => Editing.Update(
                    l, l.FindMessage(SomeLog(l, log), id)?.Sender.Address ?? who.Address, log, id, "edited", null, null)),
                What.Redact => _stage.Write(l => Editing.Redact(l, Admin, log, id)),
                What.Delete => _stage.Write(l => Editing.Delete(l, Admin, log, id)),
                What.Flow => _stage.Write(l => ChannelFlows.Associate(l, Admin, address, flow)),
                What.NoFlow => _stage.Write(l => ChannelFlows.Disassociate(l, Admin, address, flow)),
                What.Claim => _stage.Write(l => l.ClaimPending(3, l.Now.Plus(TimeSpan.FromSeconds(15)))),
                What.HandOver => Held(deed.Which, (l, held) => Processing.HandedOver(l, held.Key)),
                What.Unreachable => Held(deed.Which, (l, held) => Processing.Unreachable(l, held.Key)),
                What.Allow => Held(deed.Which, (l, held) => Processing.Callback(
                    l, held.Channel, held.CallbackId, held.Message.Id, new(false, null, null, null, null, null))),
                What.Deny => Held(deed.Which, (l, held) => Processing.Callback(
                    l, held.Channel, held.CallbackId, held.Message.Id, new(true, null, null, null, null, null))),
                What.BotAnswers => Answer(deed.Which),
                What.BotFails => _stage.Write(l => l.ListBotCalls(1).ToList().ForEach(
                    call => l.PostponeBotCall(call, l.Now.Plus(TimeSpan.FromSeconds(5))))),
                What.BotEnds => _bot is { } bot ? _stage.Write(l => Bots.Delete(l, bot)) : Task.CompletedTask,
                What.Device => Register(_stage, who, Device($"t{who.Key.Value}-{deed.Which % 2}")),
                What.NoDevice => _stage.Write(l =>
                {
                    foreach (var endpoint in Endpoints.List(l, who.Address, 10, null).Items)
                    {
                        Endpoints.Deregister(l, who.Address, endpoint.Id);
                    }
                }),
                What.PushTaken => TakePush(),
                What.PushFails => _stage.Write(l => l.ListDuePushes(l.Now, 1).ToList().ForEach(p => Outbox.Failed(l, p))),
                What.Keep => _stage.Write(l => Retention.Put(l, app.Id, 1 + (deed.Which % 3))),
                What.KeepForever => _stage.Write(l => Retention.Put(l, app.Id, null)),
                What.EndUser => deed.Which % 2 == 0 && who.Kind == PersonKind.User ? _stage.Write(l => Carillon.Core.Identity.Users.Delete(l, who.Address)) : Task.CompletedTask,
                What.ExpireUser => deed.Which % 2 == 0 && who.Kind == PersonKind.User
                    ? _stage.Write(l => Carillon.Core.Identity.Users.SetExpiration(l, who.Address, new(1, ExpirationCriterion.CreatedTimestamp)))
                    : Task.CompletedTask,
                What.EndChannel => deed.Which % 3 == 0 ? _stage.Write(l => Channels.Delete(l, Admin, address)) : Task.CompletedTask,
                What.ExpireChannel => _stage.Write(l => Channels.SetExpiration(
                    l, Admin, address, new(2, ExpirationCriterion.LastMessageTimestamp))),
                What.HourPasses => Pass(TimeSpan.FromHours(1)),
                What.DayPasses => Pass(TimeSpan.FromDays(1)),
                What.MonthPasses => Pass(TimeSpan.FromDays(31)),
                What.Sweep => _stage.Write(sweeps[deed.Which % sweeps.Length]),
                What.SweepAll => SweepAll(),
                _ => Restarted(),
            };
        }

        private static ChannelKey SomeLog(IView view, ChannelAddress log) =>
            view.FindChannel(log) is not { } channel ? new(0)
            : log.SubChannelId is not { } id ? channel.Key
            : view.FindSubChannel(channel.Key, id)?.Log ?? new(0);

        private Task Held(int which, Action<ILedger, PendingMessage> act) => _stage.Write(l =>
        {
            var keys = _stage.Look(sql => sql.Query("select key from pending_message order by key", static r => r.Integer(0)));
            if (keys.Count > 0)
            {
                act(l, l.FindPending(keys[which % keys.Count])!);
            }
        });

        private Task Answer(int which) => _stage.Write(l =>
        {
            if (l.ListBotCalls(10) is { Count: > 0 } calls && calls[which % calls.Count] is var call)
            {
                if (l.FindQuestion(call) is { } question)
                {
                    BotCalls.Answer(l, _ids, question, which % 4 == 0 ? null : new("answer", "text/plain", null));
                }
                else
                {
                    l.DeleteBotCall(call.Position);
                }
            }
        });

        private Task TakePush() => _stage.Write(l =>
        {
            if (l.ListDuePushes(l.Now, 1) is [var first] && Outbox.Next(l, first) is { } batch)
            {
                Outbox.Taken(l, batch, []);
            }
        });

        private Task<bool> Pass(TimeSpan span)
        {
            _stage.Clock.Pass(span);
            return _stage.Write(static _ => true);
        }

        private Task Restarted()
        {
            _stage = contract.Restart(_stage);
            return Task.CompletedTask;
        }

        private async Task SweepAll()
        {
            var found = true;
            for (var round = 0; found; round++)
            {
                Assert.True(round < 1_000, "Sweeping does not end.");
                found = false;
                foreach (var step in sweeps)
                {
                    found |= await _stage.Write(step);
                    _stage.Look(Checked);
                }
            }
        }

        /// <summary>Nothing stays of an app instance that was deleted, once the last token is forgotten too.</summary>
        public async Task End()
        {
            await SweepAll();
            await _stage.Write(l => AppInstances.Delete(l, app.Id));
            await SweepAll();
            await Pass(TimeSpan.FromDays(3));
            await SweepAll();
            while (_stage.Read(v => v.ListBotCalls(1)).Count > 0)
            {
                await Answer(0);
            }

            string[] stay = ["installation: ", "log_head: ", "schema_version: ", "sqlite_sequence: "];
            Assert.DoesNotContain(_stage.Look(Audit.DumpAll), row => !stay.Any(name => row.StartsWith(name, StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task What_retention_takes_of_a_sub_channel_that_was_merged_is_not_counted_twice()
    {
        var stage = Begin();
        var (app, ada, _) = await People(stage, "one");
        var channel = await MakeElastic(stage, ada, "big", new(3, 4, 40));
        foreach (var person in await Crowd(stage, app, 5))
        {
            await JoinElastic(stage, channel, ada, person);
        }

        foreach (var sub in SubChannelsOf(stage, channel).Select(s => s.Sub))
        {
            var member = stage.Read(v => v.ListMembers(sub.Log, false, 1, null)).Items[0].Person;
            await stage.Send(channel.In(sub), member, "old", target: member);
        }

        await BalanceAll(stage);
        await Keep(stage, app, 1);
        stage.Clock.Pass(Retention.Grace + TimeSpan.FromDays(2));
        var leaver = stage.Read(v => v.ListMembers(SubChannelsOf(stage, channel)[0].Sub.Log, false, 1, null)).Items[0].Person;
        await stage.Write(l => Memberships.Delete(l, leaver.Address, channel.Address, leaver.Address));
        await BalanceAll(stage);
        Assert.Single(SubChannelsOf(stage, channel));
        stage.Look(Checked);

        while (await stage.Write(Retaining.Step))
        {
        }

        stage.Look(Checked);
        Assert.Equal(0, stage.Read(v => v.Count(channel.Key)).Messages);
    }

    /// <summary>Two members, one to a sub-channel, of a channel in which everything passes a flow.</summary>
    private static async Task<(Channel Channel, List<Person> Members)> HeldElastic(Stage stage, AppInstance app, Person ada)
    {
        var channel = await MakeElastic(stage, ada, "big", new(3, 4, 40));
        var members = await Crowd(stage, app, 5);
        foreach (var person in members)
        {
            await JoinElastic(stage, channel, ada, person);
        }

        await BalanceAll(stage);
        var flow = await stage.Write(l => ChannelFlows.Create(
            l, plenty, new Repetition("flow", [], []), app.Id, "flow", [new("p", "arn:f", 1, FallbackAction.Abort)], []));
        await stage.Write(l => ChannelFlows.Associate(l, ada.Address, channel.Address, new(app.Id, flow)));
        return (stage.Read(v => v.FindChannel(channel.Address))!, members);
    }

    [Fact]
    public async Task What_a_flow_holds_for_a_sub_channel_that_is_merged_fails_and_its_sender_is_told()
    {
        var stage = Begin();
        var (app, ada, _) = await People(stage, "one");
        var (channel, members) = await HeldElastic(stage, app, ada);
        var smaller = SubChannelsOf(stage, channel).MinBy(s => s.Members)!.Sub;
        var there = members.Where(p => stage.Read(v => v.FindMember(smaller.Log, p.Key)) is not null).ToList();
        var id = await stage.Send(channel.In(smaller), there[1], "held");
        var other = SubChannelsOf(stage, channel).First(s => s.Sub != smaller).Sub;
        var stays = stage.Read(v => v.ListMembers(other.Log, false, 1, null)).Items[0].Person;
        var kept = await stage.Send(channel.In(other), stays, "held elsewhere");

        await stage.Write(l => Memberships.Delete(l, there[0].Address, channel.Address, there[0].Address));
        await BalanceAll(stage);

        Assert.Equal(other.Id, Assert.Single(SubChannelsOf(stage, channel)).Sub.Id);
        var told = Assert.Single(stage.Bus.All.OfType<MessageStatusChanged>(), e => e.Message.Status == MessageStatus.Failed);
        Assert.Equal((id, there[1].Key, smaller.Id), (told.Message.Id, told.Message.Sender.Key, told.Channel.Sub!.Id));
        Assert.IsType<SubChannelDeleted>(stage.Bus.All[^1]);
        Assert.Equal(kept, Assert.Single(await stage.Write(l => l.ClaimPending(10, l.Now))).Message.Id);
        while (await stage.Write(Purging.Step))
        {
        }

        Assert.Equal(1, stage.Look(sql => sql.Number("select count(*) from pending_message")));
        stage.Look(Checked);
    }

    [Fact]
    public async Task A_held_update_does_not_pass_once_its_sender_has_left_the_sub_channel()
    {
        var stage = Begin();
        var (app, ada, _) = await People(stage, "one");
        var (channel, _) = await HeldElastic(stage, app, ada);
        var sub = SubChannelsOf(stage, channel)[0].Sub;
        await JoinElastic(stage, channel, ada, ada, sub);
        Task Allow() => stage.Write(l =>
        {
            var held = Assert.Single(l.ClaimPending(1, l.Now));
            Processing.Callback(l, held.Channel, held.CallbackId, held.Message.Id, new(false, null, null, null, null, null));
        });
        var id = await stage.Send(channel.In(sub), ada, "first");
        await Allow();
        await stage.Write(l => Editing.Update(l, ada.Address, channel.In(sub).Address, id, "second", null, null));

        await stage.Write(l => Memberships.Delete(l, ada.Address, channel.In(sub).Address, ada.Address));
        await Allow();

        Assert.Equal("first", stage.Read(v => v.FindMessage(sub.Log, id))!.Content);
        Assert.Equal(MessageStatus.Failed, Assert.IsType<MessageStatusChanged>(stage.Bus.All[^1]).Message.Status);
    }

    [Fact]
    public async Task What_is_due_stays_due_when_the_clock_is_set_back()
    {
        var (stage, app, ada, _, channel) = await Lobby(Begin(pushing));
        var bot = await MakeBot(stage, app, "bot", new(StandardTrigger.All, false));
        await stage.Join(channel, ada, bot.Person);
        await Say(stage, channel, ada);
        var now = stage.Read(v => v.Now);

        stage.Clock.Pass(TimeSpan.FromHours(-1));

        Assert.Equal(now, stage.Read(v => v.Now));
        Assert.Single(stage.Read(v => v.ListBotCalls(10)));
        stage = Restart(stage);
        Assert.Single(stage.Read(v => v.ListBotCalls(10)));
    }
}
