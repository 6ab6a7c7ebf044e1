using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Talk;
using Carillon.Events.Core.Tickets;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Carillon.Events.Tests.Desk;

public class ChatJudgeTests
{
    private const long second = 1_000_000;

    private static readonly Ticket ticket = new(
        1, 1, "t-1", "standard", null, null, null, TicketState.Valid, null, null, "Ada", null, null, true, null, 0, null, null);

    [Theory]
    [InlineData("👍", true)]
    [InlineData(" 👩‍👩‍👧‍👦 🇦🇹 ❤️ 👋🏽 1️⃣ ", true)]
    [InlineData("❤", true)]
    [InlineData("", false)]
    [InlineData("   ", false)]
    [InlineData("1", false)]
    [InlineData("a👍", false)]
    [InlineData("👍a", false)]
    [InlineData("a\ufe0f", false)]
    [InlineData("ⒽⒺⓁⓁⓄ", false)]
    [InlineData("🅷🅸", false)]
    [InlineData("🄷🄸", false)]
    [InlineData("㊊㊋", false)]
    [InlineData("🇭 🇮", false)]
    [InlineData("🅰️ 🆗 ㊗️ Ⓜ️ ™️ 🈁 🏴‍☠️ 🇦🇹🇧🇪", true)]
    public void Pictures_alone_are_told_from_words(string text, bool all) => Assert.Equal(all, Emoji.IsAll(text));

    [Fact]
    public void Nobody_is_let_through_faster_than_the_pace_in_the_long_run() => Prop.ForAll(
        ArbMap.Default.ArbFor<PositiveInt[]>(), gaps =>
        {
            var (talker, now, passed) = (new Talker(1, 1), 1000 * second, 0);
            var start = now;
            foreach (var (gap, i) in gaps.Select((g, i) => (g, i)))
            {
                now += gap.Get % 3 * second / 2;
                var judged = Judge($"text {i}", talker, new ChatRules(), now);
                talker = judged.Talker;
                if (judged.Ruling == Ruling.Pass) passed++;
            }

            return passed <= ChatJudge.Burst + (now - start) / ChatJudge.Pace;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Between_two_messages_of_a_fan_lies_the_slow_modes_time_in_whatever_order_they_are_asked_about() => Prop.ForAll(
        ArbMap.Default.ArbFor<NonNegativeInt[]>(), times =>
        {
            var (talker, passed) = (new Talker(1, 1), new List<long>());
            foreach (var (time, i) in times.Select((t, i) => (t, i)))
            {
                var at = (1000 + time.Get % 600) * second;
                var judged = Judge($"text {i}", talker, new ChatRules { SlowSeconds = 20 }, at);
                talker = judged.Talker;
                if (judged.Ruling == Ruling.Pass) passed.Add(at);
            }

            return passed.Zip(passed.Skip(1)).All(p => Math.Abs(p.Second - p.First) >= 20 * second);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_ban_comes_before_everything_and_ends_in_time()
    {
        var banned = ticket with { State = TicketState.Banned, Until = 50 * second };

        Assert.Equal(Why.Banned, Judge("x", new Talker(1, 1), new ChatRules(), 49 * second, banned).Why);
        Assert.Equal(Ruling.Pass, Judge("x", new Talker(1, 1), new ChatRules(), 50 * second, banned).Ruling);
        Assert.Equal(Why.Banned, Judge("x", new Talker(1, 1), new ChatRules(), 50 * second, banned with { State = TicketState.Revoked }).Why);
    }

    [Fact]
    public void A_tier_room_is_for_all_tiers_but_the_first()
    {
        var rules = new ChatRules { Mode = "tier" };

        Assert.Equal(Why.Mode, Judge("x", new Talker(1, 1), rules, second).Why);
        Assert.Equal(Ruling.Pass, Judge("x", new Talker(1, 1), rules, second, ticket with { Tier = "vip" }).Ruling);
    }

    [Fact]
    public void Length_is_counted_in_characters_of_Unicode_as_the_page_counts_them()
    {
        var rules = new ChatRules { MaxLength = 3 };

        Assert.Equal(Ruling.Pass, Judge("👏🔔👏", new Talker(1, 1), rules, second).Ruling);
        Assert.Equal(Ruling.Pass, Judge("ae\u0301", new Talker(1, 1), rules, second).Ruling);
        Assert.Equal(Why.Long, Judge("abcd", new Talker(1, 1), rules, second).Why);
        Assert.Equal(Why.Long, Judge("👩‍👩‍👧", new Talker(1, 1), rules, second).Why);
    }

    [Fact]
    public void The_longest_message_that_a_show_may_allow_fits_the_platform()
    {
        var most = Enumerable.Range(1, 10_000).Last(n => PublishCheck.WrongMember(new ChatRules { MaxLength = n }) is null);

        // A character has four bytes of UTF-8 at most; Chime takes 4 KB of content.
        Assert.InRange(most * 4, 1, 4096);
    }

    [Fact]
    public void Applause_is_no_repetition()
    {
        var talker = new Talker(1, 1);
        for (var i = 0; i < 20; i++)
        {
            var judged = Judge("👏👏", talker, new ChatRules(), (100 + i) * second);
            Assert.Equal(Ruling.Pass, judged.Ruling);
            talker = judged.Talker;
        }
    }

    private static Judgement Judge(string text, Talker talker, ChatRules rules, long now, Ticket? who = null) => ChatJudge.Judge(
        new Utterance(text, now), who ?? ticket, talker, rules, "standard", WordList.Of(rules.Words).Judge(text), held: 0,
        over: false, now);
}
