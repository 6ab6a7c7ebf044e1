using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Talk;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Carillon.Events.Tests;

public class NicknameTests
{
    [Theory]
    [InlineData("Anna")]
    [InlineData("Ærlig Ødegård")]
    [InlineData("Nguyễn Thị Ánh")]
    [InlineData("مريم")]
    [InlineData("नमस्ते")]
    [InlineData("小明")]
    [InlineData("Zoë 👩‍👩‍👧")]
    [InlineData("👍🏽")]
    [InlineData("❤️")]
    [InlineData("👩🏽‍🎤 star")]
    [InlineData("Amalia's fan")]
    [InlineData("Unofficial!")]
    public void A_name_of_any_script_is_taken(string name)
    {
        var check = Check(name);

        Assert.Null(check.Fault);
        Assert.Equal(name, check.Text);
    }

    [Theory]
    [InlineData("", NicknameFault.Empty)]
    [InlineData("   ", NicknameFault.Empty)]
    [InlineData("an\u200bna", NicknameFault.Letters)]
    [InlineData("\u202eanna", NicknameFault.Letters)]
    [InlineData("anna\u2066", NicknameFault.Letters)]
    [InlineData("an\u200dna", NicknameFault.Letters)]
    [InlineData("an\u00adna", NicknameFault.Letters)]
    [InlineData("an\nna", NicknameFault.Letters)]
    [InlineData("\u3164", NicknameFault.Letters)]
    [InlineData("\u2800", NicknameFault.Letters)]
    [InlineData("a\u0300\u0301\u0302\u0303\u0304", NicknameFault.Letters)]
    [InlineData("\ud800", NicknameFault.Letters)]
    [InlineData("\ue000", NicknameFault.Letters)]
    [InlineData("abcdefghijklmnopqrstuvwxyz1234567", NicknameFault.Long)]
    [InlineData("Moderator", NicknameFault.Reserved)]
    [InlineData("m0derat0r", NicknameFault.Reserved)]
    [InlineData("АDМIN", NicknameFault.Reserved)]
    [InlineData("Amalia", NicknameFault.Reserved)]
    [InlineData("A M Α L I A", NicknameFault.Reserved)]
    [InlineData("Amalia ✓", NicknameFault.Reserved)]
    [InlineData("★ Amalia ★", NicknameFault.Reserved)]
    [InlineData("A.m.a.l.i.a", NicknameFault.Reserved)]
    [InlineData("Amalia 🎤", NicknameFault.Reserved)]
    [InlineData("Amalia (official)", NicknameFault.Reserved)]
    [InlineData("The M0DERATOR", NicknameFault.Reserved)]
    [InlineData("darn it", NicknameFault.Word)]
    public void A_name_that_hides_impersonates_or_offends_is_refused(string name, NicknameFault fault) =>
        Assert.Equal(fault, Check(name).Fault);

    [Fact]
    public void Whatever_is_typed_gets_an_answer_and_what_is_taken_is_taken_again_as_it_is() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string?>(), typed =>
        {
            var check = Check(typed);
            return check.Fault is not null || Check(check.Text) is { Fault: null } again && again.Text == check.Text;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Three_names_are_suggested_that_are_free_and_good()
    {
        var dice = new Random(5);

        var names = Nickname.Suggest(new string('x', 32), check => !check.Text.EndsWith('1'), dice.Next);

        Assert.Equal(3, names.Distinct().Count());
        Assert.All(names, name => Assert.Null(Check(name).Fault));
    }

    private static NicknameCheck Check(string? name) =>
        Nickname.Check(name, ["Amalia"], WordList.Of([new WordRule("darn")]));
}
