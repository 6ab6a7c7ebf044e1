using System.Text;
using Carillon.Events.Core;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Talk;
using Xunit;

namespace Carillon.Events.Tests;

public class WordFileTests
{
    [Fact]
    public void What_the_page_saves_is_read_as_it_was()
    {
        // To the letter what the page's own test expects of it.
        var file = string.Join("\r\n",
            "\uFEFFtext,match,action", "\"'=HYPERLINK(\"\"x\"\")\",word,hold", "'@everyone,part,refuse", "''+1,part,mask",
            "\"\\d{3},\\d\",regex,mask", "\"a;b\",word,hold", "شتيمة,word,hold", "");

        var read = Read(file);

        Assert.Empty(read.Refused);
        Assert.Equal(
            [
                new("=HYPERLINK(\"x\")", "word", "hold"), new("@everyone", "part", "refuse"), new("'+1", "part", "mask"),
                new("\\d{3},\\d", "regex", "mask"), new("a;b", "word", "hold"), new WordRule("شتيمة", "word", "hold"),
            ],
            read.Words);
    }

    [Fact]
    public void Lines_that_cannot_be_are_refused_with_the_reason_and_the_others_taken()
    {
        var read = Read(
            "action;text;match\nhold;fine;word\nREFUSE;Also Fine;Part\n;short\n;least;\nburn;x;word\nhold;x;sound\nhold;(;regex\n"
            + "hold;(a)\\1;regex\nhold;a*;regex\nhold;;word\nhold;\u200b;word\nhold;fine;word\nmask;fine;part\n"
            + $"hold;{new string('a', 201)};word\nhold;a\u0007b;word\n\nhold;\"never closed;word\n");

        Assert.Equal(
            [new("fine", "word", "hold"), new("Also Fine", "part", "refuse"), new("least", "word", "hold"), new WordRule("fine", "part", "mask")],
            read.Words);
        Assert.Equal(
            [
                (4, "columns"), (6, "action"), (7, "match"), (8, "pattern"), (9, "pattern"), (10, "pattern"), (11, "text"), (12, "text"),
                (13, "twice"), (15, "long"), (16, "letters"), (18, "quotes"),
            ],
            read.Refused.Select(r => (r.Line, r.Why)));
    }

    [Fact]
    public void A_list_of_words_alone_is_a_file_too() =>
        Assert.Equal([new("one", "word", "hold"), new WordRule("two words", "word", "hold")], Read("text\none\ntwo words").Words);

    [Theory]
    [InlineData("", "header")]
    [InlineData("word,action\nx,hold", "header")]
    public void A_file_that_is_none_says_why(string file, string why) =>
        Assert.Equal(why, Assert.Throws<Refused>(() => Read(file)).Details["why"]);

    [Fact]
    public void More_lines_than_any_list_takes_are_not_read() =>
        Assert.Equal("lines", Assert.Throws<Refused>(
            () => Read("text\n" + string.Concat(Enumerable.Range(0, WordFile.MostLines + 1).Select(i => $"w{i}\n")))).Details["why"]);

    [Theory]
    [InlineData("links", "look at https://evil.example/x", WordAction.Hold)]
    [InlineData("links", "hxxps://evil.example", WordAction.Hold)]
    [InlineData("links", "go to www.evil.example", WordAction.Hold)]
    [InlineData("links", "cheap-tickets dot shop? cheap-tickets.shop!", WordAction.Hold)]
    [InlineData("links", "ch\u200beap-tickets\u200b.sh\u200bop", WordAction.Hold)]
    [InlineData("links", "cheap-tickets[.]shop", WordAction.Hold)]
    [InlineData("links", "t.me/someone", WordAction.Hold)]
    [InlineData("links", "What a night. Top of the world... Live from Ghent.", null)]
    [InlineData("links", "3.5 of 5, e.g. the second song", null)]
    [InlineData("tricks", "FR33 tickets, write me", WordAction.Hold)]
    [InlineData("tricks", "I won a ticket and feel free", null)]
    [InlineData("contact", "write to ada.lind@example.org please", WordAction.Mask)]
    [InlineData("contact", "ada (at) example.org", WordAction.Mask)]
    [InlineData("contact", "call +43 660 123 45 67", WordAction.Mask)]
    [InlineData("contact", "0660/1234567 is mine", WordAction.Mask)]
    [InlineData("contact", "(555) 123-4567", WordAction.Mask)]
    [InlineData("contact", "DE89 3704 0044 0532 0130 00", WordAction.Mask)]
    [InlineData("contact", "4111 1111 1111 1111", WordAction.Mask)]
    [InlineData("contact", "it is 20:14 on 2026-11-22 and 1284 are here", null)]
    [InlineData("contact", "hello @Ada, 10 000 people!", null)]
    [InlineData("codes", "mine is ABCD-EFGH-JKMNP", WordAction.Mask)]
    [InlineData("codes", "rock and roll-over", null)]
    [InlineData("shouting", "THIS IS SO LOUD THAT NOBODY CAN HEAR THE SONG ANY MORE", WordAction.Hold)]
    [InlineData("shouting", "AMAZING!!! YES YES YES", null)]
    [InlineData("shouting", "why?!?!?!?!?!?!?!", WordAction.Hold)]
    [InlineData("shouting", "z\u0341\u0342\u0343\u0344\u0345\u0346\u0347algo", WordAction.Refuse)]
    [InlineData("shouting", "naïve café, Tiếng Việt, ไม่เป็นไร", null)]
    public void A_starter_list_finds_what_it_is_for_and_leaves_talk_alone(string list, string text, WordAction? action) =>
        Assert.Equal(action, WordList.Of(StarterLists.All.Single(l => l.Id == list).Words).Judge(text).Action);

    [Fact]
    public void All_starter_lists_together_are_a_list()
    {
        Assert.Null(WordList.Fault([.. StarterLists.All.SelectMany(l => l.Words)]));
        Assert.Equal(StarterLists.All.Count, StarterLists.All.Select(l => l.Id).Distinct().Count());
        Assert.Empty(Read("text,match,action\n" + string.Join('\n', StarterLists.All.SelectMany(l => l.Words)
            .Select(w => $"\"{w.Text}\",{w.Match},{w.Action}"))).Refused);
    }

    private static WordFile Read(string file) => WordFile.Read(Encoding.UTF8.GetBytes(file));
}
