using Carillon.Events.Core.Tickets;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Carillon.Events.Tests;

public class TicketCodeTests
{
    private const string symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private static readonly Arbitrary<string> codes = Gen.Fresh(TicketCode.New).ToArbitrary();

    [Fact]
    public void A_code_is_read_however_it_is_typed() => Prop.ForAll(codes, ArbMap.Default.ArbFor<int>(), (code, seed) =>
    {
        var dice = new Random(seed);
        var typed = string.Concat(code.Select(symbol =>
        {
            var alike = symbol switch { '0' => "0Oo", '1' => "1IiLl", 'V' => "VvUu", _ => $"{symbol}{char.ToLowerInvariant(symbol)}" };
            string[] gaps = ["", "", "-", " ", "\u2013", "\u00a0", " - ", "\u200b"];
            return $"{alike[dice.Next(alike.Length)]}{gaps[dice.Next(gaps.Length)]}";
        }));
        return TicketCode.Parse(typed) == code && TicketCode.Parse(TicketCode.Format(code)) == code;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void One_wrong_symbol_is_always_noticed() => Prop.ForAll(codes, code =>
        Enumerable.Range(0, TicketCode.Length).All(at => symbols.Where(s => s != code[at])
            .All(other => TicketCode.Parse(code[..at] + other + code[(at + 1)..]) is null))).QuickCheckThrowOnFailure();

    [Fact]
    public void Two_symbols_that_changed_places_are_always_noticed() => Prop.ForAll(codes, code =>
        Enumerable.Range(0, TicketCode.Length - 1).All(at => code[at] == code[at + 1]
            || TicketCode.Parse(code[..at] + code[at + 1] + code[at] + code[(at + 2)..]) is null)).QuickCheckThrowOnFailure();

    [Fact]
    public void Nothing_that_is_typed_makes_it_fail() => Prop.ForAll(ArbMap.Default.ArbFor<string?>(), typed =>
        TicketCode.Parse(typed) is null or { Length: TicketCode.Length }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("")]
    [InlineData("0000-0000-0000")]
    [InlineData("0000-0000-000000")]
    [InlineData("0000-0000-00001")]
    [InlineData("=CMD()|0000-0000")]
    [InlineData("٠٠٠٠-٠٠٠٠-٠٠٠٠٠")]
    public void What_is_no_code_is_none(string typed) => Assert.Null(TicketCode.Parse(typed));

    [Fact]
    public void A_code_is_shown_in_groups() => Assert.Equal("0000-0000-00000", TicketCode.Format(TicketCode.Parse("oooo oooo ooooo")!));
}
