using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Talk;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Carillon.Events.Tests;

public class WordListTests
{
    [Theory]
    [InlineData("badword")]
    [InlineData("what a BADWORD!")]
    [InlineData("b\u0430dword")] // Cyrillic а
    [InlineData("ВАDWORD")] // Cyrillic В and А
    [InlineData("ｂａｄｗｏｒｄ")]
    [InlineData("bad\u200bword")]
    [InlineData("bàdwörd")]
    [InlineData("b4dw0rd")]
    [InlineData("👏badword👏")]
    [InlineData("hi\nbadword")]
    [InlineData("badword\tbadly")]
    [InlineData("a\r\nbadword\u2028b")]
    [InlineData("🅑🅐🅓🅦🅞🅡🅓")]
    [InlineData("🅱🅰🅳🆆🅾🆁🅳")]
    public void A_word_is_found_however_it_is_dressed(string text) =>
        Assert.Equal(WordAction.Refuse, Judge(text, new WordRule("badword", "word", "refuse")).Action);

    [Theory]
    [InlineData("burn", "bum")]
    [InlineData("classic", "ass")]
    [InlineData("Scunthorpe", "cunt")]
    [InlineData("bad word", "badword")]
    public void A_word_inside_another_is_not_found(string text, string word) =>
        Assert.Null(Judge(text, new WordRule(word, "word", "refuse")).Action);

    [Theory]
    [InlineData("cheap  tickets here")]
    [InlineData("cheap\t\n tickets")]
    [InlineData("cheap\ntickets")]
    [InlineData("cheap\ttickets")]
    [InlineData("ch3ap \u200b\u00a0 tickets")]
    public void A_gap_of_any_width_is_one(string text) =>
        Assert.Equal(WordAction.Refuse, Judge(text, new WordRule("cheap tickets", "part", "refuse")).Action);

    [Fact]
    public void A_part_is_found_inside_words() =>
        Assert.Equal(WordAction.Hold, Judge("unclassical", new WordRule("CLASS", "part")).Action);

    [Fact]
    public void A_pattern_is_matched_and_one_that_could_backtrack_for_ever_cannot()
    {
        Assert.Equal(WordAction.Hold, Judge("call 555-1234", new WordRule(@"\d{3}-\d{4}", "regex")).Action);
        Assert.Null(Judge(new string('a', 1000) + "!", new WordRule("^(a+)+$", "regex")).Action);
        Assert.False(WordList.IsSound(new WordRule("(a)\\1", "regex")));
        Assert.False(WordList.IsSound(new WordRule("(", "regex")));
        Assert.False(WordList.IsSound(new WordRule("a*", "regex")));
        Assert.False(WordList.IsSound(new WordRule("\u200b")));
    }

    [Theory]
    [InlineData("((a{99}){99}){99}")]
    [InlineData("(a|b)*a(a|b){60}")]
    [InlineData("(.*.*.*.*.*.*.*.*)=x")]
    [InlineData("(\\w|\\d|\\p{L}){1,90}!{90}")]
    [InlineData("(x+x+)+y|(a?){99}b{99}")]
    [InlineData("(a{1,9}){1,9}b(a{1,9}){1,9}c")]
    public void No_pattern_that_is_taken_holds_the_show_up(string pattern)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var rule = new WordRule(pattern, "regex");
        if (!WordList.IsSound(rule)) return;
        var list = WordList.Of([rule]);
        foreach (var text in new[] { new string('a', 4096), string.Concat(Enumerable.Repeat("ab", 2048)), string.Concat(Enumerable.Range(0, 4096).Select(i => i * i % 7 < 3 ? 'a' : 'b')) })
            list.Judge(text);

        // A wide berth: what takes exponential time takes hours.
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"{clock.Elapsed}");
    }

    [Fact]
    public void What_is_masked_is_covered_with_its_marks_and_the_rest_stays()
    {
        var verdict = Judge("oh da\u0301rn, it is dàrn 👍", new WordRule("darn", "word", "mask"));

        Assert.Equal(WordAction.Mask, verdict.Action);
        Assert.Equal("oh ****, it is **** 👍", verdict.Masked);
        Assert.Equal((3, 5), (verdict.Hits[0].Start, verdict.Hits[0].Length));
    }

    [Fact]
    public void The_strongest_action_counts_and_all_that_struck_is_told()
    {
        var verdict = WordList.Of([new("darn", "word", "mask"), new("heck", "word", "refuse"), new("it", "word", "hold")])
            .Judge("darn it, heck");

        Assert.Equal(WordAction.Refuse, verdict.Action);
        Assert.Equal(["darn", "it", "heck"], verdict.Hits.Select(h => h.Rule.Text));
    }

    [Fact]
    public void However_often_one_word_strikes_no_other_hides_behind_it_and_all_of_it_is_covered()
    {
        var text = string.Concat(Enumerable.Repeat("darn ", 400)) + "heck";
        var verdict = WordList.Of([new("darn", "word", "mask"), new("heck", "word", "refuse"), new("d.rn", "regex", "mask")]).Judge(text);

        Assert.Equal(WordAction.Refuse, verdict.Action);
        Assert.DoesNotContain("darn", verdict.Masked, StringComparison.Ordinal);
        Assert.Contains(verdict.Hits, h => h.Rule.Text == "heck");
        Assert.InRange(verdict.Hits.Count, 3, 110);
    }

    [Theory]
    [InlineData("call 555\u200b-1234 now")]
    [InlineData("call ５５５-１２３４ now")]
    [InlineData("call 555-1234 now")]
    public void A_pattern_is_found_however_its_text_is_dressed(string text) => Assert.Matches(
        @"\Acall \*{8,9} now\z", Judge(text, new WordRule(@"\d{3}-\d{4}", "regex", "mask")).Masked);

    [Fact]
    public void Two_full_lists_judge_a_message_in_little_time()
    {
        WordRule[] rules =
        [
            .. Enumerable.Range(0, 900).Select(i => new WordRule($"word {i}", i % 2 == 0 ? "word" : "part")),
            .. Enumerable.Range(0, 100).Select(i => new WordRule($@"\bx{i}[\p{{L}}\d._-]{{2,30}}@y{i}(?:\.\w{{2,20}}){{1,3}}", "regex")),
        ];
        var list = WordList.Of(rules).With(WordList.Of(rules, common: true));
        var text = string.Concat(Enumerable.Repeat("Gööd evening x5 from Ghent, ", 11));
        list.Judge(text);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        for (var i = 0; i < 20; i++) list.Judge($"{text}{i}");
        TestContext.Current.SendDiagnosticMessage($"{clock.Elapsed.TotalMilliseconds / 20:0.00} ms a message");

        // A wide berth for a busy machine.
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(4), $"{clock.Elapsed}");
    }

    [Fact]
    public void A_rule_that_would_strike_every_sentence_and_a_list_that_is_too_long_are_none()
    {
        Assert.False(WordList.IsSound(new WordRule(" ", "part")));
        Assert.False(WordList.IsSound(new WordRule("\t\u00a0", "word")));
        Assert.Null(WordList.Fault([.. Enumerable.Range(0, 100).Select(i => new WordRule($"a{i}", "regex"))]));
        Assert.Equal("words", WordList.Fault([.. Enumerable.Range(0, 101).Select(i => new WordRule($"a{i}", "regex"))]));
        Assert.Equal("words", WordList.Fault([.. Enumerable.Range(0, 1001).Select(i => new WordRule($"a{i}"))]));
        Assert.Equal("words[1]", WordList.Fault([new("a"), new("(", "regex")]));
        Assert.Equal("words[0]", WordList.Fault([null!]));
    }

    [Fact]
    public void Two_lists_judge_as_one_and_each_hit_says_which_it_is_of()
    {
        var list = WordList.Of([new("darn", "word", "mask")]).With(WordList.Of([new("heck", "word", "hold")], common: true));

        var verdict = list.Judge("darn heck");

        Assert.Equal((WordAction.Hold, "**** heck"), (verdict.Action, verdict.Masked));
        Assert.Equal([("darn", false), ("heck", true)], verdict.Hits.Select(h => (h.Rule.Text, h.Common)));
        Assert.Same(list, list.With(WordList.Empty));
    }

    [Fact]
    public void No_text_makes_it_fail_and_masking_leaves_nothing_to_mask() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), ArbMap.Default.ArbFor<string>(), (before, after) =>
        {
            var list = WordList.Of([new("darn", "part", "mask"), new("x.y", "regex", "hold")]);
            var verdict = list.Judge($"{before}darn{after}");
            return verdict.Action is not null && list.Judge(verdict.Masked).Action is null or WordAction.Hold;
        }).QuickCheckThrowOnFailure();

    private static WordVerdict Judge(string text, WordRule rule)
    {
        Assert.True(WordList.IsSound(rule));
        return WordList.Of([rule]).Judge(text);
    }
}
